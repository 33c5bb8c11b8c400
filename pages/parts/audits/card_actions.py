"""What may be done with an audit as a whole: rename, move, archive, delete."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core import demo, lifecycle
from core.audit import Audit, AuditError
from core.audit.library import Listed
from core.demo import is_demo
from core.jobs import JobRefused
from core.store import StoreError
from core.text import counted
from pages.parts.app.audit_choice import leave_audit
from pages.parts.app.context import library, plain
from pages.parts.app.privacy import is_private
from pages.parts.audits.page_notice import leave_notice
from pages.parts.overview.moved_source import show_move

MOVING = "audit_moving"
"""The id of the audit for which another source was asked for."""

REFUSALS = (AuditError, JobRefused, StoreError)


def offer_actions(entry: Listed, audit: Audit) -> None:
    """Show the menu of a card, and the dialog of what was chosen in it."""
    chosen = st.menu_button(
        "⋯", list(ACTIONS), key=f"actions_{audit.id}", type="tertiary",
        help=f"Rename, move, archive or delete {plain(entry.name)}",
    )  # fmt: skip
    if chosen in ACTIONS:
        ACTIONS[chosen](entry, audit)


@st.dialog("Rename audit")
def _rename(entry: Listed, audit: Audit) -> None:
    with st.form("rename_audit", border=False):
        name = st.text_input("Name", entry.name, max_chars=lifecycle.MOST_OF_A_NAME)
        st.caption("Its folder and its address stay as they are.")
        if not st.form_submit_button("Rename", type="primary"):
            return
    taken = [other.name for other in library().listing() if other.folder != entry.folder]
    _carry_out(
        lambda: lifecycle.rename(audit, name, taken), f"{entry.name} is now called {name.strip()}."
    )


def _move(entry: Listed, audit: Audit) -> None:
    st.session_state[MOVING] = audit.id
    st.rerun(scope="app")


def show_moving() -> None:
    """Show the way to another source for the audit that it was asked for; else nothing."""
    audit = library().audit(st.session_state.get(MOVING, ""))
    if audit is None:
        return
    with st.container(border=True):
        heading, way_out = st.columns([5, 1], vertical_alignment="center")
        heading.header(f"Move {plain(audit.name)} to another source")
        way_out.button("Close", width="stretch", on_click=st.session_state.pop, args=[MOVING])
        st.caption(
            "Where the same images lie in another place now: they are recognized by their"
            " content, and verdicts stay with them."
        )
        show_move(audit)


@st.dialog("Archive audit")
def _archive(entry: Listed, audit: Audit) -> None:
    st.write(
        f"**{plain(entry.name)}** leaves the list. It stays on disk with everything that was"
        " decided, and can be restored below the list at any time."
    )
    if st.button("Archive", type="primary"):
        _carry_out(lambda: lifecycle.archive(audit), f"{entry.name} is archived.", leaves=audit)


@st.dialog("Delete audit")
def _delete(entry: Listed, audit: Audit) -> None:
    if not is_private():
        st.write(
            "Others can see this server, so audits are not deleted here. On the server, delete the"
            " audit's folder:"
        )
        st.code(str(entry.folder), language=None)
        return
    reviewed = audit.store.counts()["reviewed"]
    st.write(
        f"**{plain(entry.name)}**, everything computed for it and the verdicts on"
        f" {counted(reviewed, 'image')} are deleted for good. Export first what you want to keep."
    )
    if audit.source.path.is_relative_to(audit.folder / lifecycle.UPLOADED):
        st.write("The images that were uploaded for it are deleted too.")
    else:
        st.write(f"The images stay: {plain(audit.source.place)}")
    with st.form("delete_audit", border=False):
        typed = st.text_input("To confirm, type the name of the audit", placeholder=entry.name)
        if not st.form_submit_button("Delete for good", type="primary"):
            return
    _carry_out(lambda: _delete_now(audit, typed), f"{entry.name} was deleted.", leaves=audit)


def _delete_now(audit: Audit, typed: str) -> str | None:
    was_demo = is_demo(audit)
    left = lifecycle.delete(audit, typed)
    library().forget(audit)
    if was_demo:
        demo.decline(library())
    if not left:
        return None
    return f"{counted(len(left), 'file')} that it did not make stayed in {audit.folder}."


def _carry_out(action: Callable[[], str | None], done: str, leaves: Audit | None = None) -> None:
    """Carry out what was asked, say so on the page, and let go of an audit that left the list."""
    try:
        more = action()
    except REFUSALS as refusal:
        st.error(plain(str(refusal)))
        return
    leave_notice(f"{done} {more}" if more else done)
    opened: Audit | None = st.session_state.get("open_audit")
    if leaves is not None and opened is not None and opened.folder == leaves.folder:
        leave_audit()
    st.rerun()


ACTIONS: dict[str, Callable[[Listed, Audit], None]] = {
    "Rename": _rename,
    "Move to another source": _move,
    "Archive": _archive,
    "Delete": _delete,
}
