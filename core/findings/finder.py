"""What all findings share: the entry of a kind, what finders look at, and what they return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import Copies
from core.neighbors import Graph

Codes = NDArray[np.int64]
Rows = NDArray[np.intp]


class Item(Protocol):
    """What finders read of an item."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def class_id(self) -> int | None:
        """Its given class."""

    @property
    def content_hash(self) -> str | None:
        """Hash of its file; None where it has none."""

    @property
    def split(self) -> str | None:
        """The part of the data set that it belongs to, such as train or test."""


class Examined(NamedTuple):
    """What findings look at; rows are items.

    Attributes
    ----------
    graph : Graph
        Of n items.
    groups : int array (n,)
        Equal for copies of one picture; see `copies.copy_groups`.
    contents : int array (n,)
        0 and up, equal for files of the same bytes.
    labels : int array (n,)
        Given class, -1 without.
    splits : int array (n,)
        Part of the data set, such as train or test; -1 without.
    pixels : PixelTable
        What was measured of the pixels.
    copies : Copies
        Pairs of items that show one picture.
    """

    graph: Graph
    groups: NDArray[np.integer]
    contents: Codes
    labels: Codes
    splits: Codes
    pixels: PixelTable
    copies: Copies


class Finding(NamedTuple):
    """Items that are worth a look together, in the order to look at them.

    Attributes
    ----------
    rows : int array (m,)
    scores : float array (m,)
        The larger, the surer.
    exact : bool array (m,) or None
        Whether it has an exact duplicate; None for findings that are not duplicates.
    is_similar : bool array (m,) or None
        Whether only its embedding tells that it is a copy, as no picture can.
    note : str or None
        What was found, where the kind alone does not tell.
    """

    rows: Rows
    scores: NDArray[np.floating]
    exact: NDArray[np.bool_] | None = None
    is_similar: NDArray[np.bool_] | None = None
    note: str | None = None


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding, with its function and its texts.

    Attributes
    ----------
    name : str
        In the database, in addresses and on the command line.
    order : int
        Kinds come in this order, the one that is most surely wrong first.
    flag : str
        Under which ``is:`` finds its items in Browse.
    flag_help : str
        What that flag asks, in a few words.
    title : str
        What its queue is called; ``{splits}`` stands for the two splits.
    meaning : str
        Why it is worth a look, in one sentence.
    one, many : str
        How many images there are, ``{n}``, in a few words.
    find : callable
        Returns findings of `Examined`, the surest first; an item is in one of
        them at most.
    version : int
        Raise it when the same images and labels give other findings, so that
        audits look again.
    """

    name: str
    order: int
    flag: str
    flag_help: str
    title: str
    meaning: str
    one: str
    many: str
    find: Callable[[Examined], list[Finding]]
    version: int = 1

    def titled(self, splits: Sequence[str] = ()) -> str:
        """Return the title, where `splits` are those of the data set."""
        return self.title.format(splits=_named(splits))

    def sentence(self, count: int, splits: Sequence[str] = ()) -> str:
        """Return how many images there are in its findings."""
        text = self.one if count == 1 else self.many
        return text.format(n=f"{count:,}", splits=_named(splits))


def _named(splits: Sequence[str]) -> str:
    """Return two splits by name, train before test; of more, only that they are splits."""
    if len(splits) != 2:
        return "splits"
    return " and ".join(sorted(splits, key=lambda name: (not name.startswith("train"), name)))
