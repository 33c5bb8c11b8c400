"""What is told of agreement, in words."""

from __future__ import annotations

from core.review.agreement import KRIPPENDORFF, Agreement
from core.review.kappa import Estimate

MEANING = "It is agreement beyond chance: 0 is what guessing would bring, 1 is perfect."


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
    """Say on how many images people agree: ``Two people agree on 41 of 48 images``."""
    people = "Two people" if len(agreement.auditors) == 2 else "People"
    of = f"{agreement.agreed:,} of {agreement.items:,}"
    return f"{people} agree on {of} image{'' if agreement.items == 1 else 's'}"


def sentences(agreement: Agreement) -> list[str]:
    """Tell what the headline leaves out: kappa, the coarser question, who was unsure."""
    told = [f"{agreement.statistic}: {estimate_words(agreement.kappa)}. {MEANING}"]
    if agreement.fleiss is not None:
        told.append(
            "Every image has as many answers as every other, so Fleiss' kappa applies too:"
            f" {estimate_words(agreement.fleiss)}."
        )
    told.append(
        "Asked only whether the given label is right, they agree on"
        f" {agreement.given_agreed:,} of {agreement.items:,}:"
        f" {'alpha' if agreement.statistic == KRIPPENDORFF else 'kappa'}"
        f" {estimate_words(agreement.given_kappa)}."
    )
    if agreement.unsure:
        plural = "image" if agreement.unsure == 1 else "images"
        told.append(
            f"On {agreement.unsure:,} {plural} somebody was unsure; such an answer counts neither"
            " for nor against."
        )
    return told
