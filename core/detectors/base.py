"""What all detectors share: their input and their interface."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Graph

FloatArray = NDArray[np.float32]
WeightArray = NDArray[np.float64]
IntArray = NDArray[np.integer]


class Features(NamedTuple):
    """What detectors look at; rows are items.

    Attributes
    ----------
    vectors : float32 array (n, d)
        Half-whitened embeddings.
    graph : Graph
        Their nearest neighbours.
    """

    vectors: FloatArray
    graph: Graph


class Detector(Protocol):
    """Anything that gives class probabilities without using a row's own label."""

    def predict_proba_oos(
        self, features: Features, labels: IntArray, n_classes: int, weights: WeightArray
    ) -> FloatArray:
        """Return out-of-sample class probabilities.

        Parameters
        ----------
        features : Features
            Of n items.
        labels : int array (n,)
            Given labels, 0 to `n_classes` - 1.
        n_classes : int
        weights : float array (n,)
            How far each item's label is to be believed, 0..1.

        Returns
        -------
        float32 array (n, n_classes)
            Rows sum to 1.
        """
        ...
