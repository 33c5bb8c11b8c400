"""Colors by who disagrees with the given label: the evidence, the user's own model, both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.arrays.blocks import slices
from core.audit import Audit
from core.structure.colorings.coloring import (
    NO_CODE,
    Coloring,
    ColoringKind,
    Points,
    Rows,
    of_codes,
)

TITLE = "Agreement"

ALL_AGREE, EVIDENCE, MODEL, BOTH = range(4)

NAMES = ["Label and evidence agree", "Evidence disagrees", "Your model disagrees", "Both disagree"]

NO_LABEL = "No given label"

EVERY = 1_000_000
"""Classes: none of them is left out here."""


def _read(points: Points, key: str) -> Coloring:
    store = points.audit.store
    at = points.at()
    codes = np.full(len(points.ids), NO_CODE, np.uint16)
    given = store.rows_by_value("given", most=EVERY)
    for _, rows in given:
        codes[_on_map(at, rows)] = ALL_AGREE
    for _, rows in store.rows_by_value("suggested"):
        shown = _on_map(at, rows)
        codes[shown[codes[shown] == ALL_AGREE]] = EVIDENCE
    answers = _answers(points.audit)
    for name, rows in given:
        shown = _on_map(at, answers.doubted(name, rows))
        codes[shown] = np.where(codes[shown] == EVIDENCE, BOTH, MODEL)
    return of_codes(codes, NAMES, key, TITLE, NO_LABEL)


class _Answers(NamedTuple):
    """The class that the user's own model finds most probable.

    Attributes
    ----------
    columns : dict of str to int
        By name of a class.
    best : int array (rows,)
        The column, by the items' rows; -1 where nothing is known.
    """

    columns: dict[str, int]
    best: Rows

    def doubted(self, name: str | None, rows: Rows) -> Rows:
        """Return those of `rows`, all labeled `name`, for which it favors another class.

        Of a class that it does not know, it has nothing to say.
        """
        if name not in self.columns:
            return rows[:0]
        known = rows[rows < len(self.best)]
        best = self.best[known]
        doubted: Rows = known[(best >= 0) & (best != self.columns[name])]
        return doubted


def _answers(audit: Audit) -> _Answers:
    predicted = audit.predictions()
    if predicted is None:
        return _Answers({}, np.empty(0, np.intp))
    columns = {name: number for number, name in enumerate(dict.fromkeys(predicted.classes))}
    column = np.array([columns[name] for name in predicted.classes])
    best = np.full(len(predicted.probabilities), -1)
    for part in slices(len(best)):
        block = np.asarray(predicted.probabilities[part])
        best[part] = np.where(block.any(axis=1), column[block.argmax(axis=1)], -1)
    return _Answers(columns, best)


def _on_map(at: Rows, rows: Rows) -> Rows:
    points = at[rows]
    return points[points >= 0]


AGREEMENT = ColoringKind("agreement", 40, lambda audit, layout: [("agreement", TITLE)], _read)
