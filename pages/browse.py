"""Browse: every image in a grid, found by a query, decided one or many at a time."""

import streamlit as st

from pages.parts import context
from pages.parts.browse_bar import query_bar
from pages.parts.grid import grid
from pages.parts.sign_in import ask_for_name

audit = context.open_audit()
context.require_ranking(audit)

auditor = context.auditor()
if auditor is None:
    ask_for_name(audit)
    st.stop()

st.title("Browse")
view = query_bar(audit)
if view is not None:
    grid(audit, auditor, view)
