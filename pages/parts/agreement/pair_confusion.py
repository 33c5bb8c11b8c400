"""The confusion matrix of two auditors, and the images behind a square of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from core.audit import Audit, fingerprint
from core.charts.agreement_charts import annotation_frame, annotation_matrix, annotation_order
from core.charts.common import CLICK
from core.review.agreement.measures import DIFFERENT, Report, choice_text, confusion
from core.review.queues.queue import Queue
from core.text import counted
from pages.parts.app.context import is_dark, plain
from pages.parts.app.links import clicked, open_queue
from pages.parts.gallery.gallery import gallery

MOST_PICTURES = 18


class ImageSet(NamedTuple):
    """Images to look at, and what they have in common."""

    title: str
    ids: Sequence[str]


def show_confusion(audit: Audit, report: Report) -> ImageSet:
    """Draw the confusion matrix of two auditors.

    Returns
    -------
    ImageSet
        The images of the square that was clicked; without a click, all on
        which the two disagree.
    """
    st.header("Annotations of two auditors")
    one, other = _choose_pair(report)
    classes = audit.store.class_names()
    cells = confusion(report.units, one, other)
    frame = annotation_frame(cells, classes)
    st.caption("Gray: the two agree. Pale: one was unsure. Click a square to see its images.")
    event = st.altair_chart(
        annotation_matrix(frame, annotation_order(frame, classes), one, other, is_dark()),
        on_select="rerun",
        key=f"annotations_{fingerprint(one, other)[:8]}",
    )
    point = clicked(event, CLICK)
    if point is not None:
        for cell in cells:
            choices = [choice_text(choice, classes) for choice in (cell.one, cell.other)]
            if choices == [point.get("one"), point.get("other")]:
                return ImageSet(f"{one}: {choices[0]}, {other}: {choices[1]}", cell.ids)
    disputed = [item_id for cell in cells if cell.outcome == DIFFERENT for item_id in cell.ids]
    return ImageSet(f"{one} and {other} disagree", disputed)


def _choose_pair(report: Report) -> tuple[str, str]:
    pairs = list(report.pairs)
    if len(pairs) == 1:
        return pairs[0]
    return st.selectbox("Auditor pair", pairs, format_func=" and ".join, width=320)


def show_images(audit: Audit, chosen: ImageSet) -> None:
    """Show images that two auditors have judged; a click opens one."""
    title, ids = chosen
    if not ids:
        return
    st.markdown(f"**{plain(title)}**: {counted(len(ids), 'image')}")
    items = audit.store.items(ids[:MOST_PICTURES])
    shown = [items[item_id] for item_id in ids[:MOST_PICTURES]]
    key = f"annotations_{fingerprint(ids)[:8]}"
    if clicked_id := gallery(audit, shown, key=key, with_suggestion=False):
        _open(audit, title, ids, clicked_id)


def _open(audit: Audit, title: str, ids: Sequence[str], item_id: str) -> None:
    """Open a disputed image for adjudication, another among those like it."""
    if item_id in audit.store.disputed_ids():
        open_queue(Queue(disputed=True), item=item_id)
    selection = fingerprint(ids)[:12]
    audit.store.add_selection(selection, title, ids)
    open_queue(Queue(selection=selection), item=item_id)
