"""What has to be written in place of labels that lie in shards, arrays or Parquet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath

from core.export.choices import OPEN, ExportChoices, ExportError, Fate
from core.export.filing import one_label
from core.export.outgoing import Outgoing
from core.text import shortened

KEEPS_GIVEN = ExportChoices(dict.fromkeys(OPEN, Fate.GIVEN))
"""Of formats in which every image has one label."""

LEFT_OUT = object()
"""In place of a label: the item is left out."""

Changes = Mapping[str, object]
"""The new label by item: its index or key; None for no label."""


def changed_labels(outgoing: Outgoing, title: str) -> dict[str, dict[str, object]]:
    """Return the labels that change, by the folder that items were unpacked into and their key.

    The key is the name of the unpacked file without its ending: of an array or a
    table ``00017``, of a shard that of the sample.
    """
    outgoing.packed  # noqa: B018  # that it is what was unpacked
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for record, item in outgoing.listed():
        folder, key = unpacked_key(record.path)
        if item.is_left_out:
            found[folder][key] = LEFT_OUT
        elif (label := one_label(item, title)) != record.label:
            found[folder][key] = label
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


def numbered(changes: Changes, title: str) -> dict[int, str]:
    """Return the labels by index, of a format in which every item has just one."""
    found = {}
    for key, label in changes.items():
        if not isinstance(label, str):
            what = "leave out an image" if label is LEFT_OUT else "hold an image without a label"
            raise ExportError(f"{title} cannot {what}; choose given or class:NAME for such images.")
        found[int(key)] = label
    return found


class ClassNumbers:
    """Numbers of classes by name, where the input has a list of names.

    Parameters
    ----------
    names : list of str
        The input's; a class that was renamed keeps its number, a new one is added.
    outgoing : Outgoing
    """

    def __init__(self, names: list[str], outgoing: Outgoing) -> None:
        self.names = list(names)
        self.is_changed = False
        self._numbers = {name: number for number, name in reversed([*enumerate(names)])}
        if not outgoing.choices.input_names:
            for called, spelled in outgoing.decisions.spellings.items():
                if called != spelled and spelled in self._numbers and called not in self._numbers:
                    number = self._numbers.pop(spelled)
                    self._numbers[called] = number
                    self.names[number] = called
                    self.is_changed = True

    def of(self, label: str) -> int:
        """Return the number of a class."""
        if label not in self._numbers:
            self._numbers[label] = len(self.names)
            self.names.append(label)
            self.is_changed = True
        return self._numbers[label]


def whole_number(label: str, title: str, low: int, high: int) -> int:
    """Return a label that is a number, where the input numbers its classes."""
    if label.lstrip("-").isdecimal() and str(int(label)) == label and low <= int(label) <= high:
        return int(label)
    raise ExportError(
        f"{title} numbers its classes, and {shortened(label, 60)!r} is no number from {low:,} to"
        f" {high:,}; rename the class, or export as another format."
    )
