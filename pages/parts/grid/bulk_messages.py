"""What a verdict on many images is said to be, before it is given."""

from __future__ import annotations

from core.review import bulk
from core.review.bulk import Plan
from core.review.verdicts import Verdict

MOST_LINES = 8
NO_LABEL = "without a label"
CHANGES = {
    Verdict.RELABEL: ("{} becomes {}", "{} become {}"),
    Verdict.KEEP: ("{} keeps its label", "{} keep their label"),
    Verdict.NONE: ("{}: no class fits", "{}: no class fits"),
    Verdict.BAD_IMAGE: ("{}: bad image", "{}: bad images"),
    Verdict.UNSURE: ("{}: unsure", "{}: unsure"),
}
TITLES = {
    Verdict.RELABEL: "New labels for {}",
    Verdict.KEEP: "Keep the labels of {}",
    Verdict.NONE: "No class fits {}",
    Verdict.BAD_IMAGE: "Bad: {}",
    Verdict.UNSURE: "Unsure of {}",
}
QUESTIONS = {
    Verdict.RELABEL: "Are these new labels right?",
    Verdict.KEEP: "Are these labels right?",
    Verdict.NONE: "Does really no class fit these?",
    Verdict.BAD_IMAGE: "Are these really bad images?",
    Verdict.UNSURE: "Are you unsure of these?",
}
STAY_OUT = {
    bulk.NO_SUGGESTION: "no other label is suggested",
    bulk.NO_LABEL: "there is no label to keep",
    bulk.ALREADY: "decided so already",
    bulk.JUDGED: "judged before",
    bulk.CHANGED: "changed since they were shown",
    bulk.GONE: "no longer in the audit",
}


def images(count: int) -> str:
    """Return a number of images in words."""
    return f"{count:,} image{'' if count == 1 else 's'}"


def title(plan: Plan) -> str:
    """Return what would be done, in a few words."""
    if not plan.decisions:
        return "Nothing to decide"
    return TITLES[plan.verdict].format(images(len(plan.decisions)))


def changes(plan: Plan) -> list[str]:
    """Return what would change, a line for each pair of labels, those of most images first."""
    told = list(plan.changes.items())
    lines = [_change(plan.verdict, *pair, count) for pair, count in told[:MOST_LINES]]
    if rest := told[MOST_LINES:]:
        count = sum(count for _, count in rest)
        lines.append(f"and {images(count)} more")
    return lines


def _change(verdict: Verdict, given: str, final: str, count: int) -> str:
    # A suggestion that is the given label by now is kept.
    told = Verdict.KEEP if verdict is Verdict.RELABEL and given == final else verdict
    return CHANGES[told][count != 1].format(f"{count:,} {given or NO_LABEL}", final)


def skipped(plan: Plan) -> list[str]:
    """Return what stays out and why, a line for each reason."""
    return [
        f"{len(ids):,} {'stays' if len(ids) == 1 else 'stay'} out: {STAY_OUT[reason]}."
        for reason, ids in plan.skipped.items()
    ]


def question(plan: Plan, drawn: int) -> str:
    """Return what is asked of the sample."""
    asked = QUESTIONS[plan.verdict]
    return f"{asked} {drawn} of the {len(plan.decisions):,}, drawn at random"


def becomes(verdict: Verdict, given: str | None, label: str | None) -> str:
    """Return what would become of one image."""
    if verdict is Verdict.RELABEL:
        return f"{given or NO_LABEL} → {label}"
    return {
        Verdict.KEEP: f"it is {given}",
        Verdict.NONE: f"no class fits, nor does {given or NO_LABEL}",
        Verdict.BAD_IMAGE: f"bad image, {given or NO_LABEL}",
        Verdict.UNSURE: f"unsure, {given or NO_LABEL}",
    }[verdict]


def precision(plan: Plan, agreed: int, drawn: int) -> str:
    """Return what a sample of which `agreed` of `drawn` were right says of the whole set."""
    if agreed == 0:
        return f"None of the {drawn} is right."
    low = int(100 * bulk.precision(agreed, drawn).low)
    return (
        f"{agreed} of {drawn} right: with 95 % certainty at least {low} %"
        f" of the {len(plan.decisions):,} are."
    )


def decide(plan: Plan, wrong: int) -> str | None:
    """Return what the button says when `wrong` of the sample stay out; None when all would."""
    left = len(plan.decisions) - wrong
    if left <= 0:
        return None
    return f"Decide for {'the other' if wrong else 'all'} {left:,}"


def decided(count: int) -> str:
    """Return what is said once a verdict is stored."""
    return f"Decided: {images(count)}. Z takes it back."
