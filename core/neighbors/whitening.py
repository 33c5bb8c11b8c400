"""Half-whitening of embeddings: principal components at half their scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_BLOCK = 8192
# Sums in single precision leave scales of this order, relative to the largest
# scale and to the values themselves, where there is nothing.
_NO_SCALE = 1e-3
_NO_VALUE = 1e-6


class HalfWhitening:
    """Principal components divided by a power of their scale, rows of unit length.

    Plain cosine is ruled by the few directions in which embeddings vary most;
    full whitening (``power=1``) raises noise to the rank of signal. Half-way
    between (``power=0.5``) neighbours agree most often [1]_.

    Parameters
    ----------
    n_components : int
        Directions kept; fewer where rows or columns are fewer.
    power : float
        0 is plain PCA, 1 is full whitening.
    sample_size : int
        Rows, drawn at random, that the directions are fitted on.
    random_state : int
        Seed of that draw.

    Attributes
    ----------
    mean_ : float32 array (d,)
    components_ : float64 array (m, d)
        Unit directions, largest variance first.
    scale_ : float64 array (m,)
        Standard deviation of the sample along each direction.

    References
    ----------
    .. [1] A. Kessy, A. Lewin, K. Strimmer, "Optimal whitening and
       decorrelation", The American Statistician 72(4), 2018, for whitening
       (power 1); the power between is chosen by measurement.
    """

    mean_: FloatArray
    components_: NDArray[np.float64]
    scale_: NDArray[np.float64]

    def __init__(
        self,
        n_components: int = 256,
        power: float = 0.5,
        sample_size: int = 50_000,
        random_state: int = 0,
    ) -> None:
        self.n_components = n_components
        self.power = power
        self.sample_size = sample_size
        self.random_state = random_state

    def fit(self, X: NDArray[Any]) -> HalfWhitening:
        """Learn mean, directions and scales from the rows of `X`.

        Parameters
        ----------
        X : float array (n, d), n and d at least 1

        Raises
        ------
        ValueError
            When `X` is not a table of numbers, is empty, or holds NaN or infinity.
        """
        from scipy.linalg import eigh

        sample = self._sample(_checked(X))
        n, d = sample.shape
        total = np.sum([block.sum(axis=0, dtype=np.float64) for block in _blocks(sample)], axis=0)
        self.mean_ = (total / n).astype(np.float32)
        m = max(1, min(self.n_components, d, n - 1))
        variances, directions = eigh(
            _covariance(sample, self.mean_), subset_by_index=(d - m, d - 1)
        )
        self.scale_ = np.sqrt(np.maximum(variances[::-1], 0.0))
        self.components_ = np.ascontiguousarray(directions[:, ::-1].T)
        return self

    def transform(self, X: NDArray[Any]) -> FloatArray:
        """Project the rows of `X`.

        Parameters
        ----------
        X : float array (n, d)

        Returns
        -------
        float32 array (n, m)
            Rows of unit length; a row that does not differ from the mean in
            any kept direction is all zeros.
        """
        projection = (self.components_ * self._inverse_scale()[:, None]).T.astype(np.float32)
        rows = [(block - self.mean_) @ projection for block in _blocks(_checked(X))]
        return _unit_rows(np.concatenate(rows))

    def fit_transform(self, X: NDArray[Any]) -> FloatArray:
        """Fit to `X`, then project it."""
        return self.fit(X).transform(X)

    def _sample(self, X: NDArray[Any]) -> NDArray[Any]:
        if len(X) <= self.sample_size:
            return X
        rng = np.random.default_rng(self.random_state)
        return X[np.sort(rng.choice(len(X), self.sample_size, replace=False))]

    def _inverse_scale(self) -> NDArray[np.float64]:
        """Return 1 / scale**power, and 0 for directions that hold rounding errors only."""
        nothing = max(
            _NO_SCALE * float(self.scale_[0]), _NO_VALUE * float(np.abs(self.mean_).max())
        )
        real = self.scale_ > nothing
        return np.where(real, np.where(real, self.scale_, 1.0) ** -self.power, 0.0)


def _checked(X: NDArray[Any]) -> NDArray[Any]:
    X = np.asarray(X)
    if X.ndim != 2 or 0 in X.shape:
        raise ValueError(f"Embeddings must have shape (n, d), at least (1, 1), not {X.shape}.")
    return X


def _blocks(X: NDArray[Any]) -> Iterator[FloatArray]:
    """Yield `X` as float32, some rows at a time: it may be a memory map of float16."""
    for start in range(0, len(X), _BLOCK):
        block = np.asarray(X[start : start + _BLOCK], dtype=np.float32)
        if not np.isfinite(block).all():
            raise ValueError("Embeddings must be finite; some hold NaN or infinity.")
        yield block


def _covariance(X: NDArray[Any], mean: FloatArray) -> NDArray[np.float64]:
    total = np.zeros((X.shape[1], X.shape[1]))
    for block in _blocks(X):
        centred = block - mean
        total += centred.T @ centred
    return total / len(X)


def _unit_rows(rows: NDArray[np.floating]) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
