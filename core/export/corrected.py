"""The items as they leave the audit: one stream that every writer consumes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from core.export.choices import OPEN, UNREVIEWED, ExportChoices, Fate, class_of
from core.ingest.crops import Region
from core.ingest.own_export import final_labels
from core.review.final_rule import how_decided
from core.store import ExportRow, Row, Snapshot
from core.terms import VERDICTS, Role, Verdict

NONE: tuple[()] = ()
SURE = (1.0,)


class CorrectedItem(NamedTuple):
    """One item of the input, in whose order they come, quarantined ones included.

    Attributes
    ----------
    id, path : str
        See `core.ingest.crops` for the path of a crop.
    region : tuple of int or None
        Of a crop, in pixels as stored; None where the item is the whole file.
    content_hash, split : str or None
    fields : dict of str to str
        The input's row, as it was read.
    given : str or None
        The given label, as its class is called now.
    spelled : str or None
        The given label as the input spells it.
    labels : tuple of str
        The labels that it leaves with, by the choices: one, several, or none.
    weights : tuple of float
        How much of each label's probability it has, of several: the share of
        the auditors who found that it fits, all alike where one has decided.
        They sum to 1.
    verdict : str
        Empty where nobody has decided.
    auditors : tuple of str
        Who has; the one whose verdict decides first.
    at, rule : str
        When, in ISO 8601, and how that came about; see `core.review.final_rule`.
    suspicion, p_given : float or None
    suggested : str or None
        Another label, and `p_suggested` its probability.
    p_suggested : float or None
    is_suspect : bool
        Whether the evidence contradicts the given label.
    keeps_given : bool
        Whether it leaves as the input has it, one label, several or none: as
        nobody has decided, or so was decided or chosen.
    is_left_out : bool
        By the choices; `core.export.outgoing.Outgoing.items` yields none of these.
    """

    id: str
    path: str
    region: Region | None
    content_hash: str | None
    split: str | None
    fields: dict[str, str]
    given: str | None
    spelled: str | None
    labels: tuple[str, ...]
    weights: tuple[float, ...]
    verdict: str = ""
    auditors: tuple[str, ...] = ()
    at: str = ""
    rule: str = ""
    suspicion: float | None = None
    p_given: float | None = None
    suggested: str | None = None
    p_suggested: float | None = None
    is_suspect: bool = False
    keeps_given: bool = True
    is_left_out: bool = False

    @property
    def label(self) -> str | None:
        """The label, of an item that leaves with one; None for none and for several."""
        return self.labels[0] if len(self.labels) == 1 else None

    @property
    def is_changed(self) -> bool:
        """Whether it leaves with other labels than the input says."""
        return self.is_left_out or self.labels != _one(self.spelled)


class Decisions(Protocol):
    """Where items and what was decided about them come from: an audit, or a replay."""

    columns: list[str]
    earlier: list[str]
    rule: str
    spellings: dict[str, str]
    names: dict[str, str]

    def decided(self) -> Iterator[CorrectedItem]:
        """Yield every item, with the labels that were decided, before any choice."""


class AuditDecisions:
    """What was decided in an audit, as of one moment.

    Parameters
    ----------
    snapshot : Snapshot
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.columns, self.earlier = snapshot.columns, snapshot.earlier
        self.rule, self.spellings = snapshot.rule, snapshot.spellings
        self.names = snapshot.names

    def decided(self) -> Iterator[CorrectedItem]:
        """Yield every item, with the labels that were decided, before any choice."""
        return self._items(self.snapshot.rows())

    def touched(self) -> Iterator[CorrectedItem]:
        """Yield those that are decided, or whose class has changed; the latest verdict first."""
        return self._items(self.snapshot.touched_rows())

    def _items(self, rows: Iterable[ExportRow]) -> Iterator[CorrectedItem]:
        shared, rule = self.snapshot.annotations(), self.snapshot.rule
        parsed = json.JSONDecoder().raw_decode  # of a text without blanks, half the time of loads
        for row in rows:
            fields: dict[str, str] = parsed(row.fields)[0]
            item = CorrectedItem(
                row.id, row.path, _region(row), row.content_hash, row.split, fields, row.given,
                _spelled(row, fields), _one(row.given), NONE if row.given is None else SURE,
                suspicion=row.suspicion, p_given=row.p_given,
                suggested=row.suggested, p_suggested=row.p_suggested,
                is_suspect=bool(row.is_suspect),
            )  # fmt: skip
            if row.verdict is not None:
                item = _judged(item, row, shared.get(row.id, ()), rule)
            if self.earlier and not item.labels and _leaves_given(row.verdict):
                item = from_earlier(item, self.earlier)
            yield item


def _one(label: str | None) -> tuple[str, ...]:
    return NONE if label is None else (label,)


def _region(row: ExportRow) -> Region | None:
    found = row.region
    return None if found is None else (found[0], found[1], found[2], found[3])


def _spelled(row: ExportRow, fields: Mapping[str, str]) -> str | None:
    """Return the label as the input spells it, who may spell a renamed class by its new name."""
    if row.spelled is None or row.spelled == row.given:
        return row.given
    values = fields.values()
    is_renamed = row.spelled not in values and row.given in values
    return row.given if is_renamed else row.spelled


def _leaves_given(verdict: str | None) -> bool:
    return verdict is None or VERDICTS[Verdict(verdict)].leaves == "given"


def _judged(
    item: CorrectedItem, row: ExportRow, annotations: Sequence[Row], rule: str
) -> CorrectedItem:
    labels = tuple(row.labels or ())
    decider = row.auditor or ""
    others = [one["auditor"] for one in annotations]
    return item._replace(
        labels=labels,
        weights=_weights(labels, annotations),
        verdict=row.verdict or "",
        auditors=tuple(dict.fromkeys([decider, *others])),
        at=row.at or "",
        keeps_given=_leaves_given(row.verdict),
        rule=how_decided(annotations, rule),
    )


def _weights(labels: Sequence[str], annotations: Iterable[Row]) -> tuple[float, ...]:
    """Return how probable each of the labels is by what the auditors have said."""
    votes: Counter[str] = Counter()
    for one in annotations:
        if one["role"] != Role.ADJUDICATION:
            fitting = [label for label in one["labels"] if label in labels]
            votes.update({label: 1 / len(fitting) for label in fitting})
    if not all(votes[label] for label in labels):
        return tuple(1 / len(labels) for _ in labels)
    total = sum(votes.values())
    return tuple(votes[label] / total for label in labels)


def from_earlier(item: CorrectedItem, earlier: Sequence[str]) -> CorrectedItem:
    """Return an item as an earlier export left it: with several labels, or with none."""
    _, verdict, auditor, at, rule = (item.fields.get(name, "") for name in earlier[:5])
    labels = tuple(final_labels(item.fields, earlier))
    return item._replace(
        labels=labels,
        weights=tuple(1 / len(labels) for _ in labels),
        verdict=verdict,
        auditors=(auditor,) if auditor else (),
        at=at,
        rule=rule,
    )


def chosen(
    items: Iterable[CorrectedItem], choices: ExportChoices, spellings: Mapping[str, str]
) -> Iterator[CorrectedItem]:
    """Yield items with the labels that they have by the choices, and those left out marked so."""
    fates = {verdict: fate for verdict, fate in choices.fates.items() if _changes(verdict, fate)}
    rename = _renaming(spellings) if choices.input_names else None
    unreviewed = fates.pop(UNREVIEWED, None)
    for item in items:
        fate = fates.get(item.verdict) if item.verdict else unreviewed
        # One class is left where the classes that fit were merged since.
        if fate is not None and not (len(item.labels) == 1 and _names_classes(item.verdict)):
            item = _with_fate(item, fate)
        yield item if rename is None else rename(item)


def _changes(verdict: str, fate: str) -> bool:
    return ExportChoices().fate(verdict) != fate


def _names_classes(verdict: str) -> bool:
    return verdict in OPEN and verdict != "" and VERDICTS[Verdict(verdict)].leaves == "classes"


def _with_fate(item: CorrectedItem, fate: str) -> CorrectedItem:
    if fate == Fate.LEAVE_OUT:
        return item._replace(is_left_out=True)
    keeps_given = fate == Fate.GIVEN
    if keeps_given:
        labels = _one(item.given)
    elif fate == Fate.ALL:
        return item
    else:
        labels = _one(class_of(fate))
    weights = SURE if labels else NONE
    return item._replace(labels=labels, weights=weights, keeps_given=keeps_given)


def _renaming(spellings: Mapping[str, str]) -> Callable[[CorrectedItem], CorrectedItem]:
    """Return what calls the classes of an item as the input spells them."""
    renamed = {name: spelling for name, spelling in spellings.items() if name != spelling}

    def rename(item: CorrectedItem) -> CorrectedItem:
        if not renamed:
            return item
        given, suggested = item.given, item.suggested
        return item._replace(
            labels=tuple(renamed.get(one, one) for one in item.labels),
            given=given and renamed.get(given, given),
            suggested=suggested and renamed.get(suggested, suggested),
        )

    return rename
