"""A new audit in three steps: choose the data, confirm what was understood, start."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.audit.library import Listed
from pages.parts.audits.choose_step import show_choose
from pages.parts.audits.confirm_step import show_confirm
from pages.parts.audits.draft import CHOOSE, CONFIRM, START, Draft, draft, drop_draft, keep_draft
from pages.parts.audits.start_step import show_start

STEPS: dict[str, tuple[str, Callable[[Draft, Sequence[Listed]], None]]] = {
    CHOOSE: ("Choose", show_choose),
    CONFIRM: ("Is this right?", show_confirm),
    START: ("Start", show_start),
}


def is_being_made() -> bool:
    """Tell whether this visit is making a new audit."""
    return draft() is not None


def begin_new_audit() -> None:
    """Let this visit make a new audit."""
    keep_draft(Draft())


def show_new_audit(listing: Sequence[Listed]) -> None:
    """Show the step at which the new audit is."""
    made = draft()
    if made is None:
        return
    with st.container(border=True):
        steps, way_out = st.columns([5, 1], vertical_alignment="center")
        steps.markdown("&emsp;".join(_heading(name, made.step) for name in STEPS))
        way_out.button("Cancel", type="tertiary", width="stretch", on_click=drop_draft)
        STEPS[made.step][1](made, listing)


def _heading(name: str, current: str) -> str:
    text = f"{list(STEPS).index(name) + 1} {STEPS[name][0]}"
    return f"**:primary[{text}]**" if name == current else f":gray[{text}]"
