"""The rows of our own tables: the input's columns, then the final label and how it came about.

Ours are `core.terms.FINAL_COLUMNS`. Several labels are joined by ``|``, which a
class name may hold as well; where one does, a column more lists them in JSON.
Where the input is an export of ours, its columns are replaced, never doubled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from core.export.outgoing import Outgoing
from core.terms import CLASS_SEPARATOR, FINAL_COLUMNS, FINAL_LABELS, FINAL_PREFIX


def wide_columns(outgoing: Outgoing) -> list[str]:
    """Return the input's columns and ours; ours is prefixed where the input has that name."""
    return outgoing.columns + added_columns(
        outgoing.columns, outgoing.decisions.earlier, outgoing.classes
    )


def wide_rows(outgoing: Outgoing) -> Iterator[list[str]]:
    """Yield the row of each item that is not left out."""
    columns = outgoing.columns
    with_list = len(wide_columns(outgoing)) - len(columns) > len(FINAL_COLUMNS)
    for item in outgoing.items():
        fields, labels = item.fields, item.labels
        row = [fields.get(column, "") for column in columns]
        row.append(labels[0] if len(labels) == 1 else CLASS_SEPARATOR.join(labels))
        row += [item.verdict, item.auditors[0] if item.auditors else "", item.at, item.rule]
        if with_list:
            row.append(json.dumps(labels, ensure_ascii=False))
        yield row


def listed_columns(outgoing: Outgoing) -> list[str]:
    """Return the columns of a format that has lists: the labels as one come last."""
    columns = wide_columns(outgoing)
    at = len(outgoing.columns) + len(FINAL_COLUMNS)
    return columns if len(columns) > at else [*columns, _free_name(FINAL_LABELS, {*columns})]


def listed_rows(outgoing: Outgoing) -> Iterator[list[str | tuple[str, ...] | None]]:
    """Yield the row of each item that is not left out; what we do not know is None."""
    columns = outgoing.columns
    for item in outgoing.items():
        fields, labels = item.fields, item.labels
        row: list[str | tuple[str, ...] | None] = [fields.get(column, "") for column in columns]
        row.append(CLASS_SEPARATOR.join(labels) or None)
        auditor = item.auditors[0] if item.auditors else None
        row += [item.verdict or None, auditor, item.at or None, item.rule or None, labels]
        yield row


def added_columns(
    columns: Sequence[str], earlier: Sequence[str], classes: Iterable[str]
) -> list[str]:
    """Return the names of our columns in their order.

    Parameters
    ----------
    columns : sequence of str
        The input's.
    earlier : sequence of str
        Ours, of an earlier export in it.
    classes : iterable of str
    """
    had_list = len(earlier) > len(FINAL_COLUMNS)
    names: tuple[str, ...] = FINAL_COLUMNS
    if had_list or any(CLASS_SEPARATOR in name for name in classes):
        names = (*FINAL_COLUMNS, FINAL_LABELS)
    given = set(columns)
    return [_free_name(name, given) for name in names]


def _free_name(name: str, given: set[str]) -> str:
    while name in given:
        name = FINAL_PREFIX + name
    return name
