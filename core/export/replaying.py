"""Replay: an export is written again from its original and its decisions, and compared.

The manifest holds every decision with who made it, when and by which rule. With the
input as it was, the same writer must give the same bytes; where it does not, what
differs is named.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.audit import Audit, Source, item_id
from core.export.choices import ExportError
from core.export.corrected import NONE, SURE, CorrectedItem, from_earlier
from core.export.evidence_of_change import (
    changed_decisions,
    changed_exports,
    changed_images,
    changed_rows,
    changed_surroundings,
    first_difference,
)
from core.export.manifest import choices_in, decisions_in
from core.export.manifest_files import MANIFEST, manifest_beside, read_manifest
from core.export.outgoing import Outgoing
from core.export.writers import WRITERS
from core.export.writers.writer import Writer
from core.ingest.readers import read_source
from core.ingest.records import Listing
from core.ingest.unpacking import contents, is_packed
from core.text import counted


@dataclass
class Replayed:
    """What a replay has found.

    Attributes
    ----------
    files : int
        Written again and compared.
    decisions : int
    differences : list of str
        What differs, in sentences; none where every byte is the same.
    remarks : list of str
        What has changed since around the export: in the audit, in a library.
    """

    files: int = 0
    decisions: int = 0
    differences: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """The result in one sentence."""
        made = f"{counted(self.files, 'file')} from {counted(self.decisions, 'decision')}"
        if not self.differences:
            return f"Byte for byte the same: {made}."
        return f"Not the same: {made}, {counted(len(self.differences), 'difference')}."


class ReplayedDecisions:
    """The decisions that a manifest holds, on the items that the source lists now.

    Parameters
    ----------
    manifest : mapping
    listing : Listing
    """

    def __init__(self, manifest: Mapping[str, Any], listing: Listing) -> None:
        self.listing = listing
        self.columns, self.earlier = listing.columns, listing.earlier
        self.rule = manifest["rule"]
        self.spellings: dict[str, str] = dict(manifest["classes"])
        self.names: dict[str, str] = dict(manifest["spelled"])
        self.by_path = {one["path"]: one for one in decisions_in(manifest)}

    def decided(self) -> Iterator[CorrectedItem]:
        """Yield every item, with the labels that were decided, before any choice."""
        for record in self.listing.records:
            spelled = record.label
            given = spelled and self.names.get(spelled, spelled)
            labels = NONE if given is None else (given,)
            item = CorrectedItem(
                item_id(record.path), record.path, record.region, None, record.split,
                record.fields, given, spelled, labels, SURE if labels else NONE,
            )  # fmt: skip
            decision = self.by_path.get(record.path)
            if decision is not None:
                item = item._replace(**{k: v for k, v in decision.items() if k != "spelled"})
            elif self.earlier and not labels:
                item = from_earlier(item, self.earlier)
            yield item


def replay(
    path: Path, source: Path, labels: Path | None = None, audit: Audit | None = None
) -> Replayed:
    """Write an export again from its original, and compare every byte.

    Parameters
    ----------
    path : Path
        The export, its manifest beside or in it.
    source : Path
        The original: the folder of the images or, of an export of a table, the
        table itself, the folder being where it was.
    labels : Path or None
        The table of the labels, where it lies elsewhere now.
    audit : Audit or None
        The audit that was exported, where it is to be compared too.

    Raises
    ------
    ExportError
        When there is no manifest, or the export cannot be replayed.
    SourceError
        When the original cannot be read.
    """
    manifest = read_manifest(path / MANIFEST if path.is_dir() else manifest_beside(path))
    if manifest is None:
        raise ExportError(f"There is no manifest of {path}, or it is of another version.")
    writer = WRITERS.get(manifest["format"])
    if writer is None or not writer.replays:
        what = "a format that is not known" if writer is None else "the evidence, not in the log"
        raise ExportError(f"{path} cannot be replayed: it holds {what}.")
    found = Replayed(decisions=len(manifest["decisions"]))
    found.differences += changed_exports(path, manifest)
    with _as_it_lies(_original(manifest, source, labels)) as (original, lying):
        listing = read_source(lying)
        decisions = ReplayedDecisions(manifest, listing)
        found.differences += changed_rows(manifest, listing)
        found.differences += changed_images(manifest, listing, lying)
        found.remarks += changed_surroundings(manifest, lying)
        # A script names the folder of the files, which may be moved, or unpacked anew, by now.
        lay_in = Source.from_setting(manifest["source"]["contents"]).path.resolve()
        outgoing = Outgoing(
            decisions, choices_in(manifest), lying, original, listing, lay_in=lay_in
        )
        _compare(found, path, manifest, writer, outgoing)
    if audit is not None:
        found.remarks += changed_decisions(manifest, audit)
    return found


def _original(manifest: Mapping[str, Any], path: Path, labels: Path | None) -> Source:
    """Return the source as it lies now, read as it was then."""
    source = Source.from_setting(manifest["source"])
    is_table = source.labels is not None and labels is None and path.is_file()
    if is_table and not is_packed(Source(source.format, path.resolve(), source.options)):
        labels, path = path, source.path
    if not path.exists():
        raise ExportError(f"There is no {path}; give where the images lie, and --labels.")
    moved = Source(source.format, path.resolve(), source.options)
    table = labels or source.labels
    if table is None:
        return moved
    if not table.is_file() and is_packed(moved):
        return moved  # it lies in what is unpacked
    if not table.is_file():
        raise ExportError(f"There is no file {table}; say with --labels where the table is now.")
    return moved.with_labels(table.resolve())


@contextmanager
def _as_it_lies(source: Source) -> Iterator[tuple[Source, Source]]:
    """Yield a source and what its files are; what is packed is unpacked meanwhile."""
    if not is_packed(source):
        yield source, source
        return
    with tempfile.TemporaryDirectory() as scratch:
        audit = Audit.create(Path(scratch) / "audit", source)
        try:
            lying, _ = contents(audit)
            yield source, lying
        finally:
            audit.store.close()


def _compare(
    found: Replayed, path: Path, manifest: Mapping[str, Any], writer: Writer, outgoing: Outgoing
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        again = Path(scratch) / path.name
        if path.is_dir():
            again.mkdir()
        writer.write(outgoing, again)
        for name in manifest["files"]:
            here, there = (path / name, again / name) if path.is_dir() else (path, again)
            found.files += 1
            if (difference := first_difference(here, there)) is not None:
                found.differences.append(f"{name}: {difference}")
