"""Classes: which there are, which look like one, and what may be done with them."""

import streamlit as st

from core.review import class_changes
from pages.parts.app import context
from pages.parts.app.sign_in import require_auditor
from pages.parts.classes.class_sections import (
    show_add,
    show_class,
    show_list,
    show_log,
    show_suggestions,
)
from pages.parts.classes.rank_again import show_rank_again

audit = context.open_audit()
auditor = require_auditor(audit)

st.title("Classes")
st.caption(
    "What is changed here is logged with your name and can be undone. Your files stay as they are:"
    " the export has the new names."
)
show_rank_again(audit)
show_suggestions(audit, class_changes.suggestions(audit.store), auditor)
classes, chosen_class = st.columns([3, 2], gap="large")
with classes:
    chosen = show_list(audit)
    show_add(audit, auditor)
with chosen_class:
    show_class(audit, chosen, auditor)
show_log(audit, auditor)
