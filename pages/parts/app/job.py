"""The state of an audit's long work: live while it runs, a way to resume when it failed."""

from __future__ import annotations

import streamlit as st

from core import jobs
from core.audit import Audit
from core.jobs.steps import STEP_TITLES
from core.store import Row
from pages.parts.app.context import plain


def show_job(audit: Audit) -> bool:
    """Show the state of the pipeline where it matters; return whether there is a ranking."""
    job = jobs.watch(audit)
    ready = audit.is_ranked
    if job.is_active:
        if not ready:
            st.title("Analyzing images")
            st.write(
                "Every image is embedded and compared with its neighbors and its label."
                " You may close this page: the work continues, and the review can begin"
                " before the map is ready."
            )
        _live(audit, ready)
    elif job.state in ("failed", "interrupted") or not ready:
        _offer_start(audit, job)
    return ready


def require_ranking(audit: Audit) -> None:
    """End the page unless `audit` has been ranked; it opens by itself as soon as it is."""
    if audit.is_ranked:
        return
    st.title("Not yet")
    _await_ranking(audit)
    st.page_link("overview.py", label="See the progress", icon=":material/arrow_forward:")
    st.stop()


@st.fragment(run_every=1.0)
def _await_ranking(audit: Audit) -> None:
    if audit.is_ranked:
        st.rerun()
    job = jobs.watch(audit)
    if job.is_active:
        st.write("The images are still being embedded and compared. This page opens by itself.")
        st.progress(*brief_progress(job))
    else:
        st.write("The images of this audit have not all been embedded and compared.")


def start_job(audit: Audit, *arguments: str) -> None:
    """Start a job, see `core.jobs.start`, and show the page anew; or say why it may not start."""
    try:
        jobs.start(audit, *arguments)
    except jobs.JobRefused as refusal:
        st.warning(str(refusal))
    else:
        st.rerun()


@st.fragment(run_every=1.0)
def _live(audit: Audit, ready: bool) -> None:
    job = jobs.watch(audit)
    if not job.is_active or ready != audit.is_ranked:
        st.rerun()
    if not job.steps:
        st.progress(0.0, "Starting …")
    shown = [step for step in job.steps if step["state"] == "running"] if ready else job.steps
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            for step in shown:
                st.progress(_share(step), _progress_text(step))
        _offer_stop(audit)


def _offer_stop(audit: Audit) -> None:
    st.button(
        "Stop", key="stop_job", type="tertiary", icon=":material/stop_circle:",
        on_click=_stop, args=[audit],
        help="What is finished is kept; the work can be resumed.",
    )  # fmt: skip


def _stop(audit: Audit) -> None:
    try:
        jobs.stop(audit)
    except jobs.JobRefused as refusal:
        st.toast(plain(str(refusal)))


def brief_progress(job: jobs.JobState) -> tuple[float, str]:
    """Return how far the step at work is, 0..1, and a line that says so."""
    running = next((step for step in job.steps if step["state"] == "running"), None)
    if running is None:
        return 0.0, "Starting …"
    share = _share(running)
    parts = [f"{STEP_TITLES[running['name']]}, {share:.0%}"]
    if running["seconds_left"]:
        parts.append(f"{_duration(running['seconds_left'])} left")
    return share, ", ".join(parts)


@st.fragment(run_every=1.0)
def show_command(audit: Audit, command: str) -> None:
    """Show how far a job of some command is, and run the page again when it has ended."""
    job = jobs.watch(audit, command)
    if not job.is_active:
        st.rerun()
    running = [step for step in job.steps if step["state"] == "running"]
    if not running:
        st.progress(0.0, "Starting …")
    for step in running:
        st.progress(_share(step), _progress_text(step))


def _share(step: Row) -> float:
    if step["state"] in ("done", "skipped"):
        return 1.0
    return min(step["done"] / step["total"], 1.0) if step["total"] else 0.0


def _progress_text(step: Row) -> str:
    """Say how far a step is: ``Embedding images · 512 of 1,573 · 140 a second · 8 s left``."""
    parts = [f"**{STEP_TITLES[step['name']]}**"]
    if step["state"] == "running" and step["done"]:
        parts.append(f"{step['done']:,} of {step['total']:,}")
        if step["rate"]:
            parts.append(f"{step['rate']:,.0f} a second" if step["rate"] >= 2 else "")
            parts.append(f"{_duration(step['seconds_left'])} left")
    elif step["state"] == "running":
        parts.append("running")
    elif step["state"] in ("done", "skipped"):
        parts.append("done" if step["state"] == "done" else "unchanged")
    return " · ".join(filter(None, parts))


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _offer_start(audit: Audit, job: jobs.JobState) -> None:
    if job.state == "failed":
        st.error(f"The analysis failed: {plain(job.message or '')}")
    elif job.state == "interrupted":
        st.warning("The analysis was interrupted. Finished work is kept, and it can be resumed.")
    else:
        st.title("Ready to begin")
        st.write("Nothing has been computed for this audit yet.")
    if st.button("Resume" if job.state != "none" else "Begin", type="primary"):
        start_job(audit)
