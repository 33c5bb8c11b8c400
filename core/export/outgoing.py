"""What a writer is given: the corrected items, and the input as it lies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from core.audit import Audit, Source
from core.export.choices import ExportChoices, ExportError
from core.export.corrected import AuditDecisions, CorrectedItem, Decisions, chosen
from core.ingest.crops import file_of
from core.ingest.files import path_inside
from core.ingest.readers import read_source
from core.ingest.records import Listing, Record, SourceError

CHANGED = "The data set has changed since it was audited ({what}); run `audit` again, then export."


Seen = Callable[[Iterable[CorrectedItem]], Iterator[CorrectedItem]]


class Edit(NamedTuple):
    """What has to be written in place of a label of the input.

    Attributes
    ----------
    labels : tuple of str
        One, several, or none.
    is_left_out : bool
        Whether the entry itself has to go.
    """

    labels: tuple[str, ...]
    is_left_out: bool = False


class Outgoing:
    """An export while it is written: everything in it is as of one moment.

    Parameters
    ----------
    decisions : Decisions
    choices : ExportChoices
    source : Source or None
        The data set as its files lie, what is packed being unpacked; None where
        only its labels are known.
    listing : Listing or None
        Of the source, where it was read already.
    """

    def __init__(
        self,
        decisions: Decisions,
        choices: ExportChoices,
        source: Source | None = None,
        listing: Listing | None = None,
    ) -> None:
        self.decisions = decisions
        self.choices = choices
        self._source = source
        self._listing = listing

    @classmethod
    @contextmanager
    def of(cls, audit: Audit, choices: ExportChoices | None = None) -> Iterator[Outgoing]:
        """Open an audit to be exported; what is decided meanwhile is not in it."""
        with audit.store.snapshot() as snapshot:
            yield cls(AuditDecisions(snapshot), choices or ExportChoices(), audit.contents)

    @property
    def source(self) -> Source:
        """The data set as its files lie."""
        if self._source is None:
            raise ExportError("Only the labels of this data set are known, not where it lies.")
        return self._source

    @property
    def columns(self) -> list[str]:
        """The columns of the input, those of an earlier export of ours left out."""
        return self.decisions.columns

    @cached_property
    def classes(self) -> list[str]:
        """The names of all classes that an item may leave with, sorted."""
        names = self.decisions.spellings
        known = names.values() if self.choices.input_names else names
        return sorted({*known, *self.choices.added_classes})

    def all_items(self, seen: Seen | None = None) -> Iterator[CorrectedItem]:
        """Yield every item in the input's order, those that are left out too.

        Parameters
        ----------
        seen : callable or None
            Given the items as they were decided, before any choice; it passes them on.
        """
        decided = self.decisions.decided()
        return chosen(
            decided if seen is None else seen(decided), self.choices, self.decisions.spellings
        )

    def items(self) -> Iterator[CorrectedItem]:
        """Yield every item that is not left out, in the input's order."""
        return (item for item in self.all_items() if not item.is_left_out)

    def file(self, item: CorrectedItem) -> Path:
        """Return where the file of an item lies.

        Raises
        ------
        UnreadableImage
            When it is missing, or lies outside of the data set.
        """
        return path_inside(self.source.path, file_of(item._asdict()), self.source.roots)

    @cached_property
    def listing(self) -> Listing:
        """The source, listed anew by its reader; it is held in memory."""
        if self._listing is not None:
            return self._listing
        try:
            return read_source(self.source)
        except SourceError as error:
            raise ExportError(f"The data set cannot be read any more: {error}") from None

    def listed(self) -> Iterator[tuple[Record, CorrectedItem]]:
        """Yield each record of the source with its item, those that are left out too.

        Raises
        ------
        ExportError
            When the source is not what the audit holds.
        """
        records = self.listing.records
        for number, (record, item) in enumerate(zip_longest(records, self.all_items()), start=1):
            if record is None or item is None:
                more = "fewer" if record is None else "more"
                raise ExportError(CHANGED.format(what=f"it lists {more} items"))
            is_same = (record.path, record.split) == (item.path, item.split)
            if not is_same or record.fields != item.fields:
                raise ExportError(CHANGED.format(what=f"first at item {number:,}, {record.path}"))
            yield record, item

    def edits(self) -> dict[Path, dict[int, Edit]]:
        """Return by file and place what has to be written where the input says something else.

        Every file that says a label is in it. This is all that a writer needs that
        gives the input back: whatever has no edit stays as it is, byte for byte.

        Raises
        ------
        ExportError
            When the source is not what the audit holds.
        """
        found: dict[Path, dict[int, Edit]] = defaultdict(dict)
        for record, item in self.listed():
            origin = record.origin
            if origin is None:
                continue
            of_file = found[origin.file]
            labels = () if record.label is None else (record.label,)
            if item.is_left_out or item.labels != labels:
                for place in origin.places:
                    of_file[place] = Edit(item.labels, item.is_left_out)
        return dict(found)
