"""What looks wrong about a data set as it was read: sentences, before anything is computed."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from core.ingest.records import Listing
from core.ingest.splits import resembles_split

ALL_IMAGES = frozenset(("image", "images", "img", "imgs", "jpegimages"))
"""Names, in any case, of folders of images of every class."""


def doubts(listing: Listing) -> list[str]:
    """Say why a listing may not be what somebody meant; nothing where it looks right.

    Examples
    --------
    >>> from core.ingest.records import Record
    >>> doubts(Listing([], [Record("val/1.jpg", "val", {}), Record("train/1.jpg", "train", {})]))
    ['The classes train, val are called like splits; the folders in them may be the classes.']
    """
    counts = class_counts(listing)
    sentences = [one.because for one in listing.questions if one.because] + listing.doubts
    if len(counts) == 1:
        sentences.append(
            f"There is one class only, {next(iter(counts))}: no label can be suspect beside it."
        )
    splits = sorted(filter(resembles_split, counts))
    if len(splits) > 1:
        sentences.append(
            f"The classes {', '.join(splits)} are called like splits;"
            " the folders in them may be the classes."
        )
    if len(counts) > 1:
        sentences += [
            f"The class {name} is called like a folder of all images, not like a class of them."
            for name in counts
            if name.strip().casefold() in ALL_IMAGES
        ]
    for alike in _alike(counts):
        sentences.append(
            f"The classes {' and '.join(map(repr, alike))} differ by case, blanks or Unicode form"
            " alone."
        )
    return sentences


def class_counts(listing: Listing) -> dict[str, int]:
    """Return how many records each label has, the most frequent first."""
    counts = Counter(record.label for record in listing.records if record.label is not None)
    return dict(counts.most_common())


def _alike(names: Iterable[str]) -> list[list[str]]:
    forms = defaultdict(list)
    for name in names:
        forms["".join(unicodedata.normalize("NFC", name).casefold().split())].append(name)
    return [sorted(alike) for alike in forms.values() if len(alike) > 1]
