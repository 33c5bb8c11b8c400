"""Texts that every room needs: numbers before a noun."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with the noun that it counts, in the singular for 1 alone.

    Parameters
    ----------
    count : int
    noun : str
        In the singular.
    plural : str
        Where it is not the noun with an s.

    Examples
    --------
    >>> counted(1, "image")
    '1 image'
    >>> counted(1234, "image")
    '1,234 images'
    >>> counted(2, "class", "classes")
    '2 classes'
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
