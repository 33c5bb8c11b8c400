"""How the detectors did on planted errors: charts and a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.bakeoff.kinds import KINDS
from core.bakeoff.report import FLOOR, tried_on
from core.bakeoff.results import Results
from core.charts import CHOOSABLE, found_so_far, planted_found
from pages.parts.app import context
from pages.parts.bakeoff import bakeoff_frames


def show_results(results: Results) -> None:
    """Show everything that was tried, one rate and one embedding at a time."""
    rate, embeddings = _choices(results)
    scores = bakeoff_frames.scores_frame(results, rate, embeddings)
    st.header("How well each puts planted errors first")
    st.caption(
        f"{rate:.0%} of the labels are made wrong. Average precision is 1 where all of these come"
        " first; the dotted line is chance."
        " Filled: can be chosen. Hollow: published scores, to compare with. Bars: 95 % intervals."
    )
    _show_scores(scores)
    st.header("How soon they are found")
    _show_curve(scores)
    st.header("All figures")
    st.caption(f"Tried on {tried_on(results)}. {FLOOR}")
    _show_table(scores)


def _choices(results: Results) -> tuple[float, str]:
    rates = sorted({trial.rate for trial in results.scores})
    names = list(dict.fromkeys(trial.embeddings for trial in results.scores))
    rate, name = rates[-1], names[0]
    if len(rates) > 1:
        rate = st.segmented_control(
            "Labels made wrong", rates, format_func=lambda share: f"{share:.0%}",
            default=rate, required=True,
        )  # fmt: skip
    if len(names) > 1:
        name = st.segmented_control("Embeddings", names, default=name, required=True)
    return rate, name


def _show_scores(scores: pd.DataFrame) -> None:
    order = bakeoff_frames.best_first(scores)
    most = min(1.0, 0.05 + float(scores["ap_high"].max()))
    for place, kind in enumerate(dict.fromkeys(scores["kind"])):
        if place % 2 == 0:
            columns = st.columns(2, gap="large")
        with columns[place % 2]:
            about = f" {KINDS[kind].about}" if kind in KINDS else ""
            st.markdown(f"**{bakeoff_frames.kind_title(kind)}.**{about}")
            of_kind = scores[scores["kind"] == kind]
            st.altair_chart(
                planted_found(of_kind.drop(columns="curve"), order, most, context.is_dark()),
                key=f"planted_{kind}",
            )


def _show_curve(scores: pd.DataFrame) -> None:
    kinds = list(dict.fromkeys(scores["kind"]))
    kind = st.segmented_control(
        "Planted errors", kinds, format_func=bakeoff_frames.kind_title,
        default=kinds[0], required=True, label_visibility="collapsed",
    )  # fmt: skip
    frame = bakeoff_frames.curve_frame(scores, kind)
    able = set(scores.loc[scores["choosable"] == CHOOSABLE[0], "title"])
    order = [title for title in bakeoff_frames.best_first(scores) if title in able]
    st.altair_chart(found_so_far(frame, order, context.is_dark()), key=f"curve_{kind}")
    st.caption("Thin lines: published scores. Dotted: the best there could be.")


def _show_table(scores: pd.DataFrame) -> None:
    table = bakeoff_frames.table_frame(scores)
    helps = {
        "first 100, %": "Planted errors among the first hundred labels.",
        "suggested, %": "Planted errors whose true class was the suggested one.",
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
                    help=helps.get(name, "Planted errors found once so many labels are reviewed."),
                )
                for name in table.columns
                if name.endswith("%")
            },
        },
    )
