"""Review: one image at a time, the most suspect first, with one hand on the keyboard."""

import streamlit as st

from core.review.queues.queue import Queue
from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.app.sign_in import require_auditor
from pages.parts.desk.desk_part import desk
from pages.parts.review.queue_choice import choose_queue

audit = context.open_audit()
require_ranking(audit)
auditor = require_auditor(audit)

with st.sidebar:
    queue = choose_queue(audit, Queue.from_params(st.query_params), auditor)
if not context.cards(audit).queue_ids(queue, auditor):
    st.title("Nothing in this queue")
    st.write("No ranked image fits it. Choose another queue at the left.")
    st.stop()
if asked_for := st.query_params.pop("item", None):
    # Asked for once: a reload goes on where the auditor is, not where they came in.
    st.session_state["asked_for"] = (queue, asked_for)
came_for, item = st.session_state.get("asked_for", (None, None))
item = item if came_for == queue else None
if item is not None and audit.store.file_of(item) is None:
    st.warning("This audit does not have the image of this address; the queue begins as usual.")
desk(audit, queue, auditor, item)
