"""What a writer is given: the corrected items, and the input as it lies."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple, Protocol

from core.audit import Audit, Source
from core.export.choices import ExportChoices, ExportError
from core.export.corrected import AuditDecisions, CorrectedItem, Decisions, chosen
from core.ingest.crops import file_of
from core.ingest.files import path_inside
from core.ingest.readers import read_source
from core.ingest.records import Listing, Record, SourceError
from core.ingest.several_labels import labels_of

CHANGED = "The data set has changed since it was audited ({what}); run `audit` again, then export."


class Watch(Protocol):
    """Sees a pass over all items go by, so that it need not go over them itself."""

    def decided(self, items: Iterable[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Pass items on as they were decided, before any choice."""

    def passing(self, items: Iterable[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Pass them on with the labels that they leave with."""


Update = Callable[[int], None]
"""Told how many items have gone out."""
UPDATE_EVERY = 1000


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
    original : Source or None
        The data set as it came, packed or not; None where that is `source`.
    listing : Listing or None
        Of the source, where it was read already.
    update : callable or None
        Told how far the first pass over the items is.
    lay_in : Path or None
        The folder that the files lay in when this was exported first; None for where they lie.
    """

    def __init__(
        self,
        decisions: Decisions,
        choices: ExportChoices,
        source: Source | None = None,
        original: Source | None = None,
        listing: Listing | None = None,
        update: Update | None = None,
        lay_in: Path | None = None,
    ) -> None:
        self.decisions = decisions
        self.choices = choices
        self._source, self._original = source, original
        self._watch: Watch | None = None
        self._listing = listing
        self._update = update
        self.lay_in = lay_in

    @classmethod
    @contextmanager
    def of(
        cls, audit: Audit, choices: ExportChoices | None = None, update: Update | None = None
    ) -> Iterator[Outgoing]:
        """Open an audit to be exported; what is decided meanwhile is not in it."""
        with audit.store.snapshot() as snapshot:
            decisions = AuditDecisions(snapshot)
            contents, source = audit.contents, audit.source
            yield cls(decisions, choices or ExportChoices(), contents, source, update=update)

    @property
    def source(self) -> Source:
        """The data set as its files lie."""
        if self._source is None:
            raise ExportError("Only the labels of this data set are known, not where it lies.")
        return self._source

    @property
    def original(self) -> Source:
        """The data set as it came, an archive maybe."""
        return self.source if self._original is None else self._original

    @property
    def renamed(self) -> dict[str, str]:
        """What classes are called that were renamed, by the input's spelling of them.

        Those that were merged into others are not among them; none is, where the
        input's names were chosen.
        """
        if self.choices.input_names:
            return {}
        names = self.decisions.spellings.items()
        return {spelled: called for called, spelled in names if called != spelled}

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

    def all_items(self) -> Iterator[CorrectedItem]:
        """Yield every item in the input's order, those that are left out too."""
        decided, watch, self._watch = self._counted(self.decisions.decided()), self._watch, None
        spellings = self.decisions.spellings
        if watch is None:
            return chosen(decided, self.choices, spellings)
        return watch.passing(chosen(watch.decided(decided), self.choices, spellings))

    def watched_by(self, watch: Watch) -> None:
        """Let `watch` see the next pass over all items."""
        self._watch = watch

    def _counted(self, items: Iterator[CorrectedItem]) -> Iterator[CorrectedItem]:
        """Tell how far the first pass is, which is that of the writer."""
        update, self._update = self._update, None
        if update is None:
            return items

        def counted() -> Iterator[CorrectedItem]:
            for number, item in enumerate(items, start=1):
                if number % UPDATE_EVERY == 0:
                    update(number)
                yield item

        return counted()

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
            with _collection_paused():
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
            edit, origin = edit_of(record, item), record.origin
            if origin is not None:
                for file, place in origin.places:
                    of_file = found[file]
                    if edit is not None:
                        of_file[place] = edit
            elif edit is not None:
                raise ExportError(
                    f"The input has no place for the label of {record.path}; choose another format."
                )
        return dict(found)


@contextmanager
def _collection_paused() -> Iterator[None]:
    """Collect no garbage: a million records hold none, and are looked through each time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def edit_of(record: Record, item: CorrectedItem) -> Edit | None:
    """Return what has to be written of an item; None where the input says just that."""
    if item.is_left_out:
        return Edit((), is_left_out=True)
    # What the input gives several labels is unlabeled here: until it is decided, it keeps them.
    if item.keeps_given and item.given is None:
        return None
    return None if item.labels == labels_of(record) else Edit(item.labels)
