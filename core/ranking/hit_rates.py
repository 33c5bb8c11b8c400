"""Hit rates of the suspicion so far, by pair of given and suggested label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.detectors.log_odds import log_odds

FloatArray = NDArray[np.float64]

_PRIOR_REVIEWS = 5
_LEAST_RATE = 1 - 0.95


def pair_bonus(
    pairs: NDArray[np.integer[Any]],
    n_pairs: int,
    reviewed: NDArray[np.integer[Any]],
    errors: NDArray[np.bool_],
) -> FloatArray:
    """Return what the hit rate of each item's pair adds to its log-odds.

    ``log-odds(r_pair) - log-odds(r_0)``, ``r_pair = (errors + 5 r_0) /
    (reviews + 5)`` and r_0 the rate over all pairs. Rates count as 5 % at
    least and 95 % at most: among labels that are nearly all wrong, one that
    is right must not push its whole pair down.

    Parameters
    ----------
    pairs : int array (n,)
        The pair (given, suggested) of each item, 0 to `n_pairs` - 1.
    n_pairs : int
    reviewed : int array (m,)
        Rows of the items that were reviewed.
    errors : bool array (m,)
        Whether their given label was wrong.

    Returns
    -------
    float64 array (n,)
        0 for pairs of which none was reviewed.
    """
    overall = (errors.sum() + 0.5) / (len(errors) + 1)
    counts = np.bincount(pairs[reviewed], minlength=n_pairs)
    hits = np.bincount(pairs[reviewed], weights=errors, minlength=n_pairs)
    rates = (hits + _PRIOR_REVIEWS * overall) / (counts + _PRIOR_REVIEWS)
    bonus: FloatArray = (log_odds(rates, _LEAST_RATE) - log_odds(overall, _LEAST_RATE))[pairs]
    return bonus
