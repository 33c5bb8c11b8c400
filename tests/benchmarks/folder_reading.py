"""Seconds and peak memory of reading folders, archives and arrays, each in a process of its own.

    python -m tests.benchmarks.folder_reading [--files 200000] [--packed 20000] [--kinds zip,...]

*inspect* says what is understood, *listing* makes the records; what is packed is unpacked
for both. Files are of a thousand bytes. Then, how long it takes to refuse hostile archives.
"""

from __future__ import annotations

import argparse
import io
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from core.audit import Source
from core.ingest.inspection import inspect
from core.ingest.questions import answered
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.unpacking import check_packed, is_packed, layout, unpack
from tests.benchmarks.measuring import peak

ROOT = Path(__file__).parents[2]
KINDS = ("folders", "nested", "zip", "tar.gz", "npz")
CLASSES = 100


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200_000, help="in folders")
    parser.add_argument("--packed", type=int, default=20_000, help="in archives and arrays")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS, metavar=("WHAT", "SOURCE"))
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one[0], Path(options.one[1]))))
        return
    print("source | files | s | CPU s | MB at most")
    for kind in options.kinds.split(","):
        count = options.files if kind in ("folders", "nested") else options.packed
        with tempfile.TemporaryDirectory() as scratch:
            source = make(Path(scratch), kind, count)
            for what in ("inspect", "listing"):
                found = in_a_process(what, source)
                print(
                    f"{kind}, {what} | {found['items']:,.0f} | {found['seconds']:.1f} |"
                    f" {found['cpu']:.1f} | {found['memory']:.0f}"
                )
    with tempfile.TemporaryDirectory() as scratch:
        for name, seconds, sentence in refused(Path(scratch)):
            print(f"{name} | {seconds:.2f} | {sentence}")


def content() -> bytes:
    """Return an image file of about a thousand bytes."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def make(folder: Path, kind: str, count: int) -> Path:
    """Write a data set of a kind, and return its path."""
    data = content()
    prefix = "set/data/images/" if kind == "nested" else ""
    paths = [f"{prefix}{n % CLASSES:03d}/{n:07d}.jpg" for n in range(count)]
    if kind in ("folders", "nested"):
        for number in range(CLASSES):
            (folder / f"{prefix}{number:03d}").mkdir(parents=True)
        for path in paths:
            (folder / path).write_bytes(data)
        return folder
    if kind == "zip":
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            for path in paths:
                archive.writestr(path, data)
        return folder / "a.zip"
    if kind == "npz":
        pixels = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
        np.savez_compressed(folder / "a.npz", x_train=pixels, y_train=np.arange(count) % 10)
        return folder / "a.npz"
    with tarfile.open(folder / "a.tar.gz", "w:gz", compresslevel=1) as tar:
        for path in paths:
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return folder / "a.tar.gz"


def in_a_process(what: str, source: Path) -> dict[str, float]:
    """Return what `measured` finds in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.folder_reading", "--one", what, str(source)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name: float(value) for name, value in json.loads(done.stdout).items()}


def measured(what: str, path: Path) -> dict[str, float]:
    """Read a source, and return the items, seconds, seconds of the CPU and megabytes at most."""
    wall, cpu = time.perf_counter(), time.process_time()
    source = source_of(path)
    items = inspect(source).items if what == "inspect" else listed(source)
    return {
        "items": items,
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": peak(),
    }


def listed(source: Source) -> int:
    """Return how many records a new audit of a source lists."""
    if not is_packed(source):
        return len(read_source(answered(source)).records)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "unpacked"
        unpack(source, folder)
        return len(read_source(answered(layout(source, folder))).records)


def refused(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Yield what hostile archives are, the seconds until they are refused, and the sentence."""
    for name, path in hostile(folder):
        started = time.perf_counter()
        try:
            source = source_of(path)
            check_packed(source)
            unpack(source, folder / "unpacked")
        except SourceError as error:
            yield name, time.perf_counter() - started, str(error).replace(f"{folder}/", "")
        else:
            raise AssertionError(name)


def hostile(folder: Path) -> Iterator[tuple[str, Path]]:
    """Write archives that are to be refused, one after another."""
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/1.bmp", bytes(300_000_000))
    yield "a zip of 300 MB of zeros", path
    path = folder / "bomb.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        member = tarfile.TarInfo("cat/1.bmp")
        member.size = 300_000_000
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    yield "a .tar.gz of 300 MB of zeros", path
    yield "a zip of ten million entries", of_many_entries(folder / "many.zip", 10_000_000)
    path = folder / "up.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(50_000):
            archive.writestr(f"cat/{number}.jpg", b"x")
        archive.writestr("../../up.jpg", b"x")
    yield "a zip of 50,000 entries, the last of which leads out", path


def of_many_entries(path: Path, count: int) -> Path:
    """Write a real directory of so many entries, all of one empty file."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("00000000", b"")
    data = path.read_bytes()
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    head, entry = data[:start], data[start:end]
    with path.open("wb") as file:
        file.write(head)
        some = entry * 10_000
        for _ in range(count // 10_000):
            file.write(some)
        size = len(entry) * count
        at = start + size
        file.write(
            b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, start)
        )
        file.write(b"PK\6\7" + struct.pack("<LQL", 0, at, 1))
        file.write(
            b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 65_535, 65_535, 2**32 - 1, 2**32 - 1, 0)
        )
    return path


if __name__ == "__main__":
    main()
