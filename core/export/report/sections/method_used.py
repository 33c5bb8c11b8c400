"""Method and settings: how suspects were found, and what the words mean."""

from __future__ import annotations

from typing import NamedTuple

from core.embedding.choice import EmbeddingChoice
from core.export.report.markup import Content, Html, joined, name, paragraph, percent, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.ingest.readers import READERS
from core.ranking.fit import method_of
from core.terms import RULES, Rule
from core.versions import PROGRAM_VERSION

GLOSSARY = (
    ("Given label", "the label in the data set, before the audit."),
    ("Final label", "the label after the audit: the given one, unless a verdict says otherwise."),
    (
        "Label error",
        "a given label that an auditor found wrong, or not right alone: another class fits, several"
        " do, none does, or the image is bad.",
    ),
    (
        "Suspect label",
        "a label that the image alone contradicts: another class is more probable. Only a review"
        " tells whether it is wrong.",
    ),
    (
        "Kappa, alpha",
        "agreement of auditors beyond chance: 0 is what chance brings, 1 is perfect.",
    ),
)


class MethodUsed(NamedTuple):
    """How the audit was made.

    Attributes
    ----------
    network : str
    detector, detector_about : str
    reader : str
    rule : str
    double_review : float
        Share of the reviewed images, 0..1.
    embeddings, evidence : str or None
        Hashes of what these were made from.
    """

    network: str
    detector: str
    detector_about: str
    reader: str
    rule: str
    double_review: float
    embeddings: str | None
    evidence: str | None


def facts(subject: Subject) -> MethodUsed:
    """Read how the audit was made."""
    audit, store = subject.audit, subject.store
    method = method_of(audit)
    reader = READERS.get(audit.contents.format)
    return MethodUsed(
        network=EmbeddingChoice.of(audit).described,
        detector=method.title,
        detector_about=method.about,
        reader=reader.title if reader else audit.contents.format,
        rule=store.final_rule(),
        double_review=store.second_share(),
        embeddings=store.fingerprint("embeddings"),
        evidence=store.fingerprint("evidence"),
    )


def body(used: MethodUsed, pictures: Pictures) -> Html:
    """Explain the method in short, list the settings and the words."""
    rule = RULES[Rule(used.rule)]
    rows: list[tuple[str, Content]] = [
        ("Network", name(used.network)),
        ("Detector", [used.detector, ": ", used.detector_about]),
        ("Read as", name(used.reader)),
        ("Multiple verdicts", f"{rule.title}: {rule.meaning}"),
        (
            "Double review",
            f"{percent(used.double_review)} of the reviewed images, and all unsure ones",
        ),
        ("Made with", f"Second Look {PROGRAM_VERSION}"),
        ("Hash of the embeddings", tag("code", used.embeddings) if used.embeddings else None),
        ("Hash of the evidence", tag("code", used.evidence) if used.evidence else None),
    ]
    return joined(
        paragraph(
            "A neural network turns each image into numbers, in which near means alike. From the"
            " neighbors of an image, and from models that never saw its label, follows how probable"
            " each class is. Labels that are improbable come first before auditors, who decide;"
            " every verdict is kept in a log that only grows. The input files are never changed."
        ),
        _definitions([row for row in rows if row[1] is not None]),
        tag("h3", "Words"),
        _definitions(GLOSSARY),
    )


def _definitions(rows: tuple[tuple[str, str], ...] | list[tuple[str, Content]]) -> Html:
    return tag("dl", [joined(tag("dt", title), tag("dd", value)) for title, value in rows])


SECTION = Section(name="method", order=90, title="Method and settings", facts=facts, body=body)
