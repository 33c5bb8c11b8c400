"""What the agreement page says of the people and the classes."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.charts.agreement_charts import class_agreement
from core.review.agreement.measures import Report, report
from pages.parts.agreement.agreement_frames import MOST_CLASSES, classes_frame, pairs_frame
from pages.parts.app import context


def measured(audit: Audit) -> Report:
    """Return what the blind answers of `audit` tell, held until something is decided."""
    return _measured(str(audit.folder), audit.store.revision(), audit)


@st.cache_resource(max_entries=4, show_spinner=False)
def _measured(folder: str, revision: str, _audit: Audit) -> Report:
    return report(_audit.store.second_log())


def show_beginning(audit: Audit, report: Report) -> None:
    """Say what a blind second look is, while there is nothing to measure."""
    st.title("Nobody has looked twice yet")
    st.markdown(
        "How much depends on who decides? A share of the reviewed images, and"
        " every one that somebody was unsure of, is put before a second person, who sees neither"
        " the verdict nor whose it was. Where the two differ, a third decides. This page then"
        " tells how far people agree, in which classes they do not, and what is still disputed."
    )
    if report.whole.unsure:
        st.markdown(
            f"Of {report.whole.unsure:,} images that two people looked at, one of them was unsure:"
            " nothing to compare yet."
        )
    if not audit.store.auditor_names():
        st.page_link("review.py", label="Review the first ones", icon=":material/arrow_forward:")


def show_pairs(report: Report) -> None:
    """Show how far every two people agree."""
    st.header("Between whom")
    st.dataframe(
        pairs_frame(report),
        hide_index=True,
        width="stretch",
        column_config={"share": st.column_config.NumberColumn(format="%.0f %%", width="small")},
    )


def show_classes(report: Report) -> None:
    """Draw how far people agree in each class."""
    st.header("In which class")
    some = f" Shown: the {MOST_CLASSES} with most." if len(report.classes) > MOST_CLASSES else ""
    st.caption(f"Images of a given label on which people agree, least first.{some}")
    st.altair_chart(class_agreement(classes_frame(report.classes), context.is_dark()))
