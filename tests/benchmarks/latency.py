"""What the benchmarks of the browser parts share: watching, statistics, a table, an audit."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.audit import Audit
from core.store import Decision, Store
from tests.benchmarks.synthetic_audit import make, working_copy

PEOPLE = ("Ben", "Cleo", "Dan", "Eva")


@contextmanager
def audit_of(items: int, cache: Path | None, scratch: Path, verdicts: int = 0) -> Iterator[Audit]:
    """Yield a synthetic audit in ``scratch/home``, some of whose items others have judged."""
    audit = working_copy(make(cache or scratch / "made", items), scratch / "home")
    give(audit.store, verdicts)
    yield audit
    audit.store.close()


def give(store: Store, count: int, at_once: int = 100) -> None:
    """Add verdicts of several auditors on every third item of the whole queue, `count` in all."""
    ids = store.queue_ids()[2::3][:count]
    for start in range(0, len(ids), at_once):
        store.add_action(
            session="before",
            seq=start,
            auditor=PEOPLE[start // at_once % len(PEOPLE)],
            decisions=[Decision(item, "keep") for item in ids[start : start + at_once]],
        )


def heading(what: str) -> None:
    """Print the table's first row."""
    print(f"{what:<40} {'times':>6} {'median':>7} {'p95':>6} {'p99':>6} {'max':>6}", flush=True)


def report(name: str, times: Sequence[float], digits: int = 0) -> None:
    """Print one row, of milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else []
    p95, p99 = (cuts[94], cuts[98]) if cuts else (times[0], times[0])
    median, *others = (f"{x:.{digits}f}" for x in (statistics.median(times), p95, p99, max(times)))
    print(
        f"{name:<40} {len(times):>6} {median:>7} {' '.join(f'{x:>6}' for x in others)}", flush=True
    )


def time_each(page: Any, watch: str, acts: Sequence[Any], pause_ms: int) -> list[float]:
    """Do one thing after another, each when the last is painted and a pause has passed.

    Parameters
    ----------
    watch : str
        JavaScript that appends to ``window.times`` the milliseconds from a key
        or a click to its effect, painted.
    acts : sequence of callable
        Each makes `watch` append once.
    """
    page.evaluate(watch)
    for count, act in enumerate(acts, start=1):
        act()
        page.wait_for_function("n => window.times.length >= n", arg=count, timeout=60_000)
        page.wait_for_timeout(pause_ms)
    times: list[float] = page.evaluate("window.times")
    return times
