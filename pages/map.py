"""Map: every image as a point, near means alike; what is selected there stands beside it."""

import streamlit as st

from core.query.tree import Query, QueryError
from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.map import map_address
from pages.parts.map.layout_bar import layout_bar
from pages.parts.map.map_part import explore

audit = context.open_audit()
require_ranking(audit)
map_address.return_to_view(audit.id)
layout = layout_bar(audit)
try:
    scope = audit.store.parse_query(map_address.value(map_address.FILTER))
except QueryError as error:
    st.error(context.plain(str(error)), icon=":material/error:")
    scope = Query.ALL
explore(audit, context.auditor() or "", layout, scope)
