"""What a review came to, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from core.terms import VERDICTS
from core.text import counted


def review_summary(reviewed: int, counts: Mapping[str, int], figure: str = "{:,}") -> str:
    """Return how many items were reviewed, and how many got which verdict.

    Parameters
    ----------
    reviewed : int
    counts : mapping of str to int
        Items by verdict.
    figure : str
        The format of a number: ``**{:,}**`` where it stands in Markdown.

    Examples
    --------
    >>> review_summary(3, {"relabel": 1, "keep": 2})
    '3 images reviewed: 2 kept, 1 relabeled.'
    """
    parts = [
        f"{figure.format(counts[verdict])} {term.summary}"
        for verdict, term in VERDICTS.items()
        if counts.get(verdict)
    ]
    return f"{counted(reviewed, 'image')} reviewed: {', '.join(parts)}."
