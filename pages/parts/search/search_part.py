"""The search: a browser part of examples and results, which Python answers by searching anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.audit import Audit, fingerprint
from core.query.tree import Query
from core.review.queues.queue import Queue
from core.review.verdicts import text_sent
from core.text import counted
from pages.parts.app import context
from pages.parts.app.links import open_queue
from pages.parts.grid.grid_part import cell_row
from pages.parts.item.item_ways import open_item
from pages.parts.search import search_view
from pages.parts.search.search_results import Found, find
from pages.parts.shared.scripts import SHARED, script, style

HERE = Path(__file__).parent
GRID = HERE.parent / "grid"
# One script: the last part begins it, the others are what it is made of.
PARTS = (
    SHARED / "elements.js",
    SHARED / "lasting.js",
    SHARED / "pictures.js",
    SHARED / "contact.js",
    GRID / "cells.js",
    HERE / "tiles.js",
    HERE / "search.js",
)
STYLES = (
    SHARED / "colors.css",
    SHARED / "pictures.css",
    GRID / "grid.css",
    HERE / "search.css",
)
SENT = "search_sent"
MOST_NAMED = 3
NOT_HERE = (
    "is not in this audit, or was not embedded, and cannot be an example",
    "are not in this audit, or were not embedded, and cannot be examples",
)

_part = st.components.v2.component(
    "second_look_search",
    html=(HERE / "search.html").read_text(),
    css=style(STYLES),
    js=script(PARTS),
)


@st.fragment
@context.telling_damage
def search_part(audit: Audit, auditor: str, query: Query) -> None:
    """Show examples and what looks like them among what `query` finds, and take changes."""
    context.require_open(audit)
    key = f"search_{audit.id}"

    def receive() -> None:
        # A callback runs whole, before the body, which a later key press may cut off.
        sent = st.session_state[key].sent
        search_view.set_examples(_ids(sent["plus"]), _ids(sent["minus"]))
        search_view.set_count(int(sent["count"]))
        st.session_state[SENT] = (sent["session"], sent["tick"])

    # Always there: an element more before the part would draw the part anew.
    above = st.container(gap="small")
    found = find(audit, auditor, query)
    with above:
        _show_messages(found)
        if found.is_search:
            _show_actions(audit, found)
    session, tick = st.session_state.get(SENT, (None, 0))
    data = {
        "audit": audit.id,
        "session": session,
        "tick": tick,
        "count": search_view.count(),
        "step": search_view.STEP,
        "more": found.more,
        "isSearch": found.is_search,
        "rows": [cell_row(row) | {"score": row["score"]} for row in found.rows],
        "plus": [cell_row(row) for row in found.plus],
        "minus": [cell_row(row) for row in found.minus],
    }
    result = _part(key=key, data=data, on_sent_change=receive, on_opened_change=lambda: None)
    search_view.keep_search(audit)
    if result.opened:
        open_item(text_sent(result.opened), "search.py", search_view.params())


def _show_messages(found: Found) -> None:
    if found.problem:
        st.error(context.plain(found.problem), icon=":material/error:")
    if found.missing:
        named = ", ".join(context.plain(repr(one[:40])) for one in found.missing[:MOST_NAMED])
        named += ", …" if len(found.missing) > MOST_NAMED else ""
        count = len(found.missing)
        st.warning(
            f"{counted(count, 'image')} of the address {NOT_HERE[count > 1]}: {named}.",
            icon=":material/image_not_supported:",
        )


def _show_actions(audit: Audit, found: Found) -> None:
    """Offer to review what was found, and to download it."""
    labeled = [row["id"] for row in found.rows if row["given"] is not None]
    with st.container(horizontal=True, gap="small"):
        review = st.button(
            f"Review {counted(len(labeled), 'image')}",
            key="search_review",
            icon=":material/arrow_forward:",
            shortcut="V",
            disabled=not labeled,
            help="Opens them as a queue. Images without a label are left out."
            if len(labeled) < len(found.rows)
            else "Opens them as a queue.",
        )
        st.download_button(
            "Download CSV",
            found.csv,
            "search.csv",
            "text/csv",
            key="search_csv",
            icon=":material/download:",
            shortcut="D",
            on_click="ignore",
            disabled=not found.rows,
            help="Id, score, path, given and suggested label, suspicion.",
        )
    if review:
        selection = fingerprint(sorted(labeled))[:12]
        title = f"{counted(len(labeled), 'image')} from a search"
        audit.store.add_selection(selection, title, sorted(labeled))
        open_queue(Queue(selection=selection))


def _ids(sent: Any) -> list[str]:
    """Return ids that the browser sent; a comma would make two of one in the address."""
    return [one for one in map(text_sent, sent) if "," not in one]
