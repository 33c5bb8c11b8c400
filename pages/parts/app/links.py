"""From one page to another, with the queue in the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.review.queues.queue import Queue


def open_queue(queue: Queue, item: str | None = None) -> None:
    """Go to the desk with `queue`, at `item` when one is given."""
    params = queue.params() | ({"item": item} if item else {})
    st.switch_page("review.py", query_params=params)


def show_on_map(item: str) -> None:
    """Go to the map, at an item."""
    st.switch_page("map.py", query_params={"item": item})


def clicked(event: Any, selection: str) -> dict[str, Any] | None:
    """Return the datum that was clicked in a chart, None when none is."""
    points = event["selection"].get(selection) or []
    return dict(points[0]) if points else None
