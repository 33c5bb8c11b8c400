"""A linear probe from a few examples: from what is wanted and what is not to a direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

MINUS_WEIGHT = 0.3
"""What all negative examples count together, where the positive ones count one.

They are the near misses of an earlier search: with the weight of the positive ones
they turn the direction away from what is wanted, too.
"""

SHRINKAGE = 0.1
"""Ridge penalty: with a large one the direction is the mean of the positive examples."""


class ExampleProbe:
    """Ridge regression to 1 at positive examples, and to 0 at negative ones and a background.

    Minimizes ``mean (w.x - 1)^2`` of the positive examples, plus 0.3 times
    ``mean (w.x)^2`` of the negative ones, plus the same of the background, plus
    0.1 ``|w|^2``; x is the difference to the mean of the background. The sums over
    the background are made once, so that each click costs one system of d equations.
    From one positive example it is about its cosine; the more there are, the more it
    attends to what they have in common.

    Parameters
    ----------
    background : float array (b, d)
        A sample of all items; half-whitened, rows of unit length.
    """

    def __init__(self, background: NDArray[np.floating[Any]]) -> None:
        rows = np.asarray(background, np.float64)
        self.mean = rows.mean(axis=0)
        centered = rows - self.mean
        self._second_moments = centered.T @ centered / len(rows)

    def direction(
        self,
        plus: NDArray[np.floating[Any]],
        minus: NDArray[np.floating[Any]] | None = None,
    ) -> FloatArray:
        """Return w: items are the better matches, the larger their product with it.

        Parameters
        ----------
        plus : float array (p, d)
            At least one.
        minus : float array (m, d), optional

        Returns
        -------
        float32 array (d,)
        """
        d = len(self.mean)
        wanted = np.asarray(plus, np.float64) - self.mean
        system = self._second_moments + wanted.T @ wanted / len(wanted) + SHRINKAGE * np.eye(d)
        if minus is not None and len(minus):
            unwanted = np.asarray(minus, np.float64) - self.mean
            system += MINUS_WEIGHT * unwanted.T @ unwanted / len(unwanted)
        return np.linalg.solve(system, wanted.mean(axis=0)).astype(np.float32)
