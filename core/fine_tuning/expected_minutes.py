"""How long fine-tuning will take on this machine, from what was measured here before."""

from __future__ import annotations

from collections.abc import Iterable

from core.audit import Audit
from core.embedding.backbones.efficientnet_lite import VARIANTS
from core.embedding.choice import EmbeddingChoice
from core.embedding.expected_time import STEP, duration
from core.fine_tuning.training import Schedule
from core.fine_tuning.tuning_run import network_of
from core.store import StoreError

MAPS, TRAINING = "tuning-maps", "fine-tune"
"""The steps whose pace is measured."""
TIMES_OF_EMBEDDING = dict(zip(VARIANTS, (2.7, 1.9), strict=True))
"""What fine-tuning takes of the processor, by what embedding takes it with the same network.

As measured by ``tests/benchmarks/fine_tuning.py``; it stands in for a pace until there is one.
"""


def expected_seconds(audit: Audit, images: int, audits: Iterable[Audit] = ()) -> float | None:
    """Return how long fine-tuning on so many images takes, about; None where nothing tells.

    By the pace of an earlier run on this or another audit with that network, else by how
    fast this one was embedded.

    Parameters
    ----------
    audit : Audit
    images : int
    audits : iterable of Audit
        Others on this machine.
    """
    name = network_of(audit).variant.name
    schedule = Schedule()
    trainings = schedule.epochs * (schedule.n_folds - 1) + 1
    for one in (audit, *audits):
        try:
            if network_of(one).variant.name != name:
                continue
            maps, training = (one.store.measured_pace(step) for step in (MAPS, TRAINING))
        except StoreError:
            continue
        if maps and training:
            return float(images / maps["rate"] + trainings * images / training["rate"])
    embedding = audit.store.measured_pace(STEP)
    if embedding and EmbeddingChoice.of(audit).backbone == name:
        return float(images / embedding["rate"] * TIMES_OF_EMBEDDING[name])
    return None


def expectation(audit: Audit, images: int, audits: Iterable[Audit] = ()) -> str:
    """Say how long it takes; see `expected_seconds`."""
    seconds = expected_seconds(audit, images, audits)
    if seconds is None:
        return "Takes some minutes for each ten thousand images."
    return f"Takes about {duration(seconds)} on this machine."
