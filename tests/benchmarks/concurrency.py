"""Several people review one audit at once, as fast as they can.

    python -m tests.benchmarks.concurrency [--auditors 8] [--each 500]

Once as threads of one server, once as a server each, once as two servers; on
a fresh audit every time. A tenth of the verdicts are sent twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from core.audit import Audit
from tests.benchmarks.synthetic_audit import make
from tests.core.store.crowd import crowd, tally

COLUMNS = ("verdicts", "lost", "doubled", "wrong_item", "shown_twice", "refused", "retries")


def main() -> None:
    """Print the table; the exit status is 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--auditors", type=int, default=8)
    parser.add_argument("--each", type=int, default=500)
    options = parser.parse_args()
    names = [f"auditor {number}" for number in range(options.auditors)]
    arrangements = {
        "threads of one server": [names],
        "two servers": [names[::2], names[1::2]],
        "a server each": [[name] for name in names],
    }
    headings = " ".join(f"{name.replace('_', ' '):>11}" for name in COLUMNS)
    print(f"{f'{options.auditors} auditors':<24} {'per s':>7} {headings}")
    wrong = False
    for title, groups in arrangements.items():
        with tempfile.TemporaryDirectory() as scratch:
            n = int(1.2 * options.auditors * options.each)
            folder = make(Path(scratch) / "audit", n, classes=20).folder
            started = time.monotonic()
            reports = crowd(folder, groups, options.each)
            seconds = time.monotonic() - started
            audit = Audit(folder)
            counts = tally(audit.store, reports)
            audit.store.close()
        cells = " ".join(f"{getattr(counts, name):>11}" for name in COLUMNS)
        print(f"{title:<24} {counts.verdicts / seconds:>7.0f} {cells}", flush=True)
        wrong |= any(counts[1:5]) or counts.verdicts != options.auditors * options.each
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
