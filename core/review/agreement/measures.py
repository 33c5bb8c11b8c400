"""Inter-annotator agreement on the images that went through blind double review.

Only blind annotations count: of an item that has a second review, the verdict
that the first auditor gave before it, and those that second auditors gave before
any adjudication. A verdict whose author could see another's is none of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile
from typing import NamedTuple

from core.review.agreement.kappa import Estimate, cohen, fleiss, krippendorff, wilson
from core.store import Row
from core.terms import CLASS_SEPARATOR, VERDICTS, Role, Verdict

COHEN, KRIPPENDORFF = "Cohen's kappa", "Krippendorff's alpha"
RIGHT, WRONG = "right", "wrong"
SAME, DIFFERENT, OPEN = "agree", "disagree", "one unsure"


class Annotation(NamedTuple):
    """One auditor's blind verdict on one item.

    Attributes
    ----------
    auditor : str
    choice : str
        Ids of the classes that fit, sorted and joined by ``|``, or the
        verdict where no class does: two annotations agree when these are equal.
    verdict : str
    given : str or None
        The label that was judged.
    """

    auditor: str
    choice: str
    verdict: str
    given: str | None

    @property
    def abstains(self) -> bool:
        """Whether it counts for nothing: ``unsure``."""
        return not VERDICTS[Verdict(self.verdict)].is_sure

    @property
    def of_given(self) -> str:
        """The coarser annotation, whether the given label is right."""
        return WRONG if VERDICTS[Verdict(self.verdict)].is_error else RIGHT


@dataclass(frozen=True)
class Agreement:
    """How far some auditors agree on some images.

    Attributes
    ----------
    auditors : tuple of str
        Who annotated them, sorted.
    items : int
        Images with two annotations or more, ``unsure`` not counted as one.
    agreed : int
        Those of them on which all annotations are the same.
    unsure : int
        Double-reviewed images on which an auditor abstained.
    share : tuple of float
        95 % interval of the share that agrees (Wilson).
    statistic : str
        What `kappa` is: Cohen's kappa for one pair of raters, else
        Krippendorff's alpha, which allows for missing annotations.
    kappa : Estimate
    fleiss : Estimate or None
        Fleiss' kappa, where there are three or more raters and every image has
        the same number of annotations.
    given_agreed : int
        Images on which all agree whether the given label is right.
    given_kappa : Estimate
        As `kappa`, of that coarser question.
    """

    auditors: tuple[str, ...]
    items: int
    agreed: int
    unsure: int
    share: tuple[float, float]
    statistic: str
    kappa: Estimate
    fleiss: Estimate | None
    given_agreed: int
    given_kappa: Estimate


Units = Mapping[str, Sequence[Annotation]]
"""The blind annotations of each item, by different auditors, two at least, sorted by name."""


def blind_units(log: Iterable[Row]) -> Units:
    """Find the blind annotations in the log of the double-reviewed items.

    Of the first auditor of an item, the last verdict that stands and precedes
    every other auditor's; of each second auditor, who must not have reviewed
    it before, the last that stands and precedes any adjudication. Later ones do
    not count, since their authors could know earlier verdicts; nor do those
    between the two.

    Parameters
    ----------
    log : iterable of dict
        `Store.second_log`.
    """
    items: dict[str, list[Row]] = defaultdict(list)
    for row in log:
        items[row["item_id"]].append(row)
    units = {item_id: _blind_annotations(rows) for item_id, rows in items.items()}
    return {item_id: unit for item_id, unit in units.items() if len(unit) > 1}


def _blind_annotations(rows: Sequence[Row]) -> list[Annotation]:
    """Return the blind annotations among the verdicts on one item, oldest verdict first."""
    first_auditors = {row["auditor"] for row in rows if row["role"] == Role.REVIEW}
    first = list(takewhile(lambda row: row["auditor"] == rows[0]["auditor"], rows))
    before = takewhile(lambda row: row["role"] != Role.ADJUDICATION, rows)
    seconds = [
        row for row in before if row["role"] == Role.SECOND and row["auditor"] not in first_auditors
    ]
    reviews = [row for row in first if row["role"] == Role.REVIEW]
    last = {row["auditor"]: row for row in [*reviews, *seconds] if row["stands"]}
    return [
        Annotation(name, *(last[name][key] for key in ("choice", "verdict", "given")))
        for name in sorted(last)
    ]


def measure(units: Units) -> Agreement:
    """Return how far the annotations of `units` agree."""
    sure = [[one for one in unit if not one.abstains] for unit in units.values()]
    sure = [unit for unit in sure if len(unit) > 1]
    auditors = sorted({one.auditor for unit in sure for one in unit})
    choices = [[one.choice for one in unit] for unit in sure]
    of_given = [[one.of_given for one in unit] for unit in sure]
    agreed = sum(len(set(unit)) == 1 for unit in choices)
    statistic = COHEN if len(auditors) <= 2 else KRIPPENDORFF
    same_number = len({len(unit) for unit in sure}) == 1
    return Agreement(
        auditors=tuple(auditors),
        items=len(sure),
        agreed=agreed,
        unsure=sum(any(one.abstains for one in unit) for unit in units.values()),
        share=wilson(agreed, len(sure)),
        statistic=statistic,
        kappa=_coefficient(statistic, choices),
        fleiss=fleiss(choices) if len(auditors) > 2 and same_number else None,
        given_agreed=sum(len(set(unit)) == 1 for unit in of_given),
        given_kappa=_coefficient(statistic, of_given),
    )


def _coefficient(statistic: str, units: Sequence[Sequence[str]]) -> Estimate:
    if statistic == COHEN:
        return cohen((one, other) for one, other in units)
    return krippendorff(units)


def by_pair(units: Units) -> dict[tuple[str, str], Agreement]:
    """Return the agreement of every two auditors of the same images, most images first."""
    pairs: dict[tuple[str, str], dict[str, Sequence[Annotation]]] = defaultdict(dict)
    for item_id, unit in units.items():
        for one, other in combinations(unit, 2):
            pairs[one.auditor, other.auditor][item_id] = (one, other)
    measured = {pair: measure(shared) for pair, shared in pairs.items()}
    return dict(sorted(measured.items(), key=lambda entry: (-entry[1].items, entry[0])))


def by_class(units: Units) -> dict[str, Agreement]:
    """Return the agreement on the images of each given label, most images first."""
    classes: dict[str, dict[str, Sequence[Annotation]]] = defaultdict(dict)
    for item_id, unit in units.items():
        if unit[0].given is not None:
            classes[unit[0].given][item_id] = unit
    measured = {name: measure(shared) for name, shared in classes.items()}
    return dict(sorted(measured.items(), key=lambda entry: (-entry[1].items, entry[0])))


class Cell(NamedTuple):
    """Images with the same annotations by two auditors.

    Attributes
    ----------
    one, other : str
        Their choices.
    ids : tuple of str
    """

    one: str
    other: str
    ids: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """Whether they agree: `SAME`, `DIFFERENT`, or `OPEN` where one was unsure."""
        if not all(map(_is_sure, (self.one, self.other))):
            return OPEN
        return SAME if self.one == self.other else DIFFERENT


def confusion(units: Units, one: str, other: str) -> list[Cell]:
    """Return the confusion matrix of two auditors, ``unsure`` included."""
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item_id, unit in units.items():
        choices = {annotation.auditor: annotation.choice for annotation in unit}
        if one in choices and other in choices:
            cells[choices[one], choices[other]].append(item_id)
    return [Cell(*pair, tuple(sorted(ids))) for pair, ids in sorted(cells.items())]


def _is_sure(choice: str) -> bool:
    return choice not in set(Verdict) or VERDICTS[Verdict(choice)].is_sure


def choice_text(choice: str, classes: Mapping[int, str]) -> str:
    """Return the text of a choice: ``cat``, ``cat or dog``, ``none fits``.

    Parameters
    ----------
    choice : str
        See `Annotation`.
    classes : mapping of int to str
        Names of the classes by id.
    """
    if choice in set(Verdict):
        return VERDICTS[Verdict(choice)].past
    parts = choice.split(CLASS_SEPARATOR)
    return " or ".join(classes.get(int(part), part) if part.isdigit() else part for part in parts)


class Report(NamedTuple):
    """The agreement of all blind annotations, and by pair and class.

    Attributes
    ----------
    units : Units
    whole : Agreement
    pairs : dict of (str, str) to Agreement
        By pair of auditors, most images first.
    classes : dict of str to Agreement
        By given label, likewise.
    """

    units: Units
    whole: Agreement
    pairs: dict[tuple[str, str], Agreement]
    classes: dict[str, Agreement]


def report(log: Iterable[Row]) -> Report:
    """Measure everything, from `Store.second_log`."""
    units = blind_units(log)
    return Report(units, measure(units), by_pair(units), by_class(units))
