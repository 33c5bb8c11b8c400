"""Knows a table that Second Look has exported, so that the next round begins where one ended."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.ingest.records import Listing, Record
from core.terms import CLASS_SEPARATOR, FINAL_COLUMNS, FINAL_LABELS, FINAL_PREFIX, VERDICTS, Verdict
from core.text import counted


def own_groups(columns: Sequence[str]) -> list[range]:
    """Return where the columns of ours lie among `columns`, the latest export's last.

    Examples
    --------
    >>> own_groups(["path", "label", "final_label", "verdict", "auditor", "time", "rule"])
    [range(2, 7)]
    >>> own_groups(["path", "label", "verdict", "time"])
    []
    """
    groups, start = [], 0
    while start < len(columns):
        end = start + len(FINAL_COLUMNS)
        if _are(columns[start:end], FINAL_COLUMNS):
            end += _are(columns[end : end + 1], (FINAL_LABELS,))
            groups.append(range(start, end))
            start = end
        else:
            start += 1
    return groups


def _are(columns: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether columns are those of ours, each under its name or a prefixed one."""
    return len(columns) == len(names) and all(
        re.fullmatch(f"(?:{FINAL_PREFIX})*{name}", column)
        for column, name in zip(columns, names, strict=True)
    )


def final_labels(fields: Mapping[str, str], ours: Sequence[str]) -> list[str]:
    """Return the labels that an exported row was left with.

    Parameters
    ----------
    fields : mapping of str to str
        The row.
    ours : sequence of str
        Names of the columns of ours, in their order.

    Returns
    -------
    list of str
        One; several of an ambiguous answer; none where no class fits. A final
        label that was edited after the export counts as it reads now.
    """
    final, verdict = fields[ours[0]], fields[ours[1]]
    if not final.strip():
        return []
    if len(ours) > len(FINAL_COLUMNS):
        labels = _json_list(fields[ours[-1]])
        return labels if CLASS_SEPARATOR.join(labels) == final else [final]
    if verdict in VERDICTS and VERDICTS[Verdict(verdict)].classes[1] is None:
        return final.split(CLASS_SEPARATOR)
    return [final]


def _json_list(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def from_own_export(listing: Listing, ours: Sequence[str]) -> Listing:
    """Return a listing of our own export with the final labels as its labels.

    An item that was left with several labels, or with none, comes in unlabeled;
    `core.export.corrections` gives it back as it came, unless it is judged.
    """
    counts: Counter[int] = Counter()
    records: list[Record] = []
    classes: set[str] = set()
    for record in listing.records:
        labels = final_labels(record.fields, ours)
        counts[min(len(labels), 2)] += 1
        classes |= {*labels}
        records.append(replace(record, label=labels[0] if len(labels) == 1 else None))
    note = f"This is an export of Second Look: labels are taken from {ours[0]}."
    several, none = counts[2], counts[0]
    if several or none:
        note += (
            f" {counted(several + none, 'image')} with several final labels ({several:,}) or none"
            f" ({none:,}) will be unlabeled, and be exported unchanged unless reviewed."
        )
    return replace(
        listing,
        records=records,
        earlier=list(ours),
        notes=[*listing.notes, note],
        classes=sorted(classes),
    )
