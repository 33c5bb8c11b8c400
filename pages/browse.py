"""Browse: every image in a grid, found by a query, decided one or many at a time."""

import streamlit as st

from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.app.sign_in import ask_for_name_when_needed
from pages.parts.browse.query_bar import query_bar
from pages.parts.grid.grid_part import grid

audit = context.open_audit()
require_ranking(audit)
ask_for_name_when_needed(audit)
auditor = context.auditor() or ""

st.title("Browse")
view = query_bar(audit, auditor)
if view is not None:
    grid(audit, auditor, view)
