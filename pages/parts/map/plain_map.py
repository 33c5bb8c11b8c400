"""The map without WebGL2: a chart of fewer points, in which a box can be drawn."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts.map_charts import BRUSH, PICK, inside, item_map, map_frame
from core.query.tree import Query
from core.text import counted
from pages.parts.app import context
from pages.parts.app.links import clicked
from pages.parts.item.item_ways import open_item
from pages.parts.map import map_address
from pages.parts.map.map_orders import store_selection
from pages.parts.map.shown_points import ShownMap

MOST_POINTS = 10_000


def plain_map(shown: ShownMap, layout: str, color: str, scope: Query) -> None:
    """Show the chart, and select what lies in the box that is drawn."""
    mask = shown.scope(scope)
    frame = map_frame(shown.points, shown.colors(color), mask, MOST_POINTS)
    if len(frame) < mask.sum():
        st.caption(f"{len(frame):,} of {counted(int(mask.sum()), 'image')}, drawn at random.")
    event = st.altair_chart(
        item_map(frame, context.is_dark()), on_select="rerun", key=f"plain_map_{layout}_{color}"
    )
    picked = clicked(event, PICK)
    if picked is not None and st.button("Open the image", icon=":material/history:"):
        open_item(str(picked["id"]), "map.py", map_address.params())
    box = event["selection"].get(BRUSH)
    within = inside(shown.points, box) & mask
    if st.button(
        f"Select {counted(int(within.sum()), 'image')} in the box"
        if box
        else "Drag a box to select",
        disabled=not within.any(),
    ):
        map_address.select(store_selection(shown, np.asarray(within)))
        st.rerun()
