"""The grid of images: a browser part that shows the next page before Python is asked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from core.audit import Audit
from core.query.tree import Query, QueryError
from core.store import Row
from core.text import counted
from pages.parts.app import context
from pages.parts.app.context import live_ranking
from pages.parts.app.links import open_queue, show_on_map
from pages.parts.app.sign_in import is_name_wanted, want_name
from pages.parts.browse import browse_view
from pages.parts.browse.browse_view import View
from pages.parts.grid import bulk_orders as bulk
from pages.parts.item.item_ways import open_item
from pages.parts.shared.scripts import SHARED, script, style

HERE = Path(__file__).parent
# One script: the last part begins it, the others are what it is made of.
PARTS = (
    SHARED / "elements.js",
    SHARED / "lasting.js",
    SHARED / "pictures.js",
    SHARED / "contact.js",
    SHARED / "class_picker.js",
    HERE / "selection.js",
    HERE / "cells.js",
    HERE / "bulk.js",
    HERE / "grid.js",
)
STYLES = (
    SHARED / "colors.css",
    SHARED / "pictures.css",
    HERE / "grid.css",
    SHARED / "class_picker.css",
)
SENT, RESULTS = "grid_sent", "grid_results"
PAGE_SIZE = 100
SHOWN = (
    "id",
    "path",
    "content_hash",
    "given",
    "suggested",
    "verdict",
    "final",
    "fields",
    "awaits_second",
)

_grid = st.components.v2.component(
    "second_look_grid",
    html=(HERE / "grid.html").read_text(),
    css=style(STYLES),
    js=script(PARTS),
)


class Places(Protocol):
    """Where a page keeps which page of the grid is shown: its address; a module has them, too."""

    def place(self) -> tuple[str | None, int]:
        """Return the cursor of the page and its number."""

    def set_place(self, cursor: str | None, number: int) -> None:
        """Turn to another page."""

    def params(self) -> dict[str, str]:
        """Return the parameters with which the page can be returned to."""

    def keep_view(self) -> None:
        """Remember them for this visitor."""


@st.fragment
@context.telling_damage
def grid(
    audit: Audit,
    auditor: str,
    view: View,
    places: Places = browse_view,
    page: str = "browse.py",
) -> None:
    """Show what `view` finds, a page at a time, and carry out what is ordered there.

    Parameters
    ----------
    places : Places
        Of the page that it is on.
    page : str
        The file of that page.
    """
    context.require_open(audit)
    key = f"grid_{audit.id}"

    def receive() -> None:
        # A callback runs whole, before the page's body, which a later key press may cut off.
        if not context.library().is_open(audit):
            return
        sent = st.session_state[key].sent
        if sent["view"] == view.key:
            places.set_place(sent["cursor"], sent["number"])
        # Who is there now: the page may have been drawn for somebody else.
        now_there = context.auditor() or ""
        results = [
            bulk.carry_out(bulk.Order(audit, now_there, view, order, st.session_state))
            for order in sent["orders"]
        ]
        st.session_state[SENT] = (sent["session"], sent["tick"])
        st.session_state[RESULTS] = results
        if any(result.get("decided") for result in results):
            live_ranking(audit).notice()
        if any(result.get("nameless") for result in results):
            want_name()

    if opened := bulk.to_open(st.session_state):
        open_queue(*opened)
    if item := bulk.item_to_open(st.session_state):
        open_item(item, page, places.params())
    if item := bulk.item_to_locate(st.session_state):
        show_on_map(item)
    session, tick = st.session_state.get(SENT, (None, 0))
    count = _count(audit, auditor, view.query)
    data = {
        "audit": audit.id,
        "auditor": auditor,
        "view": view.key,
        "session": session,
        "tick": tick,
        "results": st.session_state.get(RESULTS, []),
        "classes": audit.store.offered_classes(),
        "count": count,
        "counted": _count_text(count, _count(audit, auditor, Query.ALL)),
        "is_whole": page != "browse.py",
        **_pages(audit, auditor, view, places),
        **bulk.steps(audit.store, auditor),
    }
    _grid(key=key, data=data, on_sent_change=receive)
    places.keep_view()
    if is_name_wanted():
        # The whole page asks for it. Not before the grid is drawn, which would lose its selection.
        st.rerun()


def _pages(audit: Audit, auditor: str, view: View, places: Places) -> dict[str, Any]:
    """Return the page that is shown and, to be ready, the two beside it."""

    def page(cursor: str | None, number: int) -> Row:
        found = audit.store.browse(view.query, view.sort, cursor, PAGE_SIZE, auditor)
        # Numbers are counted from the page that the visitor began with; the first one is known.
        return {
            "cursor": cursor,
            "number": max(2, number) if found.previous else 1,
            "rows": [cell_row(row) for row in found.rows],
            "next": found.next,
            "previous": found.previous,
        }

    shown: Row = {"rows": []}
    with suppress(QueryError):  # the address may hold a place that is none
        shown = page(*places.place())
    if not shown["rows"]:
        places.set_place(None, 1)
        shown = page(None, 1)
    number = shown["number"]
    return {
        "page": shown,
        "ahead": page(shown["next"], number + 1) if shown["next"] else None,
        "behind": page(shown["previous"], number - 1) if shown["previous"] else None,
    }


def cell_row(row: Row) -> Row:
    """Return what a cell draws of an item."""
    return {name: row[name] for name in SHOWN}


def _count(audit: Audit, auditor: str, query: Query) -> int:
    return _cached_count(audit.opened, audit.store.revision(), auditor, str(query), audit, query)


@st.cache_data(max_entries=64, show_spinner=False)
def _cached_count(
    opened: str, revision: str, auditor: str, text: str, _audit: Audit, _query: Query
) -> int:
    return _audit.store.match_count(_query, auditor)


def _count_text(count: int, total: int) -> str:
    if count == total:
        return counted(count, "image")
    return f"{count:,} of {counted(total, 'image')} {'matches' if count == 1 else 'match'}"
