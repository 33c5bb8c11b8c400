"""EfficientNet-Lite0, the bundled backbone, as a Keras model built in code.

The architecture is that of TensorFlow's TPU repository (Apache-2.0): an
EfficientNet-B0 without squeeze-and-excitation, with ReLU6 in place of swish,
so that it runs well on plain processors. Batch normalization is folded into
the convolutions that precede it, which gives the same numbers in fewer steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import keras

WEIGHTS = Path(__file__).parents[3] / "data" / "models" / "efficientnet_lite0.npz"
ONNX_FILE = WEIGHTS.with_suffix(".onnx")
"""The same network and weights for ONNX Runtime, made by ``data/models/to_onnx.py``.

Outputs ``embedding`` as below and ``predictions``, the softmax of the logits.
"""
INPUT_SIZE = 224
DIMENSION = 1280
CLASSES = 1000


class Stage(NamedTuple):
    """A run of inverted-residual blocks that share their shape."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


STEM_FILTERS = 32
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def blocks() -> Iterator[tuple[str, Stage, int, bool]]:
    """Yield ``(name, stage, stride, has_residual)`` for the 16 blocks in order."""
    filters, index = STEM_FILTERS, 0
    for stage in STAGES:
        for repeat in range(stage.repeats):
            stride = stage.stride if repeat == 0 else 1
            yield f"block{index}", stage, stride, stride == 1 and filters == stage.filters
            filters, index = stage.filters, index + 1


def efficientnet_lite0(weights: Path | None = WEIGHTS) -> keras.Model:
    """Build EfficientNet-Lite0.

    Parameters
    ----------
    weights : Path or None
        An ``.npz`` of float arrays named ``<layer>/kernel`` and
        ``<layer>/bias`` in Keras layout, or None for random weights.

    Returns
    -------
    keras.Model
        Input uint8 or float pixels of shape (n, 224, 224, 3), RGB, 0 to 255.
        Outputs a dict: ``embedding`` (n, 1280) float32, the mean-pooled
        activations before the prediction layer, and ``logits`` (n, 1000)
        float32 over the ImageNet-1k classes.
    """
    import keras
    from keras import layers

    def convolution(
        x: Any, name: str, filters: int, kernel: int, stride: int = 1, relu: bool = True
    ) -> Any:
        x = layers.Conv2D(filters, kernel, stride, padding="same", name=name)(x)
        return layers.ReLU(max_value=6, name=f"{name}_relu")(x) if relu else x

    inputs = keras.Input((INPUT_SIZE, INPUT_SIZE, 3), name="pixels")
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")(inputs)
    x = convolution(x, "stem", STEM_FILTERS, 3, stride=2)
    for name, stage, stride, residual in blocks():
        skip = x
        if stage.expansion > 1:
            x = convolution(x, f"{name}_expand", x.shape[-1] * stage.expansion, 1)
        x = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", name=f"{name}_depthwise")(
            x
        )
        x = layers.ReLU(max_value=6, name=f"{name}_depthwise_relu")(x)
        x = convolution(x, f"{name}_project", stage.filters, 1, relu=False)
        if residual:
            x = layers.Add(name=f"{name}_add")([skip, x])
    x = convolution(x, "head", DIMENSION, 1)
    embedding = layers.GlobalAveragePooling2D(name="embedding")(x)
    logits = layers.Dense(CLASSES, name="logits")(embedding)
    model = keras.Model(
        inputs, {"embedding": embedding, "logits": logits}, name="efficientnet_lite0"
    )
    if weights is not None:
        load_weights(model, weights)
    return model


def load_weights(model: keras.Model, path: Path) -> None:
    """Set every weighted layer of `model` from the arrays in the npz at `path`."""
    with np.load(path, allow_pickle=False) as arrays:
        for layer in model.layers:
            if layer.weights:
                layer.set_weights(
                    [
                        arrays[f"{layer.name}/{part}"].astype("float32")
                        for part in ("kernel", "bias")
                    ]
                )
