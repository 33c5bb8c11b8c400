"""The results of a bake-off: charts and a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.bakeoff.kinds import KINDS
from core.bakeoff.report import FLOOR, described_sample
from core.bakeoff.results import Results
from core.charts.detector_charts import (
    SELECTABLE,
    best_first,
    curve_frame,
    kind_title,
    precision_chart,
    recall_chart,
    scores_frame,
    table_frame,
)
from pages.parts.app import context


def show_results(results: Results) -> None:
    """Show everything that was tried, one rate and one embedding at a time."""
    rate, embeddings = _choices(results)
    scores = scores_frame(results, rate, embeddings)
    st.header("Average precision on synthetic label noise")
    st.caption(
        f"{rate:.0%} of the labels are replaced by wrong ones. Average precision is 1 where all of"
        " these rank first; the dotted line is chance."
        " Filled: can be chosen. Hollow: published scores, to compare with. Bars: 95 % intervals."
    )
    _show_scores(scores)
    st.header("Recall by review effort")
    _show_curve(scores)
    st.header("All results")
    st.caption(f"Tried on {described_sample(results)}. {FLOOR}")
    _show_table(scores)


def _choices(results: Results) -> tuple[float, str]:
    rates = sorted({trial.rate for trial in results.scores})
    names = list(dict.fromkeys(trial.embeddings for trial in results.scores))
    rate, name = rates[-1], names[0]
    if len(rates) > 1:
        rate = st.segmented_control(
            "Noise rate", rates, format_func=lambda share: f"{share:.0%}",
            default=rate, required=True,
        )  # fmt: skip
    if len(names) > 1:
        name = st.segmented_control("Embeddings", names, default=name, required=True)
    return rate, name


def _show_scores(scores: pd.DataFrame) -> None:
    order = best_first(scores)
    most = min(1.0, 0.05 + float(scores["ap_high"].max()))
    for place, kind in enumerate(dict.fromkeys(scores["kind"])):
        if place % 2 == 0:
            columns = st.columns(2, gap="large")
        with columns[place % 2]:
            about = f" {KINDS[kind].about}" if kind in KINDS else ""
            st.markdown(f"**{kind_title(kind)}.**{about}")
            of_kind = scores[scores["kind"] == kind]
            st.altair_chart(
                precision_chart(of_kind.drop(columns="curve"), order, most, context.is_dark()),
                key=f"noise_{kind}",
            )


def _show_curve(scores: pd.DataFrame) -> None:
    kinds = list(dict.fromkeys(scores["kind"]))
    kind = st.segmented_control(
        "Label noise", kinds, format_func=kind_title,
        default=kinds[0], required=True, label_visibility="collapsed",
    )  # fmt: skip
    frame = curve_frame(scores, kind)
    able = set(scores.loc[scores["selectable"] == SELECTABLE[0], "title"])
    order = [title for title in best_first(scores) if title in able]
    st.altair_chart(recall_chart(frame, order, context.is_dark()), key=f"curve_{kind}")
    st.caption("Thin lines: published scores. Dotted: a perfect ranking.")


def _show_table(scores: pd.DataFrame) -> None:
    table = table_frame(scores)
    helps = {
        "precision at 100, %": "Planted errors among the first 100 labels.",
        "suggestions correct, %": "Planted errors whose true class was the suggested one.",
    }
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={
            "AP": st.column_config.NumberColumn(format="%.3f", width="small"),
            **{
                name: st.column_config.NumberColumn(
                    format="%.0f %%",
                    width=80,
                    help=helps.get(
                        name, "Planted errors found after reviewing this share of the labels."
                    ),
                )
                for name in table.columns
                if name.endswith("%")
            },
        },
    )
