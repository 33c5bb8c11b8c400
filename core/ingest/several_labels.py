"""Images with several labels: audited for one of them against the rest, or left unlabeled.

Readers hand over every label of an image, in `Record.labels`; only here is decided what
becomes of them. The first of several labels is never taken for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from shlex import quote

from core.ingest.records import Listing, Question, Record, SourceError, UnansweredQuestion
from core.text import counted, shortened

ONE_LABEL, SEPARATOR = "one_label", "label_separator"
"""Options of a source: the label that is audited, and the mark between labels of one cell."""

JOINTS = ("|", ";", ",", "+", "/")
"""By what several labels may be joined in one."""

MOST_ANSWERS = 1000
LONGEST_NAME = 60


def with_one_label(listing: Listing, options: Mapping[str, str]) -> Listing:
    """Return a listing in which each record has one label, or none.

    With the option `ONE_LABEL` there are two classes: that label, for every image
    that has it among its own, and *not* that label, for every other that is
    labeled. Without it, an image with several labels is unlabeled.

    Parameters
    ----------
    listing : Listing
    options : mapping of str to str
        Of the source.

    Raises
    ------
    SourceError
        When no image has the label that was asked for.
    UnansweredQuestion
        When every image has several labels, and none was asked for.

    Examples
    --------
    >>> both = Record("1.jpg", None, {}, labels=("cat", "dog"))
    >>> listing = Listing([], [both, Record("2.jpg", "dog", {})])
    >>> [record.label for record in with_one_label(listing, {"one_label": "cat"}).records]
    ['cat', 'not cat']
    >>> [record.label for record in with_one_label(listing, {}).records]
    [None, 'dog']
    """
    listing = _separated(listing, options)
    chosen = options.get(ONE_LABEL)
    if chosen:
        return _one_against_the_rest(listing, chosen)
    several = [record for record in listing.records if len(record.labels or ()) > 1]
    if not several:
        return listing
    counts = Counter(label for record in listing.records for label in labels_of(record))
    question = _on_labels(several, counts)
    if all(record.label is None for record in listing.records):
        raise UnansweredQuestion(
            f"Every labeled image has several labels, first {_shown(several[0])}; one at a time is"
            f" audited. {question.how}",
            [*listing.questions, replace(question, needed=True)],
        )
    if chosen is None:
        return replace(listing, questions=[*listing.questions, question])
    return replace(listing, doubts=[*listing.doubts, question.because])


def labels_of(record: Record) -> tuple[str, ...]:
    """Return every label of a record."""
    if record.labels is not None:
        return record.labels
    return () if record.label is None else (record.label,)


def _on_labels(several: Sequence[Record], counts: Counter[str]) -> Question:
    """Ask which label to audit; `counts` are of all records."""
    likely = [label for label, _ in counts.most_common(MOST_ANSWERS)]
    shown = {label: f"{label} ({counts[label]:,})" for label in likely}
    has = "has" if len(several) == 1 else "have"
    because = (
        f"{counted(len(several), 'image')} {has} several labels and will be unlabeled, first"
        f" {_shown(several[0])}; --one-label {quote(shortened(likely[0], LONGEST_NAME))} audits one"
        " label against the rest."
    )
    return Question(
        ONE_LABEL,
        "--one-label",
        "Images have several labels. Which one to audit?",
        "",
        ["", *likely],
        because=because,
        shown={"": "None: these images stay unlabeled"} | shown,
    )


def _shown(record: Record) -> str:
    return f"{shortened(record.path, 60)}: {shortened(', '.join(record.labels or ()), 60)}"


def _one_against_the_rest(listing: Listing, chosen: str) -> Listing:
    counts = Counter(label for record in listing.records for label in labels_of(record))
    if chosen not in counts:
        known = shortened(", ".join(label for label, _ in counts.most_common(20)), 100)
        raise SourceError(
            f"No image has the label {shortened(chosen, LONGEST_NAME)!r}; there are"
            f" {known or 'no labels'}."
        )
    other = f"not {chosen}"

    def seen(record: Record) -> Record:
        if record.labels is None and record.label is None:
            return record
        label = chosen if chosen in labels_of(record) else other
        # The input says neither anywhere, so that nothing is written back to where it says labels.
        return replace(record, label=label, labels=None, origin=None)

    return replace(
        listing,
        records=[seen(record) for record in listing.records],
        classes=[chosen, other],
        notes=[
            *listing.notes,
            f"One label is audited against the rest: {shortened(chosen, LONGEST_NAME)}, which"
            f" {counted(counts[chosen], 'image')} {'has' if counts[chosen] == 1 else 'have'}.",
        ],
    )


def _separated(listing: Listing, options: Mapping[str, str]) -> Listing:
    """Take labels apart where somebody has named the mark between them; ask where none was."""
    mark = options.get(SEPARATOR)
    if mark:
        return replace(listing, records=[_apart(record, mark) for record in listing.records])
    if mark is not None or listing.earlier:
        return listing
    question = next(_on_joints(listing.records), None)
    return listing if question is None else replace(
        listing, questions=[*listing.questions, question]
    )  # fmt: skip


def _apart(record: Record, mark: str) -> Record:
    parts = tuple(dict.fromkeys(_parts(record.label, mark))) if record.label else ()
    if not parts or parts == (record.label,):
        return record
    if len(parts) == 1:
        return replace(record, label=parts[0])
    return replace(record, label=None, labels=parts)


def _parts(name: str, mark: str) -> list[str]:
    return [part.strip() for part in name.split(mark) if part.strip()]


def _on_joints(records: Sequence[Record]) -> Iterator[Question]:
    """Ask whether labels are several in one: those whose parts are classes themselves."""
    counts = Counter(record.label for record in records if record.label is not None)
    for mark in JOINTS:
        joined = [
            name
            for name in counts
            if mark in name and all(part.strip() in counts for part in name.split(mark))
        ]
        if joined:
            count, example = sum(counts[name] for name in joined), shortened(joined[0], 60)
            because = (
                f"{counted(count, 'label')} such as {example!r} may be several in one; each is read"
                " as a class of its own, since classes may be called so; --label-separator"
                f" {quote(mark)} takes them apart."
            )
            yield Question(
                SEPARATOR,
                "--label-separator",
                f"Is {example!r} one label, or several?",
                "",
                ["", mark],
                because=because,
                shown={"": "One label", mark: f"Several, separated by {mark}"},
            )
