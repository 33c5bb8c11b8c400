"""Result: how many labels were reviewed, and how many of them are wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.charts.common import TO_DO
from core.charts.overview_charts import progress_frame
from core.export.report import drawing
from core.export.report.markup import Html, joined, numbers, paragraph, share, table
from core.export.report.pictures import Pictures
from core.export.report.section import Figure, Section, Subject
from core.export.review_summary import review_summary
from core.terms import VERDICTS, Verdict
from core.text import counted


class Result(NamedTuple):
    """What the review came to.

    Attributes
    ----------
    counts : dict
        See `Store.counts`.
    errors, changed : int
        Reviewed images whose label is wrong or not right alone, and those that leave
        with another label than the given one.
    to_do : int
        Suspect labels that nobody has reviewed.
    progress : list of dict
        The rows of `progress_frame`: ``verdict`` and ``count``.
    """

    counts: dict[str, int]
    errors: int
    changed: int
    to_do: int
    progress: list[dict[Any, Any]]


def facts(subject: Subject) -> Result:
    """Read what the review came to."""
    return Result(
        subject.counts,
        subject.outcome["errors"],
        subject.outcome["changed"],
        subject.to_do,
        progress_frame(subject.verdicts, subject.to_do).to_dict("records"),
    )


def figures(result: Result) -> list[Figure]:
    """Return the numbers at the head of the report."""
    counts, reviewed = result.counts, result.counts["reviewed"]
    return [
        Figure("Images", f"{counts['items']:,}", counted(counts["classes"], "class", "classes")),
        Figure(
            "Suspect labels",
            f"{counts['suspects']:,}",
            f"{share(counts['suspects'], counts['ranked'])} of the labels",
        ),
        Figure(
            "Reviewed",
            f"{reviewed:,}",
            f"{share(reviewed, counts['items'])} of the images",
        ),
        Figure(
            "Label errors found",
            f"{result.errors:,}",
            f"{share(result.errors, reviewed)} of the reviewed" if reviewed else "",
        ),
    ]


def body(result: Result, pictures: Pictures) -> Html:
    """Say what was found, and draw how far the review is."""
    counts = result.counts
    if not counts["reviewed"]:
        return joined(
            paragraph("No image has been reviewed yet, so no label is known to be wrong."),
            _to_do(result),
        )
    by_verdict = {row["verdict"]: row["count"] for row in result.progress}
    verb = "leaves" if result.changed == 1 else "leave"
    return joined(
        paragraph(
            f"{review_summary(counts['reviewed'], by_verdict)}"
            f" {counted(result.changed, 'image')} {verb} the audit with another label than the"
            " given one, or with none."
        ),
        _to_do(result),
        drawing.stacked([_part(row) for row in result.progress]),
        numbers(
            "the review",
            table(
                ["Verdict", "Images", "Share of all images"],
                [
                    [_title(row), row["count"], share(row["count"], counts["items"])]
                    for row in result.progress
                ],
            ),
        ),
    )


def _to_do(result: Result) -> Html:
    if not result.to_do:
        return paragraph("Every suspect label was reviewed.")
    verb = "is" if result.to_do == 1 else "are"
    return paragraph(
        f"{counted(result.to_do, 'suspect label')} {verb} still to be reviewed. A label is suspect"
        " when neighboring images, and models that never saw the label, find another class more"
        " likely."
    )


def _title(row: dict[Any, Any]) -> str:
    return "Suspect, to do" if row["verdict"] == TO_DO else VERDICTS[Verdict(row["verdict"])].title


def _part(row: dict[Any, Any]) -> drawing.Part:
    if row["verdict"] == TO_DO:
        return drawing.Part("suspect, to do", row["count"], "open")
    term = VERDICTS[Verdict(row["verdict"])]
    return drawing.Part(f"{term.mark} {term.past}", row["count"], term.color)


SECTION = Section(name="result", order=10, title="Result", facts=facts, body=body, figures=figures)
