"""Synthetic label noise: errors added to a copy of the labels.

Every kind is a function of labels, the number of classes, the noise rate and a
random generator (and of vectors, where the noise depends on the images); it
returns a copy of the labels and which of them are wrong. Labels stay between 0
and ``n_classes - 1``, and the rate is met within one item.

Near-duplicates that share a label are mislabeled together or not at all, and
those whose labels conflict already are not changed: otherwise the clean copy
reveals the other one, and any nearest-neighbor method wins [1]_. With such
`groups` the rate is met within one group.

`vectors` should differ from the detectors' features: see ``noise_classifier``.

References
----------
.. [1] B. Barz, J. Denzler, "Do we train on test data? Purging CIFAR of
   near-duplicates", J. Imaging 6(6), 2020, for how common they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.bakeoff.noise_classifier import confusions, nearest_mean_scores
from core.detectors.estimator import FloatArray, IntArray
from core.detectors.votes import best_other

Labels = NDArray[np.int64]
_CELLS_PER_CLASS = 10
_LEAST_ITEMS_PER_CELL = 5


class NoiseError(ValueError):
    """Noise that cannot be made; the message is one clear sentence."""


class NoisyLabels(NamedTuple):
    """A copy of the labels with errors in it.

    Attributes
    ----------
    labels : int64 array (n,)
    wrong : bool array (n,)
        Where it differs from the labels it was copied from.
    """

    labels: Labels
    wrong: NDArray[np.bool_]


def uniform(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    groups: IntArray | None = None,
) -> NoisyLabels:
    """Uniform (symmetric) noise: random items get any other label [1]_.

    Parameters
    ----------
    labels : int array (n,)
    n_classes : int
    rate : float
        Share of items, between 0 and 1.
    rng : numpy.random.Generator
    groups : int array (n,), optional
        Near-duplicates share a number.

    Raises
    ------
    NoiseError
        When there is one class only, or the rate is not between 0 and 1.

    References
    ----------
    .. [1] B. van Rooyen, A. Menon, R. Williamson, "Learning with symmetric
       label noise", NeurIPS 2015.
    """
    count = _count(labels, n_classes, rate)
    n = len(labels)
    targets = (labels + rng.integers(1, n_classes, n)) % n_classes
    return _flip(labels, targets, rng.permutation(n), count, groups)


def confused(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    vectors: FloatArray,
    groups: IntArray | None = None,
) -> NoisyLabels:
    """Class-dependent noise: random items get a class that theirs is confused with [1]_.

    Class-conditional noise with the confusion matrix of an out-of-fold
    nearest-class-mean classifier. Parameters and
    errors are those of `uniform`.

    Parameters
    ----------
    labels, n_classes, rate, rng, groups
        See `uniform`.
    vectors : float32 array (n, d)

    References
    ----------
    .. [1] N. Natarajan, I. Dhillon, P. Ravikumar, A. Tewari, "Learning with
       noisy labels", NeurIPS 2013.
    """
    count = _count(labels, n_classes, rate)
    scores = nearest_mean_scores(vectors, labels, n_classes, rng)
    targets = _drawn(confusions(scores, labels), labels, rng)
    return _flip(labels, targets, rng.permutation(len(labels)), count, groups)


def pair(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    vectors: FloatArray,
    groups: IntArray | None = None,
) -> NoisyLabels:
    """Pair-flip noise: random items get the class theirs is confused with most [1]_.

    The hardest class-conditional noise: all errors of a class agree. Parameters
    are those of `confused`.

    References
    ----------
    .. [1] B. Han et al., "Co-teaching: robust training of deep neural networks
       with extremely noisy labels", NeurIPS 2018; there the other
       class is the next by number.
    """
    count = _count(labels, n_classes, rate)
    scores = nearest_mean_scores(vectors, labels, n_classes, rng)
    targets = confusions(scores, labels).argmax(axis=1)[labels]
    return _flip(labels, targets, rng.permutation(len(labels)), count, groups)


def near_boundary(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    vectors: FloatArray,
    groups: IntArray | None = None,
) -> NoisyLabels:
    """Noise near the decision boundary: items between classes get the other one [1]_.

    The items are those with the smallest absolute margin between given class
    and best other class, by an out-of-fold nearest-class-mean classifier.
    Parameters are those of `confused`.

    References
    ----------
    .. [1] Y. Zhang, S. Zheng, P. Wu, M. Goswami, C. Chen, "Learning with
       feature-dependent label noise: a progressive approach", ICLR 2021.
    """
    count = _count(labels, n_classes, rate)
    scores = nearest_mean_scores(vectors, labels, n_classes, rng)
    targets = best_other(scores, labels)
    rows = np.arange(len(labels))
    own, other = scores[rows, labels], scores[rows, targets]
    known = np.isfinite(own) & np.isfinite(other)
    margin = np.full(len(labels), np.inf)
    margin[known] = np.abs(own[known] - other[known])
    return _flip(labels, targets, np.lexsort((rng.random(len(labels)), margin)), count, groups)


def instance_dependent(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    vectors: FloatArray,
    groups: IntArray | None = None,
    sharpness: float = 1.0,
) -> NoisyLabels:
    """Instance-dependent noise: whether and how a label is wrong depends on the image [1]_.

    Item i is wrong with a probability in proportion to q_i, normal around `rate`
    with standard deviation .1 and cut to 0..1; its label is drawn from
    ``softmax(a)`` over the other classes with ``a = s x_i W_y``, W_y normal,
    (d, K), one for each class y. Columns of x have mean 0 and variance 1 / d,
    so that a has variance s^2; the paper's are so large that one class takes
    all. The paper draws the number of errors, too; here it is fixed.

    Parameters
    ----------
    labels, n_classes, rate, rng, vectors, groups
        See `confused`.
    sharpness : float
        s above.

    References
    ----------
    .. [1] X. Xia et al., "Part-dependent label noise: towards
       instance-dependent label noise", NeurIPS 2020.
    """
    count = _count(labels, n_classes, rate)
    chance = _cut_normal(rate, 0.1, len(labels), rng)
    # The largest log(u) / q first: drawing without replacement in proportion to q
    # (P. Efraimidis, P. Spirakis, Information Processing Letters 97, 2006).
    order = np.argsort(-np.log(rng.random(len(labels))) / chance, kind="stable")
    x = _standardized(vectors) * np.float32(sharpness)
    targets = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        items = labels == label
        logits = x[items] @ rng.standard_normal((x.shape[1], n_classes), np.float32)
        logits += rng.gumbel(size=logits.shape)  # the largest is a draw from the softmax
        logits[:, label] = -np.inf
        targets[items] = logits.argmax(axis=1)
    return _flip(labels, targets, order, count, groups)


def clustered(
    labels: IntArray,
    n_classes: int,
    rate: float,
    rng: np.random.Generator,
    vectors: FloatArray,
    groups: IntArray | None = None,
    n_cells: int | None = None,
) -> NoisyLabels:
    """Clustered noise: whole clusters of similar images get one other label.

    As when an annotator confuses two kinds of objects, or two folders are
    swapped. Cells of k-means are taken in random order, each given
    one class that is not its commonest, until the rate is reached: it is met
    within one cell. Human label errors do form such clusters [1]_. Parameters are
    those of `confused`, and:

    Parameters
    ----------
    labels, n_classes, rate, rng, vectors, groups
        See `confused`.
    n_cells : int, optional
        By default ten a class, so that a cell is a subclass, but of
        five items on average at least. At most half as many as items.

    References
    ----------
    .. [1] Lim et al., arXiv 2412.00244, 2024.
    """
    count = _count(labels, n_classes, rate)
    n = len(labels)
    groups = np.arange(n) if groups is None else groups
    if n_cells is None:
        n_cells = min(_CELLS_PER_CLASS * n_classes, n // _LEAST_ITEMS_PER_CELL)
    cells = _cells(vectors, max(1, min(n_cells, n // 2)), int(rng.integers(2**31)))
    cells = _first_of_group(cells, groups).astype(np.int64)
    eligible = _agree(labels, groups)
    noisy: Labels = labels.astype(np.int64)
    wrong = np.zeros(n, dtype=np.bool_)
    for cell in rng.permutation(np.unique(cells)):
        members = (cells == cell) & eligible
        if not members.any():
            continue
        commonest = int(np.bincount(labels[members], minlength=n_classes).argmax())
        target = (commonest + int(rng.integers(1, n_classes))) % n_classes
        noisy[members] = target
        wrong |= noisy != labels
        if wrong.sum() >= count:
            break
    return NoisyLabels(noisy, wrong)


def _count(labels: IntArray, n_classes: int, rate: float) -> int:
    """Return the number of errors for the rate, one at least."""
    if not 0 < rate < 1:
        raise NoiseError(f"The noise rate must be between 0 and 1, not {rate}.")
    if len(labels) < 2 or n_classes < 2:
        raise NoiseError("Label noise needs at least two classes: all items have the same label.")
    return max(1, round(rate * len(labels)))


def _flip(
    labels: IntArray, targets: IntArray, order: IntArray, count: int, groups: IntArray | None
) -> NoisyLabels:
    """Give the first `count` items in `order` their target; a group gets its first item's."""
    n = len(labels)
    groups = np.arange(n) if groups is None else groups
    _, first, unit, sizes = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    eligible = _agree(labels, groups)[first]
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    earliest = np.full(len(first), n)
    np.minimum.at(earliest, unit, place)
    chosen = np.zeros(len(first), dtype=np.bool_)
    left = count
    for candidate in np.argsort(earliest, kind="stable"):
        if left == 0:
            break
        if eligible[candidate] and sizes[candidate] <= left:
            chosen[candidate] = True
            left -= int(sizes[candidate])
    wrong = chosen[unit]
    noisy: Labels = np.where(wrong, targets[first][unit], labels).astype(np.int64)
    return NoisyLabels(noisy, wrong)


def _agree(labels: IntArray, groups: IntArray) -> NDArray[np.bool_]:
    """Return whether all items of each item's group have its label."""
    agree: NDArray[np.bool_] = labels == _first_of_group(labels, groups)
    _, unit = np.unique(groups, return_inverse=True)
    differing = np.bincount(unit, ~agree)
    whole: NDArray[np.bool_] = differing[unit] == 0
    return whole


def _first_of_group(values: IntArray, groups: IntArray) -> IntArray:
    _, first, unit = np.unique(groups, return_index=True, return_inverse=True)
    chosen: IntArray = values[first][unit]
    return chosen


def _drawn(
    shares: NDArray[np.float64], labels: IntArray, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a class for every item from the row of its label."""
    drawn = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        items = np.flatnonzero(labels == label)
        drawn[items] = rng.choice(shares.shape[1], len(items), p=shares[label])
    return drawn


def _cut_normal(
    mean: float, deviation: float, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    from scipy.stats import truncnorm

    low, high = -mean / deviation, (1 - mean) / deviation
    drawn: NDArray[np.float64] = truncnorm.rvs(
        low, high, loc=mean, scale=deviation, size=n, random_state=rng
    )
    return drawn.clip(np.finfo(np.float64).tiny)


def _standardized(vectors: FloatArray) -> FloatArray:
    deviations = vectors.std(axis=0)
    scaled = (vectors - vectors.mean(axis=0)) / np.where(deviations > 0, deviations, 1)
    standardized: FloatArray = (scaled / np.sqrt(vectors.shape[1])).astype(np.float32)
    return standardized


def _cells(vectors: FloatArray, n_cells: int, seed: int) -> NDArray[np.int64]:
    import faiss

    kmeans = faiss.Kmeans(vectors.shape[1], n_cells, niter=15, seed=seed, min_points_per_centroid=1)
    kmeans.train(vectors)
    cells: NDArray[np.int64] = kmeans.index.search(vectors, 1)[1][:, 0]
    return cells
