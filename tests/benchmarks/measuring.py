"""What benchmarks measure in a process of its own: what memory one has had counts to its end."""

import json
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEGABYTE = 1 << (20 if sys.platform == "darwin" else 10)
"""In the unit of ``ru_maxrss``."""


def in_a_process(module: str, *arguments: str) -> dict[str, float]:
    """Run a benchmark with arguments of its own, and return the figures that it prints as JSON."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def peak(who: int = resource.RUSAGE_SELF) -> float:
    """Return the megabytes that this process, or its children, have had at most."""
    return resource.getrusage(who).ru_maxrss / MEGABYTE


def print_export(name: str, found: dict[str, float]) -> None:
    """Print a row: a format, seconds, seconds of the CPU, megabytes at most."""
    print(
        f"{name} | {found['seconds']:.1f} | {found['cpu']:.1f} | {found['memory']:.0f}", flush=True
    )
