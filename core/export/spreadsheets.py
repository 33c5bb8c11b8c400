"""Tables that are opened in a spreadsheet: what it would take for a formula stays a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.export.choices import ExportChoices

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet computes, or takes apart."""


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before one.

    Examples
    --------
    >>> safe("=1+1"), safe("cat")
    ("'=1+1", 'cat')
    """
    return f"'{text}" if text.startswith(FORMULAS) else text


def safe_rows(rows: Iterable[Sequence[str]], choices: ExportChoices) -> Iterator[Sequence[str]]:
    """Yield rows as they are, or, where that was chosen, without formulas."""
    if not choices.is_spreadsheet_safe:
        yield from rows
        return
    for row in rows:
        yield [safe(cell) for cell in row]
