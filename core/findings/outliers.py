"""Outliers: images unusually far from all others, for their class or among all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.findings.finder import Codes, Examined, Finding, FindingKind

FALSE_SHARE = 0.001
"""Of ordinary items, the share that is taken for an outlier."""

FOREIGN = 2.2
"""Standard score of `foreign_scores` from which an item is an outlier, too.

It is for images of classes that a set does not have, which may lie as near to their neighbors
as any of a loose class. Raised, fewer are named."""

FOREIGN_SHARE = 0.002
"""Of all items, the share that the second measure names at most."""

_FAR = 2.0
"""Standard score of the distance to everything that an outlier has in any case."""

_NEIGHBOR = 10
_ROWS = 50_000
_PRIOR_ITEMS = 10
_LEAST_SCALE = 0.01
_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


def find(examined: Examined) -> list[Finding]:
    """Return the items that one of two measures finds far away, the farthest first.

    Of the first, by class, only one ordinary item in a thousand reaches the limit; where
    classes have ten items or so, several in a thousand do. A class that is diffuse hides
    what does not belong there: the second compares with the whole set, and names two in a
    thousand at most.
    """
    from scipy.stats import norm

    limit = norm.isf(FALSE_SHARE)
    foreign = foreign_scores(examined)
    most = int(np.ceil(FOREIGN_SHARE * len(foreign)))
    foreign[np.argsort(-foreign, kind="stable")[most:]] = -np.inf
    scores = np.maximum(outlier_scores(examined), foreign + limit - FOREIGN)
    rows = np.flatnonzero(scores > limit)
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


def foreign_scores(examined: Examined) -> NDArray[np.float64]:
    """Return how far each item lies from its class and from everything, among all items.

    The mean of two standard scores, by median and median absolute deviation of the
    whole set: of the mean angle to the ten nearest neighbors, and of the angle to the
    tenth with the same label. A wrong label alone makes only the second large: the
    first counts by itself.

    Parameters
    ----------
    examined : Examined
        Of n items.

    Returns
    -------
    float64 array (n,)
    """
    n, listed = examined.graph.similarities.shape
    k = min(_NEIGHBOR, listed)
    if k == 0:
        return np.zeros(n)
    anywhere, own = np.empty(n), np.empty(n)
    for part in slices(n, _ROWS):
        angles = np.arccos(np.asarray(examined.graph.similarities[part], np.float64).clip(-1, 1))
        anywhere[part] = angles[:, :k].mean(axis=1)
        same = examined.labels[examined.graph.indices[part]] == examined.labels[part, None]
        # Fewer listed than asked for: nothing of its class is near.
        own[part] = np.sort(np.where(same, angles, np.pi / 2), axis=1)[:, k - 1]
    far, foreign = _standard(anywhere), _standard(own)
    scores: NDArray[np.float64] = np.minimum((far + foreign) / 2, far + FOREIGN - _FAR)
    return scores


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    center = np.median(values)
    scale = max(_NORMAL * float(np.median(np.abs(values - center))), _LEAST_SCALE)
    scores: NDArray[np.float64] = (values - center) / scale
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
    meaning="Unusually far from every other image, for its class or in the whole data set.",
    one="{n} image is an outlier",
    many="{n} images are outliers",
    find=find,
    version=2,
)
