"""From the log-odds that order labels to the suspicion that is shown, and back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.detectors.estimator import IntArray
from core.detectors.log_odds import log_odds as log_odds_of

Floats = NDArray[np.float64]

_LINEAR = 9.2
_LEAST, _LEAST_SHARE = 1e-13, 1e-9
_LEAST_SLOPE, _MOST_SLOPE = 0.1, 4.0
_PRIOR_REVIEWS = 20.0
_TO_NEXT_BAND = 0.5
_FIRST_BAND = 50
_LEAST_OF_SLOPE = 0.05


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True)
class SuspicionScale:
    """A strictly increasing map from log-odds to the probability that a label is wrong.

    Linear between knots and beyond them, in log-odds on both sides. Beyond
    9.2, one in ten thousand, it grows as the logarithm: nothing is certain, and
    items that differ in their log-odds do not tie. Without knots it is the
    logistic function alone.

    Attributes
    ----------
    knots : float64 array (m,)
        Log-odds that order labels, ascending; two at least, or none.
    values : float64 array (m,)
        What they are as calibrated log-odds, ascending.
    """

    knots: Floats = field(default_factory=_none)
    values: Floats = field(default_factory=_none)

    @classmethod
    def from_array(cls, array: Floats) -> SuspicionScale:
        """Return the scale that `to_array` was called on."""
        return cls(array[0], array[1])

    def to_array(self) -> Floats:
        """Return knots and values, float64 (2, m)."""
        return np.stack([self.knots, self.values])

    def suspicion(self, log_odds: Floats) -> Floats:
        """Return the calibrated probability that the label is wrong, above 0 and below 1."""
        probability: Floats = 1 / (1 + np.exp(-self._calibrated(log_odds)))
        return probability

    def log_odds(self, suspicion: Floats) -> Floats:
        """Return the log-odds of which `suspicion` is the probability."""
        z = log_odds_of(suspicion, _LEAST)
        if not self.knots.size:
            return z
        beyond = np.maximum(np.abs(z) - _LINEAR, 0)
        z = np.sign(z) * (np.minimum(np.abs(z), _LINEAR) + np.expm1(np.minimum(beyond, 7)))
        return _through(z, self.values, self.knots)

    def corrected_by(self, log_odds: Floats, reviewed: IntArray, errors: Floats) -> SuspicionScale:
        """Return the scale after a review of some items.

        Items are sorted into bands of the order: the first 50, the next 50,
        100, 200 and so on. In a band, the share of errors found takes the place
        of the expected one, as far as it outweighs twenty reviews of
        expectation. Each verdict counts by the share of its band that was
        reviewed: the queue takes a band from its top, but a few items
        that somebody picked say little of the rest. A band without verdicts
        moves by half as much as the one above it, in log-odds.

        Parameters
        ----------
        log_odds : float64 array (n,)
            Of all items.
        reviewed : int array (m,)
            Positions of the reviewed ones.
        errors : float array (m,)
            1 where the given label was wrong, else 0.
        """
        if len(reviewed) == 0 or not self.knots.size:
            return self
        # Bands go from the least to the most suspect, as knots do.
        edges = _band_edges(log_odds)
        band = np.searchsorted(edges, log_odds, side="right")
        n_bands = len(edges) + 1
        sizes = np.bincount(band, minlength=n_bands)
        counts = np.bincount(band[reviewed], minlength=n_bands)
        weight = counts / np.maximum(sizes, 1)
        expected = np.bincount(band[reviewed], self.suspicion(log_odds[reviewed]), n_bands)
        found = np.bincount(band[reviewed], errors, n_bands)
        some = counts > 0
        p = np.where(some, expected / np.maximum(counts, 1), 0.5)
        shrunk = (weight * found + _PRIOR_REVIEWS * p) / (weight * counts + _PRIOR_REVIEWS)
        shift = np.where(
            some, log_odds_of(shrunk, _LEAST_SHARE) - log_odds_of(p, _LEAST_SHARE), 0.0
        )
        for below in reversed(range(n_bands - 1)):
            if not some[below]:
                shift[below] = _TO_NEXT_BAND * shift[below + 1]
        centers = np.bincount(band, log_odds, n_bands) / np.maximum(sizes, 1)
        centers, shift, trust = (one[sizes > 0] for one in (centers, shift, 1 + weight * counts))
        knots = np.unique(np.concatenate([centers, self.knots]))
        lifted = _through(knots, self.knots, self.values) + np.interp(knots, centers, shift)
        trust = np.interp(knots, centers, trust)
        slope = _LEAST_OF_SLOPE * (self.values[-1] - self.values[0]) / np.ptp(self.knots)
        return SuspicionScale(knots, _rising(lifted - slope * knots, trust) + slope * knots)

    def _calibrated(self, log_odds: Floats) -> Floats:
        z = np.asarray(log_odds, np.float64)
        if not self.knots.size:
            return z
        z = _through(z, self.knots, self.values)
        beyond = np.maximum(np.abs(z) - _LINEAR, 0)
        limited: Floats = np.sign(z) * (np.minimum(np.abs(z), _LINEAR) + np.log1p(beyond))
        return limited


def fitted_scale(log_odds: Floats, wrong: Floats) -> SuspicionScale:
    """Fit a logistic curve to the probabilities that labels are wrong (J. Platt, 1999).

    Parameters
    ----------
    log_odds : float64 array (n,)
        That order the labels; finite.
    wrong : float array (n,)
        Probabilities by another model, such as `NoiseModel.posterior`.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    def loss(line: Floats) -> tuple[float, Floats]:
        z = line[0] * log_odds + line[1]
        miss = expit(z) - wrong
        value = float(np.mean(np.logaddexp(0, z) - wrong * z))
        return value, np.array([np.mean(miss * log_odds), np.mean(miss)])

    bounds = [(_LEAST_SLOPE, _MOST_SLOPE), (-12.0, 12.0)]
    slope, shift = minimize(loss, [0.5, -2.0], jac=True, method="L-BFGS-B", bounds=bounds).x
    return SuspicionScale(np.array([0.0, 1.0]), np.array([shift, slope + shift]))


def _band_edges(log_odds: Floats) -> Floats:
    """Return the log-odds between bands, ascending; the upper bands are the smaller ones."""
    n = len(log_odds)
    ranks, rank = [], _FIRST_BAND
    while rank < n:
        ranks.append(n - rank)
        rank *= 2
    return np.unique(np.partition(log_odds, ranks)[ranks]) if ranks else np.empty(0)


def _through(x: Floats, knots: Floats, values: Floats) -> Floats:
    """Interpolate between knots; beyond them, go on with the slope of the whole."""
    slope = (values[-1] - values[0]) / (knots[-1] - knots[0])
    below, above = np.minimum(x - knots[0], 0), np.maximum(x - knots[-1], 0)
    found: Floats = np.interp(x, knots, values) + slope * (below + above)
    return found


def _rising(values: Floats, weights: Floats) -> Floats:
    """Return the nearest values that do not fall, by pooling adjacent violators."""
    from sklearn.isotonic import isotonic_regression

    risen: Floats = isotonic_regression(values, sample_weight=weights)
    return risen
