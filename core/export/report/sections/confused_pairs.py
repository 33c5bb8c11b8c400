"""Most confused classes: which label was given for which other, with pictures before and after."""

from __future__ import annotations

from typing import NamedTuple

from core.export.report import drawing
from core.export.report.markup import Html, joined, name, numbers, paragraph, table, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.store import Row
from core.text import counted

MOST_PAIRS = 12
WITH_PICTURES = 5
MOST_PICTURES = 6
SPARE = 6


class ConfusedPairs(NamedTuple):
    """The pairs of classes with the most corrections.

    Attributes
    ----------
    rows : list of dict
        ``given``, ``other``, ``corrected`` (images of the one that were relabeled to
        the other), ``suspects`` (images of the one that look like the other) and
        ``to_do`` (those of them that nobody has reviewed).
    others : int
        Pairs that are not among these.
    pictures : list of list of dict
        For the first pairs, corrected items as `Store.items` has them, then suspects
        that nobody has reviewed.
    """

    rows: list[Row]
    others: int
    pictures: list[list[Row]]


def facts(subject: Subject) -> ConfusedPairs | None:
    """Read the most confused pairs; None where no label is wrong or left to be reviewed."""
    pairs = {
        pair: {"corrected": count, "suspects": 0, "to_do": 0}
        for pair, count in subject.store.corrections().items()
    }
    for row in subject.confusions:
        pair = pairs.setdefault((row["given"], row["suggested"]), {"corrected": 0})
        pair |= {"suspects": row["count"], "to_do": row["count"] - row["reviewed"]}
    rows = [
        {"given": given, "other": other} | pair
        for (given, other), pair in pairs.items()
        if pair["corrected"] or pair["to_do"]
    ]
    if not rows:
        return None
    rows.sort(key=_by_confusion)
    shown = rows[:MOST_PAIRS]
    lists = [_pictures(subject, row) for row in shown[:WITH_PICTURES]]
    return ConfusedPairs(shown, len(rows) - len(shown), lists)


def _by_confusion(row: Row) -> tuple[int, int, str, str]:
    """Return the key to sort by: corrections, where several are no slip, then suspects as well."""
    corrected = row["corrected"] if row["corrected"] > 1 else 0
    return -corrected, -row["corrected"] - row["to_do"], row["given"], row["other"]


def _pictures(subject: Subject, row: Row) -> list[Row]:
    store, pair = subject.store, (row["given"], row["other"])
    ids = store.examples(*pair, limit=MOST_PICTURES + SPARE) if row["corrected"] else []
    ids += store.unreviewed_examples(*pair, limit=MOST_PICTURES) if row["to_do"] else []
    return subject.items(ids)


def body(confused: ConfusedPairs, pictures: Pictures) -> Html:
    """Draw the pairs, and show some images of each."""
    more = f" {counted(confused.others, 'pair')} with fewer are not shown."
    parts = [_parts(row) for row in confused.rows]
    whole = max(sum(part.count for part in each) for each in parts)
    return joined(
        paragraph(
            "A label error has a direction: the class that was given, and the one that it is. Where"
            " a pair is confused again and again, the labeling instructions may need another look.",
            more if confused.others else "",
        ),
        drawing.legend(parts[0], with_counts=False),
        drawing.bars(
            [
                drawing.Bar(_pair(row), each, f"{each[0].count:,} found, {each[1].count:,} to do")
                for row, each in zip(confused.rows, parts, strict=True)
            ],
            whole,
        ),
        numbers("the pairs", _table(confused)),
        tag(
            "div",
            [
                _strip(row, items, pictures)
                for row, items in zip(confused.rows, confused.pictures, strict=False)
            ],
            class_="groups",
        ),
    )


def _parts(row: Row) -> list[drawing.Part]:
    return [
        drawing.Part("label errors found", row["corrected"], "error"),
        drawing.Part("suspect, not reviewed", row["to_do"], "open"),
    ]


def _pair(row: Row) -> Html:
    return joined(name(row["given"], "given"), " → ", name(row["other"], "final"))


def _table(confused: ConfusedPairs) -> Html:
    columns = ["Given label", "Final label, or what it looks like", "Corrected", "Suspect", "To do"]
    return table(
        columns,
        [
            [
                name(row["given"], "given"),
                name(row["other"], "final"),
                *(row[key] for key in ("corrected", "suspects", "to_do")),
            ]
            for row in confused.rows
        ],
    )


def _strip(row: Row, items: list[Row], pictures: Pictures) -> Html | None:
    strip = pictures.strip(items, MOST_PICTURES)
    if strip is None:
        return None
    return tag("div", tag("h3", _pair(row)), strip, class_="group")


SECTION = Section(
    name="confused-pairs", order=50, title="Most confused classes", facts=facts, body=body
)
