"""What was not reviewed, so that nobody takes it for checked."""

from __future__ import annotations

from typing import NamedTuple

from core.export.report import drawing
from core.export.report.markup import (
    Content,
    Html,
    joined,
    name,
    numbers,
    paragraph,
    table,
    tag,
    with_examples,
)
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.store import Row
from core.terms import VERDICTS, Verdict
from core.text import counted

EDGES = (0.2, 0.5, 0.8, 0.95)
"""Of the bands of suspicion."""

MOST_NAMES = 12
MOST_REASONS = 8


class Unreviewed(NamedTuple):
    """What was not reviewed.

    Attributes
    ----------
    counts : dict
        See `Store.counts`.
    to_do : int
        Suspect labels that nobody has reviewed.
    unsure, unresolved : int
        Images of which the verdict is that the auditor was unsure, and those on which
        auditors disagree and nobody has adjudicated.
    bands : list of dict
        See `Store.reviewed_by_suspicion`, the most suspect first.
    untouched : list of str
        Classes of which no image was reviewed, and that have images; the largest first.
    reasons : list of dict
        Why images could not be read.
    """

    counts: dict[str, int]
    to_do: int
    unsure: int
    unresolved: int
    bands: list[Row]
    untouched: list[str]
    reasons: list[Row]


def facts(subject: Subject) -> Unreviewed:
    """Read what was not reviewed."""
    store = subject.store
    untouched = [row for row in subject.classes if row["items"] and not row["reviewed"]]
    untouched.sort(key=lambda row: (-row["items"], row["given"]))
    return Unreviewed(
        subject.counts,
        subject.to_do,
        sum(n for name, n in subject.verdicts.items() if not VERDICTS[Verdict(name)].is_sure),
        subject.disputes.unresolved,
        store.reviewed_by_suspicion(EDGES)[::-1],
        [row["given"] for row in untouched],
        store.unread_reasons(MOST_REASONS),
    )


def body(unreviewed: Unreviewed, pictures: Pictures) -> Html:
    """Say what was not reviewed, and how far down the ranking the review went."""
    counts = unreviewed.counts
    left = counts["items"] - counts["reviewed"]
    verb = "was" if left == 1 else "were"
    return joined(
        paragraph(
            f"{counted(left, 'image')} of {counts['items']:,} {verb} not reviewed and"
            f" {'keeps its' if left == 1 else 'keep their'} given label. A label that is not"
            " suspect can still be wrong: the errors found so far are those that were looked for,"
            " not all there are."
        ),
        _open_list(unreviewed),
        _bands(unreviewed) if unreviewed.bands else None,
        _untouched(unreviewed.untouched),
        with_examples("Why images could not be read", "Images", unreviewed.reasons),
    )


def _open_list(unreviewed: Unreviewed) -> Html | None:
    counts = unreviewed.counts
    rows = [
        (title, count)
        for title, count in (
            ("Suspect labels that nobody has reviewed", unreviewed.to_do),
            ("Reviewed, but the auditor was unsure", unreviewed.unsure),
            ("Unresolved disagreements of auditors", unreviewed.unresolved),
            ("Image or label changed since the review", counts["outdated"]),
            ("Without a label, so without a suspicion", counts["unlabeled"]),
            ("Could not be read", counts["quarantined"]),
        )
        if count
    ]
    return table(["Open", "Images"], rows) if rows else None


def _bands(unreviewed: Unreviewed) -> Html:
    titles = [_band_title(row["band"]) for row in unreviewed.bands]
    parts = [_parts(row) for row in unreviewed.bands]
    return joined(
        tag("h3", "How far down the ranking the review went"),
        paragraph(
            "Suspicion says how strongly the evidence disagrees with a label, from 0 to 1. It"
            " orders the review; it does not count errors. Each bar is all images of a band.",
            kind="note",
        ),
        drawing.legend(parts[0], with_counts=False),
        drawing.bars(
            [
                drawing.Bar(title, each, f"{row['reviewed']:,} of {row['images']:,} reviewed")
                for title, each, row in zip(titles, parts, unreviewed.bands, strict=True)
            ]
        ),
        numbers(
            "review by suspicion",
            table(
                ["Suspicion", "Images", "Reviewed", "Label errors found"],
                [
                    [title, row["images"], row["reviewed"], row["errors"]]
                    for title, row in zip(titles, unreviewed.bands, strict=True)
                ],
            ),
        ),
    )


def _parts(row: Row) -> list[drawing.Part]:
    return [
        drawing.Part("label errors found", row["errors"], "error"),
        drawing.Part("reviewed, no error", row["reviewed"] - row["errors"], "right"),
        drawing.Part("not reviewed", row["images"] - row["reviewed"], "open"),
    ]


def _band_title(band: int) -> str:
    """Return a band of suspicion: ``0.8 to 0.95``."""
    low, high = [0.0, *EDGES, 1.0][band : band + 2]
    return f"{low:g} to {high:g}"


def _untouched(names: list[str]) -> Html | None:
    if not names:
        return None
    shown: list[Content] = []
    for one in names[:MOST_NAMES]:
        shown += [", " if shown else "", name(one)]
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    heading = f"No image of {counted(len(names), 'class', 'classes')} was reviewed: "
    return paragraph(heading, shown, f"{more}.")


SECTION = Section(
    name="not-reviewed", order=80, title="What was not reviewed", facts=facts, body=body
)
