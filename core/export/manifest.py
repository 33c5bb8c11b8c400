"""The manifest of an export: what it was made from, by whom, by which rules, and what it holds."""

from __future__ import annotations

import getpass
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.audit import Audit
from core.embedding.choice import EmbeddingChoice
from core.export.changes import DECISION, Changes
from core.export.choices import ExportChoices
from core.export.file_hashes import hash_of
from core.export.manifest_files import MADE_BY, VERSION
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.ranking.fit import DETECTOR
from core.store import now
from core.versions import DECODING_VERSION, METHOD_VERSION, PROGRAM_VERSION, RANKING_VERSION

PARQUET = "pyarrow"
"""The library whose version the bytes of a Parquet file depend on."""


def whoever() -> str:
    """Return the name of who runs this, as the system knows it; empty where it does not."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def manifest_of(
    audit: Audit,
    writer: Writer,
    outgoing: Outgoing,
    changes: Changes,
    files: Iterable[tuple[str, str]],
    *,
    who: str | None = None,
    replaced: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the manifest of an export.

    Parameters
    ----------
    audit : Audit
    writer : Writer
    outgoing : Outgoing
    changes : Changes
    files : iterable of (str, str)
        Name and hash of each file of the export.
    who : str or None
        None for who runs this.
    replaced : dict of str to str or None
        Name and hash of the files of the export that it replaces; where it is
        stopped in between, these are known as ours still.
    """
    embedding = EmbeddingChoice.of(audit)
    source = audit.contents
    decisions = outgoing.decisions
    return {
        "made_by": MADE_BY,
        "version": VERSION,
        "format": writer.name,
        "at": now(),
        "who": whoever() if who is None else who,
        "files": dict(files),
        "changes": hash_of(changes.path),
        "replaced": dict(replaced or {}),
        "audit": {"id": audit.id, "name": audit.name, "folder": str(audit.folder)},
        "source": {
            **audit.source.to_setting(),
            "contents": source.to_setting(),
            "fingerprint": changes.fingerprint,
            "labels": _labels_of(source.labels),
        },
        "rule": decisions.rule,
        "choices": outgoing.choices.to_setting(),
        "counts": {**changes.counts, "by_verdict": dict(changes.verdicts)},
        "classes": [[name, spelling] for name, spelling in sorted(decisions.spellings.items())],
        "spelled": {old: new for old, new in sorted(decisions.names.items()) if old != new},
        "settings": {
            "detector": audit.store.setting(DETECTOR),
            "second_share": audit.store.second_share(),
            "embedding": embedding.to_setting(),
        },
        "network": audit.embedded_with,
        "versions": {
            "program": PROGRAM_VERSION,
            "python": platform.python_version(),
            "method": METHOD_VERSION,
            "ranking": RANKING_VERSION,
            "decoding": DECODING_VERSION,
            PARQUET: version(PARQUET),
        },
        "estimate": None,
        "decisions": changes.decisions,
    }


def _labels_of(table: Path | None) -> dict[str, Any] | None:
    if table is None or not table.is_file():
        return None
    return {"name": table.name, "size": table.stat().st_size, "hash": hash_of(table)}


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Return a manifest as JSON: an entry a line, each decision on a line of its own."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in manifest.items()
        if key != "decisions"
    ]
    decided = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in
                         manifest["decisions"])  # fmt: skip
    lines.append(f'  "decisions": [\n{decided}\n  ]' if decided else '  "decisions": []')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def decisions_in(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the decisions of a manifest, each by the names of `core.export.changes.DECISION`."""
    return [
        {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in zip(DECISION, one, strict=True)
        }
        for one in manifest["decisions"]
    ]


def choices_in(manifest: Mapping[str, Any]) -> ExportChoices:
    """Return the choices of an export by its manifest."""
    return ExportChoices(**manifest["choices"])
