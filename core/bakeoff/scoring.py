"""Average precision, recall and AUROC on synthetic errors, with bootstrap intervals.

Real label errors in the data are unknown here: ranked high, as they should be,
they count as false positives. Every score is therefore a lower bound, lower the
more errors there are; it is the same for all methods, so they can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices

SHARES = (0.01, 0.02, 0.05, 0.10)
"""Review effort (shares of the data) at which recall is reported."""

FIRST = 100
"""Cutoff of the reported precision."""

CURVE = (0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3)
"""Review effort at which the recall curve is drawn."""

N_RESAMPLES = 200
_MOST_DRAWS = 20_000_000
_LEAST_RESAMPLES = 50
_ENTRIES = 2_000_000
_CONFIDENCE = 0.95

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value and its 95 % bootstrap interval; NaN where there is nothing to measure."""

    value: float
    low: float
    high: float


class Scores(NamedTuple):
    """Scores of one ranking.

    Attributes
    ----------
    average_precision : Estimate
        Area under precision against recall; the noise rate by chance.
    precision_at_100 : Estimate
        Of the first hundred, or of all where there are fewer.
    recall : tuple of Estimate
        Share of the synthetic errors found once the `SHARES` of all items are reviewed.
    auroc : Estimate
        Chance that an error is ranked above a correct label.
    suggestion : float or None
        Share of synthetic errors whose true class is the suggested one; None
        where the method suggests nothing.
    curve : list of float
        Recall at the shares of `CURVE`.
    resampled : float64 array (B,)
        Average precision in each resample, for differences between methods.
    """

    average_precision: Estimate
    precision_at_100: Estimate
    recall: tuple[Estimate, ...]
    auroc: Estimate
    suggestion: float | None
    curve: list[float]
    resampled: Floats


def n_resamples(n: int) -> int:
    """Return how many resamples of `n` items are affordable: 200 up to 100,000 items."""
    return int(np.clip(_MOST_DRAWS // max(1, n), _LEAST_RESAMPLES, N_RESAMPLES))


def score(
    wrong: NDArray[np.bool_],
    suspicion: NDArray[np.floating],
    suggested: NDArray[np.integer] | None = None,
    truth: NDArray[np.integer] | None = None,
    seed: int = 0,
) -> Scores:
    """Score a ranking of items of which `wrong` ones are known.

    Intervals come from the Poisson bootstrap over items [1]_: each resample
    counts every item a Poisson(1) number of times, the same for all rankings
    scored with one `seed`, so that differences are paired.

    Parameters
    ----------
    wrong : bool array (n,)
    suspicion : float array (n,)
        Larger is more suspect; ties fall in random order, drawn with `seed`.
    suggested, truth : int array (n,), optional
        Suggested and true classes.
    seed : int

    Returns
    -------
    Scores

    References
    ----------
    .. [1] N. Chamandy et al., "Estimating uncertainty for massive data
       streams", Google technical report, 2012.
    """
    n = len(wrong)
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(n), -np.asarray(suspicion, np.float64)))
    ranked = wrong[order]
    measured = _measured(ranked, np.ones((1, n)))
    blocks = [_measured(ranked, counts[:, order]) for counts in _resamples(n, rng)]
    resampled = np.concatenate(blocks)
    estimates = [
        _estimate(value, column) for value, column in zip(measured[0], resampled.T, strict=True)
    ]
    return Scores(
        estimates[0],
        estimates[1],
        tuple(estimates[3:]),
        estimates[2],
        _suggestion_accuracy(wrong, suggested, truth),
        _recall(ranked, CURVE),
        resampled[:, 0],
    )


def difference(first: Floats, second: Floats) -> Estimate:
    """Return how far one method is ahead of another, from `Scores.resampled` of both.

    The value is the mean of the resamples' differences.
    """
    return _estimate(float(np.mean(first - second)), first - second)


def _resamples(n: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield counts of items, float64 (some, n), some resamples at a time."""
    for part in slices(n_resamples(n), max(1, _ENTRIES // max(1, n))):
        yield rng.poisson(1.0, (part.stop - part.start, n)).astype(np.float64)


def _measured(ranked: NDArray[np.bool_], counts: Floats) -> Floats:
    """Measure resamples, of which each counts the item at a rank `counts` times.

    Returns
    -------
    float64 array (B, 3 + number of SHARES)
        Average precision, precision of the first hundred, AUROC, recalls;
        NaN where a resample has only errors or none.
    """
    reviewed = counts.cumsum(axis=1)
    hits = counts * ranked
    found = hits.cumsum(axis=1)
    total, errors = reviewed[:, -1], found[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(hits > 0, found / reviewed, 0.0)
        columns = [(hits * precision).sum(axis=1) / errors]
        first = np.minimum(FIRST, total)
        places = np.stack([first, *(share * total for share in SHARES)], axis=1)
        hits_at = _found_at(found, reviewed, places)
        columns.append(hits_at[:, 0] / first)
        # Each item that is no error is passed by the errors ranked above it.
        passed = ((counts - hits) * found).sum(axis=1)
        columns.append(passed / (errors * (total - errors)))
        columns += list((hits_at[:, 1:] / errors[:, None]).T)
    return np.stack(columns, axis=1)


def _found_at(found: Floats, reviewed: Floats, places: Floats) -> Floats:
    """Return the errors found when so many items are reviewed, float64 (B, places)."""
    return np.array(
        [
            np.interp(place, np.append(0.0, counts), np.append(0.0, hits))
            for place, counts, hits in zip(places, reviewed, found, strict=True)
        ]
    )


def _recall(ranked: NDArray[np.bool_], shares: tuple[float, ...]) -> list[float]:
    n, errors = len(ranked), int(ranked.sum())
    found = np.append(0.0, ranked.cumsum())
    hits = np.interp(np.array(shares) * n, np.arange(n + 1), found)
    return [float(hit / errors) if errors else float("nan") for hit in hits]


def _estimate(value: float, resampled: Floats) -> Estimate:
    known = resampled[np.isfinite(resampled)]
    if len(known) == 0:
        return Estimate(float(value), float("nan"), float("nan"))
    tail = 100 * (1 - _CONFIDENCE) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return Estimate(float(value), float(low), float(high))


def _suggestion_accuracy(
    wrong: NDArray[np.bool_],
    suggested: NDArray[np.integer] | None,
    truth: NDArray[np.integer] | None,
) -> float | None:
    if suggested is None or truth is None or not wrong.any():
        return None
    return float((suggested[wrong] == truth[wrong]).mean())
