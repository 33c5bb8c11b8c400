"""What is said of a verdict on many images, before it is given."""

from __future__ import annotations

from core.review import bulk
from core.review.bulk import Change, Plan
from core.terms import VERDICTS, BulkTerm, Verdict

MOST_LINES = 8
NO_LABEL = "without a label"
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
    return _term(plan.verdict).title.format(images(len(plan.decisions)))


def changes(plan: Plan) -> list[str]:
    """Return what would change, a line for each pair of labels, those of most images first."""
    counted = list(plan.changes.items())
    lines = [_change(change, count) for change, count in counted[:MOST_LINES]]
    if rest := counted[MOST_LINES:]:
        count = sum(count for _, count in rest)
        lines.append(f"and {images(count)} more")
    return lines


def _change(change: Change, count: int) -> str:
    term = _term(change.verdict)
    text = term.one if count == 1 else term.many
    return text.format(f"{count:,} {change.given or NO_LABEL}", *change.labels)


def _term(verdict: Verdict) -> BulkTerm:
    term = VERDICTS[verdict].bulk
    assert term is not None, f"{verdict} is given to one item at a time"
    return term


def skipped(plan: Plan) -> list[str]:
    """Return what stays out and why, a line for each reason."""
    return [
        f"{len(ids):,} {'stays' if len(ids) == 1 else 'stay'} out: {STAY_OUT[reason]}."
        for reason, ids in plan.skipped.items()
    ]


def question(plan: Plan, drawn: int) -> str:
    """Return what is asked of the sample."""
    return f"{_term(plan.verdict).question} {drawn} of the {len(plan.decisions):,}, drawn at random"


def becomes(verdict: Verdict, given: str | None, label: str | None) -> str:
    """Return what would become of one image."""
    return _term(verdict).becomes.format(given=given or NO_LABEL, label=label)


def precision(plan: Plan, agreed: int, drawn: int) -> str:
    """Return what a sample of which `agreed` of `drawn` were right says of the whole set."""
    if agreed == 0:
        return f"None of the {drawn} is right."
    low = int(100 * bulk.precision(agreed, drawn).low)
    return (
        f"{agreed} of {drawn} right: with 95 % confidence at least {low} %"
        f" of the {len(plan.decisions):,} are."
    )


def decide(plan: Plan, wrong: int) -> str | None:
    """Return what the button says when `wrong` of the sample stay out; None when all would."""
    left = len(plan.decisions) - wrong
    if left <= 0:
        return None
    return f"Apply to {'the other' if wrong else 'all'} {left:,}"


def decided(count: int) -> str:
    """Return what is said once a verdict is stored."""
    return f"Applied to {images(count)}. Press Z to undo."
