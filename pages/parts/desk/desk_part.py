"""The review desk: a browser part that never waits for Python between two images."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from core.audit import Audit, fingerprint
from core.review.desk.conversation import desk_data, keep_place, store_actions
from core.review.queues.queue import Queue
from core.store import Row, StoreUnavailable
from pages.parts.app.context import cards, library, live_ranking, sender, telling_damage
from pages.parts.app.links import show_on_map
from pages.parts.app.login import login_is_configured
from pages.parts.item.item_ways import open_item
from pages.parts.shared.scripts import SHARED, script, style

HERE = Path(__file__).parent
# One script: the last part begins it, the others are what it is made of.
PARTS = (
    SHARED / "elements.js",
    SHARED / "lasting.js",
    SHARED / "contact.js",
    SHARED / "pictures.js",
    HERE / "keys.js",
    HERE / "outbox.js",
    HERE / "decisions.js",
    HERE / "copies.js",
    HERE / "heartbeat.js",
    HERE / "pace.js",
    HERE / "box.js",
    HERE / "shelf.js",
    HERE / "stage.js",
    HERE / "dialog.js",
    HERE / "zoom.js",
    SHARED / "class_picker.js",
    HERE / "neighbors.js",
    HERE / "settings.js",
    HERE / "card.js",
    HERE / "input.js",
    HERE / "desk.js",
)
STYLES = (
    SHARED / "colors.css",
    SHARED / "pictures.css",
    HERE / "desk.css",
    SHARED / "class_picker.css",
)
HEARD = "desk_heard"
TROUBLE = "desk_trouble"
WINDOW = "desk_window"
"""Names this visit: what is on its desk is on no other."""

_desk = st.components.v2.component(
    "second_look_desk",
    html=(HERE / "desk.html").read_text(),
    css=style(STYLES),
    js=script(PARTS),
)


@dataclass
class Heard:
    """What the desk has sent last, and what became of it.

    Attributes
    ----------
    key : str
        Of the desk that sent it.
    tick : int or None
        Its number.
    held : dict or None
        See `desk_data`; it holds for one answer.
    place : tuple of (str or None, list of str)
        Of `keep_place`.
    results : list of dict
        Of `store_actions`.
    trouble : str or None
        Why nothing more could be stored; that, too, is for one answer.
    """

    key: str
    tick: int | None = None
    held: object = None
    place: tuple[str | None, list[str]] = (None, [])
    results: list[Row] = field(default_factory=list)
    trouble: str | None = None


@st.fragment
@telling_damage
def desk(audit: Audit, queue: Queue, auditor: str, asked_for: str | None) -> None:
    """Put `queue` before `auditor`, from the item `asked_for` or where they left off."""
    key = f"desk_{fingerprint(audit.id, queue.key, auditor, asked_for)[:10]}"

    def receive() -> None:
        # A callback runs whole, before the page's body, which a later key press may cut off.
        outbox = st.session_state[key].outbox
        heard = st.session_state[HEARD] = Heard(key, outbox.get("tick"), outbox.get("held"))
        try:
            present = library().current(audit)
            there = sender(queue)
            heard.results = store_actions(present.store, outbox["actions"], there)
            heard.trouble = next((one["reason"] for one in heard.results if one.get("retry")), None)
            # Where somebody else is there now, this desk was drawn for another.
            if heard.trouble is None and there.auditor == auditor:
                heard.place = keep_place(present.store, auditor, queue, outbox)
        except StoreUnavailable as unavailable:
            heard.trouble = str(unavailable)
        else:
            if outbox["actions"]:
                live_ranking(present).notice()

    heard = st.session_state.get(HEARD)
    if heard is None or heard.key != key:
        heard = Heard(key)
    data = _answer(audit, queue, auditor, asked_for, heard)
    asked = _desk(
        key=key,
        data=data,
        on_outbox_change=receive,
        on_history_change=lambda: None,
        on_map_change=lambda: None,
    )
    if isinstance(asked.history, str):
        open_item(asked.history, "review.py", queue.params())
    if isinstance(asked.map, str):
        show_on_map(asked.map)
    if "trouble" in data:
        return
    if (trouble := live_ranking(library().current(audit)).trouble) != st.session_state.get(TROUBLE):
        st.session_state[TROUBLE] = trouble
        if trouble:
            st.toast(trouble, icon=":material/sort:")
    if data["progress"]["judged"] == data["progress"]["total"]:
        st.page_link("export.py", label="Export corrected labels", icon=":material/download:")
        st.page_link("overview.py", label="Choose the next queue", icon=":material/arrow_forward:")


def _answer(
    audit: Audit, queue: Queue, auditor: str, asked_for: str | None, heard: Heard
) -> dict[str, Any]:
    """Return what the desk is sent: all that it needs, or why that cannot be had at present."""
    window = st.session_state.setdefault(WINDOW, secrets.token_hex(8))
    common = {
        "audit": audit.id,
        "auditor": auditor,
        "logged_in": login_is_configured(),
        "tick": heard.tick,
        "visit": window,
    }
    held, trouble = heard.held, heard.trouble
    heard.held = heard.trouble = None
    try:
        if trouble is None:
            at, loaded = heard.place
            return common | desk_data(
                cards(library().current(audit)),
                queue,
                auditor,
                at=at,
                asked_for=asked_for,
                loaded=loaded,
                results=heard.results,
                held=held,
                holder=window,
            )
    except StoreUnavailable as unavailable:
        trouble = str(unavailable)
    return common | {"trouble": trouble, "results": heard.results}
