"""The review desk: a browser part that never waits for Python between two images."""

from __future__ import annotations

import secrets
from pathlib import Path

import streamlit as st

from core.audit import Audit, fingerprint
from core.review.desk.conversation import desk_data, keep_place, store_actions
from core.review.queues.queue import Queue
from pages.parts.app.context import (
    cards,
    library,
    live_ranking,
    require_open,
    sender,
    telling_damage,
)
from pages.parts.item.item_ways import open_item
from pages.parts.shared.scripts import SHARED, script, style

HERE = Path(__file__).parent
# One script: the last part begins it, the others are what it is made of.
PARTS = (
    SHARED / "elements.js",
    HERE / "keys.js",
    HERE / "outbox.js",
    HERE / "decisions.js",
    HERE / "heartbeat.js",
    HERE / "pace.js",
    HERE / "shelf.js",
    HERE / "dialog.js",
    SHARED / "class_picker.js",
    HERE / "neighbors.js",
    HERE / "settings.js",
    HERE / "card.js",
    HERE / "input.js",
    HERE / "desk.js",
)
STYLES = (SHARED / "colors.css", HERE / "desk.css", SHARED / "class_picker.css")
RESULTS = "desk_results"
PLACE = "desk_place"
TROUBLE = "desk_trouble"
WINDOW = "desk_window"
"""Names this visit: what is on its desk is on no other."""

_desk = st.components.v2.component(
    "second_look_desk",
    html=(HERE / "desk.html").read_text(),
    css=style(STYLES),
    js=script(PARTS),
)


@st.fragment
@telling_damage
def desk(audit: Audit, queue: Queue, auditor: str, asked_for: str | None) -> None:
    """Put `queue` before `auditor`, from the item `asked_for` or where they left off."""
    require_open(audit)
    key = f"desk_{fingerprint(audit.id, queue.key, auditor, asked_for)[:10]}"

    def receive() -> None:
        # A callback runs whole, before the page's body, which a later key press may cut off.
        outbox = st.session_state[key].outbox
        if not library().is_open(audit):
            return  # nothing is lost: the browser keeps what it has not been told to be on disk
        there = sender(queue)
        st.session_state[RESULTS] = store_actions(audit.store, outbox["actions"], there)
        if there.auditor == auditor:  # else this desk was drawn for somebody else
            st.session_state[PLACE] = (key, *keep_place(audit.store, auditor, queue, outbox))
        if outbox["actions"]:
            live_ranking(audit).notice()

    desk_key, place, loaded = st.session_state.get(PLACE, (None, None, []))
    data = desk_data(
        cards(audit),
        queue,
        auditor,
        at=place if desk_key == key else None,
        asked_for=asked_for,
        loaded=loaded if desk_key == key else (),
        results=st.session_state.get(RESULTS, ()),
        holder=st.session_state.setdefault(WINDOW, secrets.token_hex(8)),
    )
    data["logged_in"] = sender(queue).is_logged_in
    asked = _desk(key=key, data=data, on_outbox_change=receive, on_history_change=lambda: None)
    if isinstance(asked.history, str):
        open_item(asked.history, "review.py", queue.params())
    if (trouble := live_ranking(audit).trouble) != st.session_state.get(TROUBLE):
        st.session_state[TROUBLE] = trouble
        if trouble:
            st.toast(trouble, icon=":material/sort:")
    if data["progress"]["judged"] == data["progress"]["total"]:
        st.page_link("export.py", label="Export corrected labels", icon=":material/download:")
        st.page_link("overview.py", label="Choose the next queue", icon=":material/arrow_forward:")
