"""The words that all rooms share. Imports nothing of this project."""

from __future__ import annotations

EARLIER_SPELLINGS = {
    "n_labelled": "n_labeled",
    "neighbours": "neighbors",
    "unlabelled": "unlabeled",
}
"""Names as version 0.1 wrote them into files and took them on the command line and in queries."""


def current_name(name: str) -> str:
    """Return a name in today's spelling.

    Examples
    --------
    >>> current_name("neighbours")
    'neighbors'
    """
    return EARLIER_SPELLINGS.get(name, name)
