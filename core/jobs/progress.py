"""Progress of a job: a bar on the terminal and rows in the audit's database."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.store import Store
from core.text import sentence

SECONDS_BETWEEN_WRITES = 0.3


@contextmanager
def recorded_run(store: Store, steps: Sequence[str], command: str = "audit") -> Iterator[Progress]:
    """Record a run of this process with its steps, and how it ends."""
    run_id = store.start_run(os.getpid(), steps, command)
    try:
        yield Progress(store, run_id)
    except KeyboardInterrupt:
        store.finish_run(run_id, "failed", "It was stopped; start it again to go on.")
        raise
    except Exception as error:
        store.finish_run(run_id, "failed", sentence(str(error) or type(error).__name__))
        raise
    store.finish_run(run_id, "done")


class Progress:
    """Reports the steps of one run.

    Parameters
    ----------
    store : Store
    run_id : int
        The run that the steps belong to.
    """

    def __init__(self, store: Store, run_id: int) -> None:
        self.store = store
        self.run_id = run_id

    @contextmanager
    def step(self, name: str, title: str, unit: str) -> Iterator[StepProgress]:
        """Report one step from its start to its end."""
        step = StepProgress(self, name, title, unit)
        try:
            yield step
        except BaseException:
            step.finish("failed")
            raise
        step.finish("skipped" if step.skipped else "done")


class StepProgress:
    """Reports one step: `update` when work is done, `skip` when there is none."""

    def __init__(self, progress: Progress, name: str, title: str, unit: str) -> None:
        from tqdm import tqdm

        self._progress = progress
        self._name = name
        self._started = time.monotonic()
        self._written = 0.0
        self._first_done: int | None = None
        self._measured_from: tuple[int, float] | None = None
        self.skipped = False
        # A log file gets one line a step, at its end; a terminal gets a live bar.
        self._live = sys.stderr.isatty()
        self._bar = tqdm(
            desc=f"{title:<22}", unit=f" {unit}", disable=not self._live, file=sys.stderr
        )
        self._title = title
        self._write(state="running")

    def skip(self) -> None:
        """Record that the inputs have not changed, so that nothing is done."""
        self.skipped = True

    def say(self, message: str) -> None:
        """Print a sentence, above the bar where there is one."""
        self._bar.write(sentence(message), file=sys.stderr)

    def update(self, done: int, total: int) -> None:
        """Record that `done` of `total` units are done.

        The rate counts the units of this run only: what an earlier run had
        done before it was cut off costs no time now.
        """
        self._bar.total = total
        if self._first_done is None:
            self._first_done = self._bar.initial = self._bar.n = done
        self._bar.update(done - self._bar.n)
        if done >= total or time.monotonic() - self._written > SECONDS_BETWEEN_WRITES:
            self._write(done=done, total=total, **self._speed(done, total))

    def finish(self, state: str) -> None:
        """Write the step's final state."""
        seconds = time.monotonic() - self._started
        self._write(state=state, seconds=seconds, seconds_left=None)
        self._bar.close()
        if not self._live or self.skipped:
            print(f"{self._title:<22} {state}, {seconds:.1f} s", file=sys.stderr, flush=True)

    def _speed(self, done: int, total: int) -> dict[str, float | None]:
        """Return units a second and seconds left, measured from the first unit done.

        What comes before it, such as loading a network, has no part in the rate.
        """
        now = time.monotonic()
        if self._measured_from is None:
            if done > (self._first_done or 0):
                self._measured_from = (done, now)
            return {"rate": None, "seconds_left": None}
        first, since = self._measured_from
        if done == first:
            return {"rate": None, "seconds_left": None}
        rate = (done - first) / (now - since)
        return {"rate": rate, "seconds_left": (total - done) / rate}

    def _write(self, **values: object) -> None:
        self._written = time.monotonic()
        self._progress.store.update_step(self._progress.run_id, self._name, **values)
