"""What is selected on the map, as a grid beside it, and what can be done with it."""

from __future__ import annotations

import csv
import io

import numpy as np
import streamlit as st

from core.query.tree import Query, Text, all_of
from core.query.tree import Term as QueryTerm
from core.review.queues.queue import Queue
from core.store import Sort, StoreError
from core.structure.colorings.label_colors import GIVEN
from core.text import counted
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue
from pages.parts.browse.browse_view import View
from pages.parts.grid.grid_part import grid
from pages.parts.map import map_address
from pages.parts.map.map_orders import store_selection
from pages.parts.map.shown_points import ShownMap, selection_query

SUSPECT = QueryTerm("is", (Text.of("suspect"),))
MOST_CLASSES = 3
COLUMNS = ("id", "path", "given", "suggested", "final", "suspicion", "verdict")
FILTER_NAME = "map_filter_name"
HOW = """
**Nothing is selected.** Look for a point of another color inside a group, or a patch of
disagreement, and select it:

- **Lasso** `L` or **box** `B`, then drag; with `Shift` it adds, with `Alt` it subtracts
- `G` takes all of the color under the pointer, *select* in the legend too
- `A` takes all that the filter shows

The images then stand here, to review, to decide together, to export.
"""


def selection_panel(shown: ShownMap, scope: Query) -> None:
    """Show the selection that the address names, or how to select."""
    selection = map_address.value(map_address.SELECTION)
    query = selection_query(selection)
    count = shown.count(query) if selection else 0
    if not count:
        _explain(shown, scope)
        return
    suspects = all_of([query, SUSPECT])
    suspect_count = shown.count(suspects)
    _summarize(shown, selection, count, suspect_count)
    with st.container(horizontal=True, gap="small"):
        if suspect_count and st.button(
            f"Review {counted(suspect_count, 'suspect')}", type="primary", key="map_review"
        ):
            open_queue(Queue(query=str(suspects)))
        if st.button(
            f"Review all {count:,}",
            type="secondary" if suspect_count else "primary",
            key="map_review_all",
        ):
            open_queue(Queue(selection=selection))
    with st.container(horizontal=True, gap="small"):
        _offer_filter(shown, query)
        st.download_button(
            "Export",
            lambda: _table(shown, query),
            f"selection-{selection}.csv",
            "text/csv",
            on_click="ignore",
            key="map_export",
            help="A CSV file: id, path, labels, suspicion and verdict of each image.",
        )
        st.button("Clear `Esc`", key="map_clear", on_click=map_address.select, args=("",))
    grid(shown.audit, shown.auditor, View(query, Sort()), map_address, "map.py")


def _explain(shown: ShownMap, scope: Query) -> None:
    st.markdown(HOW)
    if scope == Query.ALL:
        return
    mask = shown.scope(scope)
    if count := int(mask.sum()):
        st.button(
            f"Select all {count:,} that match",
            key="map_take_all",
            on_click=lambda: map_address.select(store_selection(shown, mask)),
        )


def _summarize(shown: ShownMap, selection: str, count: int, suspects: int) -> None:
    """Say how many are selected, how many of them are suspect, and what they are."""
    mask, given = shown.selected(selection), shown.colors(GIVEN.name)
    counts = np.bincount(given.codes[mask], minlength=len(given.names))[: len(given.names)]
    frequent = [code for code in np.argsort(-counts, kind="stable").tolist() if counts[code]]
    classes = [f"{plain(given.names[code])} {counts[code]:,}" for code in frequent[:MOST_CLASSES]]
    parts = [f"**{count:,} selected**", f"{suspects:,} suspect"]
    if classes:
        parts.append(", ".join(classes) + (" …" if len(frequent) > MOST_CLASSES else ""))
    st.markdown(" · ".join(parts))
    if missing := count - int(mask.sum()):
        st.caption(f"{counted(missing, 'image')} of it not on this map.")


def _offer_filter(shown: ShownMap, query: Query) -> None:
    with (
        st.popover("Save as filter"),
        st.form("map_filter", border=False, clear_on_submit=True),
    ):
        st.text_input("Its name", key=FILTER_NAME, max_chars=60, placeholder="Red ibises")
        if st.form_submit_button("Save"):
            _save(shown, query)


def _save(shown: ShownMap, query: Query) -> None:
    name = st.session_state[FILTER_NAME]
    try:
        shown.audit.store.save_filter(name, str(query))
    except StoreError as error:
        st.error(str(error))
    else:
        st.toast(f"Saved; Browse lists it as {plain(name.strip())}.")


def _table(shown: ShownMap, query: Query) -> bytes:
    """Return the selected images as a CSV file."""
    rows = shown.audit.store.match_rows(query, Sort(), None, shown.auditor)
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
    table.writeheader()
    table.writerows(rows)
    return file.getvalue().encode()
