"""Half-whitening of embeddings: principal components at half their scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import FloatArray, Progress, RowWriter, row_blocks

# Of a random sample, few rows at a time: each brings its surroundings into memory.
_SAMPLE_BLOCK = 1024
# Sums in single precision leave scales of this order, relative to the largest
# scale and to the values themselves, where there is nothing.
_NO_SCALE = 1e-3
_NO_VALUE = 1e-6

Rows = NDArray[np.intp]


class Part(NamedTuple):
    """Columns of an embedding that come from one layer.

    Attributes
    ----------
    width : int
        How many there are.
    weight : float
        Length that the part is scaled to: root mean square over the items.
    """

    width: int
    weight: float = 1.0


class Moments(NamedTuple):
    """What directions are fitted on: mean and covariance of a sample of n rows."""

    mean: FloatArray
    covariance: NDArray[np.float64]
    n: int

    @classmethod
    def of(cls, X: NDArray[Any], rows: Rows | None, columns: int | None = None) -> Moments:
        """Compute them of rows of `X`, of its first `columns`, a block at a time."""

        def blocks() -> Iterator[FloatArray]:
            return _finite(row_blocks(X, rows, _SAMPLE_BLOCK), columns)

        n = len(X) if rows is None else len(rows)
        total = np.sum([block.sum(axis=0, dtype=np.float64) for block in blocks()], axis=0)
        mean = (total / n).astype(np.float32)
        return cls(mean, _covariance(blocks, mean, n), n)


class HalfWhitening:
    """Principal components divided by a power of their scale, rows of unit length.

    Plain cosine is dominated by the few directions in which embeddings vary
    most; full whitening (``power=1``) amplifies noise. Half-way between
    (``power=0.5``) neighbors agree most often [1]_.

    Embeddings may be a memory map of any length: no more than a block of rows
    is in memory at a time.

    Parameters
    ----------
    n_components : int
        Number of directions; fewer where rows or columns are fewer.
    power : float
        0 is plain PCA, 1 is full whitening.
    sample_size : int
        Rows, drawn at random, that the directions are fitted on.
    random_state : int
        Seed of that draw.
    parts : sequence of Part
        Layers whose outputs lie side by side in the columns. Each is centered
        and divided by its root mean squared length, so that none drowns the
        others by its units; columns after the last part are left out. Empty
        takes all columns as they are.

    Attributes
    ----------
    mean_ : float32 array (d,)
    components_ : float64 array (m, d)
        Unit directions, largest variance first.
    scale_ : float64 array (m,)
        Standard deviation of the sample along each direction.
    units_ : float64 array (d,) or None
        What columns are divided by before that; None where there are no parts.

    References
    ----------
    .. [1] A. Kessy, A. Lewin, K. Strimmer, "Optimal whitening and
       decorrelation", The American Statistician 72(4), 2018, for whitening
       (power 1); the power between is chosen by measurement.
    """

    mean_: FloatArray
    components_: NDArray[np.float64]
    scale_: NDArray[np.float64]
    units_: NDArray[np.float64] | None

    def __init__(
        self,
        n_components: int = 256,
        power: float = 0.5,
        sample_size: int = 50_000,
        random_state: int = 0,
        parts: Sequence[Part] = (),
    ) -> None:
        self.n_components = n_components
        self.power = power
        self.sample_size = sample_size
        self.random_state = random_state
        self.parts = tuple(parts)

    def fit(self, X: NDArray[Any], rows: Rows | None = None) -> HalfWhitening:
        """Learn mean, directions and scales.

        Parameters
        ----------
        X : float array (n, d), n and d at least 1
        rows : int array, optional
            The rows of `X` that count, in ascending order; all when left out.

        Raises
        ------
        ValueError
            When `X` is not a table of numbers, is empty, or holds NaN or infinity.
        """
        X = _checked(X, rows)
        sample = drawn_rows(len(X) if rows is None else len(rows), rows, self)
        columns = sum(part.width for part in self.parts) or None
        return self.fit_moments(Moments.of(X, sample, columns))

    def fit_moments(self, moments: Moments) -> HalfWhitening:
        """Learn the same from `moments`, of the columns of the parts and any after them."""
        from scipy.linalg import eigh

        d = sum(part.width for part in self.parts) or len(moments.mean)
        covariance = moments.covariance[:d, :d]
        self.mean_ = moments.mean[:d]
        self.units_ = _units(np.diag(covariance), self.parts)
        if self.units_ is not None:
            covariance = covariance / self.units_ / self.units_[:, None]
        m = max(1, min(self.n_components, d, moments.n - 1))
        variances, directions = eigh(covariance, subset_by_index=(d - m, d - 1))
        self.scale_ = np.sqrt(np.maximum(variances[::-1], 0.0))
        self.components_ = np.ascontiguousarray(directions[:, ::-1].T)
        return self

    def transform(self, X: NDArray[Any], rows: Rows | None = None) -> FloatArray:
        """Project the rows of `X`, or some of them.

        Parameters
        ----------
        X : float array (n, d)
        rows : int array, optional
            In ascending order.

        Returns
        -------
        float32 array (n, m)
            Rows of unit length; a row that does not differ from the mean in
            any of the directions is all zeros.
        """
        return np.concatenate(list(self._projected(X, rows)))

    def fit_transform(self, X: NDArray[Any]) -> FloatArray:
        """Fit to `X`, then project it."""
        return self.fit(X).transform(X)

    def transform_to(
        self,
        path: Path | None,
        X: NDArray[Any],
        rows: Rows | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.float16]:
        """Project as `transform` does, in float16, to a ``.npy`` file.

        Cosines of unit rows differ by a few 1e-4 at most, and 5e-5 as a rule.

        Parameters
        ----------
        path : Path or None
            None for an array in memory.
        X : float array (n, d)
        rows : int array, optional
            In ascending order.
        progress : callable, optional
            Called with rows done and rows in all.

        Returns
        -------
        float16 array (n, m)
            A map of the file, or an array.
        """
        n = len(X) if rows is None else len(rows)
        writer = RowWriter(path, (n, len(self.scale_)), np.float16)
        done = 0
        for block in self._projected(X, rows):
            writer.append(block.astype(np.float16))
            done += len(block)
            if progress is not None:
                progress(done, n)
        return writer.finish()

    def save(self, path: Path) -> None:
        """Write what was fitted to an ``.npz`` file, for `load`."""
        settings = [self.n_components, self.power, self.sample_size, self.random_state]
        np.savez(
            path,
            allow_pickle=False,
            mean=self.mean_,
            components=self.components_,
            scale=self.scale_,
            settings=np.array(settings, np.float64),
            **self._stored_parts(),
        )

    @classmethod
    def load(cls, path: Path) -> HalfWhitening:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            n_components, power, sample_size, random_state = arrays["settings"].tolist()
            fitted = cls(int(n_components), power, int(sample_size), int(random_state))
            fitted.mean_ = arrays["mean"]
            fitted.components_ = arrays["components"]
            fitted.scale_ = arrays["scale"]
            if "parts" in arrays:
                fitted.parts = tuple(Part(int(w), weight) for w, weight in arrays["parts"].tolist())
            fitted.units_ = arrays.get("units")
        return fitted

    def _stored_parts(self) -> dict[str, NDArray[np.float64]]:
        """Return the arrays of `save` that a whitening without parts does not have."""
        if self.units_ is None:
            return {}
        return {"parts": np.array(self.parts, np.float64), "units": self.units_}

    def _projected(self, X: NDArray[Any], rows: Rows | None) -> Iterator[FloatArray]:
        projection = (self.components_ * self._inverse_scale()[:, None]).T
        if self.units_ is not None:
            projection = projection / self.units_[:, None]
        projection = projection.astype(np.float32)
        for block in _finite(row_blocks(_checked(X, rows), rows), len(self.mean_)):
            yield _unit_rows((block - self.mean_) @ projection)

    def _inverse_scale(self) -> NDArray[np.float64]:
        """Return 1 / scale**power, and 0 for directions that hold rounding errors only."""
        mean = self.mean_ if self.units_ is None else self.mean_ / self.units_
        nothing = max(_NO_SCALE * float(self.scale_[0]), _NO_VALUE * float(np.abs(mean).max()))
        real = self.scale_ > nothing
        return np.where(real, np.where(real, self.scale_, 1.0) ** -self.power, 0.0)


def _checked(X: NDArray[Any], rows: Rows | None) -> NDArray[Any]:
    X = np.asanyarray(X)
    if X.ndim != 2 or 0 in X.shape or (rows is not None and len(rows) == 0):
        raise ValueError(f"Embeddings must have shape (n, d), at least (1, 1), not {X.shape}.")
    return X


def drawn_rows(n: int, rows: Rows | None, whitening: HalfWhitening) -> Rows | None:
    """Return the rows that `whitening` is fitted on, ascending; None for all `n`."""
    if n <= whitening.sample_size:
        return rows
    rng = np.random.default_rng(whitening.random_state)
    drawn = np.sort(rng.choice(n, whitening.sample_size, replace=False))
    return drawn if rows is None else rows[drawn]


def _units(variances: NDArray[np.float64], parts: Sequence[Part]) -> NDArray[np.float64] | None:
    """Return what each column is divided by: its part's root mean squared length and weight."""
    if not parts:
        return None
    ends = np.cumsum([part.width for part in parts])
    units = []
    for part, own in zip(parts, np.split(variances[: ends[-1]], ends[:-1]), strict=True):
        length = float(np.sqrt(max(own.sum(), 0.0)))
        units.append(np.full(part.width, (length or 1.0) / part.weight))
    return np.concatenate(units)


def _finite(blocks: Iterator[FloatArray], columns: int | None = None) -> Iterator[FloatArray]:
    for block in blocks:
        block = block if columns is None else block[:, :columns]
        if not np.isfinite(block).all():
            raise ValueError("Embeddings must be finite; some hold NaN or infinity.")
        yield block


def _covariance(
    blocks: Callable[[], Iterator[FloatArray]], mean: FloatArray, n: int
) -> NDArray[np.float64]:
    total = np.zeros((len(mean), len(mean)))
    for block in blocks():
        centered = block - mean
        total += centered.T @ centered
    return total / n


def _unit_rows(rows: NDArray[np.floating]) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
