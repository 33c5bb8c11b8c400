"""Menus for those who do not write queries: each writes a term into the query."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from core.audit import Audit
from core.query.parse import parse
from core.query.tree import And, Query, QueryError, Span, Term, all_of, term
from core.terms import VERDICTS
from pages.parts.browse import browse_view

MOST_VALUES = 2000
VERDICT_OPTIONS = {
    "Not reviewed": "-verdict:any",
    "Reviewed": "verdict:any",
} | {entry.title: term("verdict", verdict) for verdict, entry in VERDICTS.items()}
NAMED = {"given": "Given label", "suggested": "Looks like", "auditor": "Auditor", "split": "Split"}
SUSPICION = "suspicion"

Options = dict[str, str]
"""The choices of a menu, and the term of each."""


def menus(audit: Audit, query: Query | None, auditor: str) -> None:
    """Show the menus as they stand in `query`; without one, they cannot be used."""
    choices = {field: (title, _options(audit, field, auditor)) for field, title in NAMED.items()}
    choices["verdict"] = ("Verdict", VERDICT_OPTIONS)
    shown = {field: choice for field, choice in choices.items() if choice[1]}
    *columns, last = st.columns([1] * len(shown) + [1.3], gap="small")
    for column, (field, (title, options)) in zip(columns, shown.items(), strict=True):
        with column:
            _menu(audit, query, field, title, options)
    st.session_state[_key(SUSPICION)] = _span(query)
    last.slider(
        "Suspicion",
        0.0,
        1.0,
        step=0.05,
        key=_key(SUSPICION),
        disabled=query is None,
        on_change=_slide,
        args=(audit,),
    )


def _menu(audit: Audit, query: Query | None, field: str, title: str, options: Options) -> None:
    chosen = st.session_state[_key(field)] = _chosen(query, field, options)
    is_written = query is not None and query.mentions(field) and chosen is None
    st.selectbox(
        title,
        list(options),
        index=None,
        key=_key(field),
        placeholder="as written" if is_written else "any",
        disabled=query is None,
        on_change=_choose,
        args=(audit, field, options),
    )


def with_term(query: Query, field: str, part: Query | None) -> Query:
    """Return `query` with `part` in the place of what it asks of `field` alone.

    Parts that ask of several fields at once stay as they are.
    """
    others = [each for each in _parts(query) if {each.field for each in each.terms()} != {field}]
    return all_of([*others, *([] if part is None else [part])])


def _parts(query: Query) -> Sequence[Query]:
    return query.parts if isinstance(query, And) else (query,)


def _key(field: str) -> str:
    return f"browse_menu_{field}"


def _options(audit: Audit, field: str, auditor: str) -> Options:
    counts = _value_counts(audit.opened, audit.store.revision(), field, auditor, audit)
    return {f"{value} ({count:,})": term(field, value) for value, count in counts}


@st.cache_data(max_entries=32, show_spinner=False)
def _value_counts(
    opened: str, revision: str, field: str, auditor: str, _audit: Audit
) -> list[tuple[str, int]]:
    try:
        counts = _audit.store.value_counts(field, Query.ALL, MOST_VALUES, auditor)
    except QueryError:  # an audit without splits
        return []
    return sorted((str(value), count) for value, count in counts if value is not None)


def _chosen(query: Query | None, field: str, options: Options) -> str | None:
    written = {str(part) for part in _parts(query)} if query is not None else set()
    return next((name for name, text in options.items() if text in written), None)


def _span(query: Query | None) -> tuple[float, float]:
    """Return where the slider stands."""
    for part in _parts(query) if query is not None else ():
        if isinstance(part, Term) and part.field == SUSPICION and len(part.values) == 1:
            (span,) = part.values
            if isinstance(span, Span):
                low, high = span.low or 0.0, 1.0 if span.high is None else span.high
                return min(max(float(low), 0.0), 1.0), min(max(float(high), 0.0), 1.0)
    return 0.0, 1.0


def _choose(audit: Audit, field: str, options: Options) -> None:
    chosen = st.session_state[_key(field)]
    _write(audit, field, None if chosen is None else options[chosen])


def _slide(audit: Audit) -> None:
    low, high = st.session_state[_key(SUSPICION)]
    if (low, high) == (0.0, 1.0):
        _write(audit, SUSPICION, None)
    elif high == 1.0:
        _write(audit, SUSPICION, f"{SUSPICION}:>={low:g}")
    else:
        _write(audit, SUSPICION, f"{SUSPICION}:{low:g}..{high:g}")


def _write(audit: Audit, field: str, text: str | None) -> None:
    columns = audit.store.input_columns()
    part = None if text is None else parse(text, columns)
    with suppress(QueryError):  # what was written meanwhile has a mistake, and stays
        browse_view.set_text(str(with_term(parse(browse_view.text(), columns), field, part)))
