"""The log-odds of a probability."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def log_odds(p: NDArray[np.floating[Any]] | float, least: float) -> FloatArray:
    """Return ``log(p / (1 - p))``.

    Parameters
    ----------
    p : float array (n,) or float
        Probabilities, 0..1; NaN stays NaN.
    least : float
        Probabilities count as `least` at least and 1 - `least` at most, so that
        the log-odds of 0 and 1 are finite. For probabilities of a model it is
        as small as their resolution: a larger one ties the surest. For rates
        of few observations it is how far a single one may go.

    Returns
    -------
    float64 array (n,)
    """
    clipped = np.clip(np.asarray(p, np.float64), least, 1 - least)
    odds: FloatArray = np.log(clipped) - np.log1p(-clipped)
    return odds
