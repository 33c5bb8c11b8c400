"""Which layout the map shows, others to compute, and the filter."""

from __future__ import annotations

import streamlit as st

from core import jobs
from core.audit import Audit
from core.structure.layout_files import StoredLayout, layouts
from core.structure.projections import LAYOUTS
from core.text import counted
from pages.parts.app.context import plain
from pages.parts.app.job import show_command, start_job
from pages.parts.map import map_address

COMMAND = "project"
SHOWN, FIELD, CLASS, METHOD = "map_layout", "map_text", "map_class", "map_method"
AWAITED = "map_awaited"
"""Audit, method and class of the layout that this visit waits for."""
EXAMPLE = "given:ibis,emu is:suspect"


def layout_bar(audit: Audit) -> StoredLayout:
    """Show title and bar, return the layout of the address; end the page where there is none."""
    stored = {one.key: one for one in layouts(audit)}
    heading, about = st.columns([1, 2.2], vertical_alignment="bottom")
    heading.title("Map")
    if not stored:
        st.write("The map is not ready yet; the review need not wait for it.")
        st.page_link("overview.py", label="See the progress", icon=":material/arrow_forward:")
        st.stop()
    job = jobs.watch(audit, COMMAND)
    is_missing = not job.is_active and _show_awaited(audit, stored)
    asked = map_address.value(map_address.LAYOUT)
    current = stored.get(asked) or next(iter(stored.values()))
    about.caption(plain(_about(current)), text_alignment="right")
    choosing, more, filtering = st.columns(
        [0.42, 0.2, 0.38], vertical_alignment="bottom", gap="small"
    )
    with choosing:
        _choose(stored, current)
    with more, st.popover("Lay out …", width="stretch"):
        _offer(audit, stored)
    with filtering:
        _filter()
    if job.is_active:
        show_command(audit, COMMAND)
    elif is_missing:
        st.error(f"The map could not be laid out: {plain(job.message or '')}")
    return current


def _show_awaited(audit: Audit, stored: dict[str, StoredLayout]) -> bool:
    """Show what this visit has asked for, once its job has ended; tell whether it is missing."""
    awaited = st.session_state.pop(AWAITED, None)
    for key, one in stored.items():
        if awaited == (audit.id, one.name, one.class_name):
            show_layout(key)
            return False
    return awaited is not None


def _about(layout: StoredLayout) -> str:
    parts = [f"{layout.title} of {counted(layout.n, 'image')}"]
    if layout.class_name is not None:
        parts = [f"{layout.title}, {counted(layout.n, 'image')}"]
    if layout.kept is not None:
        parts.append(f"{layout.kept:.0%} of the true neighbors kept".replace("%", " %"))
    if layout.landmarks is not None:
        parts.append(f"laid out by {layout.landmarks:,} landmarks, the others placed among them")
    if layout.placed:
        parts.append(f"{layout.placed:,} new placed since")
    if layout.is_stale:
        parts.append("out of date")
    return " · ".join(parts)


def _choose(stored: dict[str, StoredLayout], current: StoredLayout) -> None:
    st.session_state[SHOWN] = current.key
    if len(stored) <= 4:
        st.segmented_control(
            "Layout",
            list(stored),
            key=SHOWN,
            required=True,
            label_visibility="collapsed",
            format_func=lambda key: stored[key].title,
            on_change=_show,
        )
        return
    st.selectbox(
        "Layout",
        list(stored),
        key=SHOWN,
        label_visibility="collapsed",
        format_func=lambda key: stored[key].title,
        on_change=_show,
    )


def _show() -> None:
    show_layout(st.session_state[SHOWN])


def show_layout(key: str) -> None:
    """Show another layout as a whole; selection and color stay."""
    map_address.set_value(map_address.LAYOUT, key)
    map_address.set_value(map_address.VIEW, "")
    map_address.set_value(map_address.ITEM, "")


def _offer(audit: Audit, stored: dict[str, StoredLayout]) -> None:
    """Offer layouts that are not there: of all images by another method, or of one class alone."""
    classes = sorted(audit.store.class_names().values())
    chosen = st.selectbox(
        "Of which class", classes, index=None, key=CLASS, placeholder="all images",
        help="A class laid out alone shows its sub-classes.",
    )  # fmt: skip
    method = st.radio(
        "How",
        list(LAYOUTS),
        key=METHOD,
        format_func=lambda name: LAYOUTS[name].title,
        captions=[one.meaning for one in LAYOUTS.values()],
    )
    known = [
        one for one in stored.values() if (one.name, one.class_name) == (method, chosen)
    ]  # fmt: skip
    if known and not known[0].is_stale:
        st.button("Show it", type="primary", on_click=show_layout, args=(known[0].key,))
        return
    if st.button("Lay it out", type="primary"):
        st.session_state[AWAITED] = (audit.id, method, chosen)
        of_class = ["--class", chosen] if chosen else []
        start_job(audit, COMMAND, str(audit.folder), "--layout", method, *of_class)


def _filter() -> None:
    st.session_state[FIELD] = map_address.value(map_address.FILTER)
    st.text_input(
        "Filter",
        key=FIELD,
        placeholder=f"Filter as in Browse, for example {EXAMPLE}",
        label_visibility="collapsed",
        on_change=lambda: map_address.set_value(
            map_address.FILTER, st.session_state[FIELD].strip()
        ),
    )
