"""The final label of an item that several people have judged, by a rule that is stated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from core.review.verdicts import Verdict
from core.store import Row
from core.store.decisions import ADJUDICATED, LATEST, MAJORITY, RULES
from core.store.verdict_log import ADJUDICATION

TITLES = {ADJUDICATED: "Adjudicated", LATEST: "Latest", MAJORITY: "Majority"}

MEANINGS = {
    ADJUDICATED: "Who adjudicated decides; where nobody did, the latest who was sure.",
    LATEST: "The latest verdict counts, whoever gave it and in whatever role.",
    MAJORITY: "What most people said; a tie is decided by who adjudicated, else by the latest.",
}
"""The rules in one line each."""

ONLY = "only verdict"
"""How a label came about that a single person has judged."""


def deciding(words: Sequence[Row], rule: str) -> Row:
    """Return the one of the words on an item that decides under a rule.

    Parameters
    ----------
    words : sequence of dict
        The item's rows of `Store.shared_words`, at least one.
    rule : str
        One of `RULES`.

    Notes
    -----
    The database decides likewise when the rule is set; this tells beforehand
    what a rule would change.
    """

    def weight(word: Row) -> tuple[int, int, int]:
        sure, adjudicates = word["verdict"] != Verdict.UNSURE, word["role"] == ADJUDICATION
        if rule == LATEST or not sure:
            return 0, 0, word["id"]
        if rule == MAJORITY:
            return _alike(word, words), int(adjudicates), word["id"]
        return 1 + adjudicates, 0, word["id"]

    return max(words, key=weight)


def how_decided(words: Sequence[Row], rule: str) -> str:
    """Say how the final label came about: ``majority 2 of 3``, ``adjudicated``, ``latest of 2``.

    Parameters
    ----------
    words : sequence of dict
        The item's rows of `Store.shared_words`; none where one person judged it.
    rule : str
    """
    if not words:
        return ONLY
    decided = deciding(words, rule)
    voters = [word for word in words if word["role"] != ADJUDICATION]
    if rule != LATEST and decided["verdict"] != Verdict.UNSURE:
        voters = [word for word in voters if word["verdict"] != Verdict.UNSURE]
    votes, n = _alike(decided, voters), len(voters)
    if rule == MAJORITY and _wins(votes, voters, decided):
        return ONLY if n == 1 else f"agreed by {n}" if votes == n else f"majority {votes} of {n}"
    if decided["role"] == ADJUDICATION and rule != LATEST:
        return "adjudicated"
    if votes == n and decided in voters:
        return ONLY if n == 1 else f"agreed by {n}"
    return f"latest of {len(words) if rule == LATEST else n}"


def _alike(word: Row, words: Iterable[Row]) -> int:
    """Return how many people, adjudicators apart, said the same."""
    return sum(
        other["choice"] == word["choice"] and other["role"] != ADJUDICATION for other in words
    )


def _wins(votes: int, voters: Sequence[Row], decided: Row) -> bool:
    """Tell whether no other choice has as many votes."""
    return all(
        _alike(other, voters) < votes for other in voters if other["choice"] != decided["choice"]
    )


def by_item(words: Iterable[Row]) -> dict[str, list[Row]]:
    """Gather the rows of `Store.shared_words` by item."""
    items: dict[str, list[Row]] = defaultdict(list)
    for word in words:
        items[word["item_id"]].append(word)
    return items


def changes(items: Mapping[str, Sequence[Row]], rule: str) -> dict[str, int]:
    """Return by rule how many final labels would be others than under `rule`."""
    labels = {
        one: {item_id: deciding(words, one)["label"] for item_id, words in items.items()}
        for one in RULES
    }
    return {
        one: sum(labels[one][item_id] != labels[rule][item_id] for item_id in items)
        for one in RULES
    }
