"""The cards of the page Audits: pictures, counts, how far the review is, what may be done."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core import demo, jobs, lifecycle
from core.audit import Audit
from core.audit.library import Listed
from core.audit.standing import Standing
from core.demo import is_demo
from core.store import StoreError
from core.text import counted
from pages.parts.app.audit_choice import PARAM
from pages.parts.app.context import image_address, library, plain
from pages.parts.app.job import brief_progress
from pages.parts.audits.card_actions import offer_actions
from pages.parts.audits.page_notice import leave_notice
from pages.parts.audits.strip import strip

LEAST_WIDTH = 290
"""Pixels of a card: two beside each other on a narrow screen, three on a wide one."""
NAME_AND_MENU = [4, 1]
SECONDS_BETWEEN_LOOKS = 1.5
TODAY, YESTERDAY = 0, 1


def show_cards(entries: Sequence[Listed]) -> None:
    """Show a card for each audit; while one is at work, its progress is live."""
    is_live = any(_is_active(entry.audit) for entry in entries)
    st.fragment(_cards, run_every=SECONDS_BETWEEN_LOOKS if is_live else None)(entries, is_live)


def _cards(entries: Sequence[Listed], is_live: bool) -> None:
    if is_live and not any(_is_active(entry.audit) for entry in entries):
        st.rerun()
    with st.grid(min_column_width=LEAST_WIDTH):
        for entry in entries:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _card(entry)


def _is_active(audit: Audit | None) -> bool:
    try:
        return audit is not None and jobs.watch(audit).is_active
    except (StoreError, OSError):
        return False


def _card(entry: Listed) -> None:
    if entry.audit is None:
        st.markdown(f"**{plain(entry.name)}**")
        st.caption(f":material/error: It cannot be opened. {plain(entry.reason)}")
        return
    try:
        _show_standing(entry, entry.audit)
    except (StoreError, sqlite3.DatabaseError) as error:  # deleted or damaged at this moment
        st.caption(plain(str(error)))


def _show_standing(entry: Listed, audit: Audit) -> None:
    standing = _standing(audit.opened, audit.store.revision(), audit)
    pictures = [image_address(audit, one["id"], one["content_hash"]) for one in standing.pictures]
    strip(pictures, key=f"strip_{audit.id}")
    name, menu = st.columns(NAME_AND_MENU, vertical_alignment="center", gap="xsmall")
    name.page_link(
        "overview.py", label=f"**{plain(entry.name)}**", query_params={PARAM: entry.address}
    )
    with menu:
        offer_actions(entry, audit)
    images = counted(standing.images, "image")
    classes = counted(standing.classes, "class", "classes")
    held = f"{images} in {classes}" if standing.images else ""
    st.caption(" · ".join(filter(None, [held, _opened(entry.opened)])) or "New")
    _show_progress(audit, standing)


def _show_progress(audit: Audit, standing: Standing) -> None:
    job = jobs.watch(audit)
    if job.is_active:
        share, text = brief_progress(job)
        st.progress(share, text)
    elif audit.is_ranked:
        suspects = counted(standing.suspects, "suspect")
        text = f"{standing.reviewed:,} of {suspects} reviewed"
        st.progress(standing.share, text if standing.suspects else "No label is suspect")
    elif job.state == "failed":
        st.progress(0.0, f":orange[The analysis failed:] {plain(job.message or '')[:120]}")
    else:
        stopped = job.state == "interrupted"
        st.progress(0.0, "Stopped; it can be resumed" if stopped else "Nothing computed yet")


@st.cache_data(max_entries=256, show_spinner=False)
def _standing(opened: str, revision: str, _audit: Audit) -> Standing:
    return Standing.of(_audit)


def _opened(at: str) -> str:
    """Say when an audit was opened last: ``opened today``, ``opened 3 Nov 2026``."""
    if not at:
        return ""
    when = datetime.fromisoformat(at).astimezone()
    days = (datetime.now(UTC).astimezone().date() - when.date()).days
    if days in (TODAY, YESTERDAY):
        return "opened today" if days == TODAY else "opened yesterday"
    return f"opened {when.day} {when:%b %Y}"


def show_archived(entries: Sequence[Listed]) -> None:
    """List what was put away, with the way back; nothing where there is none."""
    if not entries:
        return
    with st.expander(f"{counted(len(entries), 'archived audit')}"):
        st.caption("They stay on disk, with everything that was decided.")
        for entry in entries:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{plain(entry.name)}**")
                st.caption(plain(str(entry.folder)))
                if entry.audit is not None:
                    st.button(
                        "Restore", key=f"restore_{entry.address}", type="tertiary",
                        on_click=_restore, args=[entry.audit, entry.name],
                    )  # fmt: skip


def _restore(audit: Audit, name: str) -> None:
    lifecycle.restore(audit)
    leave_notice(f"{name} is in the list again.")


def show_demo_offer(listing: Sequence[Listed]) -> None:
    """Offer the demo where it is not there."""
    home = library()
    if home.folders or any(entry.audit and is_demo(entry.audit) for entry in listing):
        return
    if (home.home / demo.NAME).exists():
        return
    st.button(
        "Add the demo: 1,573 photographs, some mislabeled on purpose", type="tertiary",
        icon=":material/science:", on_click=_add_demo,
    )  # fmt: skip


def _add_demo() -> None:
    demo.make(library())
