"""The entry of a format: what it is called, and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.arrays.atomic import atomic_write
from core.export.unblinding import check_unblinded
from core.store import Store


@dataclass(frozen=True)
class Writer:
    """A format for corrected labels.

    Attributes
    ----------
    name : str
        On the command line.
    order : int
        Formats are offered in this order.
    title : str
        In the interface.
    suffix, media_type : str
        Of its files.
    pieces : callable
        Of a store, the pieces of the file in their order.
    """

    name: str
    order: int
    title: str
    suffix: str
    media_type: str
    pieces: Callable[[Store], Iterator[bytes]]

    def content(self, store: Store, auditor: str | None = None) -> bytes:
        """Return the file's content, for an auditor or (None) the owner of the data.

        Raises
        ------
        StillBlind
            When the auditor has blind second reviews to do.
        """
        check_unblinded(store, auditor)
        return b"".join(self.pieces(store))

    def write(self, store: Store, path: Path) -> int:
        """Write the corrected labels to `path`, whole or not at all.

        Returns
        -------
        int
            The number of rows.
        """
        with atomic_write(path) as partial, partial.open("wb") as file:
            file.writelines(self.pieces(store))
        return store.counts()["items"]
