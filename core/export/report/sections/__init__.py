"""The sections of the report.

To add a section, add a module here that ends with a `Section` called ``SECTION``: a
name, a title, its place among the others, a function that reads facts of a `Subject`,
and one that writes them down with the elements of `core.export.report.markup`. Nothing
lists it. A section whose facts are None is not in the report, and neither is a word of it.

That is also how an estimate of the errors that remain comes into the report: a module
with an order between those of `result` and `audited`, whose facts are None while an
audit has no estimate, and whose ``figures`` (the estimate, and in the note its interval)
stand at the head of the report beside those of `result`.

Facts are bounded in size however large the audit is: the first of a list, and how
many there are in all. A computation that a page of the dashboard shows as well is
done once, in the store or in `core.charts`, and read from there.
"""

from __future__ import annotations

from core.export.report.section import Section
from core.registry import entries

SECTIONS: dict[str, Section] = entries(__name__, Section)
"""Every section by name, in the order of the report."""
