"""Map: the frame of some of its points, which of them lie in a box, and the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.structure.colorings import NO_CODE, NO_VALUE, Coloring
from core.structure.map_points import STEPS, MapPoints

BRUSH = "brush"
"""Name of the map's box selection."""

PICK = "pick"
"""Name of the selection of one point by a click."""

MOST_TONES = 20
"""Categories with a color of their own; the others are one."""

OTHERS = "others"


def map_frame(
    points: MapPoints,
    coloring: Coloring,
    mask: NDArray[np.bool_],
    most: int,
    random_state: int = 0,
) -> pd.DataFrame:
    """Return the frame of `item_map`: ``id``, ``x`` and ``y`` from 0 to 1, and ``value``.

    Parameters
    ----------
    points : MapPoints
    coloring : Coloring
        Of these points.
    mask : bool array (n,)
        Which of them are shown.
    most : int
        More than so many are drawn at random.
    random_state : int
    """
    shown = np.flatnonzero(mask)
    if len(shown) > most:
        shown = np.sort(np.random.default_rng(random_state).choice(shown, most, replace=False))
    return pd.DataFrame(
        {
            "id": points.ids[shown],
            "x": points.xy[shown, 0].astype(np.float32) / STEPS,
            "y": points.xy[shown, 1].astype(np.float32) / STEPS,
            "value": _values(coloring, shown),
        }
    )


def _values(coloring: Coloring, shown: NDArray[np.intp]) -> list[str | float | None]:
    if coloring.kind == "numbers":
        scale = (coloring.high - coloring.low) / (NO_VALUE - 1)
        steps = coloring.values[shown].tolist()
        return [None if step == NO_VALUE else coloring.low + step * scale for step in steps]
    frequent = set(np.argsort(coloring.counts)[::-1][:MOST_TONES].tolist())
    return [
        coloring.without
        if code == NO_CODE
        else coloring.names[code]
        if code in frequent
        else OTHERS
        for code in coloring.codes[shown].tolist()
    ]


def inside(points: MapPoints, box: Mapping[str, Sequence[float]] | None) -> NDArray[np.bool_]:
    """Return which points lie within `box`, ranges of ``x`` and ``y``; none without a box.

    Examples
    --------
    >>> points = MapPoints(np.array(["a", "b"]), np.array([[0, 0], [STEPS, STEPS]]), "key")
    >>> inside(points, {"x": [0.5, 1.0], "y": [0.5, 1.0]})
    array([False,  True])
    """
    if not box or "x" not in box or "y" not in box:
        return np.zeros(len(points.ids), bool)
    within = np.ones(len(points.ids), bool)
    for axis, name in enumerate(("x", "y")):
        places = points.xy[:, axis].astype(np.float32) / STEPS
        within &= (places >= min(box[name])) & (places <= max(box[name]))
    return within


def item_map(frame: pd.DataFrame, dark: bool = False) -> alt.Chart:
    """Draw the 2-D map; a box chooses items, a click one of them.

    Parameters
    ----------
    frame : DataFrame
        Of `map_frame`.
    dark : bool
        For the dark theme.
    """
    brush = alt.selection_interval(name=BRUSH)
    pick = alt.selection_point(name=PICK, fields=["id"], on="click", empty=False)
    hidden = {"axis": None, "scale": alt.Scale(nice=False, padding=12)}
    is_number = pd.api.types.is_numeric_dtype(frame["value"])
    color = alt.Color(
        "value:Q" if is_number else "value:N",
        title=None,
        scale=alt.Scale(scheme="teals" if is_number else "tableau20", reverse=dark and is_number),
        legend=alt.Legend(orient="top", columns=4, symbolLimit=MOST_TONES + 2),
    )
    return (
        alt.Chart(frame)
        .mark_circle(size=34 if len(frame) < 4_000 else 14, stroke=None)
        .encode(
            x=alt.X("x:Q", **hidden),
            y=alt.Y("y:Q", **hidden),
            color=color,
            opacity=alt.condition(brush, alt.value(0.85), alt.value(0.15)),
            tooltip=["value:Q" if is_number else "value:N"],
        )
        .add_params(brush, pick)
        .properties(height=600)
    )
