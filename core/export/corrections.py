"""The corrected labels: a row for each row of the input, with five columns more."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.unblinding import check_unblinded
from core.review.final_rule import by_item, how_decided
from core.store import Row, Store

ADDED_COLUMNS = ("final_label", "verdict", "auditor", "time", "rule")


def columns(store: Store) -> list[str]:
    """Return the input's columns and ours; ours is prefixed where the input has that name."""
    given = store.input_columns()
    return given + [f"audit_{name}" if name in given else name for name in ADDED_COLUMNS]


def rows(store: Store) -> Iterator[list[str]]:
    """Yield one row for each row of the input, in its order, quarantined ones included."""
    given_columns = store.input_columns()
    for item, final, decided in _decided(store):
        yield [item["fields"].get(column, "") for column in given_columns] + [
            final,
            *(decided[key] if decided else "" for key in ("verdict", "auditor", "at", "rule")),
        ]


def decisions(store: Store, auditor: str | None = None) -> list[Row]:
    """Return the judged items with given and final label, the latest verdict first.

    Keys: ``id``, ``path``, ``content_hash``, ``given``, ``final``, ``verdict``,
    ``auditor``, ``at``, ``rule`` (how the label came about), ``changed``.

    Parameters
    ----------
    store : Store
    auditor : str or None
        Who asks; see `core.export.unblinding.check_unblinded`.
    """
    check_unblinded(store, auditor)
    decided = [
        item
        | {"final": final}
        | {key: verdict[key] for key in ("verdict", "auditor", "at", "rule")}
        for item, final, verdict in _decided(store)
        if verdict
    ]
    decided.sort(key=lambda item: item["at"], reverse=True)
    return [item | {"changed": item["final"] != (item["given"] or "")} for item in decided]


def _decided(store: Store) -> Iterator[tuple[Row, str, Row | None]]:
    """Yield each row of the input, its final label, and the verdict behind it with its ``rule``."""
    verdicts = store.current_verdicts()
    annotations, rule = by_item(store.shared_annotations()), store.final_rule()
    for item in store.input_rows():
        final, decided = item.pop("final") or "", verdicts.get(item["id"])
        if decided is not None:
            how = how_decided(annotations.get(item["id"], ()), rule)
            decided = decided | {"rule": how}
        yield item, final, decided
