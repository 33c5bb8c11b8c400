"""Agreement in sentences, and as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from core.review.agreement.kappa import Estimate
from core.review.agreement.measures import KRIPPENDORFF, Agreement, Report
from core.store import Row
from core.text import counted

MEANING = "Agreement beyond chance: 0 is chance level, 1 is perfect."


def number(value: float) -> str:
    """Write a coefficient as statisticians do: ``.79``, ``-.04``, ``1.00``."""
    text = f"{value:.2f}"
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def estimate_text(estimate: Estimate) -> str:
    """Write a coefficient with its interval: ``.79 (.64 to .91)``."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return f"not defined, because {estimate.why}"
    low, high = number(estimate.low), number(estimate.high)
    return f"{number(estimate.value)} ({low} to {high})"


def headline(agreement: Agreement) -> str:
    """Say how far auditors agree: ``Two auditors agree on 41 of 48 images: kappa .79``."""
    who = "Two auditors" if len(agreement.auditors) == 2 else "Auditors"
    of = f"{agreement.agreed:,} of {counted(agreement.items, 'image')}"
    value = agreement.kappa.value
    kappa = "" if value is None else f": {_short(agreement)} {number(value)}"
    return f"{who} agree on {of}{kappa}"


def _short(agreement: Agreement) -> str:
    return "alpha" if agreement.statistic == KRIPPENDORFF else "kappa"


def sentences(agreement: Agreement) -> list[str]:
    """Return what the headline leaves out: kappa, the coarser question, unsure annotations."""
    fleiss = agreement.fleiss
    also = "" if fleiss is None else f"; Fleiss' kappa: {estimate_text(fleiss)}"
    details = [f"{agreement.statistic}: {estimate_text(agreement.kappa)}{also}. {MEANING}"]
    details.append(
        "On whether the given label is right or wrong, they agree on"
        f" {agreement.given_agreed:,} of {agreement.items:,}:"
        f" {_short(agreement)} {estimate_text(agreement.given_kappa)}."
    )
    if agreement.unsure:
        details.append(
            f"On {counted(agreement.unsure, 'image')} an auditor was unsure; such annotations are"
            " left out."
        )
    return details


COLUMNS = (
    "of", "name", "images", "agree", "unsure", "statistic", "value", "low", "high",
    "given_agree", "given_value", "given_low", "given_high", "why",
)  # fmt: skip
"""Of the table that the command line prints; ``given_`` is about the coarser question."""


def rows(report: Report) -> list[Row]:
    """Return a row for all auditors, for every two of them and for each given label."""
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
