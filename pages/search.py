"""Search: what looks like some images and not like others, among all or what a query finds."""

import streamlit as st

from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.search.search_bar import search_bar
from pages.parts.search.search_part import search_part

audit = context.open_audit()
require_ranking(audit)
auditor = context.auditor() or ""

st.title("Search")
query = search_bar(audit, auditor)
if query is not None:
    search_part(audit, auditor, query)
