"""Corrections applied to another copy of a data set: found by content, checked by label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.audit import item_id
from core.export.changes_file import Change
from core.export.corrected import NONE, SURE, CorrectedItem, from_earlier
from core.ingest.records import Listing, Record
from core.text import counted

NOT_THERE = "no image there has that content"
FEWER_COPIES = "fewer copies of the image are there"
UNREAD = "its image was not read when it was audited"
OTHER_LABEL = "the label there is another"
OTHER_LABELS = "images there have that content, with different labels"
TWO_CHANGES = "copies of the image are changed from one label to different ones"

NAMED = 3
"""Images that a sentence names."""


class Unplaced(NamedTuple):
    """A change that could not be applied, and why."""

    path: str
    old: str
    new: str
    found: str
    reason: str


@dataclass
class Placing:
    """Which record of another copy has which change.

    Attributes
    ----------
    by_record : dict of int to Change
        By the position of the record: what changes it.
    applied : int
        Changes that change a label there.
    already : int
        Changes whose new label is there already.
    unplaced : list of Unplaced
    """

    by_record: dict[int, Change] = field(default_factory=dict)
    applied: int = 0
    already: int = 0
    unplaced: list[Unplaced] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """Say what was placed: counts first, then what was not, and why."""
        total = self.applied + self.already + len(self.unplaced)
        sentences = [
            f"{self.applied:,} of {counted(total, 'change')} fit, {self.already:,} are there"
            f" already, {len(self.unplaced):,} cannot be placed;"
            f" {counted(len(self.by_record), 'label')} there will change."
        ]
        for reason, count in Counter(one.reason for one in self.unplaced).most_common():
            paths = [one.path for one in self.unplaced if one.reason == reason]
            named = ", ".join(paths[:NAMED]) + (", …" if count > NAMED else "")
            sentences.append(f"Not placed, {counted(count, 'change')}: {reason} ({named}).")
        return sentences


def place_changes(
    changes: Iterable[Change], records: Sequence[Record], hashes: Iterable[tuple[int, str]]
) -> Placing:
    """Find out what each change means in another copy of the data set.

    A change is of the image with its content, and of its label: where the label
    there is neither the old one nor the new one, somebody has decided otherwise
    since. Of several images with one content each path has its own change;
    under other paths they must agree on their label.

    Parameters
    ----------
    changes : iterable of Change
    records : sequence of Record
        What the other copy lists.
    hashes : iterable of (int, str)
        Of records by position; see `core.ingest.content_hashes`.
    """
    by_content: dict[str, list[Change]] = defaultdict(list)
    placing = Placing()
    for change in changes:
        if change.content:
            by_content[change.content].append(change)
        else:
            placing.unplaced.append(_unplaced(change, "", UNREAD))
    lying: dict[str, list[int]] = defaultdict(list)
    for position, content in hashes:
        if content in by_content:
            lying[content].append(position)
    for content, some in by_content.items():
        _place(placing, some, {records[at].path: at for at in lying[content]}, records)
    return placing


def _place(
    placing: Placing, changes: list[Change], there: dict[str, int], records: Sequence[Record]
) -> None:
    """Place the changes of one content on the records that have it, by path."""
    if not there:
        placing.unplaced += [_unplaced(one, "", NOT_THERE) for one in changes]
        return
    left = dict(there)
    others = []
    for change in changes:
        if change.path in left:
            _apply(placing, change, [left.pop(change.path)], records)
        else:
            others.append(change)
    for change in others:
        reason = _conflict(change, others, [records[at] for at in left.values()])
        if reason is None:
            _apply(placing, change, list(left.values()), records)
        else:
            found = sorted({records[at].label or "" for at in there.values()})
            placing.unplaced.append(_unplaced(change, " or ".join(found), reason))


def _conflict(change: Change, others: Sequence[Change], records: Sequence[Record]) -> str | None:
    """Say why a change under a path that is not there cannot be placed; None where it can."""
    if not records:
        return FEWER_COPIES
    if len({record.label for record in records}) > 1:
        return OTHER_LABELS
    if any(one.old == change.old and _outcome(one) != _outcome(change) for one in others):
        return TWO_CHANGES
    return None


def _apply(
    placing: Placing, change: Change, positions: Sequence[int], records: Sequence[Record]
) -> None:
    """Apply a change to records, which have one label."""
    label = records[positions[0]].label
    if (label or "") == change.old:
        placing.by_record.update(dict.fromkeys(positions, change))
        placing.applied += 1
    elif not change.is_left_out and change.labels == (() if label is None else (label,)):
        placing.already += 1
    else:
        placing.unplaced.append(_unplaced(change, label or "", OTHER_LABEL))


def _outcome(change: Change) -> tuple[tuple[str, ...], bool]:
    return change.labels, change.is_left_out


def _unplaced(change: Change, found: str, reason: str) -> Unplaced:
    return Unplaced(change.path, change.old, change.new, found, reason)


class AppliedDecisions:
    """The items of another copy, with the changes that were placed in it; see `Decisions`.

    Parameters
    ----------
    listing : Listing
        Of the other copy.
    placing : Placing
    hashes : dict of int to str
        Of its records, by position.
    """

    def __init__(self, listing: Listing, placing: Placing, hashes: dict[int, str]) -> None:
        self.listing = listing
        self.placing = placing
        self.hashes = hashes
        self.columns, self.earlier = listing.columns, listing.earlier
        self.rule = ""
        labels = {record.label for record in listing.records if record.label is not None}
        labels |= {one for change in placing.by_record.values() for one in change.labels}
        self.spellings = {name: name for name in sorted(labels)}
        self.names = self.spellings

    def decided(self) -> Iterator[CorrectedItem]:
        """Yield every item, with the labels that it has after the changes."""
        for position, record in enumerate(self.listing.records):
            label = record.label
            item = CorrectedItem(
                item_id(record.path), record.path, record.region, self.hashes.get(position),
                record.split, record.fields, label, label,
                NONE if label is None else (label,), NONE if label is None else SURE,
            )  # fmt: skip
            change = self.placing.by_record.get(position)
            if change is not None:
                item = item._replace(
                    labels=change.labels,
                    weights=tuple(1 / len(change.labels) for _ in change.labels),
                    verdict=change.verdict,
                    auditors=change.auditors,
                    at=change.at,
                    rule=change.rule,
                    is_left_out=change.is_left_out,
                )
            elif self.earlier and not item.labels:
                item = from_earlier(item, self.earlier)
            yield item
