"""Seconds and peak memory of exporting a million rows, each format in a process of its own.

    python -m tests.benchmarks.exporting [--rows 1000000] [--formats csv,own-table,...]

One audit of so many rows is listed (none of the images exist, nothing is computed), of which
every hundredth is relabeled; it is then exported in each format, manifest and changes included.
What gives the input back reads it anew. Beside them, in the same run, what pandas takes to read
the same table, put the same labels in, and write it: without a check of anything.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from pathlib import Path

from core.audit import Audit, item_id
from core.export.exporting import export
from core.export.writers import WRITERS
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.store import Decision
from core.terms import Verdict
from tests.benchmarks.measuring import in_a_process, peak, print_export
from tests.benchmarks.table_reading import path_of, write

INPUT = {"own-json": "jsonl", "own-parquet": "parquet"}
"""The format of the input that each gives back; of the others, CSV."""
OURS = ("csv", "tsv", "jsonl", "parquet", "soft-labels", "own-table", "own-json", "own-parquet")
PANDAS = ("pandas csv", "pandas jsonl", "pandas parquet")
EVERY = 100
AT_ONCE = 1000
ENDINGS = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default=",".join((*OURS, *PANDAS)))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS, metavar=("FORMAT", "DIR"))
    options = parser.parse_args()
    if options.one:
        name, folder = options.one
        print(json.dumps(measured(name, Path(folder))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        # In a process too: what one has resident before it starts another counts for that one.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.apply(make, (folder, options.rows))
        print(f"{options.rows:,} rows, {options.rows // EVERY:,} changed | s | CPU s | MB at most")
        for name in options.formats.split(","):
            print_export(name, in_a_process(__spec__.name, "--one", name, scratch))


def make(folder: Path, count: int) -> None:
    """Make the tables and the audit, and relabel every hundredth item."""
    images = folder / "images"
    images.mkdir()
    for kind in ENDINGS:
        write(folder / "labels", kind, count)
    audit = Audit.create(folder / "audit", source_of(images, folder / "labels.csv"))
    list_items(audit)
    for start in range(0, count, EVERY * AT_ONCE):
        audit.store.add_action(
            session="benchmark",
            seq=start,
            auditor="Ana",
            decisions=[
                Decision(item_id(path_of(row)), Verdict.RELABEL, (new_label(row),))
                for row in range(start, min(count, start + EVERY * AT_ONCE), EVERY)
            ],
        )
    audit.store.close()


def new_label(row: int) -> str:
    """Return the class that a row is relabeled to."""
    return f"Käfer {(row + 1) % 100}"


def measured(name: str, folder: Path) -> dict[str, float]:
    """Export in a format, and return seconds, seconds of the CPU and megabytes at most."""
    wall, cpu = time.perf_counter(), time.process_time()
    if name in PANDAS:
        with_pandas(name.removeprefix("pandas "), folder)
    else:
        audit = Audit(folder / "audit")
        table = folder / f"labels{ENDINGS[INPUT.get(name, 'csv')]}"
        # The same rows in another format: the audit holds them as it would have read them.
        audit.move_source(source_of(folder / "images", table))
        export(audit, WRITERS[name], folder / f"out {name}")
        audit.store.close()
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": peak(),
    }


def with_pandas(kind: str, folder: Path) -> None:
    """Read a table, relabel every hundredth row, and write it."""
    import pandas as pd

    path, out = folder / f"labels{ENDINGS[kind]}", folder / f"pandas{ENDINGS[kind]}"
    if kind == "csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    elif kind == "jsonl":
        frame = pd.read_json(path, lines=True, dtype=False)
    else:
        frame = pd.read_parquet(path)
    changed = frame.index[::EVERY]
    frame.loc[changed, "label"] = [new_label(row) for row in changed]
    if kind == "csv":
        frame.to_csv(out, index=False)
    elif kind == "jsonl":
        frame.to_json(out, orient="records", lines=True, force_ascii=False)
    else:
        frame.to_parquet(out, index=False)


if __name__ == "__main__":
    main()
