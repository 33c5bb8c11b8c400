"""Agreement between auditors, on the images that two of them reviewed blind."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.charts.agreement_charts import MOST_CLASSES, classes_frame, pairs_frame
from core.export.report import drawing
from core.export.report.markup import Html, joined, name, numbers, paragraph, percent, table, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Disputes, Section, Subject
from core.review.agreement.measures import Agreement
from core.review.agreement.summary import headline, sentences
from core.text import counted

MOST_PAIRS = 20


class AuditorsAgree(NamedTuple):
    """How far auditors agree.

    Attributes
    ----------
    whole : Agreement
        Of all auditors.
    pairs, classes : list of dict
        The rows of `pairs_frame` and `classes_frame`.
    disputes : Disputes
    """

    whole: Agreement
    pairs: list[dict[Any, Any]]
    classes: list[dict[Any, Any]]
    disputes: Disputes


def facts(subject: Subject) -> AuditorsAgree | None:
    """Read how far auditors agree; None while nobody has reviewed anything."""
    if not subject.counts["reviewed"]:
        return None
    report = subject.agreement
    return AuditorsAgree(
        report.whole,
        pairs_frame(report).head(MOST_PAIRS).to_dict("records"),
        classes_frame(report.classes).to_dict("records"),
        subject.disputes,
    )


def body(agree: AuditorsAgree, pictures: Pictures) -> Html:
    """Say how far auditors agree, and draw it by class."""
    whole = agree.whole
    if not whole.items:
        return joined(
            paragraph(
                "No image was reviewed by two auditors independently, so how far the verdicts"
                " depend on the auditor is not known."
            ),
            _disagreements(agree.disputes),
        )
    return joined(
        paragraph(tag("strong", f"{headline(whole)}."), " ", " ".join(sentences(whole))),
        paragraph(
            "Two auditors judged each of these images without seeing each other's verdict."
            " In parentheses: 95 % intervals."
        ),
        _disagreements(agree.disputes),
        _pairs(agree) if len(agree.pairs) > 1 else None,
        _classes(agree) if agree.classes else None,
    )


def _disagreements(disputes: Disputes) -> Html | None:
    if not disputes.images:
        return None
    resolved = f"{disputes.resolved:,} resolved by adjudication" if disputes.resolved else ""
    unresolved = f"{disputes.unresolved:,} unresolved" if disputes.unresolved else ""
    rest = ", ".join(filter(None, (resolved, unresolved)))
    return paragraph(f"{counted(disputes.images, 'disagreement')}: {rest}.")


def _pairs(agree: AuditorsAgree) -> Html:
    return table(
        ["Auditor pair", "Images", "Agreed", "Share", "Cohen's kappa"],
        [
            [
                name(row["auditors"]),
                row["images"],
                row["agreed"],
                percent(row["share"] / 100),
                row["Cohen's kappa"],
            ]
            for row in agree.pairs
        ],
        "Agreement by auditor pair",
    )


def _classes(agree: AuditorsAgree) -> Html:
    some = ""
    if len(agree.classes) == MOST_CLASSES:
        some = f", of the {MOST_CLASSES} classes with the most"
    rows = [
        drawing.Interval(
            name(row["given"], "given"),
            row["low"],
            row["share"],
            row["high"],
            f"{row['agreed']:,} of {row['images']:,}",
        )
        for row in agree.classes
    ]
    return joined(
        tag("h3", "Agreement by class"),
        paragraph(
            "Share of the double-reviewed images of a given label on which auditors agree, lowest"
            f" first{some}. The pale bar is the 95 % interval: with few images it is wide.",
            kind="note",
        ),
        drawing.intervals(rows),
        numbers(
            "agreement by class",
            table(
                ["Given label", "Double-reviewed", "Agreed", "Share", "95 % interval"],
                [
                    [
                        name(row["given"], "given"),
                        row["images"],
                        row["agreed"],
                        percent(row["share"]),
                        f"{percent(row['low'])} to {percent(row['high'])}",
                    ]
                    for row in agree.classes
                ],
            ),
        ),
    )


SECTION = Section(
    name="agreement", order=60, title="Agreement between auditors", facts=facts, body=body
)
