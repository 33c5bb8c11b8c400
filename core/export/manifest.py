"""The manifest of an export: what it was made from, by whom, by which rules, and what it holds."""

from __future__ import annotations

import getpass
import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from core.audit import Audit
from core.embedding.choice import EmbeddingChoice
from core.export.changes import Tally
from core.export.choices import ExportChoices
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer
from core.ranking.fit import DETECTOR
from core.store import now
from core.versions import DECODING_VERSION, METHOD_VERSION, PROGRAM_VERSION, RANKING_VERSION

MADE_BY = "Second Look"
VERSION = 1
"""Of the manifest itself; one of a later version is not read."""

MANIFEST, CHANGES = "manifest.json", "changes.csv"
"""In a folder that was exported; beside a file they have its name before theirs."""

BLOCK = 1 << 20


def manifest_beside(path: Path) -> Path:
    """Return where the manifest of an exported file lies.

    Examples
    --------
    >>> manifest_beside(Path("out/labels.csv")).name
    'labels.csv.manifest.json'
    """
    return path.with_name(f"{path.name}.{MANIFEST}")


def changes_beside(path: Path) -> Path:
    """Return where the changes of an exported file lie."""
    return path.with_name(f"{path.name}.{CHANGES}")


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return a manifest of ours; None where there is none, or of a version that is not known."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(found, dict) and found.get("made_by") == MADE_BY
    return found if is_ours and found.get("version") == VERSION else None


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes, as those of items are."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hashes_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the relative path and the hash of each file in a folder, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), hash_of(path)


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
    tally: Tally,
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
    tally : Tally
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
        "replaced": dict(replaced or {}),
        "audit": {"id": audit.id, "name": audit.name, "folder": str(audit.folder)},
        "source": {
            **audit.source.to_setting(),
            "contents": source.to_setting(),
            "fingerprint": tally.fingerprint,
            "labels": _labels_of(source.labels),
        },
        "rule": decisions.rule,
        "choices": outgoing.choices.to_setting(),
        "counts": {**tally.counts, "by_verdict": dict(tally.verdicts)},
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
        },
        "estimate": None,
        "decisions": tally.decisions,
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


def choices_in(manifest: Mapping[str, Any]) -> ExportChoices:
    """Return the choices of an export by its manifest."""
    return ExportChoices(**manifest["choices"])
