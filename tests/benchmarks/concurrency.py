"""Several people review one audit at once, as fast as they can.

    python -m tests.benchmarks.concurrency [--auditors 8] [--each 500]

Once as threads of one server, once as a server each, once as two servers; on
a fresh audit every time. A tenth of the verdicts are sent twice. Then all of
them decide on the same images, four presses under way at a time, where whoever
was not quickest is refused, shown what the other decided, and presses again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from core.audit import Audit
from tests.benchmarks.synthetic_audit import make
from tests.core.store.crowd import contest, crowd, tally

COLUMNS = ("verdicts", "lost", "doubled", "wrong_item", "shown_twice", "refused", "retries")


def main() -> None:
    """Print the tables; the exit status is 1 when anything went wrong."""
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
    wrong |= not all_presses_accounted(names, max(1, options.each // 10))
    sys.exit(1 if wrong else 0)


def all_presses_accounted(names: list[str], images: int) -> bool:
    """Print what became of every press on the same images, by two servers."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = make(Path(scratch) / "audit", max(100, 2 * images), classes=20).folder
        presses = contest(folder, [names[::2], names[1::2]], images)
    print(f"\n{f'everybody on the same {images} images':<48} {'presses':>8}")
    print(f"{'pressed':<48} {presses.pressed:>8}\n{'stored':<48} {presses.stored:>8}")
    for reason, count in presses.refused.most_common():
        print(f"{f'refused: … has {reason}':<48} {count:>8}")
    print(f"{'unaccounted for':<48} {presses.unaccounted:>8}", flush=True)
    return presses.unaccounted == 0


if __name__ == "__main__":
    main()
