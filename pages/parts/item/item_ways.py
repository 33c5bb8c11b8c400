"""To the page of an item, and back to where its visitor came from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.audit import Audit
from core.review.queues.queue import Queue
from pages.parts.app import context
from pages.parts.app.links import open_queue, show_on_map
from pages.parts.search.search_view import LIKE

ITEM = "item"
CAME_FROM = "item_came_from"
EXAMPLE = "H shows it on the desk and in Browse"


def open_item(item_id: str, page: str, params: dict[str, str]) -> None:
    """Go to the page of an item; from there, `page` with `params` is the way back."""
    st.session_state[CAME_FROM] = (item_id, page, params)
    st.switch_page("item.py", query_params={ITEM: item_id})


def asked_for_item(audit: Audit) -> str:
    """Return the item that the address names; end the page where there is none."""
    asked = str(st.query_params.get(ITEM, ""))
    if asked and audit.store.items([asked]):
        return asked
    st.title("No such image")
    if asked:
        st.write(f"This audit has no image with the address {context.plain(repr(asked[:60]))}.")
    else:
        st.write(f"The history of an image is opened from that image: {EXAMPLE}.")
    st.page_link("browse.py", label="Find it in Browse", icon=":material/arrow_forward:")
    st.stop()


def show_ways(item_id: str, has_map: bool) -> None:
    """Offer the way back, the desk, the search and, where there is one, the map."""
    came_from: tuple[str, str, dict[str, Any]] | None = st.session_state.get(CAME_FROM)
    with st.container(horizontal=True, gap="medium"):
        if came_from is not None and came_from[0] == item_id:
            _, page, params = came_from
            if st.button("Back", type="tertiary", icon=":material/arrow_back:"):
                st.switch_page(page, query_params=params)
        if st.button("Review it", type="tertiary", icon=":material/arrow_forward:"):
            open_queue(Queue(everything=True), item=item_id)
        if st.button("Find similar", type="tertiary", icon=":material/image_search:"):
            st.switch_page("search.py", query_params={LIKE: item_id})
        located = has_map and st.button(
            "Show on the map", type="tertiary", icon=":material/scatter_plot:"
        )
        if located:
            show_on_map(item_id)
