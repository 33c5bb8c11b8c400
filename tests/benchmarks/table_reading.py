"""Seconds and peak memory of reading a table of a million rows, each in a process of its own.

    python -m tests.benchmarks.table_reading [--rows 1000000] [--files 100000] [--kinds csv,...]

*inspect* says what is understood, *listing* makes the records, *storing* makes them and writes
them into the database of an audit. So many of the images as
--files says are there, empty; the others are missing, which takes longer. Then, how long
it takes to refuse what is no table: a CSV of 60,000 columns, and JSON on one line.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.readers import Source, SourceError, read_source, source_of
from core.pipeline import list_items
from tests.benchmarks.measuring import peak

ROOT = Path(__file__).parents[2]
KINDS = ("csv", "latin-1", "no ending", "parquet", "jsonl")
WHAT = ("inspect", "listing", "storing")
CLASSES = 100
COLUMNS = ("path", "label", "note")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS, metavar=("WHAT", "DIR", "TABLE"))
    options = parser.parse_args()
    if options.one:
        what, folder, table = options.one
        print(json.dumps(measured(what, Path(folder), Path(table))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        images = make_images(Path(scratch) / "images", options.files)
        print(f"{options.rows:,} rows, {options.files:,} images | s | CPU s | MB at most")
        for kind in options.kinds.split(","):
            table = write(Path(scratch) / "labels", kind, options.rows)
            for what in WHAT:
                found = in_a_process(what, images, table)
                print(
                    f"{kind}, {what} | {found['seconds']:.1f} | {found['cpu']:.1f} |"
                    f" {found['memory']:.0f}"
                )
            table.unlink()
        for name, seconds, sentence in refused(Path(scratch)):
            print(f"{name} | {seconds:.2f} | {sentence}")


def path_of(row: int) -> str:
    """Return the path of the image of a row."""
    return f"{row % CLASSES:03d}/{row:07d}.jpg"


def make_images(folder: Path, count: int) -> Path:
    """Make the images of the first rows, empty."""
    for number in range(CLASSES):
        (folder / f"{number:03d}").mkdir(parents=True)
    for row in range(count):
        (folder / path_of(row)).touch()
    return folder


def write(stem: Path, kind: str, count: int) -> Path:
    """Write a table of a kind with a row for each image."""
    rows = ((path_of(n), f"Käfer {n % CLASSES}", f"note {n % 7}") for n in range(count))
    if kind == "parquet":
        import pyarrow as pa
        from pyarrow import parquet

        columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
        parquet.write_table(pa.table(columns), stem.with_suffix(".parquet"))
        return stem.with_suffix(".parquet")
    if kind == "jsonl":
        with stem.with_suffix(".jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n")
        return stem.with_suffix(".jsonl")
    if kind == "no ending":
        rows = ((path[4:-4], *rest) for path, *rest in rows)
    encoding = kind if kind == "latin-1" else "utf-8"
    with stem.with_suffix(".csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return stem.with_suffix(".csv")


def in_a_process(what: str, images: Path, table: Path) -> dict[str, float]:
    """Return what `measured` finds in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.table_reading", "--one", what]
    done = subprocess.run(
        [*command, str(images), str(table)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {name: float(value) for name, value in json.loads(done.stdout).items()}


def measured(what: str, images: Path, table: Path) -> dict[str, float]:
    """Read a table, and return the items, seconds, seconds of the CPU and megabytes at most."""
    wall, cpu = time.perf_counter(), time.process_time()
    source = source_of(images, table)
    if what == "inspect":
        items = inspect(source).items
    elif what == "listing":
        items = len(read_source(source).records)
    else:
        items = stored(source)
    return {
        "items": items,
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": peak(),
    }


def stored(source: Source) -> int:
    """List a data set into the database of a new audit, and return the number of items."""
    with tempfile.TemporaryDirectory() as folder:
        audit = Audit.create(Path(folder), source)
        items = len(list_items(audit).records)
        audit.store.close()
    return items


def refused(folder: Path) -> Iterator[tuple[str, float, str]]:
    """Yield what is no table, the seconds until it is refused, and the sentence."""
    wide = ",".join(f"column {number}" for number in range(60_000))
    tasks = json.dumps([{"id": n, "text": "x" * 100} for n in range(20_000)])
    for name, content in (("60,000 columns", f"{wide}\n{wide}\n"), ("JSON on one line", tasks)):
        path = folder / "refused.csv"
        path.write_text(content, encoding="utf-8")
        begun = time.perf_counter()
        try:
            read_source(source_of(folder, path))
        except SourceError as error:
            yield name, time.perf_counter() - begun, str(error)


if __name__ == "__main__":
    main()
