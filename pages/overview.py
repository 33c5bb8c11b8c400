"""Overview: what is in the audit, where the suspects are, how far the review is."""

import streamlit as st

from core.charts import CLICK, class_suspects, confusion_map, review_progress, suspicion_histogram
from core.demo import is_demo
from core.review.queues.queue import Queue
from pages.parts.app import context
from pages.parts.app.job import show_job
from pages.parts.app.links import clicked, open_queue
from pages.parts.gallery.gallery import gallery
from pages.parts.overview import overview_frames as frames
from pages.parts.overview.findings_list import show_findings
from pages.parts.overview.notes import guessed_rates, show_notes, show_quarantine, show_score_card
from pages.parts.review.waiting import show_waiting

audit = context.open_audit()
store = audit.store
ready = show_job(audit)
if not ready:
    st.stop()

counts = store.counts()
judged = store.judged_ids()
to_do = [item_id for item_id in Queue().ids(store) if item_id not in judged]
heading, action = st.columns([5, 1.4], vertical_alignment="center")
heading.title(f"{counts['suspects']:,} of {counts['ranked']:,} labels look doubtful")
if action.button("Review them", type="primary", width="stretch", disabled=not to_do):
    open_queue(Queue())
st.markdown(
    f"{counts['items']:,} images in {counts['classes']:,} classes. A label is doubtful when the"
    " images around it, and models that never saw it, find another class more likely."
    " How many are truly wrong, only people can say."
)

worst = store.items(to_do[:9])
if chosen := gallery(audit, [worst[item_id] for item_id in to_do[:9]], key="worst"):
    open_queue(Queue(), item=chosen)

st.header("The review so far")
if counts["reviewed"]:
    st.markdown(f"{counts['reviewed']:,} images reviewed, **{len(to_do):,}** doubtful ones to do.")
    st.altair_chart(
        review_progress(frames.progress(store.verdict_counts(), len(to_do)), context.is_dark())
    )
    show_waiting(store, context.auditor() or "")
else:
    st.caption("Nobody has reviewed an image yet.")

if counts["outdated"]:
    told, action = st.columns([5, 1.4], vertical_alignment="center")
    told.warning(
        f"Changed since they were reviewed: **{counts['outdated']:,}**. A verdict on an old picture"
        " does not count.",
        icon=":material/history:",
    )
    if action.button("Review these", width="stretch"):
        open_queue(Queue(outdated=True))

show_findings(audit, judged)

confused, where = st.columns([3, 2], gap="large")
with confused:
    st.header("Mistaken for what")
    shown = frames.confusions(store)
    part = (
        "" if shown["count"].sum() == counts["suspects"] else " Shown: the most confused classes."
    )
    st.caption(f"Click a square to review that pair.{part}")
    event = st.altair_chart(
        confusion_map(shown, context.is_dark()),
        on_select="rerun",
        key="confusion_chart",
    )
    if choice := clicked(event, CLICK):
        open_queue(Queue(given=choice["given"], suggested=choice["suggested"]))
    with st.container(gap=None):
        for pair in store.confusions()[:5]:
            words = f"{pair['count']:,} labeled {pair['given']} look like {pair['suggested']}"
            if st.button(context.plain(words), type="tertiary", icon=":material/arrow_forward:"):
                open_queue(Queue(given=pair["given"], suggested=pair["suggested"]))
with where:
    st.header("How suspicious")
    st.altair_chart(suspicion_histogram(frames.histogram(store)))
    if guess := guessed_rates(store):
        st.caption(guess)
    st.header("In which class")
    st.caption("Click a bar to review that class.")
    event = st.altair_chart(
        class_suspects(frames.classes(store)), on_select="rerun", key="class_chart"
    )
    if choice := clicked(event, CLICK):
        open_queue(Queue(given=choice["given"]))

show_quarantine(store)
show_notes(store)
if is_demo(audit):
    show_score_card(audit)
