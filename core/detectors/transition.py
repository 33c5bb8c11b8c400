"""The probability of the true class, given the picture and its label: a model of label noise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.calibration import log_softmax, noisy_temperature
from core.detectors.estimator import FloatArray, IntArray, WeightArray

HARDER = 2.0
"""By how much the odds of an error exceed those of the class-conditional model.

People err most where the picture is hard, which a model of classes alone takes
for the detectors' own doubt: on CIFAR-10N it finds 0.7 of the errors at each of
three noise rates. On synthetic label noise, 1 would be right.
"""

_MOST_CLASSES_FOR_PAIRS = 400
_ROUNDS, _STEPS = 8, 5
_PAIR_PRIOR = 50.0
_RATE_PRIOR, _USUAL_RATE = 20.0, 0.03
_ROWS_FOR_TEMPERATURE = 4000
_COLDEST, _HOTTEST = 0.2, 8.0
_TINY = 1e-30


class NoiseModel(NamedTuple):
    """Class-conditional label noise [1]_: a transition matrix, and the temperature of evidence.

    The given label j of an item is taken to be drawn from
    ``sum_c softmax(logits / T)_c M_cj``. M and T are those under which the given
    labels are likeliest: nothing about true labels is needed.

    Attributes
    ----------
    temperature : float
        T above; a larger one makes the evidence less certain.
    rate : float
        Share of wrong labels, without `HARDER`.
    transition : float64 array (K, K) or None
        M above, rows are true classes; None for a uniform one, with many classes.

    References
    ----------
    .. [1] G. Patrini et al., "Making deep neural networks robust to label
       noise: a loss correction approach", CVPR 2017.
    """

    temperature: float
    rate: float
    transition: WeightArray | None

    def posterior(self, logs: FloatArray, labels: IntArray) -> FloatArray:
        """Return the probability of each true class, given evidence and given label.

        Parameters
        ----------
        logs : float32 array (m, K)
            Log-probabilities that do not use the label.
        labels : int array (m,)
            Given labels.

        Returns
        -------
        float32 array (m, K)
            Rows sum to 1; rows of NaN stay so.
        """
        joint = np.exp(log_softmax(logs / np.float32(self.temperature)))
        joint *= self._of_labels(labels, joint.shape[1])
        at = np.arange(len(labels))
        others = joint.sum(axis=1) - joint[at, labels]
        joint *= np.float32(HARDER)
        joint[at, labels] /= np.float32(HARDER)
        total = joint[at, labels] + np.float32(HARDER) * others
        posterior: FloatArray = joint / np.maximum(total, np.float32(_TINY))[:, None]
        return posterior

    def with_temperature_of(self, logs: FloatArray, labels: IntArray) -> NoiseModel:
        """Return the same noise with the likeliest temperature for other evidence.

        Rows of NaN are left out; the temperature stays where nothing else is there.
        """
        known = np.isfinite(logs).all(axis=1)
        if not known.any() or logs.shape[1] == 1:
            return self
        rows = np.flatnonzero(known)
        rows = rows[
            np.linspace(0, len(rows) - 1, min(len(rows), _ROWS_FOR_TEMPERATURE)).astype(int)
        ]
        factors = self._of_labels(labels[rows], logs.shape[1])
        return self._replace(temperature=_likeliest_temperature(logs[rows], factors))

    def log_likelihood(self, logs: FloatArray, labels: IntArray) -> float:
        """Return the mean log-probability of given labels, at the best temperature of `logs`."""
        temperature = self.with_temperature_of(logs, labels).temperature
        P = np.exp(log_softmax(logs / np.float32(temperature)))
        likely = (P * self._of_labels(labels, P.shape[1])).sum(axis=1, dtype=np.float64)
        return float(np.log(likely + _TINY).mean())

    def _of_labels(self, labels: IntArray, n_classes: int) -> FloatArray:
        """Return the probability of each given label under each true class, (m, K)."""
        if self.transition is not None:
            found: FloatArray = self.transition.T.astype(np.float32)[labels]
            return found
        uniform = np.full((len(labels), n_classes), self.rate / max(1, n_classes - 1), np.float32)
        uniform[np.arange(len(labels)), labels] = 1 - self.rate
        return uniform


def fit_noise(logs: FloatArray, labels: IntArray) -> NoiseModel:
    """Fit the transition matrix by expectation maximization, the temperature in between.

    Every row of the matrix is drawn towards the overall noise rate, spread over
    all classes, as by fifty labels; from 400 classes on it is just that.

    Parameters
    ----------
    logs : float32 array (n, K)
        Out-of-sample log-probabilities, normalized and finite.
    labels : int array (n,)
        Given labels.

    Returns
    -------
    NoiseModel
    """
    K = logs.shape[1]
    if K == 1:
        return NoiseModel(1.0, 0.0, None)
    order = np.argsort(labels, kind="stable")
    logs, labels = logs[order], labels[order]
    temperature, noise = noisy_temperature(logs, labels)
    rate = float(np.clip(noise, 0.02, 0.95))
    pairs = K < _MOST_CLASSES_FOR_PAIRS
    model = NoiseModel(temperature, rate, _spread(rate, K) if pairs else None)
    for _ in range(_ROUNDS):
        P = np.exp(log_softmax(logs / np.float32(model.temperature)))
        for _ in range(_STEPS):
            model = _stepped(model, P, labels)
        model = model.with_temperature_of(logs, labels)
    return model


def _stepped(model: NoiseModel, P: FloatArray, labels: IntArray) -> NoiseModel:
    """Return the model after one step of expectation maximization; labels are sorted."""
    n, K = P.shape
    joint = P * model._of_labels(labels, K)
    joint /= np.maximum(joint.sum(axis=1, keepdims=True), np.float32(_TINY))
    right = float(joint[np.arange(n), labels].sum(dtype=np.float64))
    rate = (n - right + _RATE_PRIOR * _USUAL_RATE) / (n + _RATE_PRIOR)
    if model.transition is None:
        return model._replace(rate=rate)
    counts = np.zeros((K, K))
    present, first = np.unique(labels, return_index=True)
    counts[:, present] = np.add.reduceat(joint, first, axis=0, dtype=np.float64).T
    prior = _PAIR_PRIOR * _spread(rate, K)
    transition = (counts + prior) / (counts.sum(axis=1, keepdims=True) + _PAIR_PRIOR)
    return model._replace(rate=rate, transition=transition)


def _spread(rate: float, n_classes: int) -> WeightArray:
    """Return the transition matrix of uniform noise."""
    matrix = np.full((n_classes, n_classes), rate / (n_classes - 1))
    np.fill_diagonal(matrix, 1 - rate)
    return matrix


def _likeliest_temperature(logs: FloatArray, factors: NDArray[np.floating]) -> float:
    from scipy.optimize import minimize_scalar

    def loss(log_t: float) -> float:
        P = np.exp(log_softmax(logs / np.float32(np.exp(log_t))))
        return -float(np.log((P * factors).sum(axis=1, dtype=np.float64) + _TINY).mean())

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    return float(
        np.exp(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 0.03}).x)
    )
