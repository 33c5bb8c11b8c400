"""Messages about a verdict on many images, before and after it is applied."""

from __future__ import annotations

from core.review import bulk
from core.review.bulk import Change, Plan
from core.terms import VERDICTS, BulkTerm, Verdict
from core.text import counted

MOST_LINES = 8
NO_LABEL = "without a label"
SKIP_REASONS = {
    bulk.NO_SUGGESTION: "no other label is suggested",
    bulk.NO_LABEL: "there is no label to keep",
    bulk.ALREADY: "same verdict already",
    bulk.JUDGED: "already judged",
    bulk.CHANGED: "changed since it was shown",
    bulk.GONE: "no longer in the audit",
    bulk.UNSEEN: "the picture was not shown",
    bulk.BLIND: "to be judged one by one in your blind second review",
}


def title(plan: Plan) -> str:
    """Return the title of the preview."""
    if not plan.decisions:
        return "Nothing to decide"
    return _term(plan.verdict).title.format(counted(len(plan.decisions), "image"))


def changes(plan: Plan) -> list[str]:
    """Return what would change, a line for each pair of labels, those of most images first."""
    by_size = list(plan.changes.items())
    lines = [_change(change, count) for change, count in by_size[:MOST_LINES]]
    if rest := by_size[MOST_LINES:]:
        count = sum(count for _, count in rest)
        lines.append(f"and {counted(count, 'image')} more")
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
    """Return what is skipped and why, a line for each reason."""
    return [
        f"{counted(len(ids), 'image')} skipped: {SKIP_REASONS[reason]}."
        for reason, ids in plan.skipped.items()
    ]


def question(plan: Plan, drawn: int) -> str:
    """Return the question about the sample."""
    return f"{_term(plan.verdict).question} {drawn} of the {len(plan.decisions):,}, drawn at random"


def becomes(verdict: Verdict, given: str | None, label: str | None) -> str:
    """Return what would become of one image."""
    return _term(verdict).becomes.format(given=given or NO_LABEL, label=label)


def precision(plan: Plan, agreed: int, drawn: int) -> str:
    """Return the precision of the whole set, from `agreed` right of `drawn`."""
    if agreed == 0:
        return f"None of the {drawn} is right."
    low = int(100 * bulk.precision(agreed, drawn).low)
    return (
        f"{agreed} of {drawn} right: with 95 % confidence at least {low} %"
        f" of the {len(plan.decisions):,} are."
    )


def decide(plan: Plan, wrong: int) -> str | None:
    """Return the button's text when `wrong` of the sample are left out; None when all would."""
    left = len(plan.decisions) - wrong
    if left <= 0:
        return None
    return f"Apply to {'the other' if wrong else 'all'} {left:,}"


def decided(count: int) -> str:
    """Return the message once a verdict is stored."""
    return f"Applied to {counted(count, 'image')}. Press Z to undo."
