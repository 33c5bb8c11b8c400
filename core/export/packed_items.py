"""What has to be written in place of labels that lie in shards, arrays or Parquet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from core.export.choices import OPEN, ExportChoices, ExportError, Fate
from core.export.outgoing import CHANGED, Edit, Outgoing, edit_of
from core.ingest.unpacking import is_unpacked, unpacked_root
from core.text import shortened

KEEPS_GIVEN = ExportChoices(dict.fromkeys(OPEN, Fate.GIVEN))
"""Of formats in which every image has one label."""


def unpacked_folder(outgoing: Outgoing) -> Path:
    """Return the folder that the data set was unpacked into.

    Raises
    ------
    ExportError
        When what it was unpacked of is not what it was any more.
    """
    folder = unpacked_root(outgoing.source.path)
    if folder is None or not is_unpacked(outgoing.original, folder):
        raise ExportError(CHANGED.format(what=f"{outgoing.original.path.name} is another"))
    return folder


def packed_edits(outgoing: Outgoing) -> dict[str, dict[str, Edit]]:
    """Return what has to be written, by the folder that items were unpacked into and their key.

    The key is the name of the unpacked file up to its first dot: of an array or a
    table ``00017``, of a shard that of the sample.
    """
    unpacked_folder(outgoing)
    found: dict[str, dict[str, Edit]] = defaultdict(dict)
    for record, item in outgoing.listed():
        if (edit := edit_of(record, item)) is not None:
            folder, key = unpacked_key(record.path)
            found[folder][key] = edit
    return found


def unpacked_key(path: str) -> tuple[str, str]:
    """Return the folder of an unpacked file, and its name up to the first dot.

    Examples
    --------
    >>> unpacked_key("train-00/a/0001.seg.png")
    ('train-00', 'a/0001')
    """
    folder, _, rest = path.partition("/")
    name = PurePosixPath(rest)
    return folder, str(name.with_name(name.name.partition(".")[0]))


def numbered(edits: Mapping[str, Edit], title: str) -> dict[int, str]:
    """Return the labels by index, of a format in which every item has just one."""
    found = {}
    for key, edit in edits.items():
        if edit.is_left_out or len(edit.labels) != 1:
            what = "leave out an image" if edit.is_left_out else "hold several labels or none"
            raise ExportError(f"{title} cannot {what}; let such images keep the given label.")
        found[int(key)] = edit.labels[0]
    return found


class ClassNumbers:
    """Numbers of classes by name, where the input has a list of names.

    Parameters
    ----------
    names : list of str
        The input's; a class that was renamed keeps its number, a new one is added.
    renamed : mapping of str to str
        See `Outgoing.renamed`.

    Attributes
    ----------
    names : list of str
        The list as it is to be written.
    """

    def __init__(self, names: list[str], renamed: Mapping[str, str]) -> None:
        known = {*names}
        # A name that is there already, as another class had it, is not given twice.
        called = {old: new for old, new in renamed.items() if new not in known}
        self.names = [called.get(name, name) for name in names]
        self._numbers = {name: number for number, name in reversed([*enumerate(self.names)])}

    def of(self, label: str) -> int:
        """Return the number of a class."""
        if label not in self._numbers:
            self._numbers[label] = len(self.names)
            self.names.append(label)
        return self._numbers[label]


def whole_number(label: str, title: str, low: int, high: int) -> int:
    """Return a label that is a number, where the input numbers its classes."""
    is_number = label.removeprefix("-").isdecimal() and str(int(label)) == label
    if is_number and low <= int(label) <= high:
        return int(label)
    raise ExportError(
        f"{title} numbers its classes, and {shortened(label, 60)!r} is no number from {low:,} to"
        f" {high:,}; rename the class, or export as another format."
    )
