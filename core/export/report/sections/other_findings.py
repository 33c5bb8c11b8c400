"""Findings beside the labels: copies, leakage, odd pictures and files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from core.export.report.markup import (
    Content,
    Html,
    joined,
    paragraph,
    table,
    tag,
    with_examples,
)
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.findings import FINDINGS
from core.store import Row
from core.text import sentence

MOST_PICTURES = 6
MOST_NOTES = 8


@dataclass(frozen=True)
class Finding:
    """One kind of finding.

    Attributes
    ----------
    kind : str
        Of `FINDINGS`.
    count, reviewed : int
        Images in its findings, and those of them that were reviewed.
    pictures : list of dict
        The first images, a group in a row, as `Store.items` has them, and ``starts``:
        whether a group begins; ``split``, where they belong to one.
    details : list of str
        What was found, where the kind alone does not tell.
    """

    kind: str
    count: int
    reviewed: int
    pictures: list[Row]
    details: list[str] = field(default_factory=list)


class Findings(NamedTuple):
    """All findings.

    Attributes
    ----------
    found : list of Finding
        The kinds of which there are some.
    splits : list of str
    notes : list of dict
        What is odd about files that could be used: ``text``, ``count``, ``path``.
    """

    found: list[Finding]
    splits: list[str]
    notes: list[Row]


def facts(subject: Subject) -> Findings | None:
    """Read the findings; None where nothing was looked for yet."""
    store = subject.store
    if store.fingerprint("findings") is None:
        return None
    counts = store.finding_counts()
    found = [
        Finding(
            kind,
            counts[kind]["count"],
            counts[kind]["reviewed"],
            _pictures(subject, kind),
            store.finding_notes(kind),
        )
        for kind in FINDINGS
        if kind in counts
    ]
    return Findings(found, store.splits(), store.file_notes(MOST_NOTES))


def _pictures(subject: Subject, kind: str) -> list[Row]:
    """Return the first images of a kind: whole groups, as far as they find room."""
    rows = subject.store.findings(kind, limit=4 * MOST_PICTURES)
    items = {item["id"]: item for item in subject.items([row["id"] for row in rows])}
    sizes = Counter(row["group_id"] for row in rows)
    shown: list[Row] = []
    for at, row in enumerate(rows):
        starts = at == 0 or rows[at - 1]["group_id"] != row["group_id"]
        if starts and shown and len(shown) + sizes[row["group_id"]] > MOST_PICTURES:
            break
        apart = starts and max(sizes.values()) > 1
        if item := items.get(row["id"]):
            shown.append(item | {"starts": apart, "split": row["split"]})
    return shown[:MOST_PICTURES]


def body(findings: Findings, pictures: Pictures) -> Html:
    """Count what was found, and show the surest of it."""
    if not findings.found and not findings.notes:
        return paragraph(
            "No duplicates, no leakage between splits, no outliers and no odd pictures were found."
        )
    return joined(
        paragraph(
            "Found by comparing the images with each other, most of it whatever their labels say."
            " Whether it matters is for those who use the data to decide."
        ),
        _table(findings),
        [_kind(finding, findings.splits, pictures) for finding in findings.found],
        with_examples("Unusual files, which could be read", "Files", findings.notes),
    )


def _table(findings: Findings) -> Html | None:
    rows: list[list[Content]] = [
        [
            tag("bdi", FINDINGS[one.kind].titled(findings.splits)),
            one.count,
            one.reviewed,
            FINDINGS[one.kind].meaning,
        ]
        for one in findings.found
    ]
    return table(["Finding", "Images", "Reviewed", "Why it matters"], rows) if rows else None


def _kind(finding: Finding, splits: list[str], pictures: Pictures) -> Html | None:
    strip = pictures.strip(finding.pictures, MOST_PICTURES, again=True)
    if strip is None:
        return None
    heading = sentence(FINDINGS[finding.kind].sentence(finding.count, splits))
    details = [paragraph(sentence(one)) for one in finding.details]
    return tag("div", tag("h3", tag("bdi", heading)), joined(details), strip, class_="group")


SECTION = Section(
    name="findings", order=70, title="Copies, leakage and odd pictures", facts=facts, body=body
)
