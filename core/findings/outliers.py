"""Outliers: images unusually far from all others, for their class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.findings.finder import Codes, Examined, Finding, FindingKind

FALSE_SHARE = 0.001
"""Of ordinary items, the share that is taken for an outlier."""

_NEIGHBOR = 10
_PRIOR_ITEMS = 10
_LEAST_SCALE = 0.01
_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def find(examined: Examined) -> list[Finding]:
    """Return the items whose standard score only one ordinary item in a thousand reaches.

    Where classes have ten items or so, several in a thousand do.
    """
    from scipy.stats import norm

    scores = outlier_scores(examined)
    rows = np.flatnonzero(scores > norm.isf(FALSE_SHARE))
    ordered = rows[np.argsort(-scores[rows], kind="stable")]
    return [Finding(ordered[at : at + 1], scores[ordered[at : at + 1]]) for at in range(len(rows))]


def outlier_scores(examined: Examined) -> NDArray[np.float64]:
    """Return how unusually far each item lies from its neighbors, for its class.

    The distance is the angle to the 10th neighbor, in a small set to the last
    [1]_. Within each given class it is turned into a standard score by median
    and median absolute deviation. A small class borrows from the others:
    its center is shrunk toward that of the whole set by the variance within
    classes over that between them, the best linear predictor [2]_, and its
    deviation toward that within all classes, as if by ten items more.

    Parameters
    ----------
    examined : Examined
        Of n items; those without a label count as one class.

    Returns
    -------
    float64 array (n,)
        Normally distributed for ordinary items, as far as the angles are.

    References
    ----------
    .. [1] S. Ramaswamy, R. Rastogi, K. Shim, "Efficient algorithms for mining
       outliers from large data sets", SIGMOD 2000.
    .. [2] G. K. Robinson, "That BLUP is a good thing: the estimation of random
       effects", Statistical Science 6, 1991.
    """
    k = min(_NEIGHBOR, examined.graph.similarities.shape[1])
    if k == 0:
        return np.zeros(len(examined.labels))
    similarities = np.asarray(examined.graph.similarities[:, k - 1], np.float64)
    angles = np.arccos(similarities.clip(-1, 1))
    _, classes = np.unique(examined.labels, return_inverse=True)
    medians = _medians(angles, classes)
    deviations = np.abs(angles - medians[classes])
    within = max(_NORMAL * float(np.median(deviations)), _LEAST_SCALE)
    overall = float(np.median(angles))
    between = _NORMAL * float(np.median(np.abs(medians[classes] - overall)))
    # The item itself is left out.
    others = np.bincount(classes) - 1
    prior = (within / max(between, 1e-6)) ** 2
    centers = (others * medians + prior * overall) / (others + prior)
    scales = _NORMAL * _medians(deviations, classes)
    scales = (others * scales + _PRIOR_ITEMS * within) / (others + _PRIOR_ITEMS)
    scales = np.sqrt(scales**2 + within**2 / (others + prior))
    scores: NDArray[np.float64] = (angles - centers[classes]) / scales[classes]
    return scores


def _medians(values: NDArray[np.float64], classes: Codes) -> NDArray[np.float64]:
    """Return the median of each class, in the order of the classes."""
    ordered = values[np.argsort(classes, kind="stable")]
    ends = np.cumsum(np.bincount(classes))[:-1]
    return np.array([np.median(part) for part in np.split(ordered, ends)])


FINDING = FindingKind(
    name="outliers",
    order=3,
    flag="outlier",
    flag_help="it is unusually far from everything else",
    title="Outliers",
    meaning="Unusually far from every other image, for its class.",
    one="{n} image is an outlier",
    many="{n} images are outliers",
    find=find,
)
