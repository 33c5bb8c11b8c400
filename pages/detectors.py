"""Detectors: which one finds errors in these images, and which one ranks the labels."""

import streamlit as st

from core import jobs
from core.bakeoff.plan import Plan
from core.bakeoff.report import best_detector, comparison_sentence
from core.bakeoff.results import load
from core.embedding.choice import EmbeddingChoice
from pages.parts.app import context
from pages.parts.app.job import require_ranking, show_command, start_job
from pages.parts.bakeoff.detector_choice import choose_detector
from pages.parts.bakeoff.results_view import show_results
from pages.parts.bakeoff.tuning_section import show_fine_tuning

BAKEOFF = "bakeoff"

audit = context.open_audit()
require_ranking(audit)
own = EmbeddingChoice.of(audit).described
latest = load(audit.bakeoff_file)
results = latest if latest and latest.is_current(audit) else None

st.title("Detectors")
st.markdown(
    "Detectors are compared on synthetic label noise: errors are added to a copy of your labels,"
    " and every detector ranks that copy. One that ranks these errors first is likely to rank"
    " real ones first too. Your own labels, verdicts and ranking do not change."
)
done = results.scores if results else {}
missing = [trial for trial in Plan().trials([own]) if trial not in done]
if results and not missing and (found := best_detector(results, own)):
    st.markdown(f"**{context.plain(comparison_sentence(found))}**")

choose_detector(audit)

job = jobs.watch(audit, BAKEOFF)
if job.is_active:
    show_command(audit, BAKEOFF)
    st.caption("You may close this page: the work continues.")
elif missing:
    if job.state == "failed":
        st.error(f"The comparison failed: {context.plain(job.message or '')}")
    elif job.state == "interrupted":
        st.warning("The comparison was interrupted. Finished trials are kept.")
    elif latest and not results:
        st.info("The images or their embeddings have changed since the last comparison.")
    if st.button(
        "Resume the comparison" if done else "Compare on synthetic label noise", type="primary"
    ):
        start_job(audit, BAKEOFF, str(audit.folder))
    st.caption(f"Takes some minutes. Large data sets are sampled down to {Plan.sample:,} images.")

if results and done and not job.is_active:
    show_results(results)

show_fine_tuning(audit)
