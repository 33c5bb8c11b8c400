"""Where corrected labels may be written: never over what the audit reads, or what is not ours."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from core.audit import Audit, AuditError
from core.embedding.choice import EmbeddingChoice
from core.export.changes import COLUMNS
from core.export.file_hashes import hash_of
from core.export.manifest_files import (
    CHANGES,
    MANIFEST,
    changes_beside,
    manifest_beside,
    read_manifest,
)
from core.ingest.own_export import own_groups

MARKED = 1000
"""Bytes at the beginning of a file in which a mark of ours stands."""


def check_destination(
    audit: Audit, path: Path, is_folder: bool = False, marks: Sequence[str] = ()
) -> None:
    """Refuse to write over anything but an older export.

    Parameters
    ----------
    audit : Audit
    path : Path
    is_folder : bool
        Whether a folder is written.
    marks : sequence of str
        Where the file is no export: by any of these, at its beginning, an older
        one of the same kind is known.

    Raises
    ------
    AuditError
        When `path` is the table of the labels, a file of the data set or of the
        audit, embeddings or predictions that were given, or any other file or
        folder that is no export.
    """
    place, source, choice = path.resolve(), audit.source, EmbeddingChoice.of(audit)
    tables = [one.resolve() for one in (source.labels, audit.contents.labels) if one is not None]
    if place in tables:
        raise AuditError(f"{path} is the table that the labels come from; choose another file.")
    for file in (choice.embeddings, choice.predictions, choice.backbone, choice.weights):
        if file and place == Path(file).resolve():
            raise AuditError(f"{path} is an input of this audit; choose another file.")
    if not path.parent.is_dir():
        raise AuditError(f"There is no folder {path.parent}.")
    if is_folder:
        _check_folder(audit, path)
    else:
        _check_file(audit, path, marks)


def _check_file(audit: Audit, path: Path, marks: Sequence[str]) -> None:
    if path.is_dir():
        raise AuditError(f"{path} is a folder; give the name of a file.")
    for beside, is_ours in (
        (manifest_beside(path), lambda one: read_manifest(one) is not None),
        (changes_beside(path), _is_changes),
    ):
        if beside.exists() and not is_ours(beside):
            raise AuditError(f"{beside} is no file of ours and would be replaced; move it away.")
    # What is no export, a report maybe, replaces its own kind only, and never an export.
    if not path.exists() or _has_mark(path, marks):
        return
    if not marks and (_is_own_export(path) or earlier_export(path)):
        return
    place = path.resolve()
    if place.is_relative_to(audit.folder):
        raise AuditError(f"{path} is a file of the audit itself; choose another file.")
    if _is_of_data_set(audit, path):
        raise AuditError(f"{path} is a file of the data set; choose another file.")
    changed = manifest_beside(path).exists()
    why = "was changed since it was exported" if changed else "is no export of ours"
    if marks:
        why = "is another kind of file"
    raise AuditError(f"{path} {why} and would be replaced; choose another file, or delete it.")


def _check_folder(audit: Audit, path: Path) -> None:
    place = path.resolve()
    read = [audit.source.path, audit.contents.path, *audit.source.roots]
    for one in (audit.folder, *(root.resolve() for root in read)):
        if place == one or one.is_relative_to(place):
            raise AuditError(f"{path} holds what the audit reads or is; choose another folder.")
    if any(place.is_relative_to(root.resolve()) for root in read):
        raise AuditError(f"{path} lies in the data set and would be read with it; choose another.")
    if not path.exists():
        return
    if not path.is_dir():
        raise AuditError(f"{path} is a file; give the name of a folder.")
    if not any(path.iterdir()):
        return
    manifest = read_manifest(path / MANIFEST)
    if manifest is None:
        raise AuditError(f"{path} holds other files; choose a folder that is new or empty.")
    known = {*manifest["files"], MANIFEST, CHANGES}
    for file in path.rglob("*"):
        name = file.relative_to(path).as_posix()
        if not file.is_dir() and name not in known:
            raise AuditError(f"{path} holds {name}, which is not of the export; move it away.")


def earlier_export(path: Path) -> dict[str, str]:
    """Return name and hash of the file at `path` where it is an older export, else nothing.

    The manifest beside it may be of an export that was stopped just before its
    end; it knows the one that it was to replace.
    """
    manifest = read_manifest(manifest_beside(path))
    if manifest is None or not path.is_file():
        return {}
    known = {*manifest["files"].values(), *manifest["replaced"].values()}
    present = hash_of(path)
    return {path.name: present} if present in known else {}


def _is_of_data_set(audit: Audit, path: Path) -> bool:
    roots = (audit.source.path, audit.contents.path, *audit.source.roots)
    return any(path.resolve().is_relative_to(root.resolve()) for root in roots)


def _is_own_export(path: Path) -> bool:
    return bool(own_groups(_header(path)))


def _has_mark(path: Path, marks: Sequence[str]) -> bool:
    with path.open("rb") as file:
        start = file.read(MARKED)
    return any(mark.encode() in start for mark in marks)


def _is_changes(path: Path) -> bool:
    return _header(path) == list(COLUMNS)


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, ValueError, csv.Error):
        return []
