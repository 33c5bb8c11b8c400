"""Giving verdicts: what each needs, checked before it goes into the log."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from core.store import Decision, Store, StoreError, Unchecked
from core.terms import VERDICTS, Role, Verdict


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
    given: str | Unchecked | None = Unchecked.GIVEN,
    role: str = Role.REVIEW,
    seen: int | None = None,
) -> int:
    """Check a verdict and append it to the log; see `give_verdicts`."""
    decision = Decision(item_id, verdict.value, tuple(labels), content_hash, given)
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
    role: str = Role.REVIEW,
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
    ids = [one.item_id for one in decisions if len(one.labels) == 1]
    return {item_id: item["given"] for item_id, item in store.items(ids).items()} if ids else {}


def _check(decision: Decision, given: str | None) -> None:
    verdict, labels = parse_verdict(decision.verdict), decision.labels
    term = VERDICTS[verdict]
    least, most = term.classes
    if most == 0 and labels:
        raise StoreError(f"The verdict {str(verdict)!r} takes no label.")
    if len(labels) < least or (most is not None and len(labels) > most):
        raise StoreError(term.needs)
    if labels and labels == (given,):
        raise StoreError(
            f"{given!r} is its given label already; the verdict for that is {Verdict.KEEP}."
        )


def _check_labels(store: Store, labels: Collection[str]) -> None:
    if not labels:
        return
    names = list(store.class_names().values())
    known = store.class_aliases()
    for label in labels:
        if label not in known:
            near = difflib.get_close_matches(label, names, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise StoreError(f"There is no class {label!r} in this audit.{hint}")
