"""The third step of a new audit: its name, the network, and how long it will take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core import jobs, lifecycle
from core.audit import Audit, AuditError
from core.audit.library import Listed
from core.embedding.choice import BETTER_BACKBONE, BY_SIZE, DEFAULT_BACKBONE
from core.embedding.expected_time import measured_pace, name_by_size
from core.ingest.records import SourceError
from core.jobs.inquiries import Inquiry, InquiryFailed
from pages.parts.app.audit_choice import PARAM
from pages.parts.app.context import library, plain
from pages.parts.audits.draft import CONFIRM, Draft, drop_draft

BUNDLED = {
    "Chosen by size": BY_SIZE,
    "EfficientNet-Lite2": BETTER_BACKBONE,
    "EfficientNet-Lite0": DEFAULT_BACKBONE,
}
ANOTHER = "Another network"
NETWORKS = "new_audit_networks"
REFUSED = "new_audit_refused"
SECONDS_BETWEEN_LOOKS = 0.5


def show_start(draft: Draft, listing: Sequence[Listed]) -> None:
    """Ask for a name and a network, say how long it takes, and start."""
    taken = [entry.name for entry in listing]
    st.header("Name and network")
    left, right = st.columns(2, gap="large")
    with left:
        name = st.text_input(
            "Name of the audit", _proposed(draft, taken), max_chars=lifecycle.MOST_OF_A_NAME
        )
        kind = st.segmented_control(
            "Network", [*BUNDLED, ANOTHER], default=next(iter(BUNDLED)), required=True,
            help="It turns each image into the numbers that are compared. Lite2 finds more,"
            " Lite0 is more than twice as fast; by size, it is Lite2 within five minutes.",
        )  # fmt: skip
        backbone = BUNDLED[kind or next(iter(BUNDLED))] if kind != ANOTHER else _choose_network()
    with right:
        _say_how_long(draft, listing, backbone)
        st.caption("The review can begin before the map is drawn; the page may be closed.")
    if refusal := st.session_state.pop(REFUSED, None):
        st.error(plain(refusal))
    with st.container(horizontal=True):
        st.button("Back", on_click=_back, args=[draft])
        if st.button("Start", type="primary", disabled=backbone is None) and backbone:
            _start(draft, name, backbone, taken)


def _back(draft: Draft) -> None:
    draft.step = CONFIRM


def _proposed(draft: Draft, taken: Sequence[str]) -> str:
    """Return the data set's name, with a number where there is such an audit."""
    is_folder = not (draft.upload or draft.file or draft.url)
    stem = draft.title if is_folder else draft.title.split(".")[0]
    stem = stem[: lifecycle.MOST_OF_A_NAME - 4] or "audit"
    used = {name.casefold() for name in taken}
    names = (stem if number == 1 else f"{stem} {number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name.casefold() not in used)


def _say_how_long(draft: Draft, listing: Sequence[Listed], backbone: str | None) -> None:
    images = draft.understood["items"]
    audits = [entry.audit for entry in listing if entry.audit is not None]
    if backbone == BY_SIZE:
        better = measured_pace(audits, BETTER_BACKBONE)
        backbone = backbone if better is None else name_by_size(images, better.rate)
    pace = measured_pace(audits, backbone) if backbone else None
    if backbone == BY_SIZE:
        st.markdown(
            f"**{images:,} images.** When it starts, the better network is tried here for a moment:"
            " it is taken where it needs no more than five minutes, and the time is said."
        )
    elif pace is not None:
        st.markdown(f"**{images:,} images.** {plain(pace.sentence(images))}")
    elif backbone:
        st.markdown(
            f"**{images:,} images.** Nothing was computed with this network on this machine yet:"
            " how long it takes is said once it runs."
        )


def _choose_network() -> str | None:
    """Return the name of a network of Keras Applications; None until one is chosen."""
    inquiry = st.session_state.get(NETWORKS)
    if inquiry is None:
        inquiry = st.session_state[NETWORKS] = Inquiry("backbones", "--format", "json")
    if inquiry.is_active:
        _wait_for(inquiry)
        return None
    try:
        networks: list[dict[str, Any]] = inquiry.answer()
    except InquiryFailed as failure:
        st.error(plain(str(failure)))
        return None
    about = {one["name"]: one for one in networks if one["name"] not in BUNDLED.values()}
    chosen: str | None = st.selectbox(
        "Its name", list(about), index=None, placeholder="Choose a network",
        format_func=lambda name: f"{name} · {about[name]['input']} · {about[name]['weights']}",
    )  # fmt: skip
    return chosen


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _wait_for(inquiry: Inquiry) -> None:
    if not inquiry.is_active:
        st.rerun()
    st.caption(
        f"Listing networks; the first time, this takes half a minute. {inquiry.seconds:.0f} s"
    )


def _start(draft: Draft, name: str, backbone: str, taken: Sequence[str]) -> None:
    home = library()
    try:
        audit = draft.make_audit(home.home, name, taken)
        _compute(audit, backbone)
    except (AuditError, SourceError, jobs.JobRefused) as refusal:
        st.session_state[REFUSED] = str(refusal)
        st.rerun()
    home.add(audit.folder)
    audit_id = audit.id
    audit.store.close()
    drop_draft()
    st.switch_page("overview.py", query_params={PARAM: audit_id})


def _compute(audit: Audit, backbone: str) -> None:
    named = [] if backbone == BY_SIZE else ["--backbone", backbone]
    jobs.start(audit, *jobs.pipeline_arguments(audit), *named)
