"""What Search looks for: examples, counterexamples, a query. It lives in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.audit import Audit

LIKE, UNLIKE, TEXT, COUNT = NAMES = ("like", "unlike", "q", "n")
STEP, MOST = 50, 500
"""How many results are shown at first and are added at once, and how many at most."""
LEFT = "search_left"


def return_to_search(audit: Audit) -> None:
    """Where the address asks for nothing, return to this visitor's last search in `audit`."""
    if not any(name in st.query_params for name in NAMES):
        st.query_params.update(st.session_state.get(LEFT, {}).get(audit.id, {}))


def keep_search(audit: Audit) -> None:
    """Remember what the address says, for when the visitor returns from another page."""
    st.session_state[LEFT] = st.session_state.get(LEFT, {}) | {audit.id: params()}


def params() -> dict[str, str]:
    """Return what the address says of the search."""
    return {name: st.query_params[name] for name in NAMES if name in st.query_params}


def examples() -> tuple[list[str], list[str]]:
    """Return the ids of the examples and of the counterexamples, each once.

    What is written as both is a counterexample: that was added to the address later.
    """
    minus = _ids(UNLIKE)
    return [one for one in _ids(LIKE) if one not in minus], minus


def set_examples(plus: Sequence[str], minus: Sequence[str]) -> None:
    """Search for what looks like `plus` and not like `minus`."""
    _set(LIKE, ",".join(plus))
    _set(UNLIKE, ",".join(minus))


def text() -> str:
    """Return the query as it is written in the address."""
    return str(st.query_params.get(TEXT, ""))


def set_text(written: str) -> None:
    """Search among what another query finds."""
    _set(TEXT, written.strip())


def count() -> int:
    """Return how many results are asked for, of 50 to 500."""
    number = st.query_params.get(COUNT, "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    return min(max(int(number), STEP), MOST) if is_number else STEP


def set_count(number: int) -> None:
    """Ask for so many results."""
    _set(COUNT, "" if number <= STEP else str(min(number, MOST)))


def _ids(name: str) -> list[str]:
    written = str(st.query_params.get(name, "")).split(",")
    return list(dict.fromkeys(filter(None, map(str.strip, written))))


def _set(name: str, value: str) -> None:
    # Only what has changed: each assignment is a message to the browser.
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]
