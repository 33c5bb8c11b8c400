"""The report: one HTML file of what was audited and what was found, to mail and to print.

It needs nothing beside itself: no script, no address of another place, pictures and
charts inside. Its sections are modules of `core.export.report.sections`; what they
are made of is in `markup` (elements, escaped), `drawing` (charts) and `pictures`.
"""

from __future__ import annotations

from core.export.report.document import report_content, write_report

__all__ = ["report_content", "write_report"]
