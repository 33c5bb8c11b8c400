"""What every reader returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

from core.ingest.crops import Region, file_path
from core.text import sentence, shortened

Labels = str | tuple[str, ...] | None
"""The label of an image; several where it has them, and none where it is said that none fits."""


def as_labels(labels: Iterable[str]) -> str | tuple[str, ...]:
    """Return the one label that there is, else all that are different.

    Examples
    --------
    >>> as_labels(["cat", "cat"]), as_labels(["cat", "dog"]), as_labels([])
    ('cat', ('cat', 'dog'), ())
    """
    different = tuple(dict.fromkeys(labels))
    return different[0] if len(different) == 1 else different


class SourceError(ValueError):
    """A data set that cannot be understood; the message is one clear sentence.

    What is in the data set may be in the message; one that would be too long is
    cut in its middle, see `core.text.sentence`.
    """

    def __init__(self, message: str) -> None:
        super().__init__(sentence(message))


@dataclass(frozen=True)
class Question:
    """What is asked of a data set before it is audited.

    Attributes
    ----------
    name : str
        The option of the source that answers it.
    option : str
        That of the command line.
    text : str
        The question.
    proposed : str
        The answer that is taken where nothing else is said; empty for none.
    answers : list of str
        Those that are likely; `proposed` among them.
    needed : bool
        Whether an audit waits for the answer.
    because : str
        What speaks for the proposal, and what it leads to; one sentence.
    shown : dict of str to str
        Answers that are shown by other words than themselves.
    """

    name: str
    option: str
    text: str
    proposed: str
    answers: list[str]
    needed: bool = False
    because: str = ""
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def how(self) -> str:
        """How to answer on the command line, in one sentence."""
        likely = [one for one in dict.fromkeys([self.proposed, *self.answers]) if one]
        ways = [f"{self.option} {quote(shortened(one, 40))}" for one in likely[:2]]
        return f"Answer with {' or '.join(ways) or self.option}."


class UnansweredQuestion(SourceError):
    """A data set that may be read in two ways, of which somebody has to choose one.

    Attributes
    ----------
    questions : list of Question
        Which have answers that let it be read.
    """

    def __init__(self, message: str, questions: Iterable[Question] = ()) -> None:
        super().__init__(message)
        self.questions = list(questions)


class Origin(NamedTuple):
    """Where the input says what a record's label is, so that a writer finds it again.

    Known while a data set is read and never stored: readers are deterministic,
    so that an export lists the source anew.

    Attributes
    ----------
    file : Path
        That says it.
    place : int
        In that file, counted as the reader counts: a line, a row, a task, an
        object, the id of an annotation.
    repeats : tuple of int
        Further places that say the same of the same item; what is written to
        one is written to all.
    elsewhere : tuple of Origin
        Where other files say the same.
    """

    file: Path
    place: int
    repeats: tuple[int, ...] = ()
    elsewhere: tuple[Origin, ...] = ()

    @property
    def places(self) -> Iterator[tuple[Path, int]]:
        """Every place, with its file."""
        for one in (self, *self.elsewhere):
            for place in (one.place, *one.repeats):
                yield one.file, place

    def repeated(self, other: Origin | None) -> Origin:
        """Return this with the place of another record of the same item."""
        if other is None:
            return self
        if other.file != self.file:
            return self._replace(elsewhere=(*self.elsewhere, other))
        return self._replace(repeats=(*self.repeats, other.place))


@dataclass(frozen=True, slots=True)
class Record:
    """One image as the input lists it.

    Attributes
    ----------
    path : str
        Relative to the source folder, with forward slashes; of a crop, see
        `core.ingest.crops`.
    label : str or None
        The given label, None for an unlabeled image.
    fields : dict of str to str
        The input's row, by column, exactly as it was read.
    split : str or None
        The part of the data set that it belongs to, as `normalized_split`
        writes it; None where nothing says so.
    region : tuple of int or None
        Left, top, width and height in pixels as stored, where the item is a
        crop of the file; None for the whole of it.
    labels : tuple of str or None
        All labels, where the input gives several, or none of its classes; then
        `label` is None, and `core.ingest.several_labels` decides what it will be.
    origin : Origin or None
        Where the label stands; None where that is no place of a file, such as
        the name of a folder.
    """

    path: str
    label: str | None
    fields: dict[str, str]
    split: str | None = None
    region: Region | None = None
    labels: tuple[str, ...] | None = None
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def with_labels(self, labels: Labels) -> Record:
        """Return the same image with another label, or several."""
        if isinstance(labels, tuple):
            return replace(self, label=None, labels=labels)
        return replace(self, label=labels, labels=None)

    @property
    def file(self) -> str:
        """The path of the file that it lies in."""
        return file_path(self.path, self.region)


@dataclass(frozen=True)
class Listing:
    """All records of a data set in the input's order.

    Attributes
    ----------
    columns : list of str
        The input's, those that an earlier export of ours has added left out.
    records : list of Record
    earlier : list of str
        The columns by which the input, an export of ours, says what was
        decided in the round before; see `core.ingest.own_export`.
    notes : list of str
        What a person should know of how it was read; sentences.
    classes : list of str
        Names of classes that exist though they may label no record.
    doubts : list of str
        What may have been meant otherwise, and what comes of it; sentences.
    questions : list of Question
        What may have been meant otherwise, and which option says so; the
        answers proposed were taken.
    tables : dict of Path to ReadTable
        How the tables were understood that say the labels; see
        `core.ingest.table_columns`. For writers, never stored.
    """

    columns: list[str]
    records: list[Record]
    earlier: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    tables: dict[Path, Any] = field(default_factory=dict, compare=False, repr=False)
