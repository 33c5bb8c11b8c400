"""What people read of findings."""

from __future__ import annotations

from collections.abc import Sequence

KINDS = ("conflicts", "leakage", "duplicates", "outliers")
"""The kinds of finding, the one that is most surely wrong first."""

TITLES = {
    "conflicts": "Copies with different labels",
    "leakage": "Copies across {}",
    "duplicates": "Copies of each other",
    "outliers": "Unlike everything else",
}

MEANINGS = {
    "conflicts": "One picture under several labels, of which hardly all are right.",
    "leakage": "A model would be tested on pictures that it has learned from.",
    "duplicates": "When labels are weighed, they count as one picture.",
    "outliers": "Farther from every other image than their class lets expect.",
}


SENTENCES = {
    "conflicts": "{} images have copies with other labels",
    "leakage": "{} images have copies across {}",
    "duplicates": "{} images are there more than once, or nearly so",
    "outliers": "{} images are unlike everything else",
}


def title(kind: str, splits: Sequence[str] = ()) -> str:
    """Return what people call the findings of a kind, where `splits` are those of the data set."""
    return TITLES[kind].format(_named(splits))


def sentence(kind: str, count: int, splits: Sequence[str] = ()) -> str:
    """Return how many images there are in the findings of a kind, in words."""
    words = SENTENCES[kind].format(f"{count:,}", _named(splits))
    if count == 1:
        words = words.replace("images have", "image has").replace("images are", "image is")
    return words


def _named(splits: Sequence[str]) -> str:
    """Return two splits as they are said, train before test; of more, only that they are."""
    if len(splits) != 2:
        return "splits"
    return " and ".join(sorted(splits, key=lambda name: (not name.startswith("train"), name)))
