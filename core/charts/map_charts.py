"""Map without WebGL: the frame of all points, which of them lie in a box, and the chart.

It is what `altair.Chart.save` writes as SVG or PNG, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.audit import Audit
from core.charts.common import TO_DO, verdict_scale
from core.store import Row
from core.structure.colorings import NO_VALUE, Coloring
from core.structure.layout_files import DEFAULT, positions

BRUSH = "brush"
"""Name of the map's box selection."""

PICK = "pick"
"""Name of the selection of one point by a click."""

MOST_NAMES = 60
"""Classes whose names are written on the map; more would cover it."""

MOST_COLORS = 20
"""Categories that have a color of their own."""

OTHERS = "Others"

# Tableau's twenty, which Vega calls tableau20.
PALETTE = (
    "#4c78a8", "#9ecae9", "#f58518", "#ffbf79", "#54a24b", "#88d27a", "#b79a20", "#f2cf5b",
    "#439894", "#83bcb6", "#e45756", "#ff9d98", "#79706e", "#bab0ac", "#d67195", "#fcbfd2",
    "#b279a2", "#d6a5c9", "#9e765f", "#d8b5a5",
)  # fmt: skip


def map_frame(
    audit: Audit,
    address: Callable[[Row], str],
    auditor: str | None = None,
    layout: str = DEFAULT,
) -> pd.DataFrame:
    """Return the frame of `item_map`.

    Parameters
    ----------
    audit : Audit
        One that has a map.
    address : callable
        Of an item with ``id`` and ``content_hash``, the address of its thumbnail.
    auditor : str or None
        Who looks at it: what waits for their blind second review counts as not
        reviewed, see `Store.blind_ids`.
    layout : str
        Key of a stored layout.

    Raises
    ------
    AuditError
        When there is no such layout, or its file is damaged.
    """
    ids, xy = positions(audit, layout)
    points = pd.DataFrame({"id": ids, "x": xy[:, 0], "y": xy[:, 1]})
    labels = audit.store.map_labels()
    images = {row["id"]: address(row) for row in labels}
    frame = points.merge(pd.DataFrame(labels), on="id")
    blind = frame["id"].isin(audit.store.blind_ids(auditor))
    frame["verdict"] = frame["verdict"].mask(blind).fillna(TO_DO)
    frame["image"] = frame["id"].map(images)
    return frame.drop(columns="content_hash").astype({"suspicion": "float32"})


def colored(frame: pd.DataFrame, coloring: Coloring) -> pd.DataFrame:
    """Return `frame` with the column ``color``, for `item_map`.

    Parameters
    ----------
    frame : DataFrame
    coloring : Coloring
        Of the items of `frame`, in their order. Of categories, the `MOST_COLORS`
        commonest are told apart.
    """
    if coloring.kind == "numbers":
        share = coloring.values.astype(np.float32) / (NO_VALUE - 1)
        numbers = coloring.low + share * (coloring.high - coloring.low)
        return frame.assign(color=np.where(coloring.values == NO_VALUE, np.nan, numbers))
    shown = set(commonest(coloring))
    names = np.array([*(n if n in shown else OTHERS for n in coloring.names), coloring.without])
    return frame.assign(color=names[np.minimum(coloring.codes, len(names) - 1)])


def commonest(coloring: Coloring) -> list[str]:
    """Return the names of the commonest categories, in the order of the legend."""
    order = np.argsort(-np.array(coloring.counts), kind="stable")[:MOST_COLORS]
    return [coloring.names[number] for number in sorted(order.tolist())]


def inside(frame: pd.DataFrame, box: Mapping[str, Sequence[float]] | None) -> pd.DataFrame:
    """Return the rows of `frame` within `box`, ranges of ``x`` and ``y``; none without a box."""
    if not box or "x" not in box or "y" not in box:
        return frame.iloc[:0]
    return frame[
        frame["x"].between(min(box["x"]), max(box["x"]))
        & frame["y"].between(min(box["y"]), max(box["y"]))
    ]


def item_map(frame: pd.DataFrame, color: str | Coloring, dark: bool = False) -> alt.LayerChart:
    """Draw the 2-D map; a box chooses items, a click one of them.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``x``, ``y``, ``path``, ``given``, ``suggested``, ``suspicion``,
        ``verdict`` and ``image`` (address of the thumbnail).
    color : str or Coloring
        ``given``, ``suspicion`` or ``verdict``; or what `frame` is `colored` by.
    """
    brush = alt.selection_interval(name=BRUSH)
    pick = alt.selection_point(name=PICK, fields=["id"], on="click", empty=False)
    hidden = {"axis": None, "scale": alt.Scale(nice=False, padding=12)}
    points = (
        alt.Chart(frame)
        .mark_circle(size=34 if len(frame) < 4_000 else 14, stroke=None)
        .encode(
            x=alt.X("x:Q", **hidden),
            y=alt.Y("y:Q", **hidden),
            color=_map_color(color, dark),
            order=alt.Order("suspicion:Q"),
            opacity=alt.condition(brush, alt.value(0.85), alt.value(0.15)),
            tooltip=[
                "image:N",
                alt.Tooltip("given:N", title="given label"),
                alt.Tooltip("suggested:N", title="looks like"),
                alt.Tooltip("suspicion:Q", format=".2f"),
                "verdict:N",
                "path:N",
            ],
        )
        .add_params(brush, pick)
    )
    names = (
        alt.Chart(frame)
        .transform_aggregate(x="median(x)", y="q3(y)", groupby=["given"])
        .encode(x=alt.X("x:Q", **hidden), y=alt.Y("y:Q", **hidden), text="given:N")
    )
    writing = {"fontSize": 12, "fontWeight": 600, "dy": -16, "tooltip": None}
    page, ink = ("#15171a", "#e8eaed") if dark else ("#fbfbfa", "#1c2024")
    halo = names.mark_text(stroke=page, strokeWidth=4, strokeJoin="round", opacity=0.8, **writing)
    layers = [points, halo, names.mark_text(color=ink, **writing)]
    legible = color == "given" and frame["given"].nunique() <= MOST_NAMES
    return alt.layer(*(layers if legible else [points])).properties(height=600)


def _map_color(color: str | Coloring, dark: bool) -> alt.Color:
    if isinstance(color, Coloring):
        return _color_of(color, dark)
    if color == "suspicion":
        return alt.Color(
            "suspicion:Q", scale=alt.Scale(domain=[0, 1]), legend=alt.Legend(orient="top")
        )
    if color == "verdict":
        return alt.Color(
            "verdict:N",
            title=None,
            scale=verdict_scale(dark),
            legend=alt.Legend(orient="top"),
        )
    return alt.Color("given:N", scale=alt.Scale(scheme="tableau20"), legend=None)


def _color_of(coloring: Coloring, dark: bool) -> alt.Color:
    """Return the encoding of the column ``color``; what is in no category is gray."""
    if coloring.kind == "numbers":
        scale = alt.Scale(domain=[coloring.low, coloring.high])
        return alt.Color("color:Q", title=coloring.title, scale=scale)
    names = commonest(coloring)
    others = [OTHERS] if len(names) < len(coloring.names) else []
    gray = "#4a5157" if dark else "#c9cecb"
    rest = [*others, coloring.without]
    colors = [PALETTE[number % len(PALETTE)] for number in range(len(names))]
    scale = alt.Scale(domain=[*names, *rest], range=[*colors, *[gray] * len(rest)])
    return alt.Color("color:N", title=coloring.title, scale=scale)
