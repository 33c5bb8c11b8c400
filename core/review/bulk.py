"""One verdict on many items: what it would change, a sample to judge first, one action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from core.query.tree import Query
from core.review.verdicts import check_labels, give_verdicts
from core.store import Decision, Row, Shown, Store, StoreError
from core.terms import VERDICTS, Verdict

SUGGESTED: Literal["suggested"] = "suggested"
"""In place of labels: each item's own suggestion."""

GATE_SIZE = 8
CERTAINTY = 0.95

NO_SUGGESTION = "no other label is suggested"
NO_LABEL = "no label to keep"
ALREADY = "same verdict already"
JUDGED = "already judged"
CHANGED = "changed since it was shown"
GONE = "no longer in the audit"
UNSEEN = "its picture was not shown"
BLIND = "waits for a blind second review"


class Change(NamedTuple):
    """What would become of items.

    Attributes
    ----------
    given : str or None
        Their given label.
    verdict : Verdict
        What they would get: ``keep`` where the new label is the given one.
    labels : tuple of str
    """

    given: str | None
    verdict: Verdict
    labels: tuple[str, ...]


class Plan(NamedTuple):
    """What a bulk verdict would do.

    Attributes
    ----------
    verdict : Verdict
    decisions : tuple of Decision
        One for each item that would be judged.
    changes : dict of Change to int
        How many items change in which way, the most first.
    skipped : dict of str to list of str
        The ids of the items that stay out, by reason.
    seen : int
        The newest row of the log when the plan was made.
    """

    verdict: Verdict
    decisions: tuple[Decision, ...]
    changes: dict[Change, int]
    skipped: dict[str, list[str]]
    seen: int

    @property
    def ids(self) -> list[str]:
        """The items that would be judged."""
        return [decision.item_id for decision in self.decisions]


class Precision(NamedTuple):
    """The share of a set that is right, estimated from a sample.

    Attributes
    ----------
    estimate : float
        Of the sample.
    low, high : float
        With 95 % certainty it is at least `low`; with 95 %, at most `high`.
    """

    estimate: float
    low: float
    high: float


def plan(
    store: Store,
    selected: Query | Mapping[str, Shown] | Sequence[str],
    verdict: Verdict,
    labels: Sequence[str] | Literal["suggested"] = (),
    *,
    again: bool = False,
    auditor: str | None = None,
) -> Plan:
    """Return what one verdict on many items would change; nothing is stored.

    Parameters
    ----------
    store : Store
    selected : Query, mapping of str to Shown, or sequence of str
        Which items: all that meet a query, or those with these ids. A mapping
        has what was on screen by id, without content where the picture could
        not be shown.
    verdict : Verdict
    labels : sequence of str, or "suggested"
        Of a ``relabel`` or ``ambiguous``; `SUGGESTED` relabels each item to
        its own suggestion.
    again : bool
        Whether items that have a verdict are judged again.
    auditor : str or None
        Who is to decide: what waits for their blind second review stays out, and
        what others have decided about it does not show. None for nobody in particular.

    Raises
    ------
    StoreError
        When the labels do not fit the verdict, or are none of the audit's classes.
    QueryError
        When the query names what is not in the audit.
    """
    accepted = verdict is Verdict.RELABEL and labels == SUGGESTED
    common = () if accepted else tuple(dict.fromkeys(labels))
    if not accepted:
        check_labels(store, verdict, common)
    seen = store.log_id()
    wanted = selected if isinstance(selected, Query) else list(selected)
    rows = store.bulk_rows(wanted, auditor)
    skipped: dict[str, list[str]] = {}
    decisions, changes = [], Counter[Change]()
    for row in rows:
        own = _suggestion(row) if accepted else common
        decided = _decided(row, verdict, own)
        now = Shown(row["content_hash"], row["given"])
        shown = selected.get(row["id"], now) if isinstance(selected, Mapping) else now
        reason = _reason(row, decided, again, shown)
        if reason is not None:
            skipped.setdefault(reason, []).append(row["id"])
            continue
        decisions.append(Decision(row["id"], decided[0].value, decided[1], *now))
        changes[Change(row["given"], *decided)] += 1
    if not isinstance(selected, Query):
        found = {row["id"] for row in rows}
        gone = [item_id for item_id in selected if item_id not in found]
        skipped |= {GONE: gone} if gone else {}
    return Plan(verdict, tuple(decisions), dict(changes.most_common()), skipped, seen)


def _suggestion(row: Row) -> tuple[str, ...]:
    return (row["suggested"],) if row["suggested"] is not None else ()


def _decided(
    row: Row, verdict: Verdict, labels: tuple[str, ...]
) -> tuple[Verdict, tuple[str, ...]]:
    """Return what a verdict comes to on an item: the given label is kept, not given anew."""
    if verdict is Verdict.RELABEL and labels == (row["given"],):
        return Verdict.KEEP, ()
    return verdict, labels


def _reason(
    row: Row, decided: tuple[Verdict, tuple[str, ...]], again: bool, shown: Shown
) -> str | None:
    """Return why an item stays out, or None."""
    verdict, labels = decided
    if shown.given != row["given"] or shown.content_hash not in (None, row["content_hash"]):
        return CHANGED
    if shown.content_hash != row["content_hash"] and VERDICTS[verdict].needs_picture:
        return UNSEEN
    if verdict is Verdict.RELABEL and not labels:
        return NO_SUGGESTION
    if verdict is Verdict.KEEP and row["given"] is None:
        return NO_LABEL
    if row["awaits_second"]:
        return BLIND
    if row["verdict"] == verdict and sorted(row["labels"]) == sorted(labels):
        return ALREADY
    return JUDGED if row["verdict"] is not None and not again else None


def draw(plan: Plan, seed: int, size: int = GATE_SIZE) -> list[str]:
    """Return the ids of a random sample of a plan's items, without replacement.

    Parameters
    ----------
    plan : Plan
    seed : int
        0 and up. The same seed and the same items draw the same sample.
    size : int
        All items, in random order, where there are no more.
    """
    import numpy as np

    ids = sorted(plan.ids)
    chosen = np.random.default_rng(seed).permutation(len(ids))[:size]
    return [ids[position] for position in chosen.tolist()]


def precision(agreed: int, drawn: int) -> Precision:
    """Return how large a share of a set is right, from a random sample of it.

    The bounds are exact for a binomial count (Clopper and Pearson, 1934), each
    at 95 % by itself: 8 of 8 give at least .69. Drawn without replacement from
    a finite set, the truth is nearer still, so that they err on the safe side.

    Parameters
    ----------
    agreed : int
        Items of the sample that were found right.
    drawn : int
        Items of the sample, 1 and up.
    """
    from scipy.special import betaincinv  # scipy.stats takes half a second to import

    if not 0 <= agreed <= drawn or drawn == 0:
        raise ValueError(f"{agreed} of {drawn} is no share.")
    wrong = drawn - agreed
    low = float(betaincinv(agreed, wrong + 1, 1 - CERTAINTY)) if agreed else 0.0
    high = float(betaincinv(agreed + 1, wrong, CERTAINTY)) if wrong else 1.0
    return Precision(agreed / drawn, low, high)


def apply(
    store: Store,
    plan: Plan,
    *,
    session: str,
    seq: int,
    auditor: str,
    without: Collection[str] = (),
    gate: tuple[int, int] | None = None,
) -> list[int]:
    """Store a plan as one action, which one undo takes back; sent twice, it is stored once.

    Parameters
    ----------
    session, seq : str, int
        Who sends, and the number of the action there.
    without : collection of str
        Items that stay out, such as those found wrong in the sample.
    gate : (int, int) or None
        How many were drawn and how many of those were right; kept with the action.

    Returns
    -------
    list of int
        The ids of the verdicts.

    Raises
    ------
    StoreError
        When nothing is left to decide, an image has changed since, or another
        auditor has judged one of the items since the plan was made.
    """
    decisions = [decision for decision in plan.decisions if decision.item_id not in without]
    if not decisions:
        raise StoreError("No image is left to apply the verdict to.")
    verdict_ids = give_verdicts(
        store, decisions, session=session, seq=seq, auditor=auditor, seen=plan.seen
    )
    if gate is not None:
        drawn, agreed = gate
        store.add_gate(verdict_ids[0], drawn=drawn, agreed=agreed, size=len(plan.decisions))
    return verdict_ids
