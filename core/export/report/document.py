"""The report as one document: its head, its sections, and who may have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.arrays.atomic import atomic_write
from core.audit import Audit, AuditError
from core.export.report.markup import Html, name, paragraph, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Figure, Section, Subject
from core.export.report.sections import SECTIONS
from core.export.unblinding import check_unblinded
from core.review.history import moment
from core.store import now
from core.text import LONGEST_SENTENCE, counted, sentence

STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Nothing is loaded and nothing is run, whatever the names of an audit may hold."""

GENERATOR = "Second Look report"
"""By it a file is known to be a report of ours."""

READINGS = 3
"""How often the facts are read anew while auditors decide, until all are of one moment."""

Read = Sequence[tuple[Section, Any]]


def report_content(audit: Audit, auditor: str | None = None) -> bytes:
    """Return the report, for an auditor or (None) the owner of the data.

    Raises
    ------
    StillBlind
        When the auditor has blind second reviews to do.
    AuditError
        When the audit is not ranked yet.
    """
    check_unblinded(audit.store, auditor)
    return "".join(pieces(audit)).encode()


def write_report(audit: Audit, path: Path) -> None:
    """Write the report of `audit` to `path`, whole or not at all.

    Raises
    ------
    AuditError
        When the audit is not ranked yet.
    """
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces(audit))


def pieces(audit: Audit, pictures: Pictures | None = None) -> Iterator[str]:
    """Yield the report piece by piece, a section at a time.

    Parameters
    ----------
    audit : Audit
    pictures : Pictures or None
        What gives out its pictures; None for as many as a mail may hold.
    """
    if not audit.is_ranked:
        raise AuditError(f"The audit in {audit.folder} is not ranked yet; run `audit` again.")
    subject, read = _read(audit)
    pictures = pictures or Pictures(audit)
    title = sentence(f"Label audit of {audit.name}", LONGEST_SENTENCE)
    yield f'<!DOCTYPE html>\n<html lang="en">\n{_head(title)}\n<body>\n<main>\n'
    yield _opening(subject, read)
    for section, facts in read:
        heading = tag("h2", section.title)
        yield f"\n{tag('section', heading, section.body(facts, pictures), id=section.name)}"
    yield f"\n</main>\n{_foot(pictures)}\n</body>\n</html>\n"


def _read(audit: Audit) -> tuple[Subject, Read]:
    """Read the facts of all sections, if possible of one moment."""
    for _ in range(READINGS):
        revision = audit.store.revision()
        subject = Subject(audit)
        facts = [(section, section.facts(subject)) for section in SECTIONS.values()]
        if audit.store.revision() == revision:
            break
    return subject, [(section, found) for section, found in facts if found is not None]


def _head(title: str) -> Html:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="generator", content=GENERATOR),
        tag("title", title),
        tag("style", Html(STYLE)),
    )


def _opening(subject: Subject, read: Read) -> Html:
    """Return what stands above the sections: the result in one line, and in a few numbers."""
    figures = [figure for section, facts in read for figure in section.figures(facts)]
    return tag(
        "header",
        tag("p", tag("b", "Second Look"), " · label audit of ", name(subject.audit.name)),
        tag("h1", _headline(subject)),
        tag("p", f"As of {moment(now())}.", class_="note"),
        tag("dl", [_figure(figure) for figure in figures], class_="figures"),
        tag(
            "nav",
            tag("h2", "Contents"),
            tag(
                "ol",
                [
                    tag("li", tag("a", section.title, href=f"#{section.name}"))
                    for section, _ in read
                ],
            ),
        ),
    )


def _headline(subject: Subject) -> str:
    reviewed, errors = subject.counts["reviewed"], subject.outcome["errors"]
    if not reviewed:
        return f"{counted(subject.counts['suspects'], 'suspect label')}, none reviewed yet"
    return f"{counted(errors, 'label error')} found in {counted(reviewed, 'reviewed image')}"


def _figure(figure: Figure) -> Html:
    note = tag("dd", figure.note, class_="note") if figure.note else None
    return tag("div", tag("dt", figure.label), tag("dd", figure.value), note)


def _foot(pictures: Pictures) -> Html:
    left = pictures.left_out
    missing = f" {counted(left, 'picture')} found no room in it." if left else ""
    return tag(
        "footer",
        paragraph(
            "Made by Second Look from the log of verdicts. This file is complete in itself: it"
            f" loads nothing, and runs no program.{missing}"
        ),
    )
