"""What two people said of the same images: a chart, and the images behind a square of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from core.audit import Audit, fingerprint
from core.charts import CLICK
from core.charts.agreement_charts import answers_map
from core.review.agreement.measures import DIFFERENT, Report, choice_words, confusion
from core.review.queues.queue import Queue
from pages.parts.agreement.agreement_frames import answers_frame, answers_order
from pages.parts.app.context import is_dark, plain
from pages.parts.app.links import clicked, open_queue
from pages.parts.gallery.gallery import gallery

MOST_PICTURES = 18


class Chosen(NamedTuple):
    """Images to look at, and what they have in common."""

    title: str
    ids: Sequence[str]


def show_answers(audit: Audit, report: Report) -> Chosen:
    """Draw the answers of two people.

    Returns
    -------
    Chosen
        The images of the square that was clicked; without a click, all on
        which the two differ.
    """
    st.header("What each said")
    one, other = _choose_pair(report)
    classes = audit.store.class_names()
    cells = confusion(report.units, one, other)
    frame = answers_frame(cells, classes)
    st.caption("Gray: both said the same; pale: one was unsure. Click a square for its images.")
    event = st.altair_chart(
        answers_map(frame, answers_order(frame, classes), one, other, is_dark()),
        on_select="rerun",
        key=f"answers_{fingerprint(one, other)[:8]}",
    )
    point = clicked(event, CLICK)
    if point is not None:
        for cell in cells:
            said = [choice_words(choice, classes) for choice in (cell.one, cell.other)]
            if said == [point.get("one"), point.get("other")]:
                return Chosen(f"{one} said {said[0]}, {other} said {said[1]}", cell.ids)
    differing = [item_id for cell in cells if cell.outcome == DIFFERENT for item_id in cell.ids]
    return Chosen(f"{one} and {other} differ", differing)


def _choose_pair(report: Report) -> tuple[str, str]:
    pairs = list(report.pairs)
    if len(pairs) == 1:
        return pairs[0]
    return st.selectbox("Of whom", pairs, format_func=" and ".join, width=320)


def show_images(audit: Audit, chosen: Chosen) -> None:
    """Show images that two people have judged; a click opens one."""
    title, ids = chosen
    if not ids:
        return
    images = "1 image" if len(ids) == 1 else f"{len(ids):,} images"
    st.markdown(f"**{plain(title)}**: {images}")
    items = audit.store.items(ids[:MOST_PICTURES])
    shown = [items[item_id] for item_id in ids[:MOST_PICTURES]]
    key = f"answers_{fingerprint(ids)[:8]}"
    if clicked_id := gallery(audit, shown, key=key, with_suggestion=False):
        _open(audit, title, ids, clicked_id)


def _open(audit: Audit, title: str, ids: Sequence[str], item_id: str) -> None:
    """Open a disputed image where it can be decided, another among those like it."""
    if item_id in audit.store.disputed_ids():
        open_queue(Queue(disputed=True), item=item_id)
    selection = fingerprint(ids)[:12]
    audit.store.add_selection(selection, title, ids)
    open_queue(Queue(selection=selection), item=item_id)
