"""The entry of a format: how it is recognized, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.audit.source import Source
from core.ingest.records import Listing, SourceError
from core.ingest.unpacker import Unpacker


def read_after_unpacking(source: Source) -> Listing:
    """Refuse to read a source that `core.ingest.unpacking` has not unpacked yet."""
    raise SourceError(f"{source.path} is unpacked before it is read; run `audit`.")


@dataclass(frozen=True)
class Reader:
    """A format that data sets come in.

    Attributes
    ----------
    name : str
        In an audit's settings and on the command line.
    order : int
        Readers are asked in this order; the first that recognizes a data set
        reads it.
    title : str
        What people call it.
    about : str
        How it is recognized, and what is read, in one sentence.
    recognizes : callable
        Of a folder and the options given with it, whether it is this format.
    read : callable
        Returns the records of a `Source`; splits may be left to
        `core.ingest.splits`. Raises a `SourceError` of one sentence.
    of_table : bool or None
        Whether labels come from a table that is given beside the folder; None
        where either will do.
    has_columns : bool
        Whether it reads tables that lie in the folder, so that columns of
        theirs can be named.
    unpack : callable or None
        Where items have no files of their own: hands their files, found at a
        path, to an `Unpacker`. What it has written is then a data set that
        another reader reads; see `core.ingest.unpacking`.
    """

    name: str
    order: int
    title: str
    about: str
    recognizes: Callable[[Path, Mapping[str, str]], bool]
    read: Callable[[Source], Listing]
    of_table: bool | None = False
    has_columns: bool = False
    unpack: Callable[[Path, Unpacker], None] | None = None
