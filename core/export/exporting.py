"""An export as a whole: checked, written whole or not at all, with its manifest and its changes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from core.arrays.atomic import atomic_folder, atomic_write, remove_partial
from core.audit import Audit
from core.export.changes import Changes
from core.export.choices import ExportChoices
from core.export.destination import check_destination, earlier_export
from core.export.file_hashes import hash_of, hashes_of
from core.export.manifest import manifest_of, manifest_text
from core.export.manifest_files import (
    CHANGES,
    MANIFEST,
    changes_beside,
    manifest_beside,
)
from core.export.outgoing import Outgoing, Update
from core.export.unblinding import check_unblinded
from core.export.writers.writer import Writer

LEFT_BEHIND = 3600
"""Seconds after which a half-written export beside another is what a killed one has left."""


class Exported(NamedTuple):
    """What an export has come to.

    Attributes
    ----------
    items : int
        Written.
    changed : int
        Of them, those that leave with other labels than they came with.
    left_out : int
    """

    items: int
    changed: int
    left_out: int


def export(
    audit: Audit,
    writer: Writer,
    path: Path,
    choices: ExportChoices | None = None,
    who: str | None = None,
    update: Update | None = None,
) -> Exported:
    """Write the corrected labels of an audit, a manifest and the changes.

    Beside a file ``labels.csv`` lie ``labels.csv.manifest.json`` and
    ``labels.csv.changes.csv``; a folder holds ``manifest.json`` and ``changes.csv``.

    Parameters
    ----------
    audit : Audit
    writer : Writer
        That fits it; see `core.export.writers.writer_of`.
    path : Path
        A file or, where the writer makes one, a folder; an older export of ours
        is replaced, nothing else.
    choices : ExportChoices or None
        None for what was chosen for this format last; they are remembered.
    who : str or None
        Whoever exports; None for the user that the system knows.
    update : callable or None
        Told now and then how many items have been written.

    Raises
    ------
    ExportError
        When the writer cannot do that; nothing was written then.
    AuditError
        When `path` is something that must not be replaced.
    """
    choices = writer.choices_of(audit) if choices is None else choices
    writer.check(choices)
    is_folder = writer.is_folder(audit)
    check_destination(audit, path, is_folder)
    remove_partial(path.parent, path.stem, LEFT_BEHIND)
    with Outgoing.of(audit, choices, update) as outgoing:
        if is_folder:
            changes = _write_folder(audit, writer, outgoing, path, who)
        else:
            changes = _write_file(audit, writer, outgoing, path, who)
    choices.remember(audit.store, writer.name)
    counts = changes.counts
    return Exported(counts["items"] - counts["left_out"], counts["changed"], counts["left_out"])


def _write_file(
    audit: Audit, writer: Writer, outgoing: Outgoing, path: Path, who: str | None
) -> Changes:
    replaced = earlier_export(path)
    with atomic_write(path) as partial:
        with atomic_write(changes_beside(path)) as beside:
            changes = _write(writer, outgoing, partial, beside)
        changes.path = changes_beside(path)
        manifest = manifest_of(
            audit, writer, outgoing, changes, [(path.name, hash_of(partial))], who=who,
            replaced=replaced,
        )  # fmt: skip
        # The export itself comes last: until then, the older one is known as the one replaced.
        with atomic_write(manifest_beside(path)) as beside:
            beside.write_text(manifest_text(manifest), encoding="utf-8")
    return changes


def _write_folder(
    audit: Audit, writer: Writer, outgoing: Outgoing, path: Path, who: str | None
) -> Changes:
    with atomic_folder(path) as partial:
        with tempfile.TemporaryDirectory() as scratch:
            changes = _write(writer, outgoing, partial, Path(scratch) / CHANGES)
            files = list(hashes_of(partial, audit))
            changes.path = Path(shutil.copyfile(changes.path, partial / CHANGES))
        manifest = manifest_of(audit, writer, outgoing, changes, files, who=who)
        (partial / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
    return changes


def _write(writer: Writer, outgoing: Outgoing, path: Path, beside: Path) -> Changes:
    """Write the export, and its changes as its items go by."""
    changes = Changes(beside)
    outgoing.watched_by(changes)
    writer.write(outgoing, path)
    if not changes.is_whole:  # it looked at some of the items only
        changes = Changes(beside)
        outgoing.watched_by(changes)
        for _ in outgoing.all_items():
            pass
    return changes


@contextmanager
def written(
    audit: Audit, writer: Writer, auditor: str | None = None, choices: ExportChoices | None = None
) -> Iterator[Path]:
    """Yield the file or folder of an export that is nowhere kept, for an auditor or the owner.

    Raises
    ------
    StillBlind
        When the auditor has blind second reviews to do.
    """
    check_unblinded(audit.store, auditor)
    choices = writer.choices_of(audit) if choices is None else choices
    writer.check(choices)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"export{writer.suffix_of(audit)}"
        if writer.is_folder(audit):
            path.mkdir()
        with Outgoing.of(audit, choices) as outgoing:
            writer.write(outgoing, path)
        yield path


def content(
    audit: Audit, writer: Writer, auditor: str | None = None, choices: ExportChoices | None = None
) -> bytes:
    """Return the file of an export, for an auditor or (None) the owner of the data.

    Raises
    ------
    StillBlind
        When the auditor has blind second reviews to do.
    """
    with written(audit, writer, auditor, choices) as path:
        return path.read_bytes()
