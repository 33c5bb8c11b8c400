"""Detectors: the frames, charts and table of a bake-off, from its results."""

from __future__ import annotations

import altair as alt
import pandas as pd

from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.kinds import KINDS
from core.bakeoff.results import Results, summary
from core.bakeoff.scoring import CURVE
from core.charts.common import EVERY_LABEL

SELECTABLE = ("can be chosen", "to compare with")
"""Kinds of detectors in the charts of the bake-off."""


def scores_frame(results: Results, rate: float, embeddings: str) -> pd.DataFrame:
    """Return one row for each kind of label noise and detector, by name, titles beside them."""
    rows = [
        row | {"title": _title(row["method"]), "selectable": _selectable(row["method"])}
        for row in summary(results)
        if row["rate"] == rate and row["embeddings"] == embeddings
    ]
    return pd.DataFrame(rows)


def best_first(scores: pd.DataFrame) -> list[str]:
    """Return the titles of the detectors by their mean average precision.

    Kinds of noise that not all have been tried on yet do not count, unless
    there are no others.
    """
    by_kind = scores.pivot_table("ap", "title", "kind")
    shared = by_kind.dropna(axis=1)
    means = (by_kind if shared.empty else shared).mean(axis=1)
    return [str(title) for title in means.sort_values(ascending=False).index]


def _selectable_scale(dark: bool) -> alt.Scale:
    return alt.Scale(domain=list(SELECTABLE), range=["#3fb3a9" if dark else "#149188", "#8b93a0"])


def precision_chart(
    frame: pd.DataFrame, order: list[str], most: float, dark: bool = False
) -> alt.LayerChart:
    """Draw the average precision of every detector on one kind of label noise.

    Parameters
    ----------
    frame : DataFrame
        ``title`` of the detector, ``selectable`` (one of `SELECTABLE`), ``ap``,
        ``ap_low``, ``ap_high``, ``p100`` and ``rate``, the share of synthetic errors.
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
    color = alt.Color("selectable:N", scale=_selectable_scale(dark), legend=None)
    base = alt.Chart(frame).encode(y=y, color=color)
    tooltip = [
        alt.Tooltip("title:N", title="detector"),
        alt.Tooltip("ap:Q", title="average precision", format=".3f"),
        alt.Tooltip("ap_low:Q", title="95 % interval from", format=".3f"),
        alt.Tooltip("ap_high:Q", title="to", format=".3f"),
        alt.Tooltip("p100:Q", title="precision at 100", format=".0%"),
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
        filled.transform_filter(alt.datum.selectable == SELECTABLE[0]),
        hollow.encode(**places).transform_filter(alt.datum.selectable == SELECTABLE[1]),
    ).properties(height=40 + 24 * len(order))


def curve_frame(scores: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the frame of `recall_chart` for one kind of label noise."""
    rows = [
        {
            "title": row["title"],
            "selectable": row["selectable"],
            "rate": row["rate"],
            "reviewed": reviewed,
            "found": found,
        }
        for row in scores[scores["kind"] == kind].to_dict("records")
        for reviewed, found in zip(CURVE, row["curve"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["title", "selectable", "rate", "reviewed", "found"])


def recall_chart(frame: pd.DataFrame, order: list[str], dark: bool = False) -> alt.LayerChart:
    """Draw the share of synthetic errors found against the share of labels reviewed.

    Parameters
    ----------
    frame : DataFrame
        ``title``, ``selectable`` (one of `SELECTABLE`), ``reviewed``, ``found``
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
    y = alt.Y("found:Q", title="recall", scale=alt.Scale(domain=[0, 1]), **percent)
    tooltip = [
        alt.Tooltip("title:N", title="detector"),
        alt.Tooltip("reviewed:Q", format=".1%"),
        alt.Tooltip("found:Q", title="recall", format=".0%"),
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
    perfect = base.transform_calculate(
        found="min(1, datum.reviewed / datum.rate)", title="'a perfect ranking'"
    ).mark_line(strokeDash=[3, 3], color="#8b93a0")
    return alt.layer(
        perfect,
        others.transform_filter(alt.datum.selectable == SELECTABLE[1]),
        ours.transform_filter(alt.datum.selectable == SELECTABLE[0]),
    ).properties(height=380)


def table_frame(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the table of results: a row for each kind of label noise and detector."""
    table = pd.DataFrame(
        {
            "label noise": [kind_title(kind) for kind in scores["kind"]],
            "detector": scores["title"],
            "AP": scores["ap"],
            "95 % interval": [
                f"{low:.3f} to {high:.3f}"
                for low, high in zip(scores["ap_low"], scores["ap_high"], strict=True)
            ],
            "precision at 100, %": 100 * scores["p100"],
        }
    )
    for percent in (1, 2, 5, 10):
        table[f"recall at {percent} %"] = 100 * scores[f"r{percent}"]
    table["suggestions correct, %"] = 100 * scores["suggestion"].astype(float)
    return table


def kind_title(kind: str) -> str:
    """Return the title of a kind of label noise."""
    return KINDS[kind].title if kind in KINDS else kind


def _title(method: str) -> str:
    return CONTENDERS[method].title if method in CONTENDERS else method


def _selectable(method: str) -> str:
    able = method in CONTENDERS and CONTENDERS[method].selectable
    return SELECTABLE[0] if able else SELECTABLE[1]
