"""The map: a browser part that draws every item, and beside it what is selected there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.audit import Audit
from core.query.tree import Query
from core.structure import colorings as coloring_kinds
from core.structure.colorings.agreement_colors import AGREEMENT
from core.structure.colorings.label_colors import GIVEN
from core.structure.colorings.suspicion_colors import SUSPICION
from core.structure.colorings.verdict_colors import VERDICT
from core.structure.layout_files import StoredLayout
from core.text import counted
from pages.parts.app import context
from pages.parts.item.item_ways import open_item
from pages.parts.map import map_address, map_orders
from pages.parts.map.plain_map import plain_map
from pages.parts.map.selection_panel import selection_panel
from pages.parts.map.shown_points import (
    ShownMap,
    addresses,
    coloring_address,
    mask_address,
    shown_map,
)
from pages.parts.shared.scripts import SHARED, script, style

HERE = Path(__file__).parent
# One script: the last part begins it, the others are what it is made of.
PARTS = (
    *(SHARED / f"{name}.js" for name in ("elements", "lasting", "pictures", "contact")),
    *(
        HERE / f"{name}.js"
        for name in (
            "camera", "points", "picking", "lasso", "tones", "legend", "map_card", "names",
            "thumbnails", "map_data", "map_input", "saving", "map_menu", "map",
        )
    ),
)  # fmt: skip
STYLES = (SHARED / "colors.css", SHARED / "pictures.css", HERE / "map.css")
SENT, RESULTS, UNSUPPORTED = "map_sent", "map_results", "map_unsupported"
FIRST = (GIVEN.name, AGREEMENT.name, SUSPICION.name, VERDICT.name)
"""Colors that are offered first."""
NAMED, STANDARD = GIVEN.name, AGREEMENT.name
"""Whose names are written on the map, and what colors it at first."""

_map = st.components.v2.component(
    "second_look_map",
    html=(HERE / "map.html").read_text(),
    css=style(STYLES),
    js=script(PARTS),
)


@st.fragment
@context.telling_damage
def explore(audit: Audit, auditor: str, layout: StoredLayout, scope: Query) -> None:
    """Show the map in a layout, limited to what a query finds, and the selection beside it."""
    context.require_open(audit)
    if item := map_orders.item_to_open(st.session_state):
        map_address.keep_view(audit.id)
        open_item(item, "map.py", map_address.params())
    shown = shown_map(audit, layout.key, auditor)
    drawn, listed = st.columns([1.9, 1], gap="medium")
    with drawn:
        _draw(shown, layout, scope)
    with listed:
        selection_panel(shown, scope)
    map_address.keep_view(audit.id)


def _draw(shown: ShownMap, layout: StoredLayout, scope: Query) -> None:
    audit = shown.audit
    key = f"map_{audit.id}"

    def receive() -> None:
        # A callback runs whole, before the page's body, which a later report may cut off.
        if not context.library().is_open(audit):
            return
        sent = st.session_state[key].sent
        # Who is there now: the page may have been drawn for somebody else.
        seen = shown_map(audit, str(sent["layout"]), context.auditor() or "")
        results = [
            map_orders.carry_out(
                map_orders.MapOrder(seen, scope, order, st.session_state, st.query_params)
            )
            for order in sent["orders"]
        ]
        if sent["layout"] == layout.key:
            map_address.set_value(map_address.COLOR, str(sent["color"] or ""))
            map_address.set_value(map_address.VIEW, str(sent["view"]))
        st.session_state[SENT] = (sent["session"], sent["tick"])
        st.session_state[RESULTS] = results
        st.session_state[UNSUPPORTED] = sent["unsupported"] is True

    _map(key=key, data=_data(shown, layout, scope), on_sent_change=receive)
    if st.session_state.get(UNSUPPORTED):
        plain_map(shown, layout.key, _color(shown, layout), scope)


def _data(shown: ShownMap, layout: StoredLayout, scope: Query) -> dict[str, Any]:
    """Return what the browser part is sent: where the bytes are, and what is chosen."""
    session, tick = st.session_state.get(SENT, (None, 0))
    selection = map_address.value(map_address.SELECTION)
    mask = shown.selected(selection) if selection else None
    return {
        "audit": shown.audit.id,
        "auditor": shown.auditor,
        "session": session,
        "tick": tick,
        "results": st.session_state.get(RESULTS, []),
        "layout": layout.key,
        "title": f"{layout.title}, a map of {counted(layout.n, 'image')}",
        **addresses(shown, offered_colorings(shown.audit, layout)),
        "names": coloring_address(shown, NAMED),
        "color": _color(shown, layout),
        "scope": None
        if scope == Query.ALL
        else mask_address(shown.scope(scope), shown.key, shown.revision, shown.auditor, scope),
        "selection": None
        if mask is None or not mask.any()
        else {"id": selection, "bits": mask_address(mask, shown.key, selection)},
        "view": map_address.value(map_address.VIEW),
        "fly": map_address.value(map_address.ITEM),
    }


def offered_colorings(audit: Audit, layout: StoredLayout) -> list[tuple[str, str]]:
    """Return key and title of the colorings, the usual ones first."""
    offered = coloring_kinds.colorings(audit, layout.key)
    place = {key: number for number, key in enumerate(FIRST)}
    return sorted(offered, key=lambda one: place.get(one[0], len(FIRST)))


def _color(shown: ShownMap, layout: StoredLayout) -> str:
    """Return the coloring that the address names, if it is offered."""
    color = map_address.value(map_address.COLOR)
    keys = [key for key, _ in offered_colorings(shown.audit, layout)]
    return color if color in keys else STANDARD if STANDARD in keys else keys[0]
