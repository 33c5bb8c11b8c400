"""Where corrected labels may be written: never over what the audit reads."""

from __future__ import annotations

import csv
from pathlib import Path

from core.audit import Audit, AuditError
from core.embedding.choice import EmbeddingChoice
from core.ingest.own_export import own_groups


def check_destination(audit: Audit, path: Path) -> None:
    """Refuse to write over the input of `audit` or its own files; an older export may be replaced.

    Raises
    ------
    AuditError
        When `path` is the table of the labels, a file of the data set or of the
        audit, or embeddings or predictions that were given.
    """
    place, source, choice = path.resolve(), audit.source, EmbeddingChoice.of(audit)
    if source.labels is not None and place == source.labels.resolve():
        raise AuditError(f"{path} is the table that the labels come from; choose another file.")
    for file in (choice.embeddings, choice.predictions, choice.backbone, choice.weights):
        if file and place == Path(file).resolve():
            raise AuditError(f"{path} is an input of this audit; choose another file.")
    if not path.is_file() or _is_own_export(path):
        return
    if place.is_relative_to(audit.folder):
        raise AuditError(f"{path} is a file of the audit itself; choose another file.")
    roots = (source.path, audit.contents.path, *source.roots)
    if any(place.is_relative_to(root.resolve()) for root in roots):
        raise AuditError(f"{path} is a file of the data set; choose another file.")


def _is_own_export(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return bool(own_groups(next(csv.reader(file), [])))
    except (OSError, ValueError, csv.Error):
        return False
