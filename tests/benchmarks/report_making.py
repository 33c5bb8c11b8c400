"""Time, memory and size of the report, beside reading all decisions and items as a plain one would.

    python -m tests.benchmarks.report_making [--items 10000] [--cache DIR] [--rows-only]

A fifth of a synthetic audit is judged by four auditors, a tenth of that a second time. With
``--rows-only`` the audit has no images, so that a million items are made in minutes. Each row is
the best of three processes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from core.audit import Audit, item_id
from core.audit.source import Source
from core.store import Decision, Store
from tests.benchmarks.latency import PEOPLE
from tests.benchmarks.synthetic_audit import make, working_copy

ROOT = Path(__file__).parents[2]
AT_ONCE = 1000
TIMES = 3
CLASSES = 100


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    parser.add_argument("--rows-only", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one[0], Path(options.one[1]))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        if options.rows_only:
            audit = rows_only(Path(scratch) / "rows", options.items)
        else:
            made = make(options.cache or Path(scratch) / "made", options.items)
            audit = working_copy(made, Path(scratch) / "home")
        judge(audit.store, options.items // 5)
        audit.store.close()
        print(f"{'report':<34} {'seconds':>8} {'MB':>6} {'file, KB':>9} {'CPU, s':>7}", flush=True)
        for what in WHAT:
            best = min((in_a_process(what, audit.folder) for _ in range(TIMES)), key=lambda x: x[0])
            numbers = f"{best[0]:>8.2f} {best[1]:>6.0f} {best[2]:>9.0f} {best[3]:>7.2f}"
            print(f"{what:<34} {numbers}", flush=True)


def rows_only(folder: Path, items: int) -> Audit:
    """Make a ranked audit of items that have no file; a tenth of the labels are suspect."""
    audit = Audit.create(folder / "audit", Source("csv", folder / "images"))
    names = [f"class {number:03}" for number in range(CLASSES)]
    paths = [f"{at // 1000:04}/{at:07}.jpg" for at in range(items)]
    audit.store.replace_listing(
        {
            "id": item_id(path),
            "path": path,
            "label": names[at % CLASSES],
            "fields": {"path": path, "label": names[at % CLASSES]},
            "position": at,
            "split": "test" if at % 5 == 0 else "train",
        }
        for at, path in enumerate(paths)
    )
    class_ids = {name: key for key, name in audit.store.class_names().items()}
    audit.store.replace_scores(
        {
            "item_id": item_id(path),
            "suspicion": (at * 7919 % items) / items,
            "p_given": 1 - (at * 7919 % items) / items,
            "suggested_id": class_ids[names[(at + 1 + at % 3) % CLASSES]],
            "p_suggested": 0.1,
        }
        for at, path in enumerate(paths)
    )
    for artifact in ("evidence", "findings"):
        audit.store.set_fingerprint(artifact, "benchmark")
    return audit


def judge(store: Store, count: int) -> None:
    """Let auditors judge the first `count` of the queue; three of four labels are wrong."""
    ids = store.queue_ids()[:count]
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        items = store.items(part)
        decisions = [
            Decision(item, "keep") if at % 4 == 3 else relabeled(item, items[item]["suggested"])
            for at, item in enumerate(part)
        ]
        give(store, start, PEOPLE[start // AT_ONCE % len(PEOPLE)], decisions)
    for number, who in enumerate(PEOPLE):
        waiting = store.second_review_ids(who)
        for start in range(0, len(waiting), AT_ONCE):
            decisions = [Decision(item, "keep") for item in waiting[start : start + AT_ONCE]]
            give(store, count * (number + 1) + start, who, decisions, role="second")


def relabeled(item: str, label: str) -> Decision:
    """Return the verdict that an item is of another class."""
    return Decision(item, "relabel", (label,))


def give(store: Store, seq: int, who: str, decisions: list[Decision], **role: str) -> None:
    """Store verdicts as one action."""
    store.add_action(session="before", seq=seq, auditor=who, decisions=decisions, **role)


def make_report(audit: Audit) -> int:
    """Write the report; return its size."""
    from core.export.report import write_report

    file = audit.folder / "report.html"
    write_report(audit, file)
    return file.stat().st_size


def read_decisions(audit: Audit) -> int:
    """Read what the page Export shows: every decision, and every row of the input."""
    from core.export.corrections import decisions

    decisions(audit.store)
    return 0


WHAT = {"written, imports apart": make_report, "all decisions and items read": read_decisions}


def in_a_process(what: str, folder: Path) -> Sequence[float]:
    """Return what `measured` finds in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.report_making", "--one", what, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def measured(what: str, folder: Path) -> list[float]:
    """Return seconds, megabytes at most, kilobytes written and seconds of the CPU."""
    import core.export.report  # noqa: F401 - the server has it at hand

    audit = Audit(folder)
    started, cpu = time.perf_counter(), time.process_time()
    size = WHAT[what](audit)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [seconds, peak, size / 1024, cpu]


if __name__ == "__main__":
    main()
