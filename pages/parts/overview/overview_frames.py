"""Frames that the charts of several pages draw, from the queries of the store."""

from __future__ import annotations

import pandas as pd

from core.charts import TO_DO, VERDICT_ORDER
from core.store import Store

BINS = 40


def histogram(store: Store) -> pd.DataFrame:
    """Return the frame of `core.charts.suspicion_histogram`."""
    rows = [
        {
            "low": row["bin"] / BINS,
            "high": (row["bin"] + 1) / BINS,
            "kind": kind,
            "count": row[column],
        }
        for row in store.suspicion_histogram(BINS)
        for kind, column in (("doubtful", "suspects"), ("not doubtful", "others"))
        if row[column]
    ]
    return pd.DataFrame(rows, columns=["low", "high", "kind", "count"])


def classes(store: Store, most: int = 16) -> pd.DataFrame:
    """Return the frame of `core.charts.class_suspects`: classes with the most suspects."""
    rows = [row for row in store.class_summary() if row["suspects"]][:most]
    return pd.DataFrame(rows, columns=["given", "items", "suspects", "reviewed"])


def confusions(store: Store, most: int = 18) -> pd.DataFrame:
    """Return the frame of `core.charts.confusion_map`, of the classes most confused."""
    rows = store.confusions()
    weight: dict[str, int] = {}
    for row in rows:
        for name in (row["given"], row["suggested"]):
            weight[name] = weight.get(name, 0) + row["count"]
    kept = set(sorted(weight, key=lambda name: -weight[name])[:most])
    rows = [row for row in rows if row["given"] in kept and row["suggested"] in kept]
    return pd.DataFrame(rows, columns=["given", "suggested", "count", "reviewed"])


def progress(verdicts: dict[str, int], left: int) -> pd.DataFrame:
    """Return the frame of `core.charts.review_progress`."""
    counts = verdicts | {TO_DO: left}
    rows = [
        {"verdict": name, "count": counts[name], "order": order}
        for order, name in enumerate(VERDICT_ORDER)
        if counts.get(name)
    ]
    return pd.DataFrame(rows, columns=["verdict", "count", "order"])
