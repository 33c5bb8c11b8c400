"""What becomes of the items that are not simply of one class: chosen, checked, remembered.

A person chooses for each verdict that leaves something open, and for what nobody
has reviewed: the given label, no label, all that fit, a class of a name, or that
the item is left out. Every format begins with what it can hold, and an audit
remembers what was chosen for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.audit import AuditError
from core.store import Store
from core.terms import VERDICTS, Verdict

SETTING = "export_choices"
"""Of the audit: what was chosen, by the name of the format."""


class ExportError(AuditError):
    """An export that cannot be made; the message is one clear sentence."""


class Fate(StrEnum):
    """What becomes of an item."""

    GIVEN = "given"
    """It keeps the given label."""
    ALL = "all"
    """It has all the labels that fit."""
    EMPTY = "empty"
    """It has no label."""
    LEAVE_OUT = "leave-out"
    """It is left out."""


FATES = {
    Fate.GIVEN: "keep the given label",
    Fate.ALL: "write all labels",
    Fate.EMPTY: "write no label",
    Fate.LEAVE_OUT: "leave out",
}
"""For people."""


class FileMode(StrEnum):
    """How the files of the data set come into a folder that is written."""

    LINK = "link"
    """As hard links where the system allows, which share their bytes; else as copies."""
    COPY = "copy"
    """As copies."""


FILE_MODES = {
    FileMode.LINK: "hard links to those of the data set",
    FileMode.COPY: "copies",
}
"""For people."""

CLASS = "class:"
"""Before the name of a class that such items get: ``class:unclear``."""

UNREVIEWED = "unreviewed"
"""In place of a verdict: nobody has decided."""

LONGEST_CLASS = 200


def _is_open(verdict: Verdict) -> bool:
    """Tell whether a verdict leaves anything else than one class that somebody is sure of."""
    term = VERDICTS[verdict]
    return not term.is_sure or term.leaves == "nothing" or (term.classes[1] is None and (
        term.leaves == "classes"
    ))  # fmt: skip


OPEN: tuple[str, ...] = (*(str(one) for one in VERDICTS if _is_open(one)), UNREVIEWED)
"""What can be chosen for: the verdicts that leave something open, and what nobody has reviewed."""


def _as_decided(verdict: str) -> str:
    """Return the fate by which nothing is changed of what was decided."""
    if verdict == UNREVIEWED:
        return Fate.GIVEN
    return {"classes": Fate.ALL, "given": Fate.GIVEN, "nothing": Fate.EMPTY}[
        VERDICTS[Verdict(verdict)].leaves
    ]


def option_name(verdict: str) -> str:
    """Return the name of a verdict as an option has it.

    Examples
    --------
    >>> option_name("bad image")
    'bad-image'
    """
    return verdict.replace(" ", "-")


def fates_of(verdict: str) -> list[str]:
    """Return what may become of items with a verdict, a class of a name apart."""
    several = verdict != UNREVIEWED and VERDICTS[Verdict(verdict)].leaves == "classes"
    return [str(one) for one in Fate if one != Fate.ALL or several]


@dataclass(frozen=True)
class ExportChoices:
    """What was chosen for an export.

    Attributes
    ----------
    fates : dict of str to str
        By each of `OPEN`, a `Fate` or ``class:`` and a name; those left out are
        as they were decided: all labels that fit, the given one, or none.
    input_names : bool
        Whether classes are called as the input spells them, though they were
        renamed since; a class that was merged into another is called as that one.
    is_spreadsheet_safe : bool
        Whether what a spreadsheet would take for a formula is written as a text.
    files : str
        A `FileMode`.

    Raises
    ------
    ExportError
        When there is no such verdict, or nothing of it can become this.
    """

    fates: Mapping[str, str] = field(default_factory=dict)
    input_names: bool = False
    is_spreadsheet_safe: bool = False
    files: str = FileMode.LINK

    def __post_init__(self) -> None:
        if self.files not in [*FileMode]:
            raise ExportError(f"Files are made by {' or '.join(FileMode)}, not by {self.files!r}.")
        for verdict, fate in self.fates.items():
            if verdict not in OPEN:
                raise ExportError(
                    f"Nothing is left open by {verdict!r}; choose for {', '.join(OPEN)}."
                )
            _check_fate(verdict, fate)
        object.__setattr__(self, "fates", {one: self.fate(one) for one in OPEN})

    @classmethod
    def of(cls, store: Store, format: str, default: ExportChoices) -> ExportChoices:
        """Return what was chosen last for a format, at first its `default`."""
        found = (store.setting(SETTING) or {}).get(format)
        if found is None:
            return default
        fates = {verdict: fate for verdict, fate in found["fates"].items() if verdict in OPEN}
        return replace(default, **{**found, "fates": {**default.fates, **fates}})

    def remember(self, store: Store, format: str) -> None:
        """Let `of` return this for a format."""
        known = store.setting(SETTING) or {}
        if known.get(format) != self.to_setting():
            store.set_settings({SETTING: {**known, format: self.to_setting()}})

    def to_setting(self) -> dict[str, Any]:
        """Return a value that JSON can hold."""
        return {
            "fates": dict(self.fates),
            "input_names": self.input_names,
            "is_spreadsheet_safe": self.is_spreadsheet_safe,
            "files": str(self.files),
        }

    def fate(self, verdict: str) -> str:
        """Return what becomes of items with a verdict of `OPEN`."""
        return str(self.fates.get(verdict) or _as_decided(verdict))

    def with_fates(self, fates: Mapping[str, str | None]) -> ExportChoices:
        """Return this with other fates; those that are None stay."""
        chosen = {verdict: fate for verdict, fate in fates.items() if fate is not None}
        return replace(self, fates={**self.fates, **chosen})

    @property
    def added_classes(self) -> list[str]:
        """The names of the classes that items get by a choice."""
        named = (name for name in map(class_of, self.fates.values()) if name is not None)
        return list(dict.fromkeys(named))

    def check(self, title: str, can_hold: Iterable[str]) -> None:
        """Refuse what a format cannot hold.

        Parameters
        ----------
        title : str
            Of the format.
        can_hold : iterable of Fate
            Of several labels, and of none; the others every format can.
        """
        cannot = {Fate.ALL, Fate.EMPTY} - {*can_hold}
        for verdict, fate in self.fates.items():
            if fate in cannot:
                what = "several labels" if fate == Fate.ALL else "an item without a label"
                raise ExportError(
                    f"{title} cannot hold {what}; choose --{option_name(verdict)}"
                    f" {Fate.GIVEN}, {Fate.LEAVE_OUT} or {CLASS}NAME."
                )


def class_of(fate: str) -> str | None:
    """Return the name of the class that a fate gives; None where it gives none.

    Examples
    --------
    >>> class_of("class:unclear"), class_of("empty")
    ('unclear', None)
    """
    return fate.removeprefix(CLASS) if fate.startswith(CLASS) else None


def _check_fate(verdict: str, fate: str) -> None:
    name = class_of(fate)
    if name is None and fate not in fates_of(verdict):
        known = ", ".join(fates_of(verdict))
        raise ExportError(
            f"Items that are {verdict!r} cannot become {fate!r}; choose {known} or {CLASS}NAME."
        )
    if name is not None and (not name.strip() or name != name.strip()):
        raise ExportError(f"Give {CLASS} the name of a class, such as {CLASS}unclear.")
    if name is not None and len(name) > LONGEST_CLASS:
        raise ExportError(f"The name of a class has {LONGEST_CLASS} characters at most.")
