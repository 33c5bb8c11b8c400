"""The corrected labels as the table that came in, with five columns more."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from core.review.final_rule import by_item, how_decided
from core.review.verdicts import final_label
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


def csv_text(store: Store) -> str:
    """Return the corrected labels as CSV (UTF-8 text, lines ended by a line feed)."""
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(columns(store))
    writer.writerows(rows(store))
    return "".join(lines)


class _Lines(list[str]):
    """Takes the lines of a `csv.writer` that ends them by CR LF; keeps them ended by LF.

    A writer quotes only the line ends that it writes, and a lone CR in a
    value has to be quoted too.
    """

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n") + "\n")


def write_csv(store: Store, path: Path) -> int:
    """Write the corrected labels to `path`, beside and renamed; return the number of rows."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(csv_text(store), encoding="utf-8", newline="")
    partial.replace(path)
    return store.counts()["items"]


def decisions(store: Store) -> list[Row]:
    """Return the judged items with given and final label, the latest verdict first.

    Keys: ``id``, ``path``, ``content_hash``, ``given``, ``final``, ``verdict``,
    ``auditor``, ``at``, ``rule`` (how the label came about), ``changed``.
    """
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
    words, rule = by_item(store.shared_words()), store.final_rule()
    for item in store.input_rows():
        decided = verdicts.get(item["id"])
        if decided is None:
            yield item, final_label(item["given"], None, []), None
            continue
        said = decided["verdict"], decided["labels"], decided["given"]
        how = how_decided(words.get(item["id"], ()), rule)
        yield item, final_label(item["given"], *said), decided | {"rule": how}
