"""Export: what the review changes, and the corrected labels as a table."""

import streamlit as st

from core.export import corrections
from core.export.writers import offered_writers
from core.text import counted
from pages.parts.app import context
from pages.parts.export.blind_export import content_for, require_unblinded
from pages.parts.export.export_sections import (
    changes_frame,
    choose_rule,
    shared_summary,
    summary,
    title,
)
from pages.parts.export.report_download import show_report

audit = context.open_audit()
context.require_ranking(audit)
auditor = context.auditor()
require_unblinded(audit, auditor)
decided = corrections.decisions(audit.store, auditor or "")
changed = [row for row in decided if row["changed"]]

st.title(title(len(changed)) if decided else "Nothing to export yet")
if not decided:
    st.write("Once images are reviewed, export the corrected labels here.")
    st.page_link("review.py", label="Review the first ones", icon=":material/arrow_forward:")
    st.stop()
st.markdown(f"{summary(decided)} {shared_summary(decided)}")
choose_rule(audit.store)

writers = {one.name: one for one in offered_writers(audit).values() if not one.is_folder(audit)}
writer = next(one for one in writers.values() if not one.own_of)
if len(writers) > 1:
    name = st.segmented_control(
        "Format", list(writers), format_func=lambda name: writers[name].title,
        default=writer.name, required=True,
    )  # fmt: skip
    writer = writers[name]
st.download_button(
    f"Download corrected labels ({writer.title})",
    data=lambda: content_for(auditor, writer, audit),
    file_name=f"{audit.name}-corrected{writer.suffix_of(audit)}",
    mime=writer.media_type,
    type="primary",
    on_click="ignore",
)
added = corrections.added_columns(audit.store)
st.caption(
    f"The input's {counted(audit.store.counts()['items'], 'row')} with all columns in their order,"
    f" followed by {', '.join(f'`{name}`' for name in added)}."
    " `none` and `bad image` leave the final label empty; an `ambiguous` one lists every label"
    " that fits, joined by `|`; where a class name holds that character, `final_labels` lists them."
)

show_report(audit, auditor)

only_changes = st.toggle("Changed labels only", value=True)
shown = changed if only_changes else decided
if shown:
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
