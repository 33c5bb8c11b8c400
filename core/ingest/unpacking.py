"""Unpacks a source whose items are not files of a folder: archives, arrays, shards, Parquet.

It is done once, into the audit's own folder. Until all is there it lies under
another name; a run that was cut off goes on where it stopped. The source itself
stays what the audit remembers, and is only read. What lies at a URL is fetched
likewise, and unpacked where need be.
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
from core.audit.source import URL
from core.ingest.allowed_roots import PACKED, TABLE_ENDINGS
from core.ingest.fetching import FetchCutOff, Seen, fetch, look
from core.ingest.questions import answered
from core.ingest.readers import READERS, source_of
from core.ingest.records import SourceError
from core.ingest.root_folders import data_set_in
from core.ingest.unpacker import DEFAULT_LIMIT, Checked, Unpacker, is_hidden
from core.ingest.waiting_data import take_waiting

STATE = ".source.json"
"""In the folder of what was unpacked: what it was made from, and what was left out."""

INSIDE, LIMIT = "inside", "unpack_limit"
"""Options of a source that is unpacked: the reader of what lies in it, and gigabytes."""

OF_THE_OUTSIDE = (INSIDE, LIMIT, URL)

OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def is_packed(source: Source) -> bool:
    """Tell whether a source has to be unpacked, or fetched, before it is read."""
    if source.url is not None:
        return True
    return source.format in READERS and READERS[source.format].unpack is not None


def holds_images(file: Path) -> bool:
    """Tell whether a file that somebody has chosen holds images, or is a table of their labels.

    Parquet is looked into, as far as its columns; of others, names say enough here.

    Raises
    ------
    SourceError
        When it is neither by its name.
    """
    is_table = file.suffix.lower() in TABLE_ENDINGS
    if not PACKED.fullmatch(file.name):
        if not is_table:
            raise SourceError(f"{file.name} is no archive, no arrays and no table of labels.")
        return False
    return not is_table or is_packed(source_of(file))


def check_packed(source: Source) -> None:
    """Refuse an archive or arrays that cannot be unpacked, as far as that shows before it is.

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
    is_current: bool = False,
) -> list[str]:
    """Make `folder` hold what is packed in `source`, and return what is to be said of it.

    Nothing is done where it does already, or where the source is gone.

    Parameters
    ----------
    source : Source
    folder : Path
        In a folder that exists.
    update : callable
        Called with files done and files in all; of a URL, with megabytes.
    is_current : bool
        Whether this run has looked at the URL already, so that it is not listed again.

    Raises
    ------
    SourceError
        When it cannot be unpacked; what there was before stays.
    FetchCutOff
        When the connection was lost; what has come stays, too.
    """
    state = _state(folder)
    if is_current and state is not None and source.url is not None:
        return _notes(state)
    if source.url is None:
        seen = Seen(_stamp(source), f"{source.path} is not there any more; what was unpacked of it")
    else:
        seen = look(source.url, is_known=state is not None)
    made_from, place = seen.state, seen.place
    if state is not None and made_from is None:
        _write_state(folder, state["made_from"], state["notes"], f"{seen.gone} is read.")
        return [*state["notes"], f"{seen.gone} is read."]
    partial = folder.with_name(f"{folder.name}.partial")
    if state is not None and state["made_from"] == made_from:
        shutil.rmtree(partial, ignore_errors=True)  # of a run that was cut off at its very end
        _write_state(folder, made_from, state["notes"])
        return list(state["notes"])
    if place is None and (_state(partial) or {}).get("made_from") != made_from:
        shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(exist_ok=True)
    _write_state(partial, made_from, [])
    inner = folder.with_name(f"{folder.name}.inner.partial")
    try:
        if place is None:
            notes = _fill(source, Unpacker(partial, _limit(source), update))
        else:
            notes, is_whole = _fetch(source, seen, partial, folder, update)
            # The next run tries again what could not be read.
            made_from = made_from if is_whole else None
        found = _packed_in(partial)
        if found is not None:  # shards in a zip, say
            shutil.rmtree(inner, ignore_errors=True)
            inner.mkdir()
            inside = Unpacker(inner, _limit(source), update if place is None else _unheard)
            notes += _fill(found, inside, source.place)
    except FetchCutOff:
        raise
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


def _fetch(
    source: Source,
    seen: Seen,
    folder: Path,
    before: Path,
    update: Callable[[int, int], None],
) -> tuple[list[str], bool]:
    assert seen.place is not None
    unpacker = Unpacker(folder, _limit(source), comes_to="comes to")
    is_whole = fetch(seen.place, seen.files, before, unpacker, update)
    return unpacker.notes(), is_whole


def _unheard(done: int, total: int) -> None:
    """Take what is not shown: megabytes were counted, and these are files."""


def _packed_in(folder: Path) -> Source | None:
    """Return what has to be unpacked of what was unpacked: the folder, or the one file in it."""
    files = [one for one in folder.iterdir() if not is_hidden(one.name)]
    path = files[0] if len(files) == 1 and files[0].is_file() else data_set_in(folder)
    found = source_of(path)
    return found if is_packed(found) else None


def bring(audit: Audit, update: Callable[[int, int], None]) -> list[str]:
    """Fetch what the audit's URL holds into its folder, and return what is to be said of it.

    Parameters
    ----------
    audit : Audit
    update : callable
        Called with megabytes done and in all.

    Raises
    ------
    SourceError
        See `unpack`.
    """
    source = audit.source
    if source.url is not None and not audit.unpacked_folder.exists():
        take_waiting(source.url, audit.unpacked_folder)
    return unpack(source, audit.unpacked_folder, update)


def contents(
    audit: Audit,
    update: Callable[[int, int], None] = lambda done, total: None,
    is_current: bool = False,
) -> tuple[Source, list[str]]:
    """Return the data set of `audit` as its files lie, unpacked where need be, and notes on it.

    Parameters
    ----------
    audit : Audit
    update : callable
    is_current : bool
        See `unpack`.

    Raises
    ------
    SourceError
        See `unpack`; or when something is asked that nobody has answered.
    """
    source = audit.source
    if not is_packed(source):
        return source, []
    notes = unpack(source, audit.unpacked_folder, update, is_current)
    found = audit.contents
    if found == source:
        found = answered(layout(source, audit.unpacked_folder))
    audit.set_contents(found.with_options(options_inside(source)))
    return audit.contents, notes


def layout(source: Source, folder: Path) -> Source:
    """Return what was unpacked of `source` into `folder` as a data set of its own."""
    labels, inside = source.labels, source.options.get(INSIDE)
    if labels is not None and source.url is not None and labels.is_relative_to(source.path):
        labels = folder / labels.relative_to(source.path)
        if not labels.is_file():
            raise SourceError(f"There is no file {source.options['labels']}.")
    elif labels is not None and not labels.exists() and (folder / labels.name).exists():
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
            f"{source.place} holds {READERS[found.format].title}, packed once more;"
            " unpack it yourself and give the folder."
        )
    return found


def options_inside(source: Source) -> dict[str, str]:
    """Return the options of a packed source that are of what lies in it."""
    outside = (*OF_THE_OUTSIDE, "labels", "label_column")
    return {name: value for name, value in source.options.items() if name not in outside}


def _fill(source: Source, unpacker: Unpacker, place: str | None = None) -> list[str]:
    unpack = READERS[source.format].unpack
    assert unpack is not None
    with suppress(Checked), _told(source.path, place or str(source.path)):
        unpack(source.path, unpacker)
        unpacker.finish()
    return unpacker.notes()


@contextmanager
def _told(path: Path, place: str) -> Iterator[None]:
    """Say of which file it is that it cannot be unpacked, whatever is wrong with it."""
    if not path.exists():
        raise SourceError(f"There is no file {place}.")
    try:
        yield
    except SourceError as error:
        raise SourceError(f"{place} is not unpacked: {error}") from None
    except OSError as error:
        if error.errno in OF_THE_DISK:
            raise
        raise SourceError(f"{place} cannot be read ({error.strerror or error}).") from None
    except Checked:
        raise
    except Exception as error:  # archives and arrays that are damaged raise many kinds
        raise SourceError(f"{place} is damaged, or not what it seems ({error}).") from None


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


def _notes(state: dict[str, Any]) -> list[str]:
    return [*state["notes"], *filter(None, [state.get("gone")])]


def _write_state(folder: Path, made_from: str | None, notes: list[str], gone: str = "") -> None:
    state = {"made_from": made_from, "notes": notes} | ({"gone": gone} if gone else {})
    if state != _state(folder):
        (folder / STATE).write_text(json.dumps(state), encoding="utf-8")
