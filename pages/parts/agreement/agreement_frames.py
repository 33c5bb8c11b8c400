"""Frames of the agreement page's charts and table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from core.review.agreement.measures import DIFFERENT, Agreement, Cell, Report, choice_words
from core.review.agreement.summary import estimate_words

MOST_CLASSES = 20
MOST_ANSWERS = 18


def pairs_frame(report: Report) -> pd.DataFrame:
    """Return a row for every two people, most images first."""
    return pd.DataFrame(
        {
            "who": " and ".join(pair),
            "images": agreement.items,
            "agree on": agreement.agreed,
            "share": 100 * agreement.agreed / agreement.items,
            "Cohen's kappa": estimate_words(agreement.kappa),
            "kappa of “is the given label right?”": estimate_words(agreement.given_kappa),
        }
        for pair, agreement in report.pairs.items()
        if agreement.items
    )


def classes_frame(classes: Mapping[str, Agreement]) -> pd.DataFrame:
    """Return the frame of `core.charts.agreement_charts.class_agreement`, least agreement first.

    Of many classes, those with the most images.
    """
    shown = [(name, one) for name, one in list(classes.items())[:MOST_CLASSES] if one.items]
    shown.sort(key=lambda entry: (entry[1].agreed / entry[1].items, -entry[1].items))
    return pd.DataFrame(
        {
            "given": name,
            "images": agreement.items,
            "agreed": agreement.agreed,
            "share": agreement.agreed / agreement.items,
            "low": agreement.share[0],
            "high": agreement.share[1],
        }
        for name, agreement in shown
    )


def answers_frame(cells: Sequence[Cell], classes: Mapping[int, str]) -> pd.DataFrame:
    """Return the frame of `core.charts.agreement_charts.answers_map`.

    Of many answers, those that the two gave most often where they disagree.
    """
    weight: Counter[str] = Counter()
    for cell in cells:
        for said in (cell.one, cell.other):
            weight[said] += len(cell.ids) * (1000 if cell.outcome == DIFFERENT else 1)
    kept = {said for said, _ in weight.most_common(MOST_ANSWERS)}
    return pd.DataFrame(
        {
            "one": choice_words(cell.one, classes),
            "other": choice_words(cell.other, classes),
            "count": len(cell.ids),
            "outcome": cell.outcome,
        }
        for cell in cells
        if cell.one in kept and cell.other in kept
    )


def answers_order(frame: pd.DataFrame, classes: Mapping[int, str]) -> list[str]:
    """Return the answers of a frame: classes by name, what is no class after them."""
    names = set(classes.values())
    said = {*frame["one"], *frame["other"]}
    return sorted(said, key=lambda answer: (answer not in names, answer.lower()))
