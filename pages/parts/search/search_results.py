"""What a search finds; what a query finds is cached until the next verdict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.audit import Audit, AuditError
from core.query.tree import Query
from core.search.example_search import ExampleSearch
from core.store import Row
from core.text import csv_lines
from pages.parts.search import search_view

STARTS = 24
"""Suspects that are offered to begin with."""
COLUMNS = ("id", "score", "path", "given", "suggested", "suspicion")


@dataclass(frozen=True)
class Found:
    """A search and its results.

    Attributes
    ----------
    plus, minus : list of dict
        The examples and the counterexamples, with the keys of a `Page`'s rows.
    rows : list of dict
        The results, the best first, with a ``score``; without an example, the most
        suspect items, whose score is None.
    missing : list of str
        Ids in the address that cannot be examples.
    more : bool
        Whether there are more results, and more may be asked for.
    problem : str or None
        Why nothing could be searched.
    """

    plus: list[Row] = field(default_factory=list)
    minus: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    more: bool = False
    problem: str | None = None

    @property
    def is_search(self) -> bool:
        """Whether there is an example, so that rows are results."""
        return bool(self.plus)

    def csv(self) -> str:
        """Return the results as a CSV table: id, score, path, labels, suspicion."""
        values = ([row[name] for name in COLUMNS] for row in self.rows)
        return "".join(csv_lines([COLUMNS, *values]))


def find(audit: Audit, auditor: str, query: Query) -> Found:
    """Carry out the search that the address asks for, among what `query` finds."""
    try:
        search = example_search(audit)
    except AuditError as error:
        return Found(problem=str(error))
    plus, minus = search_view.examples()
    rows = {
        row["id"]: row
        for row in audit.store.rows_of([*plus, *minus], auditor)
        if row["id"] in search
    }
    like, unlike = ([one for one in ids if one in rows] for ids in (plus, minus))
    found = Found(
        plus=[rows[one] for one in like],
        minus=[rows[one] for one in unlike],
        missing=[one for one in (*plus, *minus) if one not in rows],
    )
    if not like:
        starts = audit.store.browse(query, limit=STARTS + len(unlike), auditor=auditor).rows
        others = [row | {"score": None} for row in starts if row["id"] not in unlike]
        return replace(found, rows=others[:STARTS])
    count = search_view.count()
    try:
        # One more than is shown: whether there are more.
        hits = search.find_among(_candidates(audit, auditor, query), like, unlike, count + 1)
    except AuditError as error:
        return replace(found, problem=str(error))
    scores = {hit.id: hit.score for hit in hits[:count]}
    results = [
        row | {"score": round(scores[row["id"]], 3)}
        for row in audit.store.rows_of(list(scores), auditor)
    ]
    more = len(hits) > count and count < search_view.MOST
    return replace(found, rows=results, more=more)


def example_search(audit: Audit) -> ExampleSearch:
    """Return what searches `audit`, held until its neighbors are made anew.

    Raises
    ------
    AuditError
        When nothing is embedded yet.
    """
    return _example_search(audit.opened, _state(audit), audit)


def _state(audit: Audit) -> str:
    return str(audit.store.fingerprint("neighbors"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _example_search(opened: str, state: str, _audit: Audit) -> ExampleSearch:
    return ExampleSearch(_audit)


def _candidates(audit: Audit, auditor: str, query: Query) -> NDArray[np.bool_]:
    state, revision = _state(audit), audit.store.revision()
    search = example_search(audit)
    return _cached_candidates(audit.opened, state, revision, auditor, str(query), search, query)


@st.cache_data(max_entries=16, show_spinner=False)
def _cached_candidates(
    opened: str,
    state: str,
    revision: str,
    auditor: str,
    text: str,
    _search: ExampleSearch,
    _query: Query,
) -> NDArray[np.bool_]:
    return _search.candidates(_query, auditor)
