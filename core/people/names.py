"""The names of the people who review."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def known_as(name: str, known: Iterable[str]) -> str:
    """Return the name under which somebody is known already, else `name` with tidy spaces.

    ``ana`` and ``Ana `` are Ana: two spellings of one name must not become two
    people, of whom one then checks the other's work.

    Parameters
    ----------
    name : str
    known : iterable of str
        Names of auditors; an exact match comes first, then the earliest.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    known = list(known)
    if name in known:
        return name
    return next((other for other in known if _alike(other) == _alike(name)), name)


def _alike(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
