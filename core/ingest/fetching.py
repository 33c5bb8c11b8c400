"""Brings the files of a URL into a folder: each once, several at a time.

What was fetched is written down beside the files, with the state that each had. A
run that was cut off goes on there, within a large file too; a later one fetches what
is new or has changed, takes over the rest of the folder before, and leaves out what
is gone.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

from core.audit.ids import fingerprint
from core.ingest.linked_folders import FolderWalk
from core.ingest.records import SourceError
from core.ingest.remote_files import THREADS, RemoteDenied, RemoteError, RemoteFile, RemoteFiles
from core.ingest.unpacker import (
    UNUSABLE_NAMES,
    Unpacker,
    check_names,
    checked_name,
    is_case_insensitive,
    is_hidden,
    shown,
)
from core.ingest.urls import shown_url

LOG = ".fetched.jsonl"
"""In the folder: the URL, then a line for each file that is there."""

WAITING = 4 * THREADS
"""Files that are asked for at once, most of them to be fetched when others have come."""

ATTEMPTS = 3
SECONDS_BEFORE_THE_NEXT = 2.0
SECONDS_BETWEEN_LOOKS = 0.3

MEGABYTE = 1_000_000

UNTOLD = (
    "The server does not say when {:,} file was changed; it is fetched anew once its size differs.",
    "The server does not say when its {:,} files were changed; one is fetched anew once its size"
    " differs.",
)
LEFT_OUT = (
    "{:,} file could not be read there and was left out.",
    "{:,} files could not be read there and were left out.",
)

Update = Callable[[int, int], None]


class FetchCutOff(RemoteError):
    """A connection that was lost, with a part fetched: the next run goes on there."""


class _Stopped(Exception):
    """Another file has failed, so that nobody waits for this one."""


class Seen(NamedTuple):
    """What a look at a source has found.

    Attributes
    ----------
    state : str or None
        Tells one state of it from another; None where it is not there any more, or
        cannot be reached now.
    gone : str
        The beginning of the sentence that says so.
    place : RemoteFiles or None
        The URL, and
    files : list of RemoteFile
        what lies there.
    """

    state: str | None
    gone: str = ""
    place: RemoteFiles | None = None
    files: Sequence[RemoteFile] = ()


def look(url: str, is_known: bool) -> Seen:
    """List what lies at a URL.

    Parameters
    ----------
    url : str
    is_known : bool
        Whether it was fetched before, and can be read as it was then.

    Raises
    ------
    SourceError
        When it cannot be listed, and was not fetched before.
    """
    try:
        place = RemoteFiles(url)
        files = place.listing()
    except SourceError as error:
        if not is_known:
            raise
        return Seen(None, f"{error} What was fetched before")
    state = fingerprint(url, [(file.path, file.state) for file in files])
    return Seen(state, "", place, files)


def fetch(
    place: RemoteFiles,
    files: Sequence[RemoteFile],
    before: Path,
    unpacker: Unpacker,
    update: Update = lambda done, total: None,
) -> bool:
    """Make the folder of `unpacker` hold just these files; tell whether all could be read.

    Parameters
    ----------
    place : RemoteFiles
    files : sequence of RemoteFile
        What lies there.
    before : Path
        A folder that was fetched before, whose files are taken over; it may be missing.
    unpacker : Unpacker
        Its folder exists, and may hold what an earlier run has fetched. It knows the
        limits, and is told what is to be remarked.
    update : callable
        Called with megabytes done and in all.

    Raises
    ------
    SourceError
        When a name is hostile, a limit is reached, or nothing can be read.
    FetchCutOff
        When the connection was lost.
    """
    assert unpacker.folder is not None
    try:
        files = _checked(files, unpacker.folder)
        unpacker.expect(len(files), sum(file.size or 0 for file in files))
        is_whole = _fetch(place, files, before, unpacker, unpacker.folder, update)
    except RemoteError:
        raise
    except SourceError as error:
        raise SourceError(f"{shown_url(place.url)} is not fetched: {error}") from None
    if not any(file.version for file in files):
        unpacker.remarks[UNTOLD] += len(files)
    return is_whole


def _fetch(
    place: RemoteFiles,
    files: Sequence[RemoteFile],
    before: Path,
    unpacker: Unpacker,
    folder: Path,
    update: Update,
) -> bool:
    known, earlier = _logged(folder, place.url), _logged(before, place.url)
    _remove_others(folder, {file.path for file in files})
    missing = []
    new_log = folder / f"{LOG}.new"
    with new_log.open("w", encoding="ascii") as log:
        log.write(json.dumps({"url": place.url}) + "\n")
        for file in files:
            if _is_there(folder, file, known) or _taken_over(before, folder, file, earlier):
                _note(log, file)
            else:
                missing.append(file)
    new_log.replace(folder / LOG)
    with (folder / LOG).open("a", encoding="ascii") as log:
        left_out = _Fetching(place, folder, unpacker, update).run(files, missing, log)
    for partial in folder.glob(".*.partial"):  # of a state that was replaced meanwhile
        partial.unlink()
    if left_out == len(files):
        raise RemoteDenied(f"None of the files at {shown_url(place.url)} could be read.")
    if left_out:
        unpacker.remarks[LEFT_OUT] += left_out
    return not left_out


def _checked(files: Sequence[RemoteFile], folder: Path) -> list[RemoteFile]:
    """Return the files that are read, under names that lead nowhere else."""
    found = [file._replace(path=checked_name(file.path)) for file in files]
    found = [file for file in found if not is_hidden(file.path)]
    check_names(file.path for file in found)
    if is_case_insensitive(folder):
        often = Counter(file.path.casefold() for file in found).most_common(1)
        if often and often[0][1] > 1:
            raise SourceError(f"it holds {shown(often[0][0])} twice, but for case.")
    if not found:
        raise SourceError("it holds no files.")
    return found


class _Fetching:
    """One run: threads fetch, and this one writes down what has come."""

    def __init__(
        self, place: RemoteFiles, folder: Path, unpacker: Unpacker, update: Update
    ) -> None:
        self._place, self._folder, self._unpacker = place, folder, unpacker
        self._update = update
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._done = 0
        self._added = 0  # bytes of files whose size nobody has told, or that are larger than told

    def run(self, files: Sequence[RemoteFile], missing: list[RemoteFile], log: TextIO) -> int:
        """Fetch what is `missing`, and return how many of it could not be read."""
        total = sum(file.size or 0 for file in files)
        self._done = total - sum(file.size or 0 for file in missing)
        left_out = 0
        coming = iter(missing)
        running: dict[Future[bool], RemoteFile] = {}
        with ThreadPoolExecutor(THREADS, "fetch") as pool:
            try:
                while True:
                    self._tell(total)
                    for file in islice(coming, WAITING - len(running)):
                        running[pool.submit(self._bring, file)] = file
                    if not running:
                        break
                    ended, _ = wait(running, SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)
                    for future in ended:
                        file = running.pop(future)
                        if future.result():
                            _note(log, file)
                        else:
                            left_out += 1
                    log.flush()
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        return left_out

    def _tell(self, total: int) -> None:
        done, total = self._done, max(total + self._added, self._done)
        whole = -(-total // MEGABYTE)
        self._update(whole if done == total else done // MEGABYTE, whole)

    def _bring(self, file: RemoteFile) -> bool:
        """Fetch a file; tell whether it could be read. One that is cut off is asked for again."""
        for attempt in range(ATTEMPTS):
            try:
                self._fetch(file)
                return True
            except RemoteDenied:
                return False
            except RemoteError as error:
                if attempt == ATTEMPTS - 1:
                    raise FetchCutOff(f"{error} What has come is kept for the next run.") from None
            self._stop.wait(SECONDS_BEFORE_THE_NEXT * (attempt + 1))
        return False

    def _fetch(self, file: RemoteFile) -> None:
        target = self._folder / file.path
        partial = self._folder / f".{fingerprint(file.path, file.state)}.partial"
        start = _size(partial) if file.version and (file.size or 0) > 0 else 0
        start = start if start < (file.size or 0) else 0
        written = start
        self._count(start)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("ab" if start else "wb") as opened:
                for chunk in self._place.chunks(file, start):
                    if self._stop.is_set():
                        raise _Stopped
                    opened.write(chunk)
                    written += len(chunk)
                    self._count(len(chunk), max(0, written - (file.size or 0)))
            if written < (file.size or 0):
                raise RemoteError(f"{file.path} came with {written:,} of {file.size:,} bytes.")
            partial.replace(target)
        except (OSError, UnicodeError) as error:
            if isinstance(error, OSError) and error.errno not in UNUSABLE_NAMES:
                raise
            raise SourceError(
                f"the name of {shown(file.path)} cannot be a file's on this machine."
            ) from None
        except RemoteError:
            with self._lock:
                self._done -= written
            if start and written == start:  # a server that does not send from the middle on
                partial.unlink(missing_ok=True)
            raise

    def _count(self, size: int, beyond: int = 0) -> None:
        with self._lock:
            self._done += size
            self._added += min(size, beyond)
            if self._added:
                self._unpacker.check_size(self._done)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _logged(folder: Path, url: str) -> dict[str, str]:
    """Return the files that were fetched of a URL into a folder, and the state of each."""
    try:
        lines = (folder / LOG).read_text(encoding="ascii").splitlines()
        if json.loads(lines[0]) != {"url": url}:
            return {}
        return dict(_rows(lines[1:]))
    except (OSError, ValueError, LookupError):
        return {}


def _rows(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        with suppress(ValueError, TypeError):  # the last one, where a run was killed
            path, state = json.loads(line)
            yield str(path), str(state)


def _note(log: TextIO, file: RemoteFile) -> None:
    log.write(json.dumps([file.path, file.state]) + "\n")


def _is_there(folder: Path, file: RemoteFile, known: dict[str, str]) -> bool:
    return known.get(file.path) == file.state and (folder / file.path).is_file()


def _taken_over(before: Path, folder: Path, file: RemoteFile, earlier: dict[str, str]) -> bool:
    """Tell whether a file was there before; it has two names then, until the old folder goes."""
    if not _is_there(before, file, earlier):
        return False
    source, target = before / file.path, folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        shutil.copy2(source, target)
    return True


def _remove_others(folder: Path, wanted: set[str]) -> None:
    """Remove what an earlier run has fetched that is not there any more."""
    for path in list(FolderWalk(folder).files()):
        if path not in wanted:
            (folder / path).unlink()
    for one in sorted(folder.rglob("*"), reverse=True):
        if one.is_dir():
            with suppress(OSError):  # it is not empty
                one.rmdir()
