"""The verdicts there are, what each needs, and the final label that follows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from enum import StrEnum

from core.store import Store, StoreError

LABEL_SEPARATOR = "|"


class Verdict(StrEnum):
    """What an auditor can decide about an item."""

    KEEP = "keep"
    RELABEL = "relabel"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    BAD_IMAGE = "bad image"
    UNSURE = "unsure"


UNDO = "undo"


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
) -> int:
    """Check a verdict and append it to the log; see `Store.add_verdict`.

    Raises
    ------
    StoreError
        When the labels do not fit the verdict or the store refuses it.
    """
    labels = list(dict.fromkeys(labels))
    if verdict is Verdict.RELABEL and len(labels) != 1:
        raise StoreError("A relabel needs one label, the right one.")
    if verdict is Verdict.AMBIGUOUS and len(labels) < 2:
        raise StoreError("An ambiguous verdict needs the two or more labels that fit.")
    if verdict not in (Verdict.RELABEL, Verdict.AMBIGUOUS) and labels:
        raise StoreError(f"The verdict {verdict.value!r} takes no label.")
    if verdict is Verdict.RELABEL:
        item = store.items([item_id]).get(item_id)
        if item is not None and item["given"] == labels[0]:
            raise StoreError(
                f"{labels[0]!r} is its given label already; the verdict for that is keep."
            )
    _check_labels(store, labels)
    return store.add_verdict(
        session=session,
        seq=seq,
        item_id=item_id,
        auditor=auditor,
        verdict=verdict.value,
        labels=labels,
        content_hash=content_hash,
    )


def _check_labels(store: Store, labels: Sequence[str]) -> None:
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
