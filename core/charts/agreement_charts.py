"""Agreement: the frames, charts and table of how far auditors agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from core.charts.common import ALL_LABELS, CLICK, EVERY_LABEL
from core.review.agreement.measures import (
    DIFFERENT,
    OPEN,
    SAME,
    Agreement,
    Cell,
    Report,
    choice_text,
)
from core.review.agreement.summary import estimate_text

MOST_CLASSES = 20
MOST_CHOICES = 18


def _annotation_color(dark: bool) -> str:
    """Return the color of annotations: neither that of the labels nor that of the evidence."""
    return "#9d93d3" if dark else "#7a6fb0"


def pairs_frame(report: Report) -> pd.DataFrame:
    """Return a row for every pair of auditors, most images first."""
    return pd.DataFrame(
        {
            "auditors": " and ".join(pair),
            "images": agreement.items,
            "agreed": agreement.agreed,
            "share": 100 * agreement.agreed / agreement.items,
            "Cohen's kappa": estimate_text(agreement.kappa),
            "kappa, given label right or wrong": estimate_text(agreement.given_kappa),
        }
        for pair, agreement in report.pairs.items()
        if agreement.items
    )


def classes_frame(classes: Mapping[str, Agreement]) -> pd.DataFrame:
    """Return the frame of `class_agreement`, least agreement first.

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


def class_agreement(frame: pd.DataFrame, dark: bool = False) -> alt.LayerChart:
    """Draw the share of the images of a class on which auditors agree, with 95 % intervals.

    Parameters
    ----------
    frame : DataFrame
        ``given``, ``images``, ``agreed``, ``share``, ``low`` and ``high``, the
        classes in the order to draw them in.
    dark : bool
    """
    y = alt.Y("given:N", sort=list(frame["given"]), title=None, axis=ALL_LABELS)
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%", tickCount=5)
    base = alt.Chart(frame).encode(y=y)
    ink = _annotation_color(dark)
    intervals = base.mark_rule(strokeWidth=2, opacity=0.55, color=ink).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q"
    )
    points = base.mark_point(size=75, filled=True, opacity=1, color=ink).encode(
        x=alt.X("share:Q", scale=scale),
        tooltip=[
            alt.Tooltip("given:N", title="given label"),
            alt.Tooltip("images:Q", title="double-reviewed", format=","),
            alt.Tooltip("agreed:Q", title="agreed on", format=","),
            alt.Tooltip("share:Q", title="share", format=".0%"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".0%"),
            alt.Tooltip("high:Q", title="to", format=".0%"),
        ],
    )
    return alt.layer(intervals, points).properties(height=40 + 22 * len(frame))


def annotation_frame(cells: Sequence[Cell], classes: Mapping[int, str]) -> pd.DataFrame:
    """Return the frame of `annotation_matrix`.

    Of many choices, those that the two made most often where they disagree.
    """
    weight: Counter[str] = Counter()
    for cell in cells:
        for choice in (cell.one, cell.other):
            weight[choice] += len(cell.ids) * (1000 if cell.outcome == DIFFERENT else 1)
    frequent = {choice for choice, _ in weight.most_common(MOST_CHOICES)}
    return pd.DataFrame(
        {
            "one": choice_text(cell.one, classes),
            "other": choice_text(cell.other, classes),
            "count": len(cell.ids),
            "outcome": cell.outcome,
        }
        for cell in cells
        if {cell.one, cell.other} <= frequent
    )


def annotation_order(frame: pd.DataFrame, classes: Mapping[int, str]) -> list[str]:
    """Return the choices of a frame: classes by name, what is no class after them."""
    names = set(classes.values())
    choices = {*frame["one"], *frame["other"]}
    return sorted(choices, key=lambda choice: (choice not in names, choice.lower()))


def annotation_matrix(
    frame: pd.DataFrame, order: list[str], one: str, other: str, dark: bool = False
) -> alt.LayerChart:
    """Draw the confusion matrix of two auditors; a click chooses a square.

    Squares are gray where they agree, on the diagonal, and pale where one was unsure.

    Parameters
    ----------
    frame : DataFrame
        ``one`` and ``other`` (their annotations), ``count`` and ``outcome``, one of
        `core.review.agreement.measures.SAME`, ``DIFFERENT`` and ``OPEN``.
    order : list of str
        All choices, in the order of both axes.
    one, other : str
        The names of the two.
    dark : bool
    """
    click = alt.selection_point(name=CLICK, fields=["one", "other"])
    base = alt.Chart(frame).encode(
        x=alt.X(
            "other:N",
            title=f"annotated by {other}",
            scale=alt.Scale(domain=order),
            axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=140, **EVERY_LABEL),
        ),
        y=alt.Y(
            "one:N", title=f"annotated by {one}", scale=alt.Scale(domain=order), axis=ALL_LABELS
        ),
        tooltip=[
            alt.Tooltip("one:N", title=f"annotated by {one}"),
            alt.Tooltip("other:N", title=f"annotated by {other}"),
            alt.Tooltip("outcome:N"),
            alt.Tooltip("count:Q", title="images", format=","),
        ],
    )
    cells = (
        base.mark_rect(cursor="pointer", cornerRadius=2)
        .encode(
            color=alt.Color(
                "outcome:N",
                scale=alt.Scale(
                    domain=[SAME, DIFFERENT, OPEN],
                    range=["#343a40", _annotation_color(dark), "#4a4668"]
                    if dark
                    else ["#d3d8d6", _annotation_color(dark), "#d8d3ec"],
                ),
                legend=None,
            ),
            opacity=alt.condition(click, alt.value(1), alt.value(0.35)),
        )
        .add_params(click)
    )
    numbers = base.mark_text(fontSize=11).encode(
        text="count:Q",
        color=alt.condition(
            alt.datum["outcome"] == DIFFERENT,
            alt.value("#17142b" if dark else "white"),
            alt.value("#cfd4d2" if dark else "#3a4240"),
        ),
    )
    return alt.layer(cells, numbers).properties(height=120 + 22 * len(order))
