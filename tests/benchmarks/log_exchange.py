"""Time and memory of moving a log of verdicts to another audit, beside giving them there.

    python -m tests.benchmarks.log_exchange [--verdicts 100000]

Two audits of the same made-up images under other paths; no image is decoded. A tenth of the
verdicts is undone. For comparison, the same verdicts are given in the first audit, 1,000 an action.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from core.audit import Audit, Source, item_id
from core.review.travel.log_files import merge_log, write_log
from core.store import Decision
from core.terms import Verdict
from tests.core.making import file_found, records

CLASSES = 20
AT_ONCE = 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--verdicts", type=int, default=100_000)
    count = parser.parse_args().verdicts
    with tempfile.TemporaryDirectory() as scratch:
        here, there = (made(Path(scratch) / name, name, count) for name in ("here", "there"))
        file = Path(scratch) / "log.jsonl"
        timed("given in the first audit", lambda: judge(here, count))
        timed("written to a file", lambda: write_log(here, file))
        timed("imported by the second", lambda: merge_log(there, file, lambda names: True))
        timed("imported once more", lambda: merge_log(there, file, lambda names: True))
        rows = there.store.log_size(there.store.log_id())
        assert rows == here.store.log_size(here.store.log_id())
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:.1f} MB")
        for audit in (here, there):
            audit.store.close()
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most")


def made(folder: Path, name: str, count: int) -> Audit:
    """Make an audit of images under a name of its own."""
    audit = Audit.create(folder, Source("class-folders", folder.with_name("images")))
    paths = [f"{name}/{number}.jpg" for number in range(count)]
    labels = {path: f"class {n % CLASSES}" for n, path in enumerate(paths)}
    audit.store.replace_listing(records(labels))
    found = [file_found(path, f"{n:032x}") for n, path in enumerate(paths)]
    audit.store.record_files(found, {})
    return audit


def judge(audit: Audit, count: int) -> None:
    """Give a verdict on every image, and take back every tenth action."""
    for seq, start in enumerate(range(0, count, AT_ONCE)):
        decisions = [
            Decision(item_id(f"here/{n}.jpg"), Verdict.RELABEL, (f"class {(n + 1) % CLASSES}",))
            for n in range(start, min(start + AT_ONCE, count))
        ]
        audit.store.add_action(session="s", seq=2 * seq, auditor="Ana", decisions=decisions)
        if seq % 10 == 0:
            audit.store.undo_action(session="s", seq=2 * seq + 1, auditor="Ana")


def timed(what: str, work: Callable[[], object]) -> None:
    """Do something and print how long it took."""
    start, used = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    print(f"{what:26} {seconds:7.1f} s, {cpu:6.1f} of the CPU", flush=True)


if __name__ == "__main__":
    main()
