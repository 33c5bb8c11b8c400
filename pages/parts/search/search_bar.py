"""The filter of Search, in the language of Browse, and whether labeled images are searched."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.query.parse import parse
from core.query.tree import And, Query, QueryError, all_of
from pages.parts.browse.query_help import explain_query, show_mistake
from pages.parts.search import search_view

EXAMPLE = "given:ketch -verdict:any"
FIELD, POOL = "search_text", "search_pool"
EVERYTHING = "All"
UNLABELED = parse("is:unlabeled")
POOLS = {EVERYTHING: None, "Labeled": parse("-is:unlabeled"), "Unlabeled": UNLABELED}
KEYS = (
    "**Keys** Arrows move, `+` or `L` searches for more like an image, `-` or `X` for less like it,"
    " `Backspace` removes what was added last, `Enter` opens the page of an image, `M` shows more,"
    " `V` reviews what was found, `D` downloads it."
)


def search_bar(audit: Audit, auditor: str) -> Query | None:
    """Show the filter; return the query, or None while it has a mistake."""
    if FIELD not in st.session_state:
        search_view.return_to_search(audit)
    text = st.session_state[FIELD] = search_view.text()
    query, mistake = None, None
    try:
        query = audit.store.parse_query(text)
    except QueryError as error:
        mistake = error
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text_input(
            "Filter",
            key=FIELD,
            placeholder=f"narrow the search, for example {EXAMPLE}",
            label_visibility="collapsed",
            on_change=lambda: search_view.set_text(st.session_state[FIELD]),
        )
        if _has_unlabeled(audit.opened, audit.store.revision(), auditor, audit):
            _choose_pool(audit, query)
        with st.popover("Help"):
            explain_query(audit, KEYS)
    search_view.keep_search(audit)
    if mistake:
        show_mistake(text, mistake)
    return query


def _choose_pool(audit: Audit, query: Query | None) -> None:
    parts = _parts(query) if query is not None else []
    chosen = next((name for name, pool in POOLS.items() if pool in parts), EVERYTHING)
    st.session_state[POOL] = chosen
    st.segmented_control(
        "Images",
        list(POOLS),
        key=POOL,
        required=True,
        label_visibility="collapsed",
        disabled=query is None,
        help="Unlabeled images are those without a given label; in a filter, `is:unlabeled`.",
        on_change=_take_pool,
        args=(audit,),
    )


def _take_pool(audit: Audit) -> None:
    try:
        written = parse(search_view.text(), audit.store.input_columns())
    except QueryError:  # what was written meanwhile has a mistake, and stays
        return
    search_view.set_text(str(within(written, POOLS[st.session_state[POOL]])))


def within(query: Query, pool: Query | None) -> Query:
    """Return `query` with `pool` in the place of another pool."""
    others = [part for part in _parts(query) if part not in POOLS.values()]
    return all_of([*others, *([] if pool is None else [pool])])


def _parts(query: Query) -> list[Query]:
    return list(query.parts) if isinstance(query, And) else [query]


@st.cache_data(max_entries=16, show_spinner=False)
def _has_unlabeled(opened: str, revision: str, auditor: str, _audit: Audit) -> bool:
    return bool(_audit.store.match_ids(UNLABELED, limit=1, auditor=auditor))
