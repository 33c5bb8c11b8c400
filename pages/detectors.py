"""Detectors: which one finds errors in these images, and which one ranks the labels."""

import streamlit as st

from core import jobs
from core.bakeoff.plan import Plan
from core.bakeoff.report import leader, who_is_ahead
from core.bakeoff.results import load
from core.embedding.choice import EmbeddingChoice
from pages.parts.app import context
from pages.parts.app.job import show_command
from pages.parts.bakeoff.detector_choice import choose_detector
from pages.parts.bakeoff.results_view import show_results

BAKEOFF = "bakeoff"

audit = context.open_audit()
context.require_ranking(audit)
own = EmbeddingChoice.of(audit).described
kept = load(audit.bakeoff_file)
results = kept if kept and kept.is_current(audit) else None

st.title("Detectors")
st.markdown(
    "Known errors are planted in a copy of your labels, in several ways. Every detector ranks that"
    " copy, and one that puts the planted errors first is likely to put the real ones first too."
    " Your own labels, verdicts and ranking stay as they are."
)
done = results.scores if results else {}
missing = [trial for trial in Plan().trials([own]) if trial not in done]
if results and not missing and (found := leader(results, own)):
    st.markdown(f"**{context.plain(who_is_ahead(found))}**")

choose_detector(audit)

job = jobs.watch(audit, BAKEOFF)
if job.is_active:
    show_command(audit, BAKEOFF)
    st.caption("You may close this page: the work goes on.")
elif missing:
    if job.state == "failed":
        st.error(f"The trial stopped: {context.plain(job.message or '')}")
    elif job.state == "interrupted":
        st.warning("The trial was cut off. What was done is kept.")
    elif kept and not results:
        st.info("The images or their embeddings have changed since the detectors were tried.")
    if st.button("Go on trying" if done else "Try them on planted errors", type="primary"):
        try:
            jobs.start(audit, BAKEOFF, str(audit.folder))
        except jobs.JobRefused as refusal:
            st.warning(str(refusal))
        else:
            st.rerun()
    st.caption(f"It takes some minutes. Of large data, {Plan.sample:,} images are tried.")

if results and done and not job.is_active:
    show_results(results)
