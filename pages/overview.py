"""Overview: what is in the audit, where the suspects are, how far the review is."""

import streamlit as st

from core.charts import overview_charts as charts
from core.charts.common import CLICK
from core.demo import is_demo
from core.review.queues.queue import Queue
from core.text import counted
from pages.parts.app import context
from pages.parts.app.job import show_job
from pages.parts.app.links import clicked, open_queue
from pages.parts.gallery.gallery import gallery
from pages.parts.overview.findings_list import show_findings
from pages.parts.overview.moved_source import show_moved_source
from pages.parts.overview.notes import (
    estimated_noise,
    mixed_classes,
    show_class_suggestions,
    show_notes,
    show_quarantine,
    show_score_card,
    show_source_notes,
)
from pages.parts.review.waiting import show_waiting

audit = context.open_audit()
store = audit.store
ready = show_job(audit)
show_moved_source(audit)
if not ready:
    st.stop()

counts = store.counts()
judged = store.judged_ids()
to_do = [item_id for item_id in Queue().ids(store) if item_id not in judged]
heading, action = st.columns([5, 1.4], vertical_alignment="center")
verb = "is" if counts["suspects"] == 1 else "are"
heading.title(f"{counts['suspects']:,} of {counted(counts['ranked'], 'label')} {verb} suspect")
if action.button("Review suspects", type="primary", width="stretch", disabled=not to_do):
    open_queue(Queue())
st.markdown(
    f"{counted(counts['items'], 'image')} in {counted(counts['classes'], 'class', 'classes')}."
    " A label is suspect when neighboring images, and models that never saw the label, find another"
    " class more likely. How many are truly wrong, only a review can tell."
)

worst = store.items(to_do[:9])
if chosen := gallery(audit, [worst[item_id] for item_id in to_do[:9]], key="worst"):
    open_queue(Queue(), item=chosen)

st.header("Review progress")
if counts["reviewed"]:
    left = counted(len(to_do), "suspect label")
    st.markdown(f"{counted(counts['reviewed'], 'image')} reviewed, **{left}** to do.")
    blind = store.blind_ids(context.auditor() or "")
    st.altair_chart(
        charts.review_progress(
            charts.progress_frame(store.verdict_counts(blind), len(to_do)), context.is_dark()
        )
    )
    show_waiting(store, context.auditor() or "")
else:
    st.caption("No image has been reviewed yet.")

show_class_suggestions(store)
if counts["outdated"]:
    message, action = st.columns([5, 1.4], vertical_alignment="center")
    message.warning(
        f"Images or labels changed since review: **{counts['outdated']:,}**. A verdict on an"
        " earlier version does not count.",
        icon=":material/history:",
    )
    if action.button("Review these", width="stretch"):
        open_queue(Queue(outdated=True))

show_findings(audit, judged)

confused, where = st.columns([3, 2], gap="large")
with confused:
    st.header("Most confused classes")
    shown = charts.confusion_frame(store)
    is_part = shown["count"].sum() != counts["suspects"]
    part = " Other pairs of classes have fewer suspects." if is_part else ""
    st.caption(f"Click a square to review that pair.{part}")
    event = st.altair_chart(
        charts.confusion_map(shown, context.is_dark()),
        on_select="rerun",
        key="confusion_chart",
    )
    if choice := clicked(event, CLICK):
        open_queue(Queue(given=choice["given"], suggested=choice["suggested"]))
    with st.container(gap=None):
        for pair in store.confusions()[:5]:
            verb = "looks" if pair["count"] == 1 else "look"
            text = f"{pair['count']:,} labeled {pair['given']} {verb} like {pair['suggested']}"
            if st.button(context.plain(text), type="tertiary", icon=":material/arrow_forward:"):
                open_queue(Queue(given=pair["given"], suggested=pair["suggested"]))
with where:
    st.header("Suspicion distribution")
    st.altair_chart(charts.suspicion_histogram(charts.suspicion_frame(store)))
    if estimate := estimated_noise(store):
        st.caption(estimate)
    st.header("Suspects by class")
    st.caption("Click a bar to review that class.")
    if note := mixed_classes(store):
        st.caption(note)
    event = st.altair_chart(
        charts.class_suspects(charts.suspects_frame(store)), on_select="rerun", key="class_chart"
    )
    if choice := clicked(event, CLICK):
        open_queue(Queue(given=choice["given"]))

show_source_notes(audit)
show_quarantine(store)
show_notes(store)
if is_demo(audit):
    show_score_card(audit)
