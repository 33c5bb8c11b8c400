"""Unpacks a source whose items are not files of a folder: archives, arrays, shards, Parquet.

It is done once, into the audit's own folder. Until all is there it lies under
another name; a run that was cut off goes on where it stopped. The source itself
stays what the audit remembers, and is only read.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.audit import Audit, Source, fingerprint
from core.ingest.questions import answered
from core.ingest.readers import READERS, source_of
from core.ingest.records import SourceError
from core.ingest.root_folders import data_set_in
from core.ingest.unpacker import DEFAULT_LIMIT, Checked, Unpacker, is_hidden

STATE = ".source.json"
"""In the folder of what was unpacked: what it was made from, and what was left out."""

INSIDE, LIMIT = "inside", "unpack_limit"
"""Options of a source that is unpacked: the reader of what lies in it, and gigabytes."""

OF_THE_OUTSIDE = (INSIDE, LIMIT)

OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def is_packed(source: Source) -> bool:
    """Tell whether a source has to be unpacked before it is read."""
    return source.format in READERS and READERS[source.format].unpack is not None


def check_packed(source: Source) -> None:
    """Refuse a source that cannot be unpacked, as far as that shows before it is.

    Raises
    ------
    SourceError
        Which is one sentence.
    """
    _fill(source, Unpacker(None, _limit(source)))


def unpack(
    source: Source,
    folder: Path,
    update: Callable[[int, int], None] = lambda done, total: None,
) -> list[str]:
    """Make `folder` hold what is packed in `source`, and return what is to be said of it.

    Nothing is done where it does already, or where the source is gone.

    Parameters
    ----------
    source : Source
    folder : Path
        In a folder that exists.
    update : callable
        Called with files done and files in all.

    Raises
    ------
    SourceError
        When it cannot be unpacked; what there was before stays.
    """
    made_from = _stamp(source)
    state = _state(folder)
    if state is not None and made_from is None:
        gone = f"{source.path} is not there any more; what was unpacked of it is read."
        return [*state["notes"], gone]
    partial = folder.with_name(f"{folder.name}.partial")
    if state is not None and state["made_from"] == made_from:
        shutil.rmtree(partial, ignore_errors=True)  # of a run that was cut off at its very end
        return list(state["notes"])
    if (_state(partial) or {}).get("made_from") != made_from:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        _write_state(partial, made_from, [])
    inner = folder.with_name(f"{folder.name}.inner.partial")
    try:
        notes = _fill(source, Unpacker(partial, _limit(source), update))
        found = _packed_in(partial)
        if found is not None:  # shards in a zip, say
            shutil.rmtree(inner, ignore_errors=True)
            inner.mkdir()
            notes += _fill(found, Unpacker(inner, _limit(source), update), source.path)
    except SourceError:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(inner, ignore_errors=True)
        raise
    made = partial if found is None else inner
    _write_state(made, made_from, notes)
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    shutil.rmtree(partial, ignore_errors=True)
    return notes


def unpacked_root(path: Path) -> Path | None:
    """Return the folder around `path`, or that itself, that a source was unpacked into."""
    return next((one for one in (path, *path.parents) if (one / STATE).is_file()), None)


def is_unpacked(source: Source, folder: Path) -> bool:
    """Tell whether `folder` holds what is packed in `source` as it is now."""
    state, made_from = _state(folder), _stamp(source)
    return state is not None and made_from is not None and state["made_from"] == made_from


def _packed_in(folder: Path) -> Source | None:
    """Return what has to be unpacked of what was unpacked: the folder, or the one file in it."""
    files = [one for one in folder.iterdir() if not is_hidden(one.name)]
    path = files[0] if len(files) == 1 and files[0].is_file() else data_set_in(folder)
    found = source_of(path)
    return found if is_packed(found) else None


def contents(
    audit: Audit, update: Callable[[int, int], None] = lambda done, total: None
) -> tuple[Source, list[str]]:
    """Return the data set of `audit` as its files lie, unpacked where need be, and notes on it.

    Raises
    ------
    SourceError
        See `unpack`; or when something is asked that nobody has answered.
    """
    source = audit.source
    if not is_packed(source):
        return source, []
    notes = unpack(source, audit.unpacked_folder, update)
    found = audit.contents
    if found == source:
        found = answered(layout(source, audit.unpacked_folder))
    audit.set_contents(found.with_options(options_inside(source)))
    return audit.contents, notes


def layout(source: Source, folder: Path) -> Source:
    """Return what was unpacked of `source` into `folder` as a data set of its own."""
    labels, inside = source.labels, source.options.get(INSIDE)
    if labels is not None and not labels.exists() and (folder / labels.name).exists():
        labels = folder / labels.name
    found = source_of(
        folder if labels is not None or inside else data_set_in(folder),
        labels,
        source.label_column,
        reader=inside if inside in READERS and READERS[inside].unpack is None else None,
        answers=options_inside(source),
    )
    if is_packed(found):
        raise SourceError(
            f"{source.path} holds {READERS[found.format].title}, packed once more;"
            " unpack it yourself and give the folder."
        )
    return found


def options_inside(source: Source) -> dict[str, str]:
    """Return the options of a packed source that are of what lies in it."""
    outside = (*OF_THE_OUTSIDE, "labels", "label_column")
    return {name: value for name, value in source.options.items() if name not in outside}


def _fill(source: Source, unpacker: Unpacker, told: Path | None = None) -> list[str]:
    unpack = READERS[source.format].unpack
    assert unpack is not None
    with suppress(Checked), _told(told or source.path):
        unpack(source.path, unpacker)
        unpacker.finish()
    return unpacker.notes()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say of which file it is that it cannot be unpacked, whatever is wrong with it."""
    if not path.exists():
        raise SourceError(f"There is no file {path}.")
    try:
        yield
    except SourceError as error:
        raise SourceError(f"{path} is not unpacked: {error}") from None
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).") from None
    except Checked:
        raise
    except Exception as error:  # archives and arrays that are damaged raise many kinds
        raise SourceError(f"{path} is damaged, or not what it seems ({error}).") from None


def _limit(source: Source) -> float:
    return float(source.options.get(LIMIT, DEFAULT_LIMIT))


def _stamp(source: Source) -> str | None:
    """Return what tells one state of the source from another; None where it is gone."""
    path = source.path
    if not path.exists():
        return None
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    seen = [(str(one.relative_to(path)), one.stat()) for one in files]
    return fingerprint(source.format, [(name, s.st_size, s.st_mtime_ns) for name, s in seen])


def _state(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write_state(folder: Path, made_from: str | None, notes: list[str]) -> None:
    state = {"made_from": made_from, "notes": notes}
    (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
