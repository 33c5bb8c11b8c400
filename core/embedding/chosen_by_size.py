"""Which bundled network a new audit takes: the better one, unless that takes too long here."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from core.audit import Audit
from core.audit.library import Library, home_folder
from core.embedding.backbone import Backbone, load_backbone
from core.embedding.choice import (
    BETTER_BACKBONE,
    BY_SIZE,
    DEFAULT_BACKBONE,
    EmbeddingChoice,
)
from core.embedding.expected_time import (
    MOST_SECONDS,
    PATIENCE,
    duration,
    measured_pace,
    name_by_size,
)
from core.embedding.reading import workers
from core.text import counted

TRIALS = 4
"""Images for each core that a network is timed on, after one to warm up."""
_SHARE_OF_NETWORK = 0.8
"""Of the pace of the network alone, what is left once files are read, hashed and stored."""


def settled(audit: Audit, choice: EmbeddingChoice) -> tuple[EmbeddingChoice, str]:
    """Name the network where `choice` leaves it to the size of the data set.

    Parameters
    ----------
    audit : Audit
        Its images are listed.
    choice : EmbeddingChoice

    Returns
    -------
    choice : EmbeddingChoice
    note : str
        What was chosen and why, in a sentence; empty where nothing was left open.
    """
    if choice.backbone != BY_SIZE:
        return choice, ""
    images = len(audit.store.listed_files())
    most = float(audit.store.setting(PATIENCE) or MOST_SECONDS)
    better = replace(choice, backbone=BETTER_BACKBONE)
    rate = known_rate(audit) or tried_rate(load_backbone(better))
    a_second = f"{rate:,.0f}" if rate >= 1 else f"{rate:.2g}"
    takes = f"at {a_second} a second, takes about {duration(images / rate)}"
    if name_by_size(images, rate, most) == BETTER_BACKBONE:
        return better, f"{BETTER_BACKBONE} embeds {counted(images, 'image')}: that, {takes}."
    return replace(choice, backbone=DEFAULT_BACKBONE), (
        f"{DEFAULT_BACKBONE} embeds {counted(images, 'image')}: the better {BETTER_BACKBONE}, "
        f"{takes}; --backbone {BETTER_BACKBONE} takes it all the same."
    )


def known_rate(audit: Audit) -> float | None:
    """Return how many images a second other audits here were embedded at; None for none."""
    library = Library(home_folder())
    others = library.audits()
    try:
        pace = measured_pace((one for one in others if one.id != audit.id), BETTER_BACKBONE)
    finally:
        for one in others:
            one.store.close()
    return None if pace is None else pace.rate


def tried_rate(backbone: Backbone) -> float:
    """Return the images a second to expect of a network here, from a trial on gray ones."""
    shape, batch = backbone.shape, backbone.engine.batch
    pixels = np.full((batch, shape.height, shape.width, 3), 127, np.uint8)
    threads = workers() if batch == 1 else 1
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: backbone.engine.run(pixels), range(threads)))
        started = time.perf_counter()
        list(pool.map(lambda _: backbone.engine.run(pixels), range(threads * TRIALS)))
        seconds = time.perf_counter() - started
    return _SHARE_OF_NETWORK * batch * threads * TRIALS / seconds
