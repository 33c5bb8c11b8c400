"""What was audited: the data set, when, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.export.report.markup import Content, Html, joined, name, table, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.review.history import moment
from core.store import Row

MOST_AUDITORS = 20


class Audited(NamedTuple):
    """What was audited.

    Attributes
    ----------
    source : str
        The name of its folder or file; where that lies is nobody's matter.
    counts : dict
        See `Store.counts`.
    splits : list of str
    first, last : str or None
        When the first and the last of the verdicts that decide were given.
    auditors : list of dict
        See `Store.verdicts_by_auditor`.
    """

    source: str
    counts: dict[str, int]
    splits: list[str]
    first: str | None
    last: str | None
    auditors: list[Row]


def facts(subject: Subject) -> Audited:
    """Read what was audited."""
    store = subject.store
    source = subject.audit.source
    table_name = f" with {source.labels.name}" if source.labels else ""
    return Audited(
        f"{source.path.name}{table_name}",
        subject.counts,
        store.splits(),
        subject.outcome["first"],
        subject.outcome["last"],
        store.verdicts_by_auditor(),
    )


def body(audited: Audited, pictures: Pictures) -> Html:
    """List what was audited, and who reviewed it."""
    counts = audited.counts
    rows: list[tuple[str, Content]] = [
        ("Data set", name(audited.source)),
        ("Images", counts["items"]),
        ("Classes", counts["classes"]),
    ]
    if audited.splits:
        rows.append(("Splits", _listed(audited.splits)))
    rows += [
        (title, counts[key])
        for title, key in (
            ("Without a label", "unlabeled"),
            ("Could not be read", "quarantined"),
        )
        if counts[key]
    ]
    if audited.first and audited.last:
        days = [moment(at) for at in (audited.first, audited.last)]
        rows.append(("Reviewed", " to ".join(dict.fromkeys(days))))
    return joined(
        tag("dl", [joined(tag("dt", title), tag("dd", value)) for title, value in rows]),
        _auditors(audited.auditors),
    )


def _listed(names: Sequence[str], most: int = 8) -> list[Content]:
    parts: list[Content] = []
    for one in names[:most]:
        parts += [", " if parts else "", name(one)]
    return [*parts, f" and {len(names) - most:,} more"] if len(names) > most else parts


def _auditors(auditors: Sequence[Row]) -> Html | None:
    if not auditors:
        return None
    more = len(auditors) - MOST_AUDITORS
    return table(
        ["Auditor", "Verdicts", "of these, blind second reviews", "adjudications"],
        [
            [name(row["auditor"]), row["verdicts"], row["second_reviews"], row["adjudications"]]
            for row in auditors[:MOST_AUDITORS]
        ],
        f"Who reviewed; {more:,} more auditors are not listed" if more > 0 else "Who reviewed",
    )


SECTION = Section(name="audited", order=20, title="What was audited", facts=facts, body=body)
