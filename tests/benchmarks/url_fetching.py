"""Seconds of fetching the files of a URL, the first time and after, beside a plain loop.

    python -m tests.benchmarks.url_fetching [--files 5000] [--kilobytes 20] [--delay 0.02]

The files are in memory, and each answer comes after a delay, as one of an object store does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fsspec.implementations.memory import MemoryFileSystem

from core.ingest.readers import source_of
from core.ingest.unpacking import unpack
from tests.benchmarks.measuring import peak

ROOT = "/bucket/set"
CLASSES = 100


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--kilobytes", type=int, default=20)
    parser.add_argument("--delay", type=float, default=0.02, help="seconds before each answer")
    options = parser.parse_args()
    data = bytes(1000 * options.kilobytes)
    files = MemoryFileSystem()
    files.pipe({f"{ROOT}/{n % CLASSES:03d}/{n:07d}.jpg": data for n in range(options.files)})
    _delay(options.delay)
    print(f"{options.files:,} files, {options.kilobytes} kB, {options.delay:g} s an answer | s")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _print("opened one after the other", lambda: one_by_one(files, folder / "plain"))
        source = source_of(f"memory:/{ROOT}")
        _print("fetched", lambda: unpack(source, folder / "unpacked"))
        _print("again, unchanged", lambda: unpack(source, folder / "unpacked"))
        files.pipe_file(f"{ROOT}/000/new.jpg", data)
        _print("again, one file more", lambda: unpack(source, folder / "unpacked"))
    memory = peak()
    held = len(data) * options.files / 1e6
    print(f"MB at most, {held:.0f} of them the files in memory | {memory:.0f}")


def _print(name: str, work: Callable[[], Any]) -> None:
    started = time.perf_counter()
    work()
    print(f"{name} | {time.perf_counter() - started:.1f}", flush=True)


def _delay(seconds: float) -> None:
    """Let each list and each file that is opened take its time."""
    for name in ("find", "open"):
        plain = getattr(MemoryFileSystem, name)

        def slow(*given: Any, plain: Any = plain, **options: Any) -> Any:
            time.sleep(seconds)
            return plain(*given, **options)

        setattr(MemoryFileSystem, name, slow)


def one_by_one(files: MemoryFileSystem, folder: Path) -> None:
    """Write every file, as a loop of a few lines does it."""
    for name in files.find(ROOT):
        target = folder / name.removeprefix(f"{ROOT}/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with files.open(name, "rb") as opened:
            target.write_bytes(opened.read())


if __name__ == "__main__":
    main()
