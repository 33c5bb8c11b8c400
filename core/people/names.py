"""Names of auditors."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def known_as(name: str, known: Iterable[str]) -> str:
    """Return the existing auditor name that `name` matches, else `name` with spaces normalized.

    ``ana`` and ``Ana `` are Ana: two spellings of one name must not become two
    auditors, or one auditor would double-review their own verdicts.

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
    return next((other for other in known if _normalized(other) == _normalized(name)), name)


def _normalized(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
