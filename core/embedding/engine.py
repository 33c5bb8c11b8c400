"""Engines: what runs a network on this machine's processor or its GPU.

On a processor, ONNX Runtime with one thread to a call and as many callers as
there are cores beats one call that spreads a batch over all cores: a worker
that has decoded an image embeds it while it is still in the cache, and no
core waits for another. A batch of one also makes an embedding depend on
nothing but its image. On a GPU, Keras runs large batches in mixed precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.embedding.network import EMBEDDING, LAYERS, PREDICTIONS, Network

GPU_BATCH = 256
PROCESSOR_BATCH = 16
"""Images at once where TensorFlow runs a network on a processor."""

LEAST_COSINE = 0.999
"""Least cosine between an engine's embeddings and those of the float32 model."""


class Shape(NamedTuple):
    """What a network takes and gives; see `Network`."""

    height: int
    width: int
    dimension: int
    n_outputs: int
    layers: tuple[int, ...] = ()

    @classmethod
    def of(cls, network: Network) -> Shape:
        """Return the shape of `network`."""
        n = network
        return cls(n.height, n.width, n.dimension, n.n_outputs, n.layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """Columns of each part of a row: the embedding, then every further layer."""
        return (self.dimension, *self.layers)


class Outputs(NamedTuple):
    """What a network computes for n images.

    Attributes
    ----------
    embeddings : float32 array (n, d)
        The embedding, and the further layers beside it: `Shape.widths` columns each.
    predictions : float32 array (n, n_outputs) or None
    """

    embeddings: NDArray[np.float32]
    predictions: NDArray[np.float32] | None


class Engine(Protocol):
    """Runs one network.

    Attributes
    ----------
    batch : int
        How many images to give it at once; with 1, it may be called by many
        threads at the same time.
    """

    batch: int

    def run(self, pixels: NDArray[np.uint8]) -> Outputs:
        """Embed RGB `pixels` (n, height, width, 3)."""


class OnnxEngine:
    """Runs a network with ONNX Runtime on the processor.

    Parameters
    ----------
    file : Path
        An ONNX model with the outputs ``embedding`` and, where it has them,
        ``layers`` and ``predictions``.
    with_layers : bool
        Give the further layers beside the embedding.
    """

    batch = 1

    def __init__(self, file: Path, with_layers: bool = True) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors come as exceptions; the rest is not for users
        self.session = onnxruntime.InferenceSession(
            file, options, providers=["CPUExecutionProvider"]
        )
        self._input = self.session.get_inputs()[0]
        self._takes_bytes = self._input.type == "tensor(uint8)"
        names = [output.name for output in self.session.get_outputs()]
        asked = (EMBEDDING, LAYERS, PREDICTIONS) if with_layers else (EMBEDDING, PREDICTIONS)
        self._outputs = [name for name in asked if name in names]

    def run(self, pixels: NDArray[np.uint8]) -> Outputs:
        """Embed RGB `pixels` (n, height, width, 3)."""
        images = pixels if self._takes_bytes else pixels.astype(np.float32)
        values = self.session.run(self._outputs, {self._input.name: images})
        return _outputs(dict(zip(self._outputs, values, strict=True)))


class KerasEngine:
    """Runs a network with TensorFlow: on a GPU, or where it has no ONNX form.

    Parameters
    ----------
    network : Network
    on_gpu : bool
        Use large batches, and mixed precision where it does not change the
        embeddings.
    """

    def __init__(self, network: Network, on_gpu: bool = False) -> None:
        self.batch = GPU_BATCH if on_gpu else PROCESSOR_BATCH
        self._model = network.model
        self._forward = self._compiled(network)
        if on_gpu:
            self._lower_precision(network)

    def run(self, pixels: NDArray[np.uint8]) -> Outputs:
        """Embed RGB `pixels` (n, height, width, 3)."""
        outputs = self._forward(pixels)
        return _outputs({name: np.asarray(values) for name, values in outputs.items()})

    def _compiled(self, network: Network) -> Any:
        import tensorflow as tf

        shape = (None, network.height, network.width, 3)

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.uint8)])  # type: ignore[untyped-decorator]
        def forward(pixels: tf.Tensor) -> dict[str, tf.Tensor]:
            outputs: dict[str, tf.Tensor] = self._model(tf.cast(pixels, tf.float32), training=False)
            return outputs

        return forward

    def _lower_precision(self, network: Network) -> None:
        """Let TensorFlow compute in float16 what it deems safe; undo it where embeddings change."""
        import tensorflow as tf

        probe = probe_pixels(network)
        exact, widths = self.run(probe).embeddings, Shape.of(network).widths
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision": True})
        self._forward = self._compiled(network)
        if least_cosine(self.run(probe).embeddings, exact, widths) < LEAST_COSINE:
            tf.config.optimizer.set_experimental_options({"auto_mixed_precision": False})
            self._forward = self._compiled(network)


def probe_pixels(network: Network, count: int = 4) -> NDArray[np.uint8]:
    """Return `count` smooth random images to try a network on."""
    from PIL import Image

    coarse = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3), dtype=np.uint8)
    size = (network.width, network.height)
    return np.stack([np.asarray(Image.fromarray(one).resize(size)) for one in coarse])


def _outputs(values: dict[str, NDArray[Any]]) -> Outputs:
    embeddings = values[EMBEDDING].astype(np.float32, copy=False)
    if LAYERS in values:
        layers = values[LAYERS].astype(np.float32, copy=False)
        embeddings = np.concatenate([embeddings, layers], axis=1)
    predictions = values.get(PREDICTIONS)
    return Outputs(
        embeddings,
        None if predictions is None else predictions.astype(np.float32, copy=False),
    )


def least_cosine(
    a: NDArray[np.float32], b: NDArray[np.float32], widths: Sequence[int] | None = None
) -> float:
    """Return the least cosine of corresponding rows; -1 where a value is not finite.

    With `widths`, the least of all parts of so many columns.
    """
    if widths is not None and len(widths) > 1:
        ends = np.cumsum(widths)[:-1]
        parts = zip(np.split(a, ends, axis=1), np.split(b, ends, axis=1), strict=True)
        return min(least_cosine(*pair) for pair in parts)
    a, b = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = (a * b).sum(axis=1) / np.maximum(norms, np.finfo(np.float64).tiny)
    return float(np.nan_to_num(cosines, nan=-1.0).min())


def has_gpu() -> bool:
    """Tell whether TensorFlow sees a GPU; it is only loaded where there may be one."""
    if not any(Path("/dev").glob("nvidia[0-9]*")) and not Path("/dev/kfd").exists():
        return False
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
