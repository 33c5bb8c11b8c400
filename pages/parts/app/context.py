"""What every page asks first: which audit is open, who the auditor is, is it ready."""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec
from urllib.parse import quote, unquote

import streamlit as st

from core.audit import Audit
from core.audit.library import Library, home_folder
from core.people.names import known_as
from core.ranking.live import LiveRanking
from core.review.desk.card_cache import CachedCards
from core.review.desk.cards import Cards
from core.review.queues.queue import Queue
from core.review.sender import Sender
from core.store import StoreUnavailable
from pages.parts.app.login import login_is_configured, login_name

SECONDS_TO_NEXT_TRY = 4.0
TRIED_AT = "tried_at"
AUDITOR_COOKIE = "second_look_auditor"

_set_cookie = st.components.v2.component(
    "second_look_cookie",
    js="""export default function ({ data }) {
      document.cookie = `${data.name}=${data.value}; path=/; max-age=31536000; SameSite=Strict`
    }""",
)


@cache
def library() -> Library:
    """Return the audits of this server: those named after ``--``, or those at home."""
    started_by_us = Path(sys.argv[0]).name == "dashboard.py"
    return Library(home_folder(), [Path(name) for name in sys.argv[1:]] if started_by_us else [])


def open_audit() -> Audit:
    """Return the audit that the shell has opened for this visit.

    Raises
    ------
    StoreUnavailable
        When it is gone since.
    """
    return library().current(st.session_state["open_audit"])


def show_unavailable(error: Exception) -> bool:
    """Say why the open audit cannot be used, and try again by itself; tell whether that was it."""
    if not isinstance(error, StoreUnavailable):
        return False
    st.warning(plain(str(error)), icon=":material/folder_off:")
    st.caption("This page tries again by itself. Load it again to open another audit.")
    try_again()
    return True


@st.fragment(run_every=SECONDS_TO_NEXT_TRY)
def try_again() -> None:
    """Run the page again in a while: what is not there may be back."""
    if st.session_state.get(TRIED_AT, 0.0) + SECONDS_TO_NEXT_TRY / 2 < time.monotonic():
        st.session_state[TRIED_AT] = time.monotonic()
        st.rerun()


def hold_audit(audit: Audit) -> None:
    """Let this visit have `audit` open."""
    st.session_state["open_audit"] = audit


def close_audit() -> None:
    """Let this visit have no audit open."""
    st.session_state.pop("open_audit", None)


def require_open(audit: Audit) -> None:
    """Run the whole page anew where `audit` was deleted or replaced; it says so then."""
    if not library().is_open(audit):
        st.rerun(scope="app")


P = ParamSpec("P")


def telling_damage(section: Callable[P, None]) -> Callable[P, None]:
    """Let a part of a page say in a sentence that the audit's database cannot be read."""

    @wraps(section)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            section(*args, **kwargs)
        except sqlite3.DatabaseError as error:
            st.error(f"The audit cannot be read: {plain(str(error))}.")

    return shown


def auditor() -> str | None:
    """Return the auditor's name; None when unknown.

    It is that of the login where one is configured, else what was typed last in
    this browser, in the spelling under which the open audit knows them.
    """
    if login_is_configured():
        return login_name() or None
    name = st.session_state.get("auditor", _name_in_browser())
    opened: Audit | None = st.session_state.get("open_audit")
    names = library().current(opened).store.auditor_names() if opened else []
    return known_as(name, names) or None


def sender(queue: Queue) -> Sender:
    """Return who is at the other end now, with `queue` open; nobody has an empty name."""
    return Sender(auditor() or "", queue.kind.role, login_is_configured())


def remember_auditor(name: str) -> None:
    """Remember the auditor, for this visit and in this browser; empty for nobody."""
    st.session_state["auditor"] = name.strip()


def keep_auditor_cookie() -> None:
    """Bring the browser's memory of the name up to date."""
    name = st.session_state.get("auditor")
    if name is not None and name != _name_in_browser():
        _set_cookie(key="auditor_cookie", data={"name": AUDITOR_COOKIE, "value": quote(name)})


def _name_in_browser() -> str:
    return unquote(st.context.cookies.get(AUDITOR_COOKIE, ""))


def cards(audit: Audit) -> Cards:
    """Return the maker of the desk's cards, held until evidence, findings or classes change."""
    store = audit.store
    made_from = [store.fingerprint(artifact) for artifact in ("evidence", "findings")]
    return _cards(audit.opened, str([*made_from, store.class_log_id()]), audit)


@st.cache_resource(max_entries=4, show_spinner=False)
def _cards(opened: str, made_from: str, _audit: Audit) -> Cards:
    return CachedCards(_audit)


def live_ranking(audit: Audit) -> LiveRanking:
    """Return what keeps the order of the queues up to date, one for all visitors."""
    return _live_ranking(audit.opened, audit)


@st.cache_resource(max_entries=4, show_spinner=False)
def _live_ranking(opened: str, _audit: Audit) -> LiveRanking:
    return LiveRanking(_audit)


def plain(text: str) -> str:
    """Return `text` with the marks of Markdown escaped, so that a name is only a name."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>$~:-])", r"\\\1", text)


def is_dark() -> bool:
    """Tell whether this visit sees the dark theme, for charts that must know."""
    return bool(st.context.theme.type == "dark")


def image_address(audit: Audit, item_id: str, content_hash: str | None, size: str = "thumb") -> str:
    """Return the address that serves an image."""
    return f"/api/images/{audit.id}/{item_id}/{content_hash}/{size}"
