"""Who runs blocks of rows, and other work whose parts do not depend on each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")


def in_parallel(work: Callable[[Part], None], parts: Iterable[Part]) -> None:
    """Call `work` with every part, on as many threads as there are cores.

    Every computation that is divided goes through here: whatever else may run
    the parts one day, processes or an accelerator, takes the place of this
    function. Matrix products are single-threaded in each part: threads that
    share one product wait for each other most of the time.

    Parameters
    ----------
    work : callable
        Stores its result itself, each part in rows of its own. An error in it
        is raised here.
    parts : iterable
        Such as `core.arrays.blocks.slices`.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(work, parts):
            pass
