"""Trains the tail of a network on cached maps, out of fold.

The schedule is the usual one of fine-tuning: a prediction layer started from a
logistic probe, so that it sends no noise into the block; AdamW [1]_ with a
rate that falls as a cosine; labels smoothed; mirror images at random. Every
label has a weight: how far the pool believes it.

References
----------
.. [1] I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.embedding.notices import without_notices
from core.fine_tuning.split_network import SplitNetwork

if TYPE_CHECKING:
    import keras

FloatArray = NDArray[np.float32]
Codes = NDArray[np.integer[Any]]
Update = Callable[[int], None]
"""Called with the number of images that were trained on or predicted just now."""

_PROBE_C = 0.01


class Schedule(NamedTuple):
    """How a tail is trained.

    Attributes
    ----------
    n_folds : int
    epochs : int
    batch : int
        Images of a step.
    rate : float
        Learning rate at the start.
    decay : float
        Weight decay.
    smoothing : float
        Of the labels, 0..1.
    seed : int
        Of the folds, the order of the images, and which are mirrored.
    """

    n_folds: int = 3
    epochs: int = 3
    batch: int = 64
    rate: float = 3e-4
    decay: float = 1e-4
    smoothing: float = 0.1
    seed: int = 0


class TrainingSet(NamedTuple):
    """Rows are images.

    Attributes
    ----------
    maps : float16 array (n, 2, height, width, channels)
        Of the images and their mirror images; may be a memory map.
    labels : int array (n,)
        0 to n_classes - 1.
    weights : float array (n,)
        At least 0.
    n_classes : int
    """

    maps: NDArray[np.float16]
    labels: Codes
    weights: NDArray[np.floating[Any]]
    n_classes: int


class FoldTrainer:
    """Trains a tail without the images of a fold, and predicts these.

    Parameters
    ----------
    network : SplitNetwork
    data : TrainingSet
    schedule : Schedule
    """

    def __init__(
        self,
        network: SplitNetwork,
        data: TrainingSet,
        schedule: Schedule = Schedule(),  # noqa: B008  no state
    ) -> None:
        self.network, self.data, self.schedule = network, data, schedule
        with without_notices():
            self._tail = network.tail()
        self._pooled: FloatArray | None = None

    def predict_fold(
        self, train: NDArray[np.bool_], update: Update = lambda done: None
    ) -> FloatArray:
        """Train on some images and return the class probabilities of the others.

        Parameters
        ----------
        train : bool array (n,)
        update : callable

        Returns
        -------
        float32 array (m, K)
            Of the m images that `train` leaves out, in their order; mean of those of
            the image and its mirror image.
        """
        rows = np.flatnonzero(train & (self.data.weights > 0))
        model = self._started(rows)
        self._train(model, rows, update)
        return self._predicted(model, np.flatnonzero(~train), update)

    def out_of_fold(self, folds: Codes) -> NDArray[np.float16]:
        """Return the class probabilities of all images: float16 (n, K), each out of its fold."""
        found = np.zeros((len(folds), self.data.n_classes), np.float16)
        for fold in np.unique(folds):
            found[folds == fold] = self.predict_fold(folds != fold)
        return found

    def _started(self, rows: NDArray[np.intp]) -> keras.Model:
        """Return the bundled tail with a prediction layer that is a logistic probe."""
        import keras

        self.network.reset(self._tail)
        if self._pooled is None:
            self._pooled = self._run(self._tail, np.arange(len(self.data.labels)))
        kernel, bias = fit_probe(
            self._pooled[rows], self.data.labels[rows], self.data.weights[rows], self.data.n_classes
        )
        dense = keras.layers.Dense(self.data.n_classes, name="logits")
        model = keras.Model(self._tail.inputs[0], dense(self._tail.outputs[0]))
        dense.set_weights([kernel, bias])
        return model

    def _run(self, model: keras.Model, rows: NDArray[np.intp], mirrored: int = 0) -> FloatArray:
        found = [
            np.asarray(model(self.data.maps[rows[part], mirrored].astype(np.float32)))
            for part in slices(len(rows), 256)
        ]
        return np.concatenate(found) if found else np.empty((0, model.output_shape[-1]), np.float32)

    def _train(self, model: keras.Model, rows: NDArray[np.intp], update: Update) -> None:
        import keras
        import tensorflow as tf

        s, data = self.schedule, self.data
        steps = s.epochs * -(-len(rows) // s.batch)
        optimizer = keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(s.rate, max(1, steps)), weight_decay=s.decay
        )
        variables = model.trainable_variables
        optimizer.build(variables)

        @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
        def step(maps: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) -> None:
            with tf.GradientTape() as tape:
                logits = model(tf.cast(maps, tf.float32), training=True)
                losses = tf.nn.softmax_cross_entropy_with_logits(targets, logits)
                loss = tf.reduce_mean(weights * losses)
            optimizer.apply(tape.gradient(loss, variables), variables)

        rng = np.random.default_rng(s.seed)
        smoothed = np.eye(data.n_classes, dtype=np.float32) * (1 - s.smoothing)
        smoothed += s.smoothing / data.n_classes
        weights = (data.weights / data.weights[rows].mean()).astype(np.float32)
        for _ in range(s.epochs):
            order = rng.permutation(rows)
            for part in slices(len(order), s.batch):
                batch = np.sort(order[part])
                sides = rng.integers(0, 2, len(batch))
                step(data.maps[batch, sides], smoothed[data.labels[batch]], weights[batch])
                update(len(batch))

    def _predicted(self, model: keras.Model, rows: NDArray[np.intp], update: Update) -> FloatArray:
        import keras

        total: FloatArray = np.zeros((len(rows), self.data.n_classes), np.float32)
        for mirrored in (0, 1):
            logits = self._run(model, rows, mirrored)
            total += np.asarray(keras.ops.softmax(logits)) / 2
        update(len(rows))
        return total


def fit_probe(
    X: FloatArray, labels: Codes, weights: NDArray[np.floating[Any]], n_classes: int
) -> tuple[FloatArray, FloatArray]:
    """Fit a multinomial logistic regression, for the start of a prediction layer.

    Parameters
    ----------
    X : float32 array (n, d)
    labels : int array (n,)
    weights : float array (n,)
    n_classes : int

    Returns
    -------
    kernel : float32 array (d, K)
    bias : float32 array (K,)
        Low for a class without an image.
    """
    from sklearn.linear_model import LogisticRegression

    center, scale = X.mean(axis=0), max(float(X.std()), 1e-6)
    kernel = np.zeros((X.shape[1], n_classes), np.float32)
    bias = np.full(n_classes, -10.0, np.float32)
    present = np.unique(labels)
    if len(present) < 2:
        bias[present] = 0
        return kernel, bias
    model = LogisticRegression(C=_PROBE_C, tol=1e-2, max_iter=100)
    model.fit((X - center) / scale, labels, sample_weight=weights)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(present) == 2:  # of two classes scikit-learn keeps the difference
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    kernel[:, present] = coefficients.T / scale
    bias[present] = intercepts - coefficients @ center / scale
    return kernel, bias
