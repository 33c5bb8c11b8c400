"""Agreement: how far people agree who judged the same images blind, and what they dispute."""

import streamlit as st

from core.review.agreement.summary import headline, sentences
from pages.parts.agreement.agreement_sections import (
    measured,
    show_beginning,
    show_classes,
    show_pairs,
)
from pages.parts.agreement.answers import show_answers, show_images
from pages.parts.agreement.double_review import show_share, show_waiting
from pages.parts.app import context

audit = context.open_audit()
context.require_ranking(audit)
report = measured(audit)

if report.whole.items:
    st.title(headline(report.whole))
    st.markdown(context.plain(" ".join(sentences(report.whole))))
    st.caption(
        "Each of two people judged these images not knowing what the other had said."
        " In brackets: 95 % intervals."
    )
else:
    show_beginning(audit, report)

show_waiting(audit, context.auditor())
if report.whole.items:
    if len(report.pairs) > 1:
        show_pairs(report)
    answers, classes = st.columns([3, 2], gap="large")
    with answers:
        chosen = show_answers(audit, report)
    with classes:
        show_classes(report)
    show_images(audit, chosen)
show_share(audit)
