"""What every loader of a network returns, whatever file or name it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

EMBEDDING = "embedding"
LAYERS = "layers"
PREDICTIONS = "predictions"
DEFAULT_INPUT_SIZE = 224
"""Side in pixels for a network that takes images of any size."""

PIXELS = ("raw", "unit", "tf", "torch", "caffe")
"""How a network expects its pixels: 0..255, 0..1, or as Keras' `preprocess_input` names it."""


class BackboneError(ValueError):
    """A network that cannot be used; the message is one clear sentence."""


@dataclass(frozen=True)
class Network:
    """A Keras model cut at the input of its prediction layer.

    Attributes
    ----------
    name : str
        What people call it: a registered name, or the file's name.
    model : keras.Model
        Takes float32 RGB pixels (n, height, width, 3), 0 to 255; its own
        preprocessing is part of it. Returns a dict: ``embedding``
        (n, dimension) float32; where further layers are taken, ``layers``
        float32, their pooled outputs side by side; and, when it has a prediction
        layer, ``predictions`` (n, n_outputs) float32, probabilities that sum to one.
    height, width : int
        Size of the input in pixels.
    dimension : int
        Length of an embedding.
    n_outputs : int
        Columns of the predictions; 0 when there are none.
    layers : tuple of int
        Entries of each further layer, in the order of ``layers``; none where
        the embedding is all that is taken.
    """

    name: str
    model: keras.Model
    height: int
    width: int
    dimension: int
    n_outputs: int
    layers: tuple[int, ...] = ()


def side_by_side(layers: Sequence[keras.KerasTensor]) -> dict[str, keras.KerasTensor]:
    """Return pooled further layers (n, w) as the output of a model; empty where there are none."""
    import keras

    if not layers:
        return {}
    joined = keras.layers.Concatenate(name=LAYERS)(layers) if len(layers) > 1 else layers[0]
    return {LAYERS: joined}
