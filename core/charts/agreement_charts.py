"""Charts of how far people agree; as in `core.charts`, a frame comes in and a chart goes out."""

from __future__ import annotations

import altair as alt
import pandas as pd

from core.charts import ALL_LABELS, CLICK, EVERY_LABEL
from core.review.agreement.measures import DIFFERENT, OPEN, SAME


def _people(dark: bool) -> str:
    """Return the color of what people say: it is not the labels', nor the evidence's."""
    return "#9d93d3" if dark else "#7a6fb0"


def class_agreement(frame: pd.DataFrame, dark: bool = False) -> alt.LayerChart:
    """Draw on which share of the images of a class people agree, with 95 % intervals.

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
    ink = _people(dark)
    intervals = base.mark_rule(strokeWidth=2, opacity=0.55, color=ink).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q"
    )
    points = base.mark_point(size=75, filled=True, opacity=1, color=ink).encode(
        x=alt.X("share:Q", scale=scale),
        tooltip=[
            alt.Tooltip("given:N", title="given label"),
            alt.Tooltip("images:Q", title="judged by two", format=","),
            alt.Tooltip("agreed:Q", title="agreed on", format=","),
            alt.Tooltip("share:Q", title="share", format=".0%"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".0%"),
            alt.Tooltip("high:Q", title="to", format=".0%"),
        ],
    )
    return alt.layer(intervals, points).properties(height=40 + 22 * len(frame))


def answers_map(
    frame: pd.DataFrame, order: list[str], one: str, other: str, dark: bool = False
) -> alt.LayerChart:
    """Draw what two people said of the same images; a click chooses a square.

    Where they agree, on the diagonal, squares are gray; pale where one was unsure.

    Parameters
    ----------
    frame : DataFrame
        ``one`` and ``other`` (what each said), ``count`` and ``outcome``, one of
        `core.review.agreement.measures.SAME`, ``DIFFERENT`` and ``OPEN``.
    order : list of str
        All answers, in the order of both axes.
    one, other : str
        The names of the two.
    dark : bool
    """
    click = alt.selection_point(name=CLICK, fields=["one", "other"])
    base = alt.Chart(frame).encode(
        x=alt.X(
            "other:N",
            title=f"{other} said",
            scale=alt.Scale(domain=order),
            axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=140, **EVERY_LABEL),
        ),
        y=alt.Y("one:N", title=f"{one} said", scale=alt.Scale(domain=order), axis=ALL_LABELS),
        tooltip=[
            alt.Tooltip("one:N", title=f"{one} said"),
            alt.Tooltip("other:N", title=f"{other} said"),
            alt.Tooltip("outcome:N", title="answers"),
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
                    range=["#343a40", _people(dark), "#4a4668"]
                    if dark
                    else ["#d3d8d6", _people(dark), "#d8d3ec"],
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
