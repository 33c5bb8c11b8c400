"""Worst classes: where the label errors are, with pictures before and after."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from core.export.report import drawing
from core.export.report.markup import Html, joined, name, numbers, paragraph, table, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.store import Row
from core.text import counted

MOST_CLASSES = 12
WITH_PICTURES = 4
MOST_PICTURES = 6
COLUMNS = ("items", "suspects", "reviewed", "errors")
SPARE = 12
"""More pictures to choose from, as another section may show some of them."""

SHARE = (
    " Most reviewed images were chosen as suspects, so their share of errors is not that of the"
    " class."
)


class WorstClasses(NamedTuple):
    """The classes with the most errors.

    Attributes
    ----------
    rows : list of dict
        ``given``, ``items``, ``suspects``, ``reviewed``, ``errors`` and ``to_do`` (suspects
        that nobody has reviewed); of classes with either of the two, the most errors
        first, then the most to do.
    others : int
        Classes that have some and are not among these.
    pictures : list of list of dict
        For the first classes, items whose label is wrong, as `Store.items` has them.
    """

    rows: list[Row]
    others: int
    pictures: list[list[Row]]


def facts(subject: Subject) -> WorstClasses | None:
    """Read the classes with the most errors; None where there are none, and nothing to do."""
    errors = subject.store.errors_by_class()
    to_do: Counter[str] = Counter()
    for pair in subject.confusions:
        to_do[pair["given"]] += pair["count"] - pair["reviewed"]
    rows = [
        row | {"errors": errors.get(row["given"], 0), "to_do": to_do[row["given"]]}
        for row in subject.classes
    ]
    rows = [row for row in rows if row["errors"] or row["to_do"]]
    rows.sort(key=lambda row: (-row["errors"], -row["to_do"], row["given"]))
    if not rows:
        return None
    shown = rows[:MOST_CLASSES]
    return WorstClasses(shown, len(rows) - len(shown), _pictures(subject, shown))


def _pictures(subject: Subject, rows: list[Row]) -> list[list[Row]]:
    store = subject.store
    lists = []
    for row in rows[:WITH_PICTURES]:
        ids = store.examples(row["given"], limit=MOST_PICTURES + SPARE) if row["errors"] else []
        lists.append(subject.items(ids))
    return lists


def body(worst: WorstClasses, pictures: Pictures) -> Html:
    """Draw errors by class, and show some of them."""
    more = f" {counted(worst.others, 'class', 'classes')} with fewer are not shown."
    return joined(
        paragraph(
            _lead(worst.rows),
            " Suspect labels that nobody has reviewed are counted beside the errors that were"
            " found.",
            SHARE if worst.rows[0]["errors"] else "",
            more if worst.others else "",
        ),
        _chart(worst),
        tag(
            "div",
            [
                _strip(row, one, pictures)
                for row, one in zip(worst.rows, worst.pictures, strict=False)
            ],
            class_="groups",
        ),
    )


def _lead(rows: list[Row]) -> Html:
    """Name the class with the most errors, and how many others have as many."""
    first, *others = rows
    if not first["errors"]:
        return joined("No label has been found wrong yet.")
    errors = counted(first["errors"], "label error")
    if even := sum(row["errors"] == first["errors"] for row in others):
        more = counted(even, "other class", "other classes")
        return joined(name(first["given"], "given"), f" and {more} have the most: {errors} each.")
    reviewed = counted(first["reviewed"], "reviewed image")
    return joined(name(first["given"], "given"), f" has the most: {errors} in {reviewed}.")


def _chart(worst: WorstClasses) -> Html:
    parts = [_parts(row) for row in worst.rows]
    whole = max(sum(part.count for part in each) for each in parts)
    return joined(
        drawing.legend(parts[0], with_counts=False),
        drawing.bars(
            [
                drawing.Bar(name(row["given"], "given"), each, _text(row, each))
                for row, each in zip(worst.rows, parts, strict=True)
            ],
            whole,
        ),
        numbers(
            "the classes",
            table(
                ["Given label", "Images", "Suspect", "Reviewed", "Label errors"],
                [
                    [name(row["given"], "given"), *(row[key] for key in COLUMNS)]
                    for row in worst.rows
                ],
            ),
        ),
    )


def _parts(row: Row) -> list[drawing.Part]:
    return [
        drawing.Part("label errors found", row["errors"], "error"),
        drawing.Part("suspect, not reviewed", row["to_do"], "open"),
    ]


def _text(row: Row, parts: list[drawing.Part]) -> str:
    return f"{parts[0].count:,} found, {parts[1].count:,} to do"


def _strip(row: Row, items: list[Row], pictures: Pictures) -> Html | None:
    strip = pictures.strip(items, MOST_PICTURES)
    if strip is None:
        return None
    heading = tag("h3", "Labeled ", name(row["given"], "given"))
    return tag("div", heading, strip, class_="group")


SECTION = Section(
    name="worst-classes",
    order=40,
    title="Classes with the most label errors",
    facts=facts,
    body=body,
)
