"""Changes of classes: what may be done, and what looks as if it should be.

Every change is logged and can be undone, the latest first. A rename changes
what a class is called wherever it is shown or exported; a merge makes two
classes one, verdicts included; a split relabels a selection to a new class.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

from core.query.tree import Query
from core.review import bulk
from core.store import Row, Store, StoreError
from core.terms import CLASS_CHANGES, UNDO, ClassChange, Verdict
from core.text import counted

MOST_CHARACTERS = 200
LEAST_MOVED = 0.5
"""Of the items of a class that is gone, and of those of the class that they have now."""


class Suggestion(NamedTuple):
    """Two classes that look like one.

    Attributes
    ----------
    former, now : str
        Names; the first would be merged into the second.
    kind : str
        ``renamed``: the items of the former, which the input has no more, are
        those of the other. ``alike``: the names differ only by case, blanks or
        Unicode form.
    items : int
        How many items would be merged.
    """

    former: str
    now: str
    kind: Literal["renamed", "alike"]
    items: int

    @property
    def sentence(self) -> str:
        """Why."""
        if self.kind == "renamed":
            return (
                f"{counted(self.items, 'image')} that had the label {self.former!r} have"
                f" {self.now!r} now, and no image has {self.former!r} any more."
            )
        return f"{self.former!r} and {self.now!r} differ only in case, blanks or Unicode form."


def suggestions(store: Store) -> list[Suggestion]:
    """Return the merges to propose, those of renamed classes first; nothing is changed."""
    names = store.class_names()
    apart = _kept_apart(store)
    found = [
        Suggestion(names[row["former"]], names[row["now"]], "renamed", row["moved"])
        for row in store.former_classes()
        if row["moved"] >= LEAST_MOVED * row["had"] and row["moved"] >= LEAST_MOVED * row["has"]
    ]
    return [
        one
        for one in found + _alike(store.classes())
        if frozenset((one.former, one.now)) not in apart
    ]


def _alike(classes: Sequence[Row]) -> list[Suggestion]:
    """Propose to merge the classes that differ in writing only into the largest of them."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in classes:
        if row["items"]:
            groups[_normalized(row["name"])].append(row)
    proposals = []
    for rows in groups.values():
        largest = max(rows, key=lambda row: (row["items"], _is_tidy(row["name"])))
        proposals += [
            Suggestion(row["name"], largest["name"], "alike", row["items"])
            for row in rows
            if row is not largest
        ]
    return proposals


def _is_tidy(name: str) -> bool:
    return name == unicodedata.normalize("NFC", " ".join(name.split()))


def _normalized(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _kept_apart(store: Store) -> set[frozenset[str]]:
    now = store.class_aliases()
    return {
        frozenset((now[row["class_spelling"]], now[row["other"]]))
        for row in store.class_log()
        if row["kind"] == ClassChange.SEPARATE and not row["is_undone"]
    }


def rename(store: Store, name: str, new: str, *, auditor: str) -> None:
    """Call a class otherwise.

    Raises
    ------
    StoreError
        When there is no class `name`, or `new` is no name or another class's.
    """
    new = _checked_name(new)
    if new in store.class_names().values():
        raise StoreError(f"There is a class {new!r} already; merge {name!r} into it instead.")
    class_id, now = _class(store, name)
    if store.class_aliases().get(new, now) != now:
        raise StoreError(f"{new!r} was the name of another class; choose another name.")
    store.add_class_change(ClassChange.RENAME, class_id, auditor=auditor, text=new)


def merge(store: Store, names: Sequence[str], into: str, *, auditor: str) -> None:
    """Make classes one: labels, suggestions and verdicts of each become those of `into`.

    Raises
    ------
    StoreError
        When one of them does not exist, or is `into` itself.
    """
    into_id, into_name = _class(store, into)
    ids = [_class(store, name) for name in names]
    if any(class_id == into_id for class_id, _ in ids):
        raise StoreError(f"{into_name!r} cannot be merged into itself.")
    store.add_class_change(
        ClassChange.MERGE, *(class_id for class_id, _ in ids), auditor=auditor, other_id=into_id
    )


def split(
    store: Store,
    selected: Query | Sequence[str],
    name: str,
    *,
    auditor: str,
    session: str,
    seq: int = 0,
) -> int:
    """Make a new class of a selection: each of its items is relabeled to it, as one action.

    Returns
    -------
    int
        How many items it has.

    Raises
    ------
    StoreError
        When there is a class of that name, or nothing is selected.
    """
    name = _checked_name(name)
    if not store.bulk_rows(selected):
        raise StoreError("No image is selected for the new class.")
    store.add_class(name, auditor=auditor, action=f"{session}:{seq}")
    plan = bulk.plan(store, selected, Verdict.RELABEL, [name], again=True)
    return len(bulk.apply(store, plan, session=session, seq=seq, auditor=auditor))


def add(store: Store, name: str, *, auditor: str) -> None:
    """Add a class that the input does not have, so that it can be given."""
    store.add_class(_checked_name(name), auditor=auditor)


def describe(store: Store, name: str, text: str, *, auditor: str) -> None:
    """Say what belongs to a class; an empty text takes the description away."""
    class_id, _ = _class(store, name)
    store.add_class_change(ClassChange.DESCRIBE, class_id, auditor=auditor, text=text.strip())


def retire(store: Store, name: str, *, auditor: str) -> None:
    """Offer a class no more; items that have it keep it."""
    store.add_class_change(ClassChange.RETIRE, _class(store, name)[0], auditor=auditor)


def restore(store: Store, name: str, *, auditor: str) -> None:
    """Offer a retired class again."""
    store.add_class_change(ClassChange.RESTORE, _class(store, name)[0], auditor=auditor)


def separate(store: Store, name: str, other: str, *, auditor: str) -> None:
    """Say that two classes are different, so that a merge is proposed no more."""
    store.add_class_change(
        ClassChange.SEPARATE,
        _class(store, name)[0],
        auditor=auditor,
        other_id=_class(store, other)[0],
    )


def undo(store: Store, *, auditor: str) -> str:
    """Undo the latest change that stands; return what it was.

    Raises
    ------
    StoreError
        When there is none.
    """
    return sentence(store.undo_class_change(auditor=auditor))


def sentence(row: Row) -> str:
    """Return what a row of `Store.class_log` says."""
    if row["kind"] == UNDO:
        return "undone"
    return CLASS_CHANGES[ClassChange(row["kind"])].format(
        name=row["class_spelling"], other=row["other"], text=row["text"]
    )


def must_rank_again(store: Store) -> bool:
    """Tell whether classes were merged or split after the labels were last ranked."""
    counted_in = store.setting(RANKED_CLASSES, 0)
    changes = (ClassChange.MERGE, ClassChange.SPLIT, UNDO)
    return any(row["id"] > counted_in and row["kind"] in changes for row in store.class_log())


RANKED_CLASSES = "ranked_classes"
"""The setting that holds `Store.class_log_id` of the last ranking."""


def _class(store: Store, name: str) -> tuple[int, str]:
    """Return id and name of the class that is called so, or was."""
    now = store.class_aliases().get(name)
    found = [one for one in store.class_names().items() if one[1] == now]
    if not found:
        raise StoreError(f"There is no class {name!r} in this audit.")
    return found[0]


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > MOST_CHARACTERS:
        raise StoreError(f"A class needs a name of 1 to {MOST_CHARACTERS} characters.")
    if any(unicodedata.category(one) == "Cc" for one in name):
        raise StoreError("The name of a class is one line, without tabs and other control signs.")
    return name
