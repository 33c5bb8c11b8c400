"""Agreement: double review, how far auditors agree, and which disagreements are unresolved."""

import streamlit as st

from core.review.agreement.summary import headline, sentences
from pages.parts.agreement.agreement_sections import (
    measured,
    show_beginning,
    show_classes,
    show_pairs,
)
from pages.parts.agreement.double_review import show_rate, show_waiting
from pages.parts.agreement.pair_confusion import show_confusion, show_images
from pages.parts.app import context
from pages.parts.app.job import require_ranking

audit = context.open_audit()
require_ranking(audit)
report = measured(audit)

if report.whole.items:
    st.title(headline(report.whole))
    st.markdown(context.plain(" ".join(sentences(report.whole))))
    st.caption(
        "Two auditors judged each of these images without seeing each other's verdict."
        " In parentheses: 95 % intervals."
    )
else:
    show_beginning(audit, report)

show_waiting(audit, context.auditor())
if report.whole.items:
    if len(report.pairs) > 1:
        show_pairs(report)
    confusion, classes = st.columns([3, 2], gap="large")
    with confusion:
        chosen = show_confusion(audit, report)
    with classes:
        show_classes(report)
    show_images(audit, chosen)
show_rate(audit)
