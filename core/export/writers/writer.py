"""The entry of a format: what it is called, what it fits, and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.audit import Audit
from core.export.choices import ExportChoices, ExportError, Fate, FileMode
from core.export.outgoing import Outgoing
from core.export.own_files import label_files
from core.ingest.readers import READERS
from core.ingest.several_labels import ONE_LABEL

OWN = "own"
"""On the command line, the name of whichever writer gives the input back as it came."""


@dataclass(frozen=True)
class Writer:
    """A format for corrected labels.

    Attributes
    ----------
    name : str
        On the command line; of one that gives the input back, ``own-...``.
    order : int
        Formats are offered in this order, those that give the input back first.
    title : str
        In the interface.
    about : str
        What it makes, in one sentence.
    write : callable
        Writes an `Outgoing` to a path: a file that does not exist yet or, where
        it makes a folder, an empty folder. That the result appears whole or not
        at all, the manifest and the changes are not its business.
    suffix : str or None
        Of its file; empty for a folder, None for that of the input's table.
    media_type : str
        Of its file.
    own_of : tuple of str
        Names of the readers whose input it gives back with nothing but the
        labels changed; none where it writes what any audit holds.
    can_hold : tuple of Fate
        ``Fate.ALL`` where an item may have several labels, ``Fate.EMPTY`` where
        it may have none.
    choices : ExportChoices
        At first; nothing that it cannot hold.
    refuses : callable
        Of an audit, a sentence that says why it cannot be written so, or None.
    makes_folder : callable or None
        Of an audit, whether a folder is made, where `suffix` does not say so.
    is_for_spreadsheets : bool
        Whether `ExportChoices.is_spreadsheet_safe` means something to it.
    places_files : bool
        Whether `ExportChoices.files` does.
    replays : bool
        Whether all that it writes follows from the input and the decisions; not
        where it writes the evidence too.
    """

    name: str
    order: int
    title: str
    about: str
    write: Callable[[Outgoing, Path], None]
    suffix: str | None = ""
    media_type: str = "application/octet-stream"
    own_of: tuple[str, ...] = ()
    can_hold: tuple[Fate, ...] = (Fate.ALL, Fate.EMPTY)
    choices: ExportChoices = field(default_factory=ExportChoices)
    refuses: Callable[[Audit], str | None] = lambda audit: None
    makes_folder: Callable[[Audit], bool] | None = None
    is_for_spreadsheets: bool = False
    places_files: bool = False
    replays: bool = True

    def __post_init__(self) -> None:
        self.choices.check(self.title, self.can_hold)

    def why_not(self, audit: Audit) -> str | None:
        """Say in a sentence why an audit cannot be written so; None where it can."""
        read = audit.contents.format
        if self.own_of and not {read, audit.source.format} & {*self.own_of}:
            title = READERS[read].title if read in READERS else read
            return f"The labels of this audit were read as {title}, not as {self.title}."
        if self.own_of and audit.contents.options.get(ONE_LABEL):
            return "One label is audited against the rest, which the input says nowhere."
        return self.refuses(audit)

    def is_folder(self, audit: Audit) -> bool:
        """Tell whether a folder is made."""
        return self.suffix == "" if self.makes_folder is None else self.makes_folder(audit)

    def suffix_of(self, audit: Audit) -> str:
        """Return the suffix of the file that is made; empty for a folder."""
        if self.is_folder(audit):
            return ""
        if self.suffix is not None:
            return self.suffix
        files = label_files(audit)
        return files[0].suffix if files else ""

    def choices_of(self, audit: Audit) -> ExportChoices:
        """Return what was chosen last for this format in an audit."""
        return ExportChoices.of(audit.store, self.name, self.choices)

    def check(self, choices: ExportChoices) -> None:
        """Refuse choices that this format cannot hold."""
        choices.check(self.title, self.can_hold)
        if choices.is_spreadsheet_safe and not self.is_for_spreadsheets:
            raise ExportError(f"{self.title} has no option for spreadsheets; CSV and TSV have.")
        if choices.files != FileMode.LINK and not self.places_files:
            raise ExportError(f"{self.title} holds no files that could be copies; see --formats.")


def written_in_pieces(
    pieces: Callable[[Outgoing], Iterable[bytes]],
) -> Callable[[Outgoing, Path], None]:
    """Return what writes the pieces of a file one after the other."""

    def write(outgoing: Outgoing, path: Path) -> None:
        with path.open("wb") as file:
            file.writelines(pieces(outgoing))

    return write


def offered(writers: Iterable[Writer], audit: Audit) -> Iterator[Writer]:
    """Yield the formats that an audit can be written as, that of its input first."""
    fitting = [writer for writer in writers if writer.why_not(audit) is None]
    yield from sorted(fitting, key=lambda writer: not writer.own_of)
