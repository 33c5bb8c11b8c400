"""The verdicts there are, what each needs, and the final label that follows."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from enum import StrEnum

from core.store import Decision, Store, StoreError
from core.store.verdict_log import REVIEW

LABEL_SEPARATOR = "|"


class Verdict(StrEnum):
    """What an auditor can decide about an item."""

    KEEP = "keep"
    RELABEL = "relabel"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    BAD_IMAGE = "bad image"
    UNSURE = "unsure"


UNDO, REDO = "undo", "redo"


def parse_verdict(text: str) -> Verdict:
    """Return the verdict that `text` names; ``bad-image`` and ``bad_image`` will do.

    Raises
    ------
    StoreError
        When there is no such verdict.
    """
    try:
        return Verdict(text.strip().lower().replace("-", " ").replace("_", " "))
    except ValueError:
        known = ", ".join(Verdict)
        raise StoreError(f"There is no verdict {text!r}; there are {known}.") from None


def text_sent(value: object) -> str:
    """Return what was sent, which must be text: null must never turn into the verdict 'none'."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def give_verdict(
    store: Store,
    verdict: Verdict,
    labels: Sequence[str] = (),
    *,
    session: str,
    seq: int,
    item_id: str,
    auditor: str,
    content_hash: str | None = None,
    role: str = REVIEW,
    seen: int | None = None,
) -> int:
    """Check a verdict and append it to the log; see `give_verdicts`."""
    decision = Decision(item_id, verdict.value, tuple(labels), content_hash)
    (verdict_id,) = give_verdicts(
        store, [decision], session=session, seq=seq, auditor=auditor, role=role, seen=seen
    )
    return verdict_id


def give_verdicts(
    store: Store,
    decisions: Sequence[Decision],
    *,
    session: str,
    seq: int,
    auditor: str,
    role: str = REVIEW,
    seen: int | None = None,
) -> list[int]:
    """Check the verdicts of one action and append them to the log; see `Store.add_action`.

    Raises
    ------
    StoreError
        When the labels do not fit a verdict or the store refuses one; then
        none is stored.
    """
    decisions = [
        decision._replace(labels=tuple(dict.fromkeys(decision.labels))) for decision in decisions
    ]
    given = _given_labels(store, decisions)
    for decision in decisions:
        _check(decision, given.get(decision.item_id))
    _check_labels(store, {label for decision in decisions for label in decision.labels})
    return store.add_action(
        session=session, seq=seq, auditor=auditor, decisions=decisions, role=role, seen=seen
    )


def check_labels(store: Store, verdict: Verdict, labels: Sequence[str]) -> None:
    """Raise a `StoreError` when `labels` do not fit a verdict, whatever item it is on."""
    _check(Decision("", verdict.value, tuple(labels)), None)
    _check_labels(store, labels)


def _given_labels(store: Store, decisions: Sequence[Decision]) -> dict[str, str | None]:
    ids = [one.item_id for one in decisions if one.verdict == Verdict.RELABEL]
    return {item_id: item["given"] for item_id, item in store.items(ids).items()} if ids else {}


def _check(decision: Decision, given: str | None) -> None:
    verdict, labels = decision.verdict, decision.labels
    if verdict == Verdict.RELABEL and len(labels) != 1:
        raise StoreError("A relabel needs one label, the right one.")
    if verdict == Verdict.AMBIGUOUS and len(labels) < 2:
        raise StoreError("An ambiguous verdict needs the two or more labels that fit.")
    if verdict not in (Verdict.RELABEL, Verdict.AMBIGUOUS) and labels:
        raise StoreError(f"The verdict {str(verdict)!r} takes no label.")
    if verdict == Verdict.RELABEL and given == labels[0]:
        raise StoreError(f"{labels[0]!r} is its given label already; the verdict for that is keep.")


def _check_labels(store: Store, labels: Collection[str]) -> None:
    if not labels:
        return
    names = list(store.class_names().values())
    for label in labels:
        if label not in names:
            near = difflib.get_close_matches(label, names, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise StoreError(f"There is no class {label!r} in this audit.{hint}")


def final_label(
    given: str | None, verdict: str | None, labels: Sequence[str], kept: str | None = None
) -> str:
    """Return the label that an item leaves the audit with.

    Parameters
    ----------
    given : str or None
    verdict : str or None
        None when nobody has judged the item.
    labels : sequence of str
        The verdict's classes.
    kept : str or None
        The given label at the time of the verdict; the input may have changed since.

    Returns
    -------
    str
        The new class of a ``relabel``; the label that a ``keep`` kept; all
        valid classes of an ``ambiguous``, joined by ``|``; empty for ``none``
        and ``bad image``, which leave no label to learn from; the given label
        otherwise.
    """
    if verdict == Verdict.KEEP:
        return kept or given or ""
    if verdict in (Verdict.RELABEL, Verdict.AMBIGUOUS):
        return LABEL_SEPARATOR.join(labels)
    if verdict in (Verdict.NONE, Verdict.BAD_IMAGE):
        return ""
    return given or ""
