"""A data set that lies elsewhere now: what of it an audit recognizes, and the move.

Files are recognized by the hash of their content, under whatever path. Nothing
is changed before somebody has agreed to what was found.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from core.audit import Audit, AuditError, Source
from core.audit.folder import check_place
from core.audit.source import URL
from core.ingest.crops import crop_hash, file_of
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.ingest.readers import read_source, source_of
from core.ingest.readers.unpacked import READER as UNPACKED_READER
from core.ingest.records import Listing, Record, SourceError
from core.ingest.unpacking import is_packed, layout, unpack
from core.jobs.progress import recorded_run
from core.jobs.steps import STEP_TITLES
from core.store import Row
from core.text import counted

COMMAND = "move"
STAGED = "unpacked.moved"
"""The folder, in that of the audit, of what was unpacked to be compared."""

CHECK = "move_check"
"""The setting that holds what the latest look has found, for the dashboard."""

UNLABELED = "unlabeled"

UNPACKED = UNPACKED_READER.name

FILES_AT_ONCE = 256
PATHS_TRIED = 20
FOLDERS_TRIED = 500


class FileFound(NamedTuple):
    """What a file is in its new place."""

    content_hash: str
    size: int
    mtime_ns: int


@dataclass
class Comparison:
    """What an audit recognizes of a data set.

    Attributes
    ----------
    total : int
        Images whose content the audit knows.
    same : dict of str to FileFound
        By item id: the same content under the same path.
    moved : dict of str to str
        The new path by the old one, where the content lies under another.
    changed, missing, new : list of str
        Paths: with another content; with nothing there; unknown to the audit.
    relabeled : list of (str, str, str)
        Path, label until now and label then, of images that are recognized.
    """

    total: int
    same: dict[str, FileFound] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    relabeled: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def recognized(self) -> int:
        """How many images were recognized."""
        return len(self.same) + len(self.moved)

    def sentences(self) -> list[str]:
        """Say what was found: counts first, then what follows from them."""
        others = [
            f"{len(paths):,} {what}"
            for what, paths in (
                ("changed", self.changed), ("missing", self.missing), ("new", self.new)
            )
        ]  # fmt: skip
        images = counted(self.total, "image")
        sentences = [f"{self.recognized:,} of {images} recognized, {', '.join(others)}."]
        if self.moved:
            old, new = next(iter(self.moved.items()))
            sentences.append(
                f"{counted(len(self.moved), 'image')} lie under another path, such as {old}, now"
                f" {new}. They are listed anew; verdicts follow their content."
                f"{self._depth()}"
            )
        if self.relabeled:
            path, before, after = self.relabeled[0]
            sentences.append(
                f"{counted(len(self.relabeled), 'given label')} will change, such as that of"
                f" {path}: {before}, then {after}."
            )
        return sentences

    def _depth(self) -> str:
        """Say that the folder given is one too high or too low, where all paths show it."""
        above = {_before(new, old) for old, new in self.moved.items()}
        if len(above) == 1 and (name := above.pop()):
            return f" To keep the paths, give the folder {name} in it."
        below = {_before(old, new) for old, new in self.moved.items()}
        if len(below) == 1 and (name := below.pop()):
            return f" To keep the paths, give the folder above, which holds {name}."
        return ""


def _before(path: str, end: str) -> str | None:
    """Return what comes before `end` in `path`; None where it does not end so."""
    return path.removesuffix(f"/{end}") if path.endswith(f"/{end}") else None


def source_in(
    audit: Audit,
    folder: Path | str,
    labels: Path | str | None = None,
    roots: Iterable[Path] = (),
) -> Source:
    """Return the data set of `audit` as it would lie in `folder`.

    Parameters
    ----------
    audit : Audit
    folder : Path or str
        A URL is a str.
    labels : Path, str or None
        Its table. None for the one it has or, where that lay in the source,
        the one at the same place in `folder`.
    roots : iterable of Path
        Folders that links may lead to, beside those the audit has.

    Raises
    ------
    AuditError
        When the audit has a table that is not found, or lies in `folder` itself.
    """
    now = audit.source
    if isinstance(folder, Path):
        folder = folder.resolve()
        check_place(audit.folder, folder)
    # Another table may be of another format; the same, in another place, is not.
    keeps_format = labels is None and audit.contents.format != UNPACKED
    if labels is None and now.labels is not None:
        labels = _labels_in(folder, now, now.labels)
    found = source_of(folder, labels, roots=roots)
    if keeps_format and not is_packed(found) and (labels is None) == (now.labels is None):
        found = replace(found, format=audit.contents.format)
    options = (now if is_packed(now) == is_packed(found) else audit.contents).options
    kept = {name: value for name, value in options.items() if name not in ("labels", URL)}
    moved_to = found.with_options(kept)
    return moved_to.with_roots(root for root in moved_to.roots if root.is_dir())


def _labels_in(folder: Path | str, now: Source, labels: Path) -> Path | str:
    """Return where the table of a data set lies once its images lie in `folder`."""
    if labels.is_relative_to(now.path):
        within = labels.relative_to(now.path)
        if isinstance(folder, str):
            return f"{folder.rstrip('/')}/{within.as_posix()}"
        along = folder / within
        labels = along if along.exists() else labels
    if not labels.exists():
        raise AuditError(f"There is no file {labels}; give the table with --labels.")
    return labels


def contents_in(
    audit: Audit,
    source: Source,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Source, list[str]]:
    """Return the files of `source`, unpacked beside those of `audit` where need be, and notes.

    They are read as the audit reads what it has, where it can be.

    Raises
    ------
    SourceError
        When `source` cannot be unpacked.
    """
    if not is_packed(source):
        return source, []
    folder = audit.folder / STAGED
    notes = unpack(source, folder, update)
    found = layout(source, folder)
    now = audit.contents
    plain = source.labels is None and now.labels is None
    if plain and UNPACKED not in (found.format, now.format):
        within = now.path.relative_to(audit.unpacked_folder) if is_packed(audit.source) else ""
        found = replace(now, path=folder / within)
    return found, notes


def forget_staged(audit: Audit) -> None:
    """Remove what was unpacked to be compared, where the audit was not moved to it."""
    shutil.rmtree(audit.folder / STAGED, ignore_errors=True)


def compare(
    audit: Audit,
    source: Source,
    listing: Listing,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Read every file of `source`, and return what `audit` recognizes; nothing is changed.

    Parameters
    ----------
    audit : Audit
    source : Source
        See `source_in`.
    listing : Listing
        What lies there.
    update : callable
        Called with files read and files in all.
    """
    records = {record.path: record for record in listing.records}
    lying: dict[str, list[Record]] = defaultdict(list)
    for record in listing.records:
        lying[record.file].append(record)
    known = audit.store.known_files()
    found: dict[str, FileFound] = {}
    update(0, len(lying))
    for done, (path, read) in enumerate(_read_all(source, lying), start=1):
        if read is not None:
            found |= {
                one.path: read._replace(content_hash=crop_hash(read.content_hash, one.region))
                for one in lying[path]
            }
        update(done, len(lying))
    return _compared(known, records, found)


def _compared(
    known: list[Row], records: dict[str, Record], found: dict[str, FileFound]
) -> Comparison:
    comparison = Comparison(sum(file["content_hash"] is not None for file in known))
    left = dict(found)
    for file in known:
        there = found.get(file["path"])
        if there is not None and there.content_hash == file["content_hash"]:
            comparison.same[file["id"]] = left.pop(file["path"])
    elsewhere = defaultdict(list)
    for path in sorted(left, reverse=True):
        elsewhere[left[path].content_hash].append(path)
    for file in known:
        path = file["path"]
        if file["id"] in comparison.same or file["content_hash"] is None:
            continue
        if elsewhere[file["content_hash"]]:
            comparison.moved[path] = elsewhere[file["content_hash"]].pop()
        else:
            (comparison.changed if path in found else comparison.missing).append(path)
    listed = {file["path"] for file in known}
    comparison.new = sorted(left.keys() - listed - {*comparison.moved.values()})
    for file in known:
        old: str = file["path"]
        path = comparison.moved.get(old, old)
        if path == old and file["id"] not in comparison.same:
            continue
        before, after = file["given"] or UNLABELED, records[path].label or UNLABELED
        if before != after:
            comparison.relabeled.append((path, before, after))
    return comparison


def _read_all(source: Source, paths: Iterable[str]) -> Iterator[tuple[str, FileFound | None]]:
    def read(path: str) -> tuple[str, FileFound | None]:
        try:
            contents = read_file(path_inside(source.path, path, source.roots))
        except UnreadableImage:
            return path, None
        return path, FileFound(contents.hash, contents.size, contents.mtime_ns)

    coming = iter(paths)
    with ThreadPoolExecutor() as pool:
        while some := list(islice(coming, FILES_AT_ONCE)):
            yield from pool.map(read, some)


def look(audit: Audit, source: Source) -> Comparison:
    """Compare, with progress and a record of the run; hold the run lock around it.

    Raises
    ------
    SourceError
        When the data set cannot be listed, or nothing of it is recognized.
    """
    if not is_packed(source):
        read_source(source)  # what cannot be listed is no run
    with (
        recorded_run(audit.store, [COMMAND], COMMAND) as progress,
        progress.step(COMMAND, STEP_TITLES[COMMAND], "files") as step,
    ):
        contents, notes = contents_in(audit, source, step.update)
        listing = read_source(contents)
        for note in (*notes, *listing.notes):
            step.say(note)
        comparison = compare(audit, contents, listing, step.update)
        if not comparison.recognized:
            raise SourceError(_refusal(audit, source, comparison))
        finding: dict[str, Any] = {"source": source.to_setting()}
        finding["sentences"] = comparison.sentences()
        audit.store.set_settings({CHECK: finding})
        return comparison


def move(audit: Audit, source: Source, comparison: Comparison) -> None:
    """Let `audit` read `source` from now on; its next run reads only what has changed."""
    audit.store.record_times(
        {"id": item_id, "size": file.size, "mtime_ns": file.mtime_ns}
        for item_id, file in comparison.same.items()
    )
    contents, _ = contents_in(audit, source)
    staged = audit.folder / STAGED
    if is_packed(audit.source) or is_packed(source):
        shutil.rmtree(audit.unpacked_folder, ignore_errors=True)
    if is_packed(source):
        staged.rename(audit.unpacked_folder)
        contents = _rebased(contents, staged, audit.unpacked_folder)
    audit.move_source(source)
    audit.set_contents(contents if is_packed(source) else None)
    audit.store.set_settings({CHECK: None})


def _rebased(source: Source, old: Path, new: Path) -> Source:
    """Return a data set in the folder `old` as it lies in `new`, its table likewise."""
    rebased = replace(source, path=new / source.path.relative_to(old))
    table = source.labels
    if table is None or not table.is_relative_to(old):
        return rebased
    return rebased.with_labels(new / table.relative_to(old))


def _refusal(audit: Audit, source: Source, comparison: Comparison) -> str:
    if not comparison.total:
        return "Nothing of this audit has been read yet, so no image can be recognized."
    paths = [file_of(file) for file in audit.store.known_files()[:PATHS_TRIED]]
    near = next((f"; {one} holds its paths" for one in _near(source.path, paths)), "")
    return (
        f"None of the {counted(comparison.total, 'image')} of this audit was recognized in"
        f" {source}{near}. Nothing was changed."
    )


def _near(folder: Path, paths: list[str]) -> Iterator[Path]:
    """Yield folders beside `folder` where most of `paths` exist: below it, above it."""
    if not folder.is_dir():
        return
    below = sorted(one for one in islice(folder.iterdir(), FOLDERS_TRIED) if one.is_dir())
    for candidate in (*below, folder.parent):
        there = sum((candidate / PurePosixPath(path)).exists() for path in paths)
        if 2 * there > len(paths):
            yield candidate
