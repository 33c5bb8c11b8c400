"""Which audit is open: the address says so, and never stands for another one.

An address holds the audit's id. Where none is named, the visit goes on with the
audit that it has open, or begins with the one that was opened last. An audit that
cannot be reviewed yet is not opened by itself while there is one that can.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.audit import Audit
from core.audit.library import Listed
from core.lifecycle import note_opened
from core.store import StoreError
from core.text import counted
from pages.parts.app import context

PARAM, CHOICE = "audit", "audit_choice"
OPENED = "audit_opened"
"""The address of the audit that this visit has open."""


def asked_for() -> str | None:
    """Return the address of the audit that the visitor asks for or has open; None for none yet."""
    return st.query_params.get(PARAM) or st.session_state.get(OPENED)


def choose_audit(listing: Sequence[Listed]) -> Audit:
    """Return the audit of the address; offer the others; end the page where it cannot be opened."""
    asked = asked_for()
    entry = _first(listing) if asked is None else context.library().find(asked)
    with st.sidebar:
        _offer(listing, entry)
    if entry is None or entry.audit is None:
        context.close_audit()
        _explain(listing, entry, asked or "")
        st.stop()
    if st.session_state.get(OPENED) != entry.address:
        note_opened(entry.audit)
    st.session_state[OPENED] = entry.address
    if st.query_params.get(PARAM) != entry.address:
        st.query_params[PARAM] = entry.address
    context.hold_audit(entry.audit)
    return entry.audit


def resume_audit() -> Audit | None:
    """Return the audit that this visit has open; for the list of audits, which opens none."""
    asked = st.query_params.get(PARAM) or st.session_state.get(OPENED)
    entry = context.library().find(asked) if asked else None
    if entry is None or entry.audit is None:
        leave_audit()
        return None
    context.hold_audit(entry.audit)
    return entry.audit


def leave_audit() -> None:
    """Let this visit have no audit open, nor go on with the one it had."""
    context.close_audit()
    st.session_state.pop(OPENED, None)
    st.query_params.pop(PARAM, None)


def begins_at_entrance(listing: Sequence[Listed], is_start: bool) -> bool:
    """Tell whether a visit begins at the list of audits: there is a choice, and it names none."""
    asked = st.query_params.get(PARAM) or st.session_state.get(OPENED)
    if asked:
        return False
    offered = [entry for entry in listing if entry.audit is not None and not entry.is_archived]
    return not listing or (is_start and len(offered) > 1)


def _first(listing: Sequence[Listed]) -> Listed:
    """Return the audit that is opened where none is named."""

    def worth(entry: Listed) -> tuple[bool, bool, bool, str]:
        audit = entry.audit
        return audit is not None, not entry.is_archived, _is_ranked(audit), entry.opened

    return max(listing, key=worth)


def _is_ranked(audit: Audit | None) -> bool:
    try:
        return audit is not None and audit.is_ranked
    except StoreError:
        return False


def _offer(listing: Sequence[Listed], current: Listed | None) -> None:
    listing = [entry for entry in listing if not entry.is_archived or entry is current]
    if not listing or (len(listing) == 1 and current is not None):
        return
    titles = {entry.address: _title(entry) for entry in listing}
    st.session_state[CHOICE] = current.address if current else None
    st.selectbox(
        "Audit",
        list(titles),
        index=None if current is None else 0,
        format_func=titles.__getitem__,
        key=CHOICE,
        placeholder="Choose an audit",
        on_change=_open_chosen,
    )


def _title(entry: Listed) -> str:
    return entry.name if entry.audit is not None else f"{entry.name} (cannot be opened)"


def _open_chosen() -> None:
    if chosen := st.session_state[CHOICE]:
        # Queue, item and filter of the address belong to the audit that is left.
        st.query_params.clear()
        st.query_params[PARAM] = chosen


def _explain(listing: Sequence[Listed], entry: Listed | None, asked: str) -> None:
    """Say why nothing is open, and list the audits there are."""
    if entry is None:
        st.title("This audit is not here")
        st.write(
            f"No audit of this server has the address {context.plain(repr(asked[:60]))}: it was"
            " deleted or moved, or lies on another server."
        )
    else:
        st.title(f"{context.plain(entry.name)} cannot be opened")
        st.write(context.plain(entry.reason))
    context.try_again()
    others = [other for other in listing if other is not entry and not other.is_archived]
    if others:
        st.header(f"{counted(len(others), 'audit')} here")
    with st.container(gap="small"):
        for other in others:
            if other.audit is None:
                st.markdown(f"**{context.plain(other.name)}**: {context.plain(other.reason)}")
            else:
                st.page_link(
                    "overview.py",
                    label=context.plain(other.name),
                    icon=":material/arrow_forward:",
                    query_params={PARAM: other.address},
                )
