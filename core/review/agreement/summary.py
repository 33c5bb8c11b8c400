"""What is told of agreement, in words."""

from __future__ import annotations

from collections.abc import Iterator

from core.review.agreement.kappa import Estimate
from core.review.agreement.measures import KRIPPENDORFF, Agreement, Report
from core.store import Row

MEANING = "This is agreement beyond chance: 0 is what guessing would bring, 1 is perfect."


def number(value: float) -> str:
    """Write a coefficient as statisticians do: ``.79``, ``-.04``, ``1.00``."""
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def estimate_words(estimate: Estimate) -> str:
    """Write a coefficient with its interval: ``.79 (.64 to .91)``."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return f"not defined, because {estimate.why}"
    low, high = number(estimate.low), number(estimate.high)
    return f"{number(estimate.value)} ({low} to {high})"


def headline(agreement: Agreement) -> str:
    """Say how far people agree: ``Two people agree on 41 of 48 images: kappa .79``."""
    people = "Two people" if len(agreement.auditors) == 2 else "People"
    of = f"{agreement.agreed:,} of {agreement.items:,}"
    value = agreement.kappa.value
    kappa = "" if value is None else f": {_short(agreement)} {number(value)}"
    return f"{people} agree on {of} image{'' if agreement.items == 1 else 's'}{kappa}"


def _short(agreement: Agreement) -> str:
    return "alpha" if agreement.statistic == KRIPPENDORFF else "kappa"


def sentences(agreement: Agreement) -> list[str]:
    """Tell what the headline leaves out: kappa, the coarser question, who was unsure."""
    fleiss = agreement.fleiss
    also = "" if fleiss is None else f"; Fleiss' kappa: {estimate_words(fleiss)}"
    told = [f"{agreement.statistic}: {estimate_words(agreement.kappa)}{also}. {MEANING}"]
    told.append(
        "Asked only whether the given label is right, they agree on"
        f" {agreement.given_agreed:,} of {agreement.items:,}:"
        f" {_short(agreement)} {estimate_words(agreement.given_kappa)}."
    )
    if agreement.unsure:
        plural = "image" if agreement.unsure == 1 else "images"
        told.append(
            f"On {agreement.unsure:,} {plural} somebody was unsure; such an answer counts neither"
            " for nor against."
        )
    return told


COLUMNS = (
    "of", "name", "images", "agree", "unsure", "statistic", "value", "low", "high",
    "given_agree", "given_value", "given_low", "given_high", "why",
)  # fmt: skip
"""Of the table that the command line prints; ``given_`` is about the coarser question."""


def rows(report: Report) -> list[Row]:
    """Return a row for everybody, for every two people and for each given label."""
    return [
        {
            "of": of,
            "name": name,
            "images": agreement.items,
            "agree": agreement.agreed,
            "unsure": agreement.unsure,
            "statistic": agreement.statistic,
            "value": agreement.kappa.value,
            "low": agreement.kappa.low,
            "high": agreement.kappa.high,
            "given_agree": agreement.given_agreed,
            "given_value": agreement.given_kappa.value,
            "given_low": agreement.given_kappa.low,
            "given_high": agreement.given_kappa.high,
            "why": agreement.kappa.why,
        }
        for of, name, agreement in _measured(report)
    ]


def _measured(report: Report) -> Iterator[tuple[str, str, Agreement]]:
    yield "all", "", report.whole
    for pair, agreement in report.pairs.items():
        yield "pair", " and ".join(pair), agreement
    for name, agreement in report.classes.items():
        yield "class", name, agreement
