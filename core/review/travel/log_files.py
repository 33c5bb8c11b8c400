"""An audit's log written to a file, and that of another audit merged into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from core.arrays.atomic import atomic_write
from core.audit import Audit
from core.review.travel.log_format import Header, LogReader, lines
from core.store import now
from core.store.log_merging import Merge
from core.store.log_placing import NOT_HERE, LogClass
from core.text import counted

NAMED = 3
"""Images that a sentence names."""


def write_log(audit: Audit, path: Path) -> int:
    """Write every row of the log, undone ones and undos included, whole or not at all.

    Returns
    -------
    int
        The number of rows.
    """
    store = audit.store
    last = store.log_id()  # what is decided from now on is not in it
    seen = store.seen_to_send(last)
    header = Header(
        audit=audit.id,
        name=audit.name,
        exported=now(),
        rows=store.log_size(last),
        seen=len(seen),
        classes=tuple(
            LogClass(row["spelling"], tuple(row["names"]), row["merged_into"])
            for row in store.classes_to_send()
        ),
    )
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines(header, store.rows_to_send(last), seen))
    return header.rows


def merge_log(audit: Audit, path: Path, adds_classes: Callable[[Sequence[str]], bool]) -> Merge:
    """Take in the log of another audit of the same images, or of some of them.

    A verdict goes to the image here that has the content it was given on, and
    means what it meant: it stays outdated, or becomes so, where the image or the
    label it confirmed is another here. What is here already is not stored again.
    Several auditors' verdicts that differ wait for adjudication.

    Parameters
    ----------
    audit : Audit
    path : Path
        What `write_log` has written.
    adds_classes : callable
        Asked with the names of classes that this audit lacks, where there are
        any, whether to add them; else the verdicts that name them are not stored.

    Raises
    ------
    LogFileError
        When the file holds no log, or a line of it is none; then nothing was stored.
    """
    reader = LogReader(path)
    header = reader.header
    with audit.store.incoming_log(header.classes, reader.rows()) as incoming:
        unknown = incoming.unknown_classes()
        return incoming.merge(
            audit=header.audit,
            name=header.name,
            exported=header.exported,
            adds_classes=bool(unknown) and adds_classes(unknown),
            seen=reader.seen,
        )


def merged_sentences(merge: Merge) -> list[str]:
    """Say what became of a log: counts first, then what could not be placed, and what follows."""
    parts = [f"{counted(merge.stored, 'row')} imported", f"{merge.known:,} here already"]
    sentences = [f"{', '.join(parts)}, {len(merge.unplaced):,} not placed."]
    for reason, count in Counter(one.reason for one in merge.unplaced).most_common():
        paths = dict.fromkeys(one.path for one in merge.unplaced if one.reason == reason)
        named = ", ".join(list(paths)[:NAMED])
        more = ", …" if len(paths) > NAMED else ""
        sentences.append(f"Not placed, {counted(count, 'row')}: {reason} ({named}{more}).")
    if merge.unread and any(one.reason == NOT_HERE for one in merge.unplaced):
        images = counted(merge.unread, "image")
        sentences.append(f"{images} here not read yet: run `audit`, then import again.")
    if merge.outdated:
        sentences.append(
            f"{counted(merge.outdated, 'imported verdict')} outdated: the image or its label is"
            " another here."
        )
    if merge.disputed:
        verb = "waits" if merge.disputed == 1 else "wait"
        sentences.append(
            f"{counted(merge.disputed, 'image')} more {verb} for adjudication: auditors disagree."
        )
    if merge.settled:
        sentences.append(
            f"{counted(merge.settled, 'image')} more on which auditors disagree had an adjudication"
            " already, which decides."
        )
    return sentences
