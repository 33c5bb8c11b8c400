"""Kill an audit at random moments, again and again, and compare its output with a clean run.

    python -m tests.benchmarks.kill_loop [--audits 10] [--images 600] [--seed 0]

Each audit is killed twice by `kill -9`, at a random moment of its first third,
where images are embedded, and at one of its whole run; then it is run to its
end.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.audit import Audit, AuditError
from core.demo import DEMO

ROOT = Path(__file__).parents[2]


class Tally(NamedTuple):
    """How often a run was killed in which step, and whether all results were the same."""

    kills: dict[str, int]
    same: bool


def write_source(folder: Path, count: int) -> Path:
    """Copy photographs of the demo into two classes, one of them damaged."""
    for number, file in enumerate(sorted((DEMO / "images").glob("*.jpg"))[:count]):
        target = folder / "ab"[number % 2] / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    target.write_bytes(b"damaged")
    return folder


def start(source: Path, audit: Path) -> subprocess.Popen[bytes]:
    """Start the audit in a process of its own."""
    command = [sys.executable, "-m", "core", "audit", str(source), "--into", str(audit)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def kill_in(step: str, source: Path, folder: Path, seconds: float = 60) -> str:
    """Start the audit, kill it in a step, and return the step that it was in.

    That is as soon as the step has begun; where images are embedded, as soon as
    the first of them are on disk.
    """
    process = start(source, folder)
    deadline = time.monotonic() + seconds
    while process.poll() is None and not _has_reached(step, folder):
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    return step_of(folder)


def _has_reached(step: str, folder: Path) -> bool:
    if step_of(folder) != step:
        return False
    audit = Audit(folder)
    embedded = audit.store.embedded_items()
    audit.store.close()
    return step != "embed" or bool(embedded)


def step_of(folder: Path) -> str:
    """Return the step that a run is in, or was when it was killed."""
    try:
        audit = Audit(folder)
    except AuditError:
        return "start"
    run = audit.store.latest_run()
    audit.store.close()
    running = [
        step["name"] for step in (run or {"steps": []})["steps"] if step["state"] == "running"
    ]
    return running[0] if running else "between"


def same_results(a: Path, b: Path) -> bool:
    """Tell whether two audits hold the same bytes of embeddings, and the same of all else."""
    if (a / "embeddings.npy").read_bytes() != (b / "embeddings.npy").read_bytes():
        return False
    for file in (a / "neighbors").iterdir():
        if (
            file.suffix != ".npz"
            and file.read_bytes() != (b / "neighbors" / file.name).read_bytes()
        ):
            return False
    for name in ("neighbors/whitening.npz", "evidence.npz"):
        with np.load(a / name) as one, np.load(b / name) as other:
            if any(not np.array_equal(one[key], other[key]) for key in one.files):
                return False
    if not pd.read_parquet(a / "map.parquet").equals(pd.read_parquet(b / "map.parquet")):
        return False
    stores = [Audit(folder).store for folder in (a, b)]
    try:
        rankings, quarantines, thumbs = zip(
            *(
                (
                    store.ranking(),
                    [(row["path"], row["reason"]) for row in store.quarantined()],
                    sorted(path.name for path in store.path.parent.glob("thumbs/*/*")),
                )
                for store in stores
            ),
            strict=True,
        )
    finally:
        for store in stores:
            store.close()
    return (
        rankings[0] == rankings[1] and quarantines[0] == quarantines[1] and (thumbs[0] == thumbs[1])
    )


def kill_loop(source: Path, scratch: Path, audits: int, seed: int = 0) -> Tally:
    """Kill `audits` audits of `source` twice each; see the module's description."""
    started = time.monotonic()
    if start(source, scratch / "clean").wait() != 0:
        raise RuntimeError("the clean run failed")
    longest = time.monotonic() - started
    rng = random.Random(seed)
    kills: dict[str, int] = {}
    same = True
    for number in range(audits):
        folder = scratch / f"killed-{number}"
        for latest in (longest / 3, longest):
            process = start(source, folder)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=rng.uniform(0, latest))
            step = step_of(folder) if process.poll() is None else "after its end"
            process.kill()
            process.wait()
            kills[step] = kills.get(step, 0) + 1
        if start(source, folder).wait() != 0:
            raise RuntimeError("the run after the kills failed")
        same &= same_results(scratch / "clean", folder)
    return Tally(kills, same)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--audits", type=int, default=10)
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        source = write_source(Path(scratch) / "source", options.images)
        tally = kill_loop(source, Path(scratch), options.audits, options.seed)
    print(f"{'killed during':<16}{'times':>6}")
    for step, times in sorted(tally.kills.items()):
        print(f"{step:<16}{times:>6}")
    print(f"same bytes as the run that was never killed: {'yes' if tally.same else 'NO'}")
    sys.exit(0 if tally.same else 1)


if __name__ == "__main__":
    main()
