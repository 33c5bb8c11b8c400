"""Trains the network anew on other labels than the audit's, as a bake-off needs it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.audit import Audit, AuditError
from core.detectors import Features
from core.detectors.estimator import IntArray
from core.detectors.folds import stratified_folds
from core.detectors.pool import POOL
from core.fine_tuning.map_store import MapStore
from core.fine_tuning.training import FoldTrainer, Schedule, TrainingSet
from core.fine_tuning.tuning_run import network_of
from core.store import EmbeddedItem


def retrained(
    audit: Audit, items: Sequence[EmbeddedItem], features: Features, labels: IntArray
) -> Features:
    """Return `features` with out-of-fold probabilities by a network trained on `labels`.

    As in an audit, labels are weighted by how far a pool without the network
    believes them.

    Parameters
    ----------
    audit : Audit
        Its network is fine-tuned, so that the maps of its images are there.
    items : sequence of EmbeddedItem
        The n rows of `features`.
    features : Features
    labels : int array (n,)
        Their classes among those that label an item get the columns, in order.

    Raises
    ------
    AuditError
        When maps are missing.
    """
    network, schedule = network_of(audit), Schedule()
    maps = MapStore(audit.fine_tuning_folder, network)
    if maps.missing(items):
        raise AuditError(
            f"The network of the audit {audit.name} is not fine-tuned on these images;"
            " run `fine-tune` first."
        )
    codes = np.unique(labels, return_inverse=True)[1]
    n_classes = int(codes.max()) + 1
    weights = POOL.rank(features._replace(fine_tuned=None), codes, n_classes).weights
    assert weights is not None
    trainer = FoldTrainer(network, TrainingSet(maps.rows(items), codes, weights, n_classes))
    return features._replace(
        fine_tuned=trainer.out_of_fold(
            stratified_folds(codes, schedule.n_folds, schedule.seed, features.groups)
        )
    )
