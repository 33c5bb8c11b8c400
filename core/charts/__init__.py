"""Every chart: takes a frame, returns an Altair chart.

Colors come from the dashboard's theme: the first categorical color (teal)
is what the evidence suggests, the second (amber) what the labels say.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from core.terms import VERDICTS

CLICK = "click"
"""Name of the click selection of every chart that has one."""

BRUSH = "brush"
"""Name of the map's box selection."""

MOST_NAMES = 60
"""Classes whose names are written on the map; more would cover it."""

TO_DO = "to do"
"""In place of a verdict, of what has none."""

VERDICT_ORDER = (*map(str, VERDICTS), TO_DO)

EVERY_LABEL = {"labelOverlap": False, "labelBound": False, "labelFlush": False, "grid": False}
ALL_LABELS = alt.Axis(labelLimit=140, **EVERY_LABEL)
"""An axis that names every class."""


def _verdict_scale(dark: bool) -> alt.Scale:
    to_do = "#343a40" if dark else "#d3d8d6"
    return alt.Scale(
        domain=list(VERDICT_ORDER), range=[*(term.color for term in VERDICTS.values()), to_do]
    )


def suspicion_histogram(frame: pd.DataFrame) -> alt.Chart:
    """Draw how many items have which suspicion.

    Parameters
    ----------
    frame : DataFrame
        ``low`` and ``high`` edge of the bin, ``kind`` ("doubtful" or
        "not doubtful") and ``count``.
    """
    return (
        alt.Chart(frame)
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("low:Q", bin="binned", title="suspicion", scale=alt.Scale(domain=[0, 1])),
            x2="high:Q",
            y=alt.Y(
                "count:Q",
                title="images (log scale)",
                scale=alt.Scale(type="symlog"),
                axis=alt.Axis(values=[1, 10, 100, 1_000, 10_000, 100_000], format=",d"),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=["doubtful", "not doubtful"]),
                legend=alt.Legend(orient="top", columns=1),
            ),
            tooltip=[
                alt.Tooltip("low:Q", title="suspicion from", format=".3f"),
                alt.Tooltip("high:Q", title="to", format=".3f"),
                alt.Tooltip("kind:N", title=" "),
                alt.Tooltip("count:Q", title="images", format=","),
            ],
        )
        .properties(height=250)
    )


def class_suspects(frame: pd.DataFrame) -> alt.Chart:
    """Draw how many suspects each class has; a click chooses a class.

    Parameters
    ----------
    frame : DataFrame
        ``given``, ``items``, ``suspects`` and ``reviewed``.
    """
    click = alt.selection_point(name=CLICK, fields=["given"])
    return (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=2, cursor="pointer")
        .encode(
            y=alt.Y("given:N", sort="-x", title=None, axis=ALL_LABELS),
            x=alt.X(
                "suspects:Q", title="doubtful labels", axis=alt.Axis(tickMinStep=1, format="d")
            ),
            opacity=alt.condition(click, alt.value(1), alt.value(0.35)),
            tooltip=[
                alt.Tooltip("given:N", title="given label"),
                alt.Tooltip("suspects:Q", format=","),
                alt.Tooltip("items:Q", title="images", format=","),
                alt.Tooltip("reviewed:Q", format=","),
            ],
        )
        .add_params(click)
        .properties(height=40 + 19 * len(frame))
    )


def confusion_map(frame: pd.DataFrame, dark: bool = False) -> alt.LayerChart:
    """Draw which label looks like which other; a click chooses the pair.

    Parameters
    ----------
    frame : DataFrame
        ``given``, ``suggested``, ``count`` and ``reviewed``.
    dark : bool
        Whether it lies on a dark page, where large counts are the light squares.
    """
    click = alt.selection_point(name=CLICK, fields=["given", "suggested"])
    base = alt.Chart(frame).encode(
        x=alt.X(
            "suggested:N",
            title="looks like",
            axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=120, **EVERY_LABEL),
        ),
        y=alt.Y("given:N", title="given label", axis=ALL_LABELS),
        tooltip=[
            alt.Tooltip("given:N", title="given label"),
            alt.Tooltip("suggested:N", title="looks like"),
            alt.Tooltip("count:Q", title="images", format=","),
            alt.Tooltip("reviewed:Q", format=","),
        ],
    )
    most = int(frame["count"].max()) if len(frame) else 1
    cells = (
        base.mark_rect(cursor="pointer", cornerRadius=2)
        .encode(
            color=alt.Color("count:Q", title="images", legend=None),
            opacity=alt.condition(click, alt.value(1), alt.value(0.35)),
        )
        .add_params(click)
    )
    numbers = base.mark_text(fontSize=11).encode(
        text="count:Q",
        color=alt.condition(
            alt.datum["count"] > most * 0.55,
            alt.value("#0c2321" if dark else "white"),
            alt.value("#cfe9e6" if dark else "#26433f"),
        ),
    )
    return alt.layer(cells, numbers).properties(height=120 + 19 * frame["given"].nunique())


def review_progress(frame: pd.DataFrame, dark: bool = False) -> alt.Chart:
    """Draw one bar of what has been decided and what is to do.

    Parameters
    ----------
    frame : DataFrame
        ``verdict`` (one of `VERDICT_ORDER`), ``count`` and ``order``.
    """
    return (
        alt.Chart(frame)
        .mark_bar(height=18)
        .encode(
            x=alt.X("count:Q", stack="zero", title=None, axis=None),
            order="order:Q",
            color=alt.Color(
                "verdict:N",
                title=None,
                scale=_verdict_scale(dark),
                sort=list(VERDICT_ORDER),
                legend=alt.Legend(orient="bottom", columns=7),
            ),
            tooltip=["verdict:N", alt.Tooltip("count:Q", title="images", format=",")],
        )
        .properties(height=70)
    )


CHOOSABLE = ("can be chosen", "to compare with")
"""Kinds of detectors in the charts of the bake-off."""


def _chosen_scale(dark: bool) -> alt.Scale:
    return alt.Scale(domain=list(CHOOSABLE), range=["#3fb3a9" if dark else "#149188", "#8b93a0"])


def planted_found(
    frame: pd.DataFrame, order: list[str], most: float, dark: bool = False
) -> alt.LayerChart:
    """Draw the average precision of every detector on one kind of planted errors.

    Parameters
    ----------
    frame : DataFrame
        ``title`` of the detector, ``choosable`` (one of `CHOOSABLE`), ``ap``,
        ``ap_low``, ``ap_high``, ``p100`` and ``rate``, the share of planted errors.
    order : list of str
        Titles from top to bottom, the same in charts beside each other.
    most : float
        Right end of the scale, likewise.
    """
    y = alt.Y(
        "title:N",
        sort=order,
        title=None,
        scale=alt.Scale(domain=order),
        axis=alt.Axis(labelLimit=190, **EVERY_LABEL),
    )
    scale = alt.Scale(domain=[0, most], nice=False)
    axis = alt.Axis(format=".1f", tickCount=5)
    color = alt.Color("choosable:N", scale=_chosen_scale(dark), legend=None)
    base = alt.Chart(frame).encode(y=y, color=color)
    tooltip = [
        alt.Tooltip("title:N", title="detector"),
        alt.Tooltip("ap:Q", title="average precision", format=".3f"),
        alt.Tooltip("ap_low:Q", title="95 % interval from", format=".3f"),
        alt.Tooltip("ap_high:Q", title="to", format=".3f"),
        alt.Tooltip("p100:Q", title="wrong among the first 100", format=".0%"),
    ]
    page = "#15171a" if dark else "#fbfbfa"
    by_chance = (
        alt.Chart(frame.head(1))
        .mark_rule(strokeDash=[3, 3], color="#8b93a0")
        .encode(x=alt.X("rate:Q", scale=scale))
    )
    intervals = base.mark_rule(strokeWidth=2, opacity=0.55).encode(
        x=alt.X("ap_low:Q", scale=scale, axis=axis, title="average precision"), x2="ap_high:Q"
    )
    places = {"x": alt.X("ap:Q", scale=scale), "tooltip": tooltip}
    filled = base.mark_point(size=75, filled=True, opacity=1).encode(**places)
    hollow = base.mark_point(size=55, filled=False, fill=page, strokeWidth=2, opacity=1)
    return alt.layer(
        by_chance,
        intervals,
        filled.transform_filter(alt.datum.choosable == CHOOSABLE[0]),
        hollow.encode(**places).transform_filter(alt.datum.choosable == CHOOSABLE[1]),
    ).properties(height=40 + 24 * len(order))


def found_so_far(frame: pd.DataFrame, order: list[str], dark: bool = False) -> alt.LayerChart:
    """Draw the share of planted errors found against the share of labels reviewed.

    Parameters
    ----------
    frame : DataFrame
        ``title``, ``choosable`` (one of `CHOOSABLE`), ``reviewed``, ``found``
        (shares) and ``rate``.
    order : list of str
        Titles of the detectors that can be chosen.
    """
    teal = "#3fb3a9" if dark else "#149188"
    colors = [teal, "#9d93d3", "#c96a80", "#5b8bd0", "#c9b458", "#7fa05a", "#b07d50", "#6b7280"]
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [10, 4], [1, 3], [6, 2, 1, 2]]
    n = len(order)
    percent = {"axis": alt.Axis(format=".0%", tickCount=6)}
    x = alt.X("reviewed:Q", title="labels reviewed, most suspect first", **percent)
    y = alt.Y("found:Q", title="planted errors found", scale=alt.Scale(domain=[0, 1]), **percent)
    tooltip = [
        alt.Tooltip("title:N", title="detector"),
        alt.Tooltip("reviewed:Q", format=".1%"),
        alt.Tooltip("found:Q", format=".0%"),
    ]
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tooltip)
    others = base.mark_line(strokeWidth=1, color="#8b93a0", opacity=0.55).encode(detail="title:N")
    legend = alt.Legend(orient="bottom", columns=4, symbolSize=300, symbolStrokeWidth=2.5)
    ours = base.mark_line(strokeWidth=2.5).encode(
        color=alt.Color(
            "title:N",
            title=None,
            sort=order,
            scale=alt.Scale(domain=order, range=[colors[i % len(colors)] for i in range(n)]),
            legend=legend,
        ),
        strokeDash=alt.StrokeDash(
            "title:N",
            title=None,
            sort=order,
            scale=alt.Scale(domain=order, range=[dashes[i % len(dashes)] for i in range(n)]),
            legend=legend,
        ),
    )
    best = base.transform_calculate(
        found="min(1, datum.reviewed / datum.rate)", title="'the best'"
    ).mark_line(strokeDash=[3, 3], color="#8b93a0")
    return alt.layer(
        best,
        others.transform_filter(alt.datum.choosable == CHOOSABLE[1]),
        ours.transform_filter(alt.datum.choosable == CHOOSABLE[0]),
    ).properties(height=380)


def item_map(frame: pd.DataFrame, color: str, dark: bool = False) -> alt.LayerChart:
    """Draw the 2-D map; a box chooses items.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``x``, ``y``, ``path``, ``given``, ``suggested``, ``suspicion``,
        ``verdict`` and ``image`` (address of the thumbnail).
    color : str
        ``given``, ``suspicion`` or ``verdict``.
    """
    brush = alt.selection_interval(name=BRUSH)
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
        .add_params(brush)
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


def _map_color(color: str, dark: bool) -> alt.Color:
    if color == "suspicion":
        return alt.Color(
            "suspicion:Q", scale=alt.Scale(domain=[0, 1]), legend=alt.Legend(orient="top")
        )
    if color == "verdict":
        return alt.Color(
            "verdict:N",
            title=None,
            scale=_verdict_scale(dark),
            legend=alt.Legend(orient="top"),
        )
    return alt.Color("given:N", scale=alt.Scale(scheme="tableau20"), legend=None)
