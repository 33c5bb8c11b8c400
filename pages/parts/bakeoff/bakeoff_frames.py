"""Frames of the bake-off's charts and table, from its results."""

from __future__ import annotations

import pandas as pd

from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.kinds import KINDS
from core.bakeoff.results import Results, summary
from core.bakeoff.scoring import CURVE
from core.charts import CHOOSABLE


def scores_frame(results: Results, rate: float, embeddings: str) -> pd.DataFrame:
    """Return one row for each kind of error and detector, by name, titles beside them."""
    rows = [
        row | {"title": _title(row["method"]), "choosable": _choosable(row["method"])}
        for row in summary(results)
        if row["rate"] == rate and row["embeddings"] == embeddings
    ]
    return pd.DataFrame(rows)


def best_first(scores: pd.DataFrame) -> list[str]:
    """Return the titles of the detectors by their mean average precision.

    Kinds of error that not all have been tried on yet do not count, unless
    there are no others.
    """
    by_kind = scores.pivot_table("ap", "title", "kind")
    shared = by_kind.dropna(axis=1)
    means = (by_kind if shared.empty else shared).mean(axis=1)
    return [str(title) for title in means.sort_values(ascending=False).index]


def curve_frame(scores: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the frame of `core.charts.found_so_far` for one kind of error."""
    rows = [
        {
            "title": row["title"],
            "choosable": row["choosable"],
            "rate": row["rate"],
            "reviewed": reviewed,
            "found": found,
        }
        for row in scores[scores["kind"] == kind].to_dict("records")
        for reviewed, found in zip(CURVE, row["curve"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["title", "choosable", "rate", "reviewed", "found"])


def table_frame(scores: pd.DataFrame) -> pd.DataFrame:
    """Return what people read: a row for each kind of error and detector."""
    table = pd.DataFrame(
        {
            "planted errors": [kind_title(kind) for kind in scores["kind"]],
            "detector": scores["title"],
            "AP": scores["ap"],
            "95 % interval": [
                f"{low:.3f} to {high:.3f}"
                for low, high in zip(scores["ap_low"], scores["ap_high"], strict=True)
            ],
            "first 100, %": 100 * scores["p100"],
        }
    )
    for percent in (1, 2, 5, 10):
        table[f"found at {percent} %"] = 100 * scores[f"r{percent}"]
    table["suggested, %"] = 100 * scores["suggestion"].astype(float)
    return table


def kind_title(kind: str) -> str:
    """Return what people call a kind of error."""
    return KINDS[kind].title if kind in KINDS else kind


def _title(method: str) -> str:
    return CONTENDERS[method].title if method in CONTENDERS else method


def _choosable(method: str) -> str:
    able = method in CONTENDERS and CONTENDERS[method].selectable
    return CHOOSABLE[0] if able else CHOOSABLE[1]
