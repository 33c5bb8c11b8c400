"""What Browse shows: a query, an order and a place in it. It lives in the address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from core.query.tree import Query
from core.store import Sort

TEXT, SORT, CURSOR, NUMBER = NAMES = ("q", "sort", "at", "page")
LEFT = "browse_left"


@dataclass(frozen=True)
class View:
    """Which items the grid shows, and in which order.

    Attributes
    ----------
    query : Query
    sort : Sort
    """

    query: Query
    sort: Sort

    @cached_property
    def key(self) -> str:
        """A text that tells this view from others."""
        return json.dumps([str(self.query), str(self.sort)])


def return_to_view() -> None:
    """Where the address asks for nothing, return to this visitor's last view."""
    if not any(name in st.query_params for name in NAMES):
        st.query_params.update(st.session_state.get(LEFT, {}))


def keep_view() -> None:
    """Remember what the address says, for when the visitor returns from another page."""
    st.session_state[LEFT] = params()


def params() -> dict[str, str]:
    """Return what the address says of the view."""
    return {name: st.query_params[name] for name in NAMES if name in st.query_params}


def text() -> str:
    """Return the query as it is written in the address."""
    return str(st.query_params.get(TEXT, ""))


def set_text(written: str) -> None:
    """Show what another query finds, from its first page on."""
    _set(TEXT, written.strip())
    set_place(None, 1)


def sort() -> str:
    """Return the order as it is written in the address."""
    return str(st.query_params.get(SORT) or Sort())


def set_sort(written: str) -> None:
    """Show another order, from its first page on."""
    _set(SORT, "" if written == str(Sort()) else written)
    set_place(None, 1)


def place() -> tuple[str | None, int]:
    """Return the cursor of the page and, as far as it is known, its number."""
    number = st.query_params.get(NUMBER, "")
    known = number.isascii() and number.isdecimal() and len(number) < 10
    return st.query_params.get(CURSOR) or None, max(1, int(number)) if known else 1


def set_place(cursor: str | None, number: int) -> None:
    """Turn to another page of the same view."""
    _set(CURSOR, cursor or "")
    _set(NUMBER, str(number) if cursor else "")


def _set(name: str, value: str) -> None:
    # Only what has changed: each assignment is a message to the browser.
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]
