"""What has changed since an export was made: its files, rows of the input, images, the audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from core.audit import Audit, Source
from core.export.corrected import AuditDecisions
from core.export.file_hashes import hash_of
from core.export.manifest import PARQUET, decisions_in
from core.export.manifest_files import CHANGES, changes_beside
from core.ingest.crops import crop_hash
from core.ingest.files import UnreadableImage, path_inside
from core.ingest.records import Listing
from core.text import counted, shortened

SHOWN = 80
BLOCK = 1 << 20


def changed_exports(path: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Say which files of an export are not what was written, or are gone."""
    files = {path / name if path.is_dir() else path: one for name, one in manifest["files"].items()}
    changes = path / CHANGES if path.is_dir() else changes_beside(path)
    for file, expected in {**files, changes: manifest["changes"]}.items():
        if not file.is_file():
            yield f"{file.name} of the export is missing."
        elif hash_of(file) != expected:
            yield f"{file.name} was changed since it was exported."


def changed_rows(manifest: Mapping[str, Any], listing: Listing) -> Iterator[str]:
    """Say which of the items that were decided the input lists otherwise now, or no more."""
    now = {record.path: record.label for record in listing.records}
    decisions = decisions_in(manifest)
    missing = [one["path"] for one in decisions if one["path"] not in now]
    edited = [
        one for one in decisions
        if one["path"] in now and now[one["path"]] != one["spelled"]
    ]  # fmt: skip
    count = manifest["counts"]["items"]
    if len(listing.records) != count:
        yield f"The source lists {counted(len(listing.records), 'item')} now; it were {count:,}."
    if missing:
        yield _told(missing, "that was decided is not in the source", "that were decided are not"
                    " in the source")  # fmt: skip
    if edited:
        first = edited[0]
        yield (
            f"{counted(len(edited), 'row')} of the source was edited: {_short(first['path'])} is"
            f" labeled {_label(now[first['path']])}, not {_label(first['spelled'])}."
        )


def changed_images(
    manifest: Mapping[str, Any], listing: Listing, source: Source
) -> Iterator[str]:  # fmt: skip
    """Say which images that were decided are not what was looked at, or are gone."""
    records = {record.path: record for record in listing.records}
    changed, missing = [], []
    for one in decisions_in(manifest):
        record = records.get(one["path"])
        if record is None or one["content_hash"] is None:
            continue
        try:
            file = path_inside(source.path, record.file, source.roots)
            found = crop_hash(hash_of(file), record.region)
        except (OSError, UnreadableImage):
            missing.append(one["path"])
            continue
        if found != one["content_hash"]:
            changed.append(one["path"])
    if changed:
        yield _told(changed, "that was decided has changed", "that were decided have changed")
    if missing:
        yield _told(missing, "that was decided cannot be read", "that were decided cannot be read")


def changed_decisions(manifest: Mapping[str, Any], audit: Audit) -> Iterator[str]:
    """Say what of the audit decides otherwise by now."""
    if audit.id != manifest["audit"]["id"]:
        yield f"{audit.folder} is not the audit that was exported."
        return
    with audit.store.snapshot() as snapshot:
        decisions = AuditDecisions(snapshot)
        if decisions.rule != manifest["rule"]:
            yield (
                f"The audit decides by the rule {decisions.rule!r} now; this export by"
                f" {manifest['rule']!r}."
            )
        then = {one["path"]: one for one in decisions_in(manifest)}
        others = 0
        for item in decisions.decided():
            one = then.get(item.path)
            others += (item.verdict, item.labels) != (
                ("", item.labels) if one is None else (one["verdict"], one["labels"])
            )
    if others:
        is_another = "is another" if others == 1 else "are others"
        yield f"{counted(others, 'decision')} of the audit {is_another} by now."


def changed_surroundings(manifest: Mapping[str, Any], source: Source) -> Iterator[str]:
    """Say what is another than it was, though the export may be the same all the same."""
    table, then = source.labels, manifest["source"]["labels"]
    if table is not None and then is not None and hash_of(table) != then["hash"]:
        yield f"{table.name} is not byte for byte what the labels were read from."
    before, now = manifest["versions"].get(PARQUET), version(PARQUET)
    if before != now:
        yield f"The export was made with {PARQUET} {before}; here is {now}."


def first_difference(here: Path, there: Path) -> str | None:
    """Say where two files begin to differ; None where every byte is the same.

    Parameters
    ----------
    here, there : Path
        The export, and what was written again.
    """
    if not there.is_file():
        return "it was not written again."
    if not here.is_file() or here.samefile(there) or hash_of(here) == hash_of(there):
        return None
    with here.open("rb") as one, there.open("rb") as other:
        for number, (a, b) in enumerate(zip_longest(one, other), start=1):
            if a != b:
                return _told_line(number, a, b)
    return None


def _told_line(number: int, here: bytes | None, there: bytes | None) -> str:
    texts = [_line(here), _line(there)]
    if any(text is None for text in texts):
        return "its bytes differ; it may have been written by another version of a library."
    return f"line {number:,} is {texts[0]} in the export, and {texts[1]} when written again."


def _line(data: bytes | None) -> str | None:
    if data is None:
        return "missing"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else repr(shortened(text.rstrip("\r\n"), SHOWN))


def _told(paths: Iterable[str], one: str, many: str) -> str:
    paths = list(paths)
    what = one if len(paths) == 1 else many
    return f"{counted(len(paths), 'image')} {what}, such as {_short(paths[0])}."


def _short(path: str) -> str:
    return shortened(path, SHOWN)


def _label(label: str | None) -> str:
    return "nothing" if label is None else repr(shortened(label, SHOWN))
