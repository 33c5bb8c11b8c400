"""What the map shows: layout, color, filter, selection, view and item. It lives in the address."""

from __future__ import annotations

import streamlit as st

LAYOUT, COLOR, FILTER, SELECTION, VIEW, ITEM = "layout", "color", "q", "sel", "view", "item"
PLACE = CURSOR, NUMBER = "at", "page"
NAMES = (LAYOUT, COLOR, FILTER, SELECTION, VIEW, ITEM, *PLACE)
LEFT = "map_left"
"""What the address said when this visitor was here last."""


def return_to_view(audit: str) -> None:
    """Where the address asks for nothing, return to this visitor's last view of the audit."""
    left_audit, left = st.session_state.get(LEFT, ("", {}))
    if left_audit == audit and not any(name in st.query_params for name in NAMES):
        st.query_params.update({name: value for name, value in left.items() if name != ITEM})


def keep_view(audit: str = "") -> None:
    """Remember what the address says, for when the visitor returns from another page."""
    known = audit or st.session_state.get(LEFT, ("", {}))[0]
    st.session_state[LEFT] = (known, params())


def params() -> dict[str, str]:
    """Return what the address says of the map."""
    return {name: st.query_params[name] for name in NAMES if name in st.query_params}


def value(name: str) -> str:
    """Return what the address says of one of `NAMES`; empty where it says nothing."""
    return str(st.query_params.get(name, ""))


def set_value(name: str, text: str) -> None:
    """Let the address say it; empty for nothing."""
    # Only what has changed: each assignment is a message to the browser.
    if text and st.query_params.get(name) != text:
        st.query_params[name] = text
    elif not text and name in st.query_params:
        del st.query_params[name]


def select(selection: str) -> None:
    """Show another selection, from its first page on."""
    set_value(SELECTION, selection)
    set_place(None, 1)


def place() -> tuple[str | None, int]:
    """Return the cursor of the grid's page and, as far as it is known, its number."""
    number = value(NUMBER)
    known = number.isascii() and number.isdecimal() and len(number) < 10
    return value(CURSOR) or None, max(1, int(number)) if known else 1


def set_place(cursor: str | None, number: int) -> None:
    """Turn the grid to another page of the same selection."""
    set_value(CURSOR, cursor or "")
    set_value(NUMBER, str(number) if cursor else "")
