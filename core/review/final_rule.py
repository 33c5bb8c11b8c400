"""How the final label of an item came about that several auditors have judged.

Which verdict decides is for the database to say, by the audit's rule: see
`core.store.views`. This only describes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.store import Row
from core.terms import VERDICTS, Role, Rule, Verdict

ONLY = "only verdict"
"""How a label came about with a single auditor."""

AGREED = "agreed by"


def how_decided(annotations: Sequence[Row], rule: str) -> str:
    """Say how the final label came about: ``majority 2 of 3``, ``adjudicated``, ``latest of 2``.

    Parameters
    ----------
    annotations : sequence of dict
        The item's rows of `Store.shared_annotations`; none where it has
        one auditor.
    rule : str
        The audit's rule, of `core.terms.Rule`.
    """
    if not annotations:
        return ONLY
    decided = next(one for one in annotations if one["decides"])
    voters = [one for one in annotations if one["role"] != Role.ADJUDICATION]
    if rule != Rule.LATEST and _is_sure(decided):
        voters = [one for one in voters if _is_sure(one)]
    votes, n = _alike(decided, voters), len(voters)
    if rule == Rule.MAJORITY and _wins(votes, voters, decided):
        return ONLY if n == 1 else f"{AGREED} {n}" if votes == n else f"{rule} {votes} of {n}"
    if decided["role"] == Role.ADJUDICATION and rule != Rule.LATEST:
        return str(Rule.ADJUDICATED)
    if votes == n and decided in voters:
        return ONLY if n == 1 else f"{AGREED} {n}"
    return f"{Rule.LATEST} of {len(annotations) if rule == Rule.LATEST else n}"


def _is_sure(annotation: Row) -> bool:
    return VERDICTS[Verdict(annotation["verdict"])].is_sure


def _alike(annotation: Row, annotations: Iterable[Row]) -> int:
    """Return how many auditors, adjudicators apart, decided the same."""
    return sum(
        other["choice"] == annotation["choice"] and other["role"] != Role.ADJUDICATION
        for other in annotations
    )


def _wins(votes: int, voters: Sequence[Row], decided: Row) -> bool:
    """Tell whether no other choice has as many votes."""
    return all(
        _alike(other, voters) < votes for other in voters if other["choice"] != decided["choice"]
    )
