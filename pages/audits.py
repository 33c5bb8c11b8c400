"""Audits: every audit of this server as a card, and the way to a new one."""

import streamlit as st

from pages.parts.app import context
from pages.parts.audits.audit_cards import show_archived, show_cards, show_demo_offer
from pages.parts.audits.card_actions import show_moving
from pages.parts.audits.compare_section import show_comparison
from pages.parts.audits.new_audit import begin_new_audit, is_being_made, show_new_audit
from pages.parts.audits.page_notice import show_notice

listing = context.library().listing()
listed = [entry for entry in listing if not entry.is_archived]

heading, action = st.columns([5, 1.4], vertical_alignment="center")
heading.title("Audits")
action.button(
    "New audit", type="primary", icon=":material/add:", width="stretch",
    on_click=begin_new_audit, disabled=is_being_made(),
)  # fmt: skip
show_notice()
show_moving()
if is_being_made():
    show_new_audit(listing)
if listed:
    show_cards(listed)
elif not is_being_made():
    st.write("There is no audit yet. A new one takes a folder of labeled images.")
show_comparison(listed)
show_archived([entry for entry in listing if entry.is_archived])
show_demo_offer(listing)
