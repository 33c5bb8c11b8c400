"""The query of Browse: written, explained, saved under a name, and the order of what it finds."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.query.fields import FIELDS, META
from core.query.tree import QueryError
from core.store import Sort
from pages.parts.browse import browse_view
from pages.parts.browse.browse_view import View
from pages.parts.browse.query_help import column_fields, explain_query, show_mistake
from pages.parts.browse.query_menus import menus
from pages.parts.browse.saved_filters import saved_filters

EXAMPLE = "given:ketch suspicion:>0.8 -verdict:any"
FIELD, ORDER = "browse_text", "browse_sort"
WAYS = {
    "suspicion": ("most suspect first", "least suspect first"),
    "judged": ("latest first", "oldest first"),
    "width": ("widest first", "narrowest first"),
    "height": ("tallest first", "lowest first"),
}
KEYS = (
    "**Keys** `Space` selects, with `Shift` and the arrows or a click all between, `Ctrl A` the"
    " page. `Enter` or a double click opens an image in Review, `H` its history,"
    " `M` shows it on the map,"
    " `N` and `P` turn the page."
)
ALPHABET = ("Z to A", "A to Z")


def query_bar(audit: Audit, auditor: str) -> View | None:
    """Show the query with all that helps to write it; return None while it has a mistake."""
    if FIELD not in st.session_state:
        browse_view.return_to_view()
    text = st.session_state[FIELD] = browse_view.text()
    with st.container(horizontal=True, gap="small"):
        st.text_input(
            "Filter",
            key=FIELD,
            placeholder=f"for example {EXAMPLE}",
            label_visibility="collapsed",
            on_change=lambda: browse_view.set_text(st.session_state[FIELD]),
        )
        sort = _choose_sort(audit)
        with st.popover("Help"):
            explain_query(audit, KEYS)
    mistake = None
    try:
        query = audit.store.parse_query(text)
    except QueryError as error:
        mistake = error
    menus(audit, None if mistake else query, auditor)
    saved_filters(audit.store, text, is_right=mistake is None)
    browse_view.keep_view()
    if mistake:
        show_mistake(text, mistake)
        return None
    return View(query, sort)


def _choose_sort(audit: Audit) -> Sort:
    fields = [name for name, field in FIELDS.items() if field.sortable]
    fields += column_fields(audit)
    orders = [str(Sort(field, descending)) for field in fields for descending in (True, False)]
    asked_for = browse_view.sort()
    st.session_state[ORDER] = asked_for if asked_for in orders else str(Sort())
    chosen = st.selectbox(
        "Order",
        orders,
        key=ORDER,
        format_func=_order_title,
        label_visibility="collapsed",
        width=250,
        on_change=lambda: browse_view.set_sort(st.session_state[ORDER]),
    )
    return Sort.parse(chosen)


def _order_title(written: str) -> str:
    sort = Sort.parse(written)
    down, up = WAYS.get(sort.field, ALPHABET)
    name = sort.field.removeprefix(META)
    return f"{name[:1].upper()}{name[1:]}, {down if sort.descending else up}"
