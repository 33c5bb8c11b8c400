"""Colors by who disagrees with the given label: the evidence, the user's own model, both."""

from __future__ import annotations

import numpy as np

from core.arrays.blocks import slices
from core.audit import Audit
from core.structure.colorings.coloring import NO_CODE, Coloring, ColoringKind, Points, of_codes

TITLE = "Agreement"

ALL_AGREE, EVIDENCE, MODEL, BOTH = range(4)

NAMES = ["Label and evidence agree", "Evidence disagrees", "Your model disagrees", "Both disagree"]

NO_LABEL = "No given label"


def _read(points: Points, key: str) -> Coloring:
    store = points.audit.store
    at = points.at()
    codes = np.full(len(points.ids), NO_CODE, np.uint16)
    given = store.rows_by_value("given")
    for _, rows in given:
        codes[_on_map(at, rows)] = ALL_AGREE
    for _, rows in store.rows_by_value("suggested"):
        shown = _on_map(at, rows)
        codes[shown[codes[shown] == ALL_AGREE]] = EVIDENCE
    shown = _on_map(at, _rows_the_model_doubts(points.audit, given))
    codes[shown] = np.where(codes[shown] == EVIDENCE, BOTH, MODEL)
    return of_codes(codes, NAMES, key, TITLE, NO_LABEL)


def _on_map(at: np.ndarray, rows: np.ndarray) -> np.ndarray:
    points = at[rows]
    found: np.ndarray = points[points >= 0]
    return found


def _rows_the_model_doubts(audit: Audit, given: list[tuple[str, np.ndarray]]) -> np.ndarray:
    """Return the rows for which the given predictions favor another class than the label."""
    predicted = audit.predictions()
    if predicted is None:
        return np.empty(0, np.intp)
    column_of = {name: number for number, name in enumerate(dict.fromkeys(predicted.classes))}
    column = np.array([column_of[name] for name in predicted.classes])
    best = np.full(len(predicted.probabilities), -1)
    for part in slices(len(best)):
        block = predicted.probabilities[part]
        # A row of zeros: nothing is known of the item.
        best[part] = np.where(block.any(axis=1), column[block.argmax(axis=1)], -1)
    doubted = [np.empty(0, np.intp)]
    for name, rows in given:
        known = rows[rows < len(best)]
        answer = best[known]
        doubted.append(known[(answer >= 0) & (answer != column_of.get(name, -2))])
    return np.concatenate(doubted)


AGREEMENT = ColoringKind("agreement", 40, lambda audit, layout: [("agreement", TITLE)], _read)
