"""What two people said of the same images: a chart, and the images behind a square of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.audit import Audit, fingerprint
from core.charts import CLICK
from core.charts_agreement import answers_map
from core.review.agreement import Cell, Report, choice_words, confusion
from core.review.queues import Queue
from pages.parts.agreement_frames import answers_frame
from pages.parts.context import is_dark, plain
from pages.parts.gallery import gallery
from pages.parts.links import clicked, open_queue

MOST_PICTURES = 18


def show_answers(audit: Audit, report: Report) -> None:
    """Draw the answers of two people, and show the images of the square that was clicked."""
    st.header("What each said")
    one, other = _choose_pair(report)
    classes = audit.store.class_names()
    cells = confusion(report.units, one, other)
    frame = answers_frame(cells, classes)
    st.caption("Grey: both said the same. Click a square to see its images.")
    event = st.altair_chart(
        answers_map(frame, sorted({*frame["one"], *frame["other"]}), one, other, is_dark()),
        on_select="rerun",
        key=f"answers_{fingerprint(one, other)[:8]}",
    )
    cell = _chosen(cells, clicked(event, CLICK), classes)
    if cell is not None:
        _show_cell(audit, cell, (one, other), classes)


def _choose_pair(report: Report) -> tuple[str, str]:
    pairs = list(report.pairs)
    if len(pairs) == 1:
        return pairs[0]
    return st.selectbox("Of whom", pairs, format_func=" and ".join, width=320)


def _chosen(
    cells: Sequence[Cell], point: Mapping[str, str] | None, classes: Mapping[int, str]
) -> Cell | None:
    """Return the cell that was clicked; without a click, that of the most disagreement."""
    if point is not None:
        said = (point.get("one"), point.get("other"))
        words = ((choice_words(c.one, classes), choice_words(c.other, classes)) for c in cells)
        return next((cell for cell, pair in zip(cells, words, strict=True) if pair == said), None)
    differing = [cell for cell in cells if not cell.agrees]
    return max(differing, key=lambda cell: len(cell.ids), default=None)


def _show_cell(audit: Audit, cell: Cell, who: tuple[str, str], classes: Mapping[int, str]) -> None:
    """Show the images of which two people said the same two things; a click opens one."""
    said = [choice_words(choice, classes) for choice in (cell.one, cell.other)]
    title = (
        f"{who[0]} and {who[1]} said {said[0]}"
        if cell.agrees
        else f"{who[0]} said {said[0]}, {who[1]} said {said[1]}"
    )
    images = "1 image" if len(cell.ids) == 1 else f"{len(cell.ids):,} images"
    st.markdown(f"**{plain(title)}**: {images}")
    items = audit.store.items(cell.ids[:MOST_PICTURES])
    key = f"cell_{fingerprint(cell.ids)[:8]}"
    shown = [items[item_id] for item_id in cell.ids[:MOST_PICTURES]]
    if chosen := gallery(audit, shown, key=key, with_suggestion=False):
        _open(audit, cell, title, chosen)


def _open(audit: Audit, cell: Cell, title: str, item_id: str) -> None:
    """Open a disputed image where it can be decided, another among those like it."""
    if item_id in audit.store.disputed_ids():
        open_queue(Queue(disputed=True), item=item_id)
    selection = fingerprint(cell.ids)[:12]
    audit.store.add_selection(selection, title, cell.ids)
    open_queue(Queue(selection=selection), item=item_id)
