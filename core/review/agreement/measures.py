"""How far people agree who judged the same images without knowing of each other.

Only blind answers count: of an item that has a second review, what the first
reviewer said before it, and what each second reviewer said before anybody
adjudicated. A verdict of somebody who could see another's is none of these.
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
SAME, DIFFERENT, OPEN = "the same", "different", "somebody unsure"


class Answer(NamedTuple):
    """What one person said of one item, not knowing what others say.

    Attributes
    ----------
    auditor : str
    choice : str
        Ids of the classes that fit, sorted and joined by ``|``, or the
        verdict where no class does: two answers agree when these are equal.
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
        """Whether it is no answer: ``unsure``."""
        return not VERDICTS[Verdict(self.verdict)].is_sure

    @property
    def of_given(self) -> str:
        """The coarser answer, whether the given label is right."""
        return WRONG if VERDICTS[Verdict(self.verdict)].is_error else RIGHT


@dataclass(frozen=True)
class Agreement:
    """How far some people agree on some images.

    Attributes
    ----------
    auditors : tuple of str
        Who answered, sorted.
    items : int
        Images with two answers or more, ``unsure`` not counted as one.
    agreed : int
        Those of them on which all answers are the same.
    unsure : int
        Images that two people looked at and somebody abstained on.
    share : tuple of float
        95 % interval of the share that agrees (Wilson).
    statistic : str
        What `kappa` is: Cohen's kappa for one pair of people, else
        Krippendorff's alpha, which allows that not everybody judged everything.
    kappa : Estimate
    fleiss : Estimate or None
        Fleiss' kappa, where three or more people answered and every image has
        the same number of answers.
    given_agreed : int
        Images on which all say the same of the given label: right, or wrong.
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


Units = Mapping[str, Sequence[Answer]]
"""The blind answers on each item, by different people, two at least, sorted by name."""


def blind_units(log: Iterable[Row]) -> Units:
    """Find the blind answers in the log of the items that were looked at a second time.

    Of the first person who judged an item, the last verdict that stands and was
    given before anybody else decided anything on it; of each person who looked
    at it blind and had not reviewed it, the last that stands and was given
    before an adjudication. What came later does not count, since its author
    could know what others had said; nor does what came between the two.

    Parameters
    ----------
    log : iterable of dict
        `Store.second_log`.
    """
    items: dict[str, list[Row]] = defaultdict(list)
    for row in log:
        items[row["item_id"]].append(row)
    units = {item_id: _blind_answers(rows) for item_id, rows in items.items()}
    return {item_id: unit for item_id, unit in units.items() if len(unit) > 1}


def _blind_answers(rows: Sequence[Row]) -> list[Answer]:
    """Return the blind answers among the verdicts on one item, oldest verdict first."""
    reviewers = {row["auditor"] for row in rows if row["role"] == Role.REVIEW}
    first = list(takewhile(lambda row: row["auditor"] == rows[0]["auditor"], rows))
    before = takewhile(lambda row: row["role"] != Role.ADJUDICATION, rows)
    seconds = [
        row for row in before if row["role"] == Role.SECOND and row["auditor"] not in reviewers
    ]
    reviews = [row for row in first if row["role"] == Role.REVIEW]
    last = {row["auditor"]: row for row in [*reviews, *seconds] if row["stands"]}
    return [
        Answer(name, *(last[name][key] for key in ("choice", "verdict", "given")))
        for name in sorted(last)
    ]


def measure(units: Units) -> Agreement:
    """Return how far the answers of `units` agree."""
    sure = [[one for one in unit if not one.abstains] for unit in units.values()]
    sure = [unit for unit in sure if len(unit) > 1]
    auditors = sorted({answer.auditor for unit in sure for answer in unit})
    choices = [[answer.choice for answer in unit] for unit in sure]
    of_given = [[answer.of_given for answer in unit] for unit in sure]
    agreed = sum(len(set(said)) == 1 for said in choices)
    statistic = COHEN if len(auditors) <= 2 else KRIPPENDORFF
    same_number = len({len(unit) for unit in sure}) == 1
    return Agreement(
        auditors=tuple(auditors),
        items=len(sure),
        agreed=agreed,
        unsure=sum(any(answer.abstains for answer in unit) for unit in units.values()),
        share=wilson(agreed, len(sure)),
        statistic=statistic,
        kappa=_coefficient(statistic, choices),
        fleiss=fleiss(choices) if len(auditors) > 2 and same_number else None,
        given_agreed=sum(len(set(said)) == 1 for said in of_given),
        given_kappa=_coefficient(statistic, of_given),
    )


def _coefficient(statistic: str, said: Sequence[Sequence[str]]) -> Estimate:
    if statistic == COHEN:
        return cohen((one, other) for one, other in said)
    return krippendorff(said)


def by_pair(units: Units) -> dict[tuple[str, str], Agreement]:
    """Return the agreement of every two people who judged the same images, most images first."""
    pairs: dict[tuple[str, str], dict[str, Sequence[Answer]]] = defaultdict(dict)
    for item_id, unit in units.items():
        for one, other in combinations(unit, 2):
            pairs[one.auditor, other.auditor][item_id] = (one, other)
    measured = {pair: measure(shared) for pair, shared in pairs.items()}
    return dict(sorted(measured.items(), key=lambda entry: (-entry[1].items, entry[0])))


def by_class(units: Units) -> dict[str, Agreement]:
    """Return the agreement on the images of each given label, most images first."""
    classes: dict[str, dict[str, Sequence[Answer]]] = defaultdict(dict)
    for item_id, unit in units.items():
        if unit[0].given is not None:
            classes[unit[0].given][item_id] = unit
    measured = {name: measure(shared) for name, shared in classes.items()}
    return dict(sorted(measured.items(), key=lambda entry: (-entry[1].items, entry[0])))


class Cell(NamedTuple):
    """Images of which two people said the same two things.

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
        """Whether they said the same: `SAME`, `DIFFERENT`, or `OPEN` where one was unsure."""
        if not all(map(_is_sure, (self.one, self.other))):
            return OPEN
        return SAME if self.one == self.other else DIFFERENT


def confusion(units: Units, one: str, other: str) -> list[Cell]:
    """Return what two people said of the images that both judged, ``unsure`` included."""
    cells: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item_id, unit in units.items():
        said = {answer.auditor: answer.choice for answer in unit}
        if one in said and other in said:
            cells[said[one], said[other]].append(item_id)
    return [Cell(*choices, tuple(sorted(ids))) for choices, ids in sorted(cells.items())]


def _is_sure(choice: str) -> bool:
    return choice not in set(Verdict) or VERDICTS[Verdict(choice)].is_sure


def choice_words(choice: str, classes: Mapping[int, str]) -> str:
    """Say a choice in words: ``cat``, ``cat or dog``, ``none fits``.

    Parameters
    ----------
    choice : str
        See `Answer`.
    classes : mapping of int to str
        Names of the classes by id.
    """
    if choice in set(Verdict):
        return VERDICTS[Verdict(choice)].past
    parts = choice.split(CLASS_SEPARATOR)
    return " or ".join(classes.get(int(part), part) if part.isdigit() else part for part in parts)


class Report(NamedTuple):
    """All that the blind answers tell.

    Attributes
    ----------
    units : Units
    whole : Agreement
    pairs : dict of (str, str) to Agreement
        By who judged the same images, most images first.
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
