"""Backbones: networks that turn pixels into embeddings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.embedding import efficientnet_lite

DEFAULT_BACKBONE = "efficientnet_lite0"


@dataclass(frozen=True)
class Backbone:
    """A network ready to embed images.

    Attributes
    ----------
    name : str
    dimension : int
        Length of an embedding.
    input_size : int
        Side of the square input in pixels.
    embed : callable
        Takes uint8 RGB pixels (n, input_size, input_size, 3) and returns
        float32 embeddings (n, dimension).
    """

    name: str
    dimension: int
    input_size: int
    embed: Callable[[np.ndarray], np.ndarray]


def load_backbone(name: str = DEFAULT_BACKBONE) -> Backbone:
    """Load a backbone by name; imports TensorFlow.

    Raises
    ------
    ValueError
        When no backbone has that name.
    """
    if name != DEFAULT_BACKBONE:
        raise ValueError(f"There is no backbone called {name!r}; there is {DEFAULT_BACKBONE!r}.")
    with _without_notices():
        return _efficientnet_lite0(name)


def _efficientnet_lite0(name: str) -> Backbone:
    import tensorflow as tf

    model = efficientnet_lite.efficientnet_lite0()
    size = efficientnet_lite.INPUT_SIZE

    @tf.function(input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8)])  # type: ignore[untyped-decorator]
    def forward(pixels: tf.Tensor) -> tf.Tensor:
        return model(tf.cast(pixels, tf.float32), training=False)["embedding"]

    def embed(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(forward(tf.constant(pixels)))

    return Backbone(name, efficientnet_lite.DIMENSION, size, embed)


@contextmanager
def _without_notices() -> Iterator[None]:
    """Keep TensorFlow's notices about the processor off the terminal.

    They are written by C++ before any setting takes effect, straight to file
    descriptor 2; errors come as Python exceptions and are not touched.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    kept = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
