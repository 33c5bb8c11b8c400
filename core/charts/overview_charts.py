"""Overview: the frames and charts of suspicion, of classes and of the review so far."""

from __future__ import annotations

import altair as alt
import pandas as pd

from core.charts.common import ALL_LABELS, CLICK, EVERY_LABEL, TO_DO, VERDICT_ORDER, verdict_scale
from core.store import Store

BINS = 40

SUSPECT, OTHER = "suspect label", "not suspect"
"""Kinds of labels in the histogram."""


def suspicion_frame(store: Store) -> pd.DataFrame:
    """Return the frame of `suspicion_histogram`."""
    rows = [
        {
            "low": row["bin"] / BINS,
            "high": (row["bin"] + 1) / BINS,
            "kind": kind,
            "count": row[column],
        }
        for row in store.suspicion_histogram(BINS)
        for kind, column in ((SUSPECT, "suspects"), (OTHER, "others"))
        if row[column]
    ]
    return pd.DataFrame(rows, columns=["low", "high", "kind", "count"])


def suspicion_histogram(frame: pd.DataFrame) -> alt.Chart:
    """Draw how many items have which suspicion.

    Parameters
    ----------
    frame : DataFrame
        ``low`` and ``high`` edge of the bin, ``kind`` (`SUSPECT` or
        `OTHER`) and ``count``.
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
                scale=alt.Scale(domain=[SUSPECT, OTHER]),
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


def suspects_frame(store: Store, most: int = 16) -> pd.DataFrame:
    """Return the frame of `class_suspects`: classes with the most suspects."""
    rows = [row for row in store.class_summary() if row["suspects"]][:most]
    return pd.DataFrame(rows, columns=["given", "items", "suspects", "reviewed"])


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
            x=alt.X("suspects:Q", title="suspect labels", axis=alt.Axis(tickMinStep=1, format="d")),
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


def confusion_frame(store: Store, most: int = 18) -> pd.DataFrame:
    """Return the frame of `confusion_map`, of the classes most confused."""
    rows = store.confusions()
    weight: dict[str, int] = {}
    for row in rows:
        for name in (row["given"], row["suggested"]):
            weight[name] = weight.get(name, 0) + row["count"]
    most_confused = set(sorted(weight, key=lambda name: -weight[name])[:most])
    rows = [row for row in rows if {row["given"], row["suggested"]} <= most_confused]
    return pd.DataFrame(rows, columns=["given", "suggested", "count", "reviewed"])


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


def progress_frame(verdicts: dict[str, int], left: int) -> pd.DataFrame:
    """Return the frame of `review_progress`."""
    counts = verdicts | {TO_DO: left}
    rows = [
        {"verdict": name, "count": counts[name], "order": order}
        for order, name in enumerate(VERDICT_ORDER)
        if counts.get(name)
    ]
    return pd.DataFrame(rows, columns=["verdict", "count", "order"])


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
                scale=verdict_scale(dark),
                sort=list(VERDICT_ORDER),
                legend=alt.Legend(orient="bottom", columns=7),
            ),
            tooltip=["verdict:N", alt.Tooltip("count:Q", title="images", format=",")],
        )
        .properties(height=70)
    )
