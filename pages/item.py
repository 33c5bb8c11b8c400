"""History: one image, the evidence about its label, and everything that was decided about it."""

import streamlit as st

from core.review.history import story
from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.item.item_sections import show_evidence, show_labels, show_picture, show_story
from pages.parts.item.item_ways import asked_for_item, show_ways

audit = context.open_audit()
require_ranking(audit)
item_id = asked_for_item(audit)
(item,) = audit.store.items([item_id]).values()

st.title(context.plain(item["path"]))
show_ways(item_id, has_map=audit.store.fingerprint("map") is not None)
told = story(audit.store, item_id, context.auditor() or "")
picture, facts = st.columns([2, 3], gap="large")
with picture:
    show_picture(audit, item)
with facts:
    show_labels(item, told)
    show_story(told)
show_evidence(audit, item)
