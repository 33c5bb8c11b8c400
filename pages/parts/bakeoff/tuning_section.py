"""Fine-tuning on the page of the detectors: what it does, a button, and whether it votes."""

from __future__ import annotations

import streamlit as st

from core import jobs
from core.audit import Audit
from core.bakeoff.contenders import DEFAULT, WITH_NETWORK
from core.fine_tuning.expected_minutes import expectation
from core.fine_tuning.tuning_run import TUNING, FineTuningError, check_tunable
from core.ranking.fine_tuned_input import (
    FINE_TUNE,
    FINE_TUNED_NOTE,
    FINE_TUNED_VERDICTS,
    fine_tuned_inputs,
)
from core.ranking.fit import verdicts_counted
from pages.parts.app import context
from pages.parts.app.job import show_command, start_job

COMPARED = f"{DEFAULT},{WITH_NETWORK.name}"
_ABOUT = (
    "The network that compares your images was made for other ones. Fine-tuning trains its last"
    " part on your labels, three times, each time without a third of the images, which it then"
    " predicts. The result joins the detectors only where they predict labels better with it."
    " Verdicts are kept, and you can go on reviewing meanwhile."
)


def show_fine_tuning(audit: Audit) -> None:
    """Offer to fine-tune the network; show how far it is, or what came of it."""
    st.header("Fine-tuned network")
    st.markdown(_ABOUT)
    job = jobs.watch(audit, TUNING)
    if job.is_active:
        show_command(audit, TUNING)
        st.caption("You may close this page: the work continues.")
        return
    if job.state == "failed":
        st.error(f"Fine-tuning failed: {context.plain(job.message or '')}")
    elif job.state == "interrupted":
        st.warning("Fine-tuning was interrupted. What is finished is kept.")
    is_on = bool(audit.store.setting(FINE_TUNE))
    is_current = is_on and bool(fine_tuned_inputs(audit))
    if is_on:
        _show_outcome(audit, is_current)
    try:
        items = check_tunable(audit, audit.store.embedded_items())
    except FineTuningError as reason:
        st.caption(context.plain(str(reason)))
        return
    _offer(audit, is_on, is_current, job.state == "interrupted", len(items))


def _show_outcome(audit: Audit, is_current: bool) -> None:
    note = audit.store.setting(FINE_TUNED_NOTE)
    if is_current and note:
        st.markdown(f"**{context.plain(note)}**")
    elif audit.fine_tuned() is not None and not is_current:
        st.info("The images or labels have changed since the network was trained.")


def _offer(
    audit: Audit, is_on: bool, is_current: bool, is_interrupted: bool, n_images: int
) -> None:
    new_verdicts = verdicts_counted(audit) - int(audit.store.setting(FINE_TUNED_VERDICTS) or 0)
    can_train = not is_current or is_interrupted or new_verdicts > 0
    with st.container(horizontal=True, vertical_alignment="center"):
        if can_train and st.button(_title(is_current, is_interrupted)):
            start_job(audit, TUNING, str(audit.folder))
        if is_on and st.button("Rank without it"):
            start_job(audit, TUNING, str(audit.folder), "--off")
        if is_current and st.button("Compare it on synthetic label noise"):
            start_job(audit, "bakeoff", str(audit.folder), "--methods", COMPARED)
    others = [one for one in context.library().audits() if one.id != audit.id]
    if can_train:
        st.caption(expectation(audit, n_images, others))
    if is_current:
        st.caption("To compare it, it is trained anew for each kind of noise.")


def _title(is_current: bool, is_interrupted: bool) -> str:
    if is_interrupted:
        return "Resume fine-tuning"
    return "Train again with your verdicts" if is_current else "Fine-tune the network"
