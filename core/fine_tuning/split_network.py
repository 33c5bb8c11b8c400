"""A bundled network in two parts: the trunk, which stays as it is, and the tail, which is trained.

The trunk's maps are the same whatever the labels are, so that they are computed
once and kept. Trained are the last block, the head convolution and a prediction
layer for the audit's classes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.embedding.backbones.efficientnet_lite import DIMENSION, VARIANTS, Block, Variant, build
from core.embedding.choice import BETTER_BACKBONE
from core.embedding.notices import without_notices

if TYPE_CHECKING:
    import keras

SIDE = 160
"""Side in pixels of the images that are trained on; 5 x 5 maps, a third of the time of 224."""

BATCH = 32
"""Images that the trunk computes at once."""


@dataclass(frozen=True)
class SplitNetwork:
    """Where a network is cut, and what lies on either side.

    Attributes
    ----------
    variant : Variant
    side : int
        Side of the input in pixels.
    """

    variant: Variant
    side: int = SIDE

    @classmethod
    def of(cls, backbone: str) -> SplitNetwork:
        """Cut the backbone of that name where it is bundled, else the better of those that are."""
        return cls(VARIANTS.get(backbone, VARIANTS[BETTER_BACKBONE]))

    @property
    def last(self) -> Block:
        """The block that is trained."""
        return list(self.variant.blocks())[-1]

    @property
    def map_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the trunk's map."""
        before = replace(self.variant, input_size=self.side).maps()[-2]
        return before.height, before.width, before.channels

    def trunk(self) -> keras.Model:
        """Return the network up to the last block: pixels (n, side, side, 3), 0..255, to maps."""
        import keras

        whole = build(replace(self.variant, input_size=self.side))
        before = list(self.variant.blocks())[-2]
        layer = f"{before.name}_add" if before.has_residual else f"{before.name}_project"
        return keras.Model(whole.inputs[0], whole.get_layer(layer).output)

    def tail(self) -> keras.Model:
        """Return the last block and the head with their bundled weights: maps to (n, 1280)."""
        import keras
        from keras import layers

        inputs = keras.Input(self.map_shape, name="map")
        name, stage, stride, has_residual = self.last
        width = self.map_shape[-1]
        x: Any = layers.Conv2D(width * stage.expansion, 1, name=f"{name}_expand")(inputs)
        x = layers.ReLU(max_value=6)(x)
        x = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", name=f"{name}_depthwise")(
            x
        )
        x = layers.ReLU(max_value=6)(x)
        x = layers.Conv2D(stage.filters, 1, name=f"{name}_project")(x)
        if has_residual:
            x = layers.Add()([inputs, x])
        x = layers.ReLU(max_value=6)(layers.Conv2D(DIMENSION, 1, name="head")(x))
        model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
        self.reset(model)
        return model

    def reset(self, tail: keras.Model) -> None:
        """Give `tail` the bundled weights again."""
        with np.load(self.variant.weights, allow_pickle=False) as arrays:
            for layer in tail.layers:
                if layer.weights:
                    parts = (arrays[f"{layer.name}/{part}"] for part in ("kernel", "bias"))
                    layer.set_weights([part.astype(np.float32) for part in parts])


class MapMaker:
    """Computes the trunk's maps of images, and of their mirror images.

    Images are computed in batches of one size, so that a map does not depend on
    which others were computed with it.

    Parameters
    ----------
    network : SplitNetwork
    """

    def __init__(self, network: SplitNetwork) -> None:
        with without_notices():
            import tensorflow as tf

            trunk, side = network.trunk(), network.side

        @tf.function(input_signature=[tf.TensorSpec((None, side, side, 3), tf.uint8)])  # type: ignore[untyped-decorator]
        def forward(pixels: tf.Tensor) -> tf.Tensor:
            both = tf.concat([pixels, tf.reverse(pixels, [2])], axis=0)
            return tf.cast(trunk(tf.cast(both, tf.float32), training=False), tf.float16)

        self._forward = forward

    def maps(self, pixels: NDArray[np.uint8]) -> NDArray[np.float16]:
        """Return the maps of RGB `pixels` (n, side, side, 3): float16 (n, 2, height, width, c)."""
        return np.concatenate([self._batch(pixels[part]) for part in slices(len(pixels), BATCH)])

    def _batch(self, pixels: NDArray[np.uint8]) -> NDArray[np.float16]:
        missing = [(0, BATCH - len(pixels)), (0, 0), (0, 0), (0, 0)]
        both = np.asarray(self._forward(np.pad(pixels, missing)))
        return np.stack([both[: len(pixels)], both[BATCH:][: len(pixels)]], axis=1)
