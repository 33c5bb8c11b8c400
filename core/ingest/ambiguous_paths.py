"""Paths of a table that fit several images: the folders that would settle them, as a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from shlex import quote

from core.ingest.path_matching import IMAGES_IN, Matches
from core.ingest.records import Question
from core.text import counted, shortened

WHOLE = "."
MOST_ANSWERS = 20


def told_ambiguous(paths: Sequence[str], matches: Matches) -> str:
    """Say how many of a table's paths fit several images, with the first; without a full stop."""
    count, (first, fits) = len(matches.several), matches.several[0]
    subject = "path is" if count == 1 else "paths are"
    return (
        f"{count:,} {subject} ambiguous and matched to no file, first"
        f" {shortened(paths[first], 60)}, which may be {shortened(' or '.join(fits), 100)}"
    )


def on_ambiguous(paths: Sequence[str], matches: Matches) -> Question | None:
    """Ask in which folder the ambiguous paths lie; None where no folder settles any.

    Parameters
    ----------
    paths : sequence of str
        As the table has them.
    matches : Matches
        What was found for them.
    """
    settled: Counter[str] = Counter()
    for _, fits in matches.several:
        if len(fits) > 1:
            within = Counter(str(above) for one in fits for above in PurePosixPath(one).parents)
            settled.update(folder for folder, count in within.items() if count == 1)
    if not settled:
        return None
    # Of folders within each other that settle the same, the outer one.
    likely = sorted(settled, key=lambda folder: (-settled[folder], folder.count("/"), folder))
    answers: list[str] = []
    for folder in likely:
        outer = (str(above) for above in PurePosixPath(folder).parents)
        if not any(settled[above] >= settled[folder] for above in outer):
            answers.append(folder)
    answers = answers[:MOST_ANSWERS]
    because = (
        f"{told_ambiguous(paths, matches)}; --images-in {quote(shortened(answers[0], 40))} settles"
        f" {settled[answers[0]]:,}."
    )
    shown = {WHOLE: "Anywhere: these paths lead to no file"} | {
        one: f"{one}, which settles {counted(settled[one], 'path')}" for one in answers
    }
    return Question(
        IMAGES_IN,
        "--images-in",
        "In which folder are the images whose paths are ambiguous?",
        WHOLE,
        [WHOLE, *answers],
        because=because,
        shown=shown,
    )
