"""Queues that are gone through at present, made anew when their order changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from core.review.queues.course import Course
from core.store import Order, StoreUnavailable

SECONDS_IN_USE = 60.0
"""A queue that nobody has asked for this long is made anew before it is shown again."""

_log = logging.getLogger(__name__)


@dataclass
class _Entry:
    order: Order
    course: Course
    used: float


class CourseCache:
    """Keeps courses by a key, each until the order of the queues has changed.

    A desk never waits for a new order: the course before is gone through until
    a thread of its own has made the new one. Of a queue that nobody goes
    through at the moment there is no such course.
    """

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}
        self._being_made: dict[Hashable, threading.Thread] = {}
        self._lock = threading.Lock()

    def course(self, key: Hashable, order: Order, make: Callable[[], Course]) -> Course:
        """Return the course of `key`, which `make` makes where there is none in `order`."""
        entry = self._entries.get(key)
        if entry is None or (entry.order != order and not _is_in_use(entry)):
            return self._make(key, order, make)
        entry.used = time.monotonic()
        if entry.order != order:
            self._make_meanwhile(key, order, make)
        return entry.course

    def wait(self) -> None:
        """Wait until what is being made is there."""
        for thread in [*self._being_made.values()]:
            thread.join()

    def _make(self, key: Hashable, order: Order, make: Callable[[], Course]) -> Course:
        course = make()
        with self._lock:
            now = time.monotonic()
            kept = {
                other: entry
                for other, entry in self._entries.items()
                if entry.order == order or _is_in_use(entry)
            }
            self._entries = kept | {key: _Entry(order, course, now)}
        return course

    def _make_meanwhile(self, key: Hashable, order: Order, make: Callable[[], Course]) -> None:
        def work() -> None:
            try:
                self._make(key, order, make)
            except StoreUnavailable:
                pass  # whoever asks next hears of it
            except Exception:
                _log.exception("The queue %s could not be read in its new order.", key)
            finally:
                self._being_made.pop(key, None)

        with self._lock:
            if key in self._being_made:
                return
            thread = self._being_made[key] = threading.Thread(target=work, daemon=True)
        thread.start()


def _is_in_use(entry: _Entry) -> bool:
    return time.monotonic() - entry.used < SECONDS_IN_USE
