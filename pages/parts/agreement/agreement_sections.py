"""Sections of the agreement page: the start, pairs of auditors, classes."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.charts.agreement_charts import MOST_CLASSES, class_agreement, classes_frame, pairs_frame
from core.review.agreement.measures import Report, report
from core.text import counted
from pages.parts.app import context


def measured(audit: Audit) -> Report:
    """Return the agreement of the blind annotations of `audit`, cached until the next verdict."""
    return _measured(audit.opened, audit.store.revision(), audit)


@st.cache_resource(max_entries=4, show_spinner=False)
def _measured(opened: str, revision: str, _audit: Audit) -> Report:
    return report(_audit.store.second_log())


def show_beginning(audit: Audit, report: Report) -> None:
    """Explain double review, while there is nothing to measure."""
    st.title("No double review yet")
    st.markdown(
        "How far do verdicts depend on the auditor? A share of the reviewed images, and every one"
        " marked unsure, goes to a second auditor, who sees neither the first verdict nor whose it"
        " was. Where the two disagree, a third adjudicates. This page then shows how far auditors"
        " agree, which classes they disagree on, and which disagreements are unresolved."
    )
    if report.whole.unsure:
        st.markdown(
            f"{counted(report.whole.unsure, 'image')} with two verdicts, one of them unsure:"
            " nothing to compare yet."
        )
    if not audit.store.auditor_names():
        st.page_link("review.py", label="Review the first ones", icon=":material/arrow_forward:")


def show_pairs(report: Report) -> None:
    """Show the agreement of every two auditors."""
    st.header("Agreement by auditor pair")
    st.dataframe(
        pairs_frame(report),
        hide_index=True,
        width="stretch",
        column_config={"share": st.column_config.NumberColumn(format="%.0f %%", width="small")},
    )


def show_classes(report: Report) -> None:
    """Draw the agreement on each class."""
    st.header("Agreement by class")
    some = (
        f" Shown: the {MOST_CLASSES} with the most images."
        if len(report.classes) > MOST_CLASSES
        else ""
    )
    st.caption(f"Share of the images of a given label on which auditors agree, lowest first.{some}")
    st.altair_chart(class_agreement(classes_frame(report.classes), context.is_dark()))
