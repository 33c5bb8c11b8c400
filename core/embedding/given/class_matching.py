"""Whether a classifier's outputs are the classes of the data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit

LEAST_SHARE = 0.9
"""Of the agreement that the best order of the classes would have."""

LEAST_GAIN = 1.5
"""How many times the agreement of chance the classifier must reach."""


def name_outputs(audit: Audit) -> None:
    """Name the outputs of the audit's own classifier, when they are the classes of its labels.

    A model file holds no class names. Keras numbers classes by their sorted
    names, and whether this model does is inferred from the labels: see `outputs_match_classes`.
    """
    store = audit.store
    classes: list[str] | None = None
    if audit.predictions_file.exists():
        probabilities = np.load(audit.predictions_file, mmap_mode="r", allow_pickle=False)
        names = store.class_names()
        items = [item for item in store.embedded_items() if item.class_id is not None]
        listed = sorted({names[item.class_id] for item in items if item.class_id is not None})
        if len(listed) == probabilities.shape[1]:
            positions = {name: position for position, name in enumerate(listed)}
            labels = np.array(
                [positions[names[item.class_id]] for item in items if item.class_id is not None],
                dtype=np.intp,
            )
            predicted = probabilities[[item.row for item in items]].argmax(axis=1)
            if outputs_match_classes(labels, predicted, len(listed)):
                classes = listed
    store.set_settings({"prediction_classes": classes})


def outputs_match_classes(
    labels: NDArray[np.intp], predicted: NDArray[np.intp], n_classes: int
) -> bool:
    """Tell whether output k of a classifier is class k, from how it agrees with the labels.

    The agreement must be well above that of chance, and near that of the
    assignment of outputs to classes that agrees best (Kuhn 1955, by SciPy).

    Parameters
    ----------
    labels, predicted : int array (n,)
        Of the same items, 0 to `n_classes` - 1.
    n_classes : int
    """
    from scipy.optimize import linear_sum_assignment

    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(counts, (labels, predicted), 1)
    agreeing = int(np.trace(counts))
    by_chance = float(counts.sum(axis=0) @ counts.sum(axis=1)) / max(1, len(labels))
    best = int(counts[linear_sum_assignment(-counts)].sum())
    return agreeing >= LEAST_GAIN * by_chance and agreeing >= LEAST_SHARE * best
