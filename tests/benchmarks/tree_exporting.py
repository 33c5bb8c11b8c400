"""Seconds and peak memory of exporting folders, archives and shards of many small files.

    python -m tests.benchmarks.tree_exporting [--files 100000] [--formats own-folders,cp -al,...]

One audit of class folders is listed (nothing is computed), of whose items every hundredth is
relabeled; it is then exported in each format, manifest and changes included, each in a process
of its own. Beside them, in the same run, what `cp` and `tar` take for the same files as they are.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

from core.audit import Audit
from core.export.exporting import export
from core.export.writers import WRITERS
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.store import Decision
from core.terms import Verdict
from tests.benchmarks.measuring import in_a_process, peak, print_export
from tests.core.ingest.packing import picture

FORMATS = ("own-folders", "folders", "folders-script", "imagefolder", "webdataset", "own-tar")
COMMANDS = {
    "cp -al": ["cp", "-al", "set", "out cp -al"],
    "cp -a": ["cp", "-a", "set", "out cp -a"],
    "tar": ["tar", "cf", "out.tar", "set"],
}
CLASSES, EVERY = 100, 100


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--formats", default=",".join((*FORMATS, *COMMANDS)))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS, metavar=("FORMAT", "DIR"))
    options = parser.parse_args()
    if options.one:
        name, folder = options.one
        print(json.dumps(measured(name, Path(folder))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.apply(make, (Path(scratch), options.files))
        print(
            f"{options.files:,} files, {options.files // EVERY:,} changed | s | CPU s | MB at most"
        )
        for name in options.formats.split(","):
            print_export(name, in_a_process(__spec__.name, "--one", name, scratch))


def make(folder: Path, count: int) -> None:
    """Make the folders, a tar of them, and an audit of each; relabel every hundredth item."""
    data = picture(0, "PNG")
    for number in range(count):
        place = folder / "set" / f"class {number % CLASSES:02}" / f"{number:07}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data + number.to_bytes(4, "big"))
    with tarfile.open(folder / "set.tar", "w") as archive:
        archive.add(folder / "set", "set")
    for name, source in (("audit", "set"), ("tar audit", "set.tar")):
        audit = Audit.create(folder / name, source_of(folder / source))
        list_items(audit)
        ids = [row["id"] for row in audit.store.listed_files()][::EVERY]
        decisions = [Decision(one, Verdict.RELABEL, ("class 01",)) for one in ids]
        for start in range(0, len(decisions), 1000):
            audit.store.add_action(session="benchmark", seq=start, auditor="Ana",
                                   decisions=decisions[start : start + 1000])  # fmt: skip
        audit.store.close()


def measured(name: str, folder: Path) -> dict[str, float]:
    """Export in a format, and return seconds, seconds of the CPU and megabytes at most."""
    wall = time.perf_counter()
    if name in COMMANDS:
        subprocess.run(COMMANDS[name], cwd=folder, check=True)
        who = resource.RUSAGE_CHILDREN  # what it takes at most is that of this process before it
    else:
        audit = Audit(folder / ("tar audit" if name == "own-tar" else "audit"))
        export(audit, WRITERS[name], folder / f"out {name}")
        audit.store.close()
        who = resource.RUSAGE_SELF
    used = resource.getrusage(who)
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": peak(who),
    }


if __name__ == "__main__":
    main()
