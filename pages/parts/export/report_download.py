"""The report of the export page: one file to mail and to print."""

from __future__ import annotations

import streamlit as st

from core.audit import Audit
from core.export.report import report_content
from pages.parts.export.blind_export import reveal_waiting


def show_report(audit: Audit, auditor: str | None) -> None:
    """Offer the report; it is made when somebody asks for it, beside the page."""
    st.download_button(
        "Download report (HTML)",
        data=lambda: _report_for(auditor, audit),
        file_name=f"{audit.name}-report.html",
        mime="text/html",
        on_click="ignore",
    )
    st.caption(
        "What was audited, what was found and what was not reviewed, with pictures before and"
        " after: one file that opens without a network and prints on A4."
    )


def _report_for(auditor: str | None, audit: Audit) -> bytes:
    reveal_waiting(auditor, audit.store)
    return report_content(audit, auditor or "")
