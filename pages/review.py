"""Review: one image at a time, the most suspect first, with one hand on the keyboard."""

import streamlit as st

from core.review.queues import Queue
from pages.parts import context
from pages.parts.desk import desk
from pages.parts.queue_choice import choose_queue
from pages.parts.sign_in import ask_for_name

audit = context.open_audit()
context.require_ranking(audit)

auditor = context.auditor()
if auditor is None:
    ask_for_name(audit)
    st.stop()

with st.sidebar:
    queue = choose_queue(audit, Queue.from_params(st.query_params))
if not context.cards(audit).queue_ids(queue, auditor):
    st.title("Nothing in this queue")
    st.write("No ranked image fits it. Choose another queue at the left.")
    st.stop()
if asked_for := st.query_params.pop("item", None):
    # Asked for once: a reload goes on where the auditor is, not where they came in.
    st.session_state["asked_for"] = (queue, asked_for)
came_for, item = st.session_state.get("asked_for", (None, None))
desk(audit, queue, auditor, item if came_for == queue else None)
