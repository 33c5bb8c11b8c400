"""Export: what the review changes, the corrected labels in a format, and a report."""

import streamlit as st

from core.export.choices import ExportChoices
from core.export.preview import Considered
from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.export.blind_export import require_unblinded
from pages.parts.export.export_sections import (
    changes_frame,
    choose_rule,
    shared_summary,
    summary,
    title,
)
from pages.parts.export.export_ways import offer_export, show_counts
from pages.parts.export.format_choice import choose_fates, choose_format
from pages.parts.export.report_download import show_report

audit = context.open_audit()
require_ranking(audit)
auditor = context.auditor()
require_unblinded(audit, auditor)
considered = Considered.of(audit, auditor or "")
as_decided = considered.preview(ExportChoices())
decided = as_decided.decided

st.title(title(sum(item.is_changed for item in decided)) if decided else "Nothing to export yet")
if not decided:
    st.write("Once images are reviewed, export the corrected labels here.")
    st.page_link("review.py", label="Review the first ones", icon=":material/arrow_forward:")
    st.stop()
st.markdown(f"{summary(decided)} {shared_summary(decided)}")
choose_rule(audit.store)

writer = choose_format(audit)
choices = choose_fates(audit, writer, as_decided, considered.spellings)
written = considered.preview(choices)
show_counts(written)
offer_export(audit, writer, choices, auditor, written.counts["items"])

st.subheader("Report")
show_report(audit, auditor)

st.subheader("What is written")
only_changes = st.toggle("Changed labels only", value=True)
if shown := [item for item in written.decided if item.is_changed or not only_changes]:
    st.dataframe(
        changes_frame(audit, shown),
        hide_index=True,
        width="stretch",
        row_height=64,
        height=min(560, 40 + 64 * len(shown)),
        column_config={
            "image": st.column_config.ImageColumn("image", width="small"),
            "time": st.column_config.DatetimeColumn("time", format="D MMM YYYY, HH:mm"),
        },
    )
else:
    st.info("Every reviewed image keeps its label.")
