"""The corrected labels: a row for each row of the input, with columns of ours after them.

Those are `core.terms.FINAL_COLUMNS`: the final label and how it came about. Several
labels are joined by ``|``, which a class name may hold as well; where one does, a
column more lists them in JSON. Where the input is an export of ours, its columns
are replaced, never doubled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from core.export.unblinding import check_unblinded
from core.ingest.own_export import final_labels
from core.review.final_rule import by_item, how_decided
from core.store import Row, Store
from core.terms import CLASS_SEPARATOR, FINAL_COLUMNS, FINAL_LABELS, FINAL_PREFIX, VERDICTS, Verdict


def columns(store: Store) -> list[str]:
    """Return the input's columns and ours; ours is prefixed where the input has that name."""
    return store.input_columns() + added_columns(store)


def added_columns(store: Store) -> list[str]:
    """Return the names of our columns in their order."""
    given = set(store.input_columns())
    return [_free_name(name, given) for name in _added(store)]


def _added(store: Store) -> tuple[str, ...]:
    had_list = len(store.earlier_columns()) > len(FINAL_COLUMNS)
    if had_list or any(CLASS_SEPARATOR in name for name in store.class_names().values()):
        return (*FINAL_COLUMNS, FINAL_LABELS)
    return FINAL_COLUMNS


def _free_name(name: str, given: set[str]) -> str:
    while name in given:
        name = FINAL_PREFIX + name
    return name


def rows(store: Store) -> Iterator[list[str]]:
    """Yield one row for each row of the input, in its order, quarantined ones included.

    An item that an earlier export left with several labels or with none, and that
    nobody has judged since, leaves with what was decided then.
    """
    given_columns, earlier = store.input_columns(), store.earlier_columns()
    with_list = len(_added(store)) > len(FINAL_COLUMNS)
    for item, decided in _decided(store):
        if earlier and not item["labels"] and _leaves_given(decided):
            values = [item["fields"].get(column, "") for column in earlier[: len(FINAL_COLUMNS)]]
            labels: Sequence[str] = final_labels(item["fields"], earlier)
        else:
            values = [
                item["final"],
                *(decided[key] if decided else "" for key in ("verdict", "auditor", "at", "rule")),
            ]
            labels = item["labels"]
        listed = [json.dumps(labels, ensure_ascii=False)] if with_list else []
        yield [item["fields"].get(column, "") for column in given_columns] + values + listed


def _leaves_given(decided: Row | None) -> bool:
    return decided is None or VERDICTS[Verdict(decided["verdict"])].leaves == "given"


def decisions(store: Store, auditor: str | None = None) -> list[Row]:
    """Return the judged items with given and final label, the latest verdict first.

    Keys: ``id``, ``path``, ``content_hash``, ``given``, ``final`` (labels joined
    by ``|``), ``labels`` (a list), ``verdict``, ``auditor``, ``at``, ``rule`` (how
    the label came about), ``changed``.

    Parameters
    ----------
    store : Store
    auditor : str or None
        Who asks; see `core.export.unblinding.check_unblinded`.
    """
    check_unblinded(store, auditor)
    decided = [
        item | {key: verdict[key] for key in ("verdict", "auditor", "at", "rule")}
        for item, verdict in _decided(store)
        if verdict
    ]
    decided.sort(key=lambda item: item["at"], reverse=True)
    return [item | {"changed": item["labels"] != _listed(item["given"])} for item in decided]


def _listed(label: str | None) -> list[str]:
    return [] if label is None else [label]


def _decided(store: Store) -> Iterator[tuple[Row, Row | None]]:
    """Yield each row of the input, and the verdict that decides it with its ``rule``."""
    verdicts = store.current_verdicts()
    annotations, rule = by_item(store.shared_annotations()), store.final_rule()
    for item in store.input_rows():
        decided = verdicts.get(item["id"])
        if decided is not None:
            how = how_decided(annotations.get(item["id"], ()), rule)
            decided = decided | {"rule": how}
        yield item | {"final": item["final"] or ""}, decided
