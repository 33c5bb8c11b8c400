"""EfficientNet-Lite, the bundled family of backbones, as Keras models built in code.

The architecture is that of TensorFlow's TPU repository (Apache-2.0): an
EfficientNet without squeeze-and-excitation, with ReLU6 in place of swish, so
that it runs well on plain processors. Batch normalization is folded into the
convolutions that precede it, which gives the same numbers in fewer steps.

To add one: an entry in `VARIANTS` with its stages, and the two files that
``data/models/convert.py`` and ``data/models/to_onnx.py`` make of its weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.embedding.layers import MapShape
from core.embedding.network import EMBEDDING, LAYERS

if TYPE_CHECKING:
    import keras

FOLDER = Path(__file__).parents[3] / "data" / "models"
STEM_FILTERS = 32
DIMENSION = 1280
CLASSES = 1000


class Stage(NamedTuple):
    """A run of inverted-residual blocks that share their shape."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


class Block(NamedTuple):
    """One inverted-residual block."""

    name: str
    stage: Stage
    stride: int
    has_residual: bool


@dataclass(frozen=True)
class Variant:
    """A network of the family.

    Attributes
    ----------
    name : str
        By which it is chosen, and its files are called.
    input_size : int
        Side of the input in pixels.
    stages : tuple of Stage
    layers : tuple of str
        Blocks whose outputs, averaged over the image, are given beside the
        embedding, the latest first. They still tell apart what the last layer,
        made for other classes, has merged.
    """

    name: str
    input_size: int
    stages: tuple[Stage, ...]
    layers: tuple[str, ...]

    @property
    def weights(self) -> Path:
        """Its weights, as an ``.npz`` of arrays in Keras layout."""
        return FOLDER / f"{self.name}.npz"

    @property
    def onnx_file(self) -> Path:
        """The same network and weights for ONNX Runtime, made by ``data/models/to_onnx.py``.

        Outputs ``embedding`` and ``layers`` as `build` has them, and
        ``predictions``, the softmax of the logits.
        """
        return FOLDER / f"{self.name}.onnx"

    @property
    def widths(self) -> tuple[int, ...]:
        """Entries of each layer of `layers`."""
        filters = {block.name: block.stage.filters for block in self.blocks()}
        return tuple(filters[layer] for layer in self.layers)

    def maps(self) -> list[MapShape]:
        """Return the shapes of its blocks' outputs, in order."""
        side = -(-self.input_size // 2)
        found = []
        for name, stage, stride, has_residual in self.blocks():
            side = -(-side // stride)
            found.append(MapShape(name, side, side, stage.filters, has_residual))
        return found

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks in order."""
        filters, index = STEM_FILTERS, 0
        for stage in self.stages:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                has_residual = stride == 1 and filters == stage.filters
                yield Block(f"block{index}", stage, stride, has_residual)
                filters, index = stage.filters, index + 1


LITE0 = Variant(
    "efficientnet_lite0",
    224,
    (
        Stage(1, 3, 1, 1, 16),
        Stage(2, 3, 2, 6, 24),
        Stage(2, 5, 2, 6, 40),
        Stage(3, 3, 2, 6, 80),
        Stage(3, 5, 1, 6, 112),
        Stage(4, 5, 2, 6, 192),
        Stage(1, 3, 1, 6, 320),
    ),
    ("block15", "block14", "block10"),
)
LITE2 = Variant(
    "efficientnet_lite2",
    260,
    (
        Stage(1, 3, 1, 1, 16),
        Stage(3, 3, 2, 6, 24),
        Stage(3, 5, 2, 6, 48),
        Stage(4, 3, 2, 6, 88),
        Stage(4, 5, 1, 6, 120),
        Stage(5, 5, 2, 6, 208),
        Stage(1, 3, 1, 6, 352),
    ),
    ("block20", "block19", "block14"),
)
VARIANTS = {variant.name: variant for variant in (LITE0, LITE2)}
"""By name, the fastest first."""


def build(variant: Variant, weights: Path | None = None, random: bool = False) -> keras.Model:
    """Build a network of the family.

    Parameters
    ----------
    variant : Variant
    weights : Path or None
        An ``.npz`` of float arrays named ``<layer>/kernel`` and
        ``<layer>/bias`` in Keras layout; the bundled one when left out.
    random : bool
        Leave the weights random.

    Returns
    -------
    keras.Model
        Input uint8 or float pixels of shape (n, side, side, 3), RGB, 0 to 255.
        Outputs a dict: ``embedding`` (n, 1280) float32, the mean-pooled
        activations before the prediction layer; ``layers`` float32, the
        mean-pooled outputs of the blocks `Variant.layers` side by side; and
        ``logits`` (n, 1000) float32 over the ImageNet-1k classes.
    """
    import keras
    from keras import layers

    def convolution(
        x: Any, name: str, filters: int, kernel: int, stride: int = 1, relu: bool = True
    ) -> Any:
        x = layers.Conv2D(filters, kernel, stride, padding="same", name=name)(x)
        return layers.ReLU(max_value=6, name=f"{name}_relu")(x) if relu else x

    inputs = keras.Input((variant.input_size, variant.input_size, 3), name="pixels")
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="rescale")(inputs)
    x = convolution(x, "stem", STEM_FILTERS, 3, stride=2)
    maps = {}
    for name, stage, stride, has_residual in variant.blocks():
        skip = x
        if stage.expansion > 1:
            x = convolution(x, f"{name}_expand", x.shape[-1] * stage.expansion, 1)
        x = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", name=f"{name}_depthwise")(
            x
        )
        x = layers.ReLU(max_value=6, name=f"{name}_depthwise_relu")(x)
        x = convolution(x, f"{name}_project", stage.filters, 1, relu=False)
        if has_residual:
            x = layers.Add(name=f"{name}_add")([skip, x])
        maps[name] = x
    x = convolution(x, "head", DIMENSION, 1)
    embedding = layers.GlobalAveragePooling2D(name=EMBEDDING)(x)
    pooled = [
        layers.GlobalAveragePooling2D(name=f"{name}_pooled")(maps[name]) for name in variant.layers
    ]
    outputs = {
        EMBEDDING: embedding,
        LAYERS: layers.Concatenate(name=LAYERS)(pooled),
        "logits": layers.Dense(CLASSES, name="logits")(embedding),
    }
    model = keras.Model(inputs, outputs, name=variant.name)
    if not random:
        load_weights(model, weights or variant.weights)
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
