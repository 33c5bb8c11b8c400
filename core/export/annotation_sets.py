"""The annotation files of the input, for the writers that give them back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from core.export.choices import ExportChoices, ExportError, Fate
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import OWN_CHOICES, place_of
from core.terms import VERDICTS
from core.text import shortened

ONE_CLASS = ExportChoices(
    {
        **OWN_CHOICES.fates,
        **{verdict: Fate.LEAVE_OUT for verdict, term in VERDICTS.items()
           if term.leaves == "nothing"},
    }
)  # fmt: skip
"""Of a format in which each annotation has one class: what fits none is left out of it."""

Patch = Callable[[Path, dict[int, Edit]], Iterable[bytes]]


def write_set(outgoing: Outgoing, path: Path, files: Iterable[Path], patch: Patch) -> None:
    """Write annotation files, those with edits patched and the others byte for byte.

    Parameters
    ----------
    outgoing : Outgoing
    path : Path
        A file, or a folder below which they will lie as in the input.
    files : iterable of Path
        Those that belong to the annotations though they may say no label.
    patch : callable
        Of a file and its edits, of which there are some, its new content.
    """
    edits = outgoing.edits()
    for file in dict.fromkeys([*edits, *files]):
        target = place_of(outgoing, path, file)
        if edits.get(file):
            with target.open("wb") as written:
                written.writelines(patch(file, edits[file]))
        else:
            shutil.copyfile(file, target)


def matched(current: Iterable[str], labels: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return what takes the place of each label that an item has, and the labels beyond these.

    One that stays takes its own; one that is in the result for none has to go.

    Examples
    --------
    >>> matched(["cat", "dog"], ["dog"])
    ({'dog': 'dog'}, [])
    >>> matched(["cat"], ["dog", "emu"])
    ({'cat': 'dog'}, ['emu'])
    """
    present = list(dict.fromkeys(current))
    new = [label for label in labels if label not in present]
    found: dict[str, str] = {}
    for one in present:
        if one in labels:
            found[one] = one
        elif new:
            found[one] = new.pop(0)
    return found, new


def one_label(edit: Edit, file: Path) -> str:
    """Return the label that an annotation of one class gets; empty for none.

    Raises
    ------
    ExportError
        When it has several.
    """
    if len(edit.labels) > 1:
        raise ExportError(
            f"An annotation of {shortened(file.name, 60)} would have {len(edit.labels)} labels and"
            " can have one; choose what becomes of such items."
        )
    return edit.labels[0] if edit.labels else ""


def files_below(folder: Path, names: Iterable[str], endings: Sequence[str]) -> Iterator[Path]:
    """Yield the files of a folder, given by their relative names, that end so."""
    for name in sorted(names):
        if name.lower().endswith(tuple(endings)):
            yield folder / name
