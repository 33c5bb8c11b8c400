"""Which networks our own ONNX export and Keras's convert, and how close the results are.

Random weights; the cosine is the least of four images, against the Keras model::

    python -m tests.benchmarks.onnx_export [NAME ...]

NAME is one of Keras Applications; without any, one of each family is tried.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from core.embedding.backbones import applications, hub
from core.embedding.engine import KerasEngine, OnnxEngine, least_cosine, probe_pixels
from core.embedding.model_files.model_file import load_model_file
from core.embedding.network import Network
from core.embedding.onnx_export import OPSET, convert
from tests.core.embedding import models
from tests.core.embedding.backbones import test_hub
from tests.core.embedding.conftest import tiny_network

FAMILIES = (
    "mobilenet mobilenetv2 mobilenetv3small resnet50 resnet50v2 densenet121 nasnet_mobile"
    " efficientnetb0 efficientnetv2-b0 convnext_tiny xception inception_v3 vgg16"
).split()


def write_ours(network: Network, file: Path) -> None:
    """Write a network by way of a frozen graph."""
    file.write_bytes(convert(network).SerializeToString())


def write_keras(network: Network, file: Path) -> None:
    """Write a network by Keras's own export."""
    network.model.export(str(file), format="onnx", verbose=False, opset_version=OPSET)


def cosine(network: Network, write: Callable[[Network, Path], None]) -> str:
    """Return the least cosine, or why there is none."""
    probe = probe_pixels(network)
    exact = KerasEngine(network).run(probe).embeddings
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                write(network, file)
                engine = OnnxEngine(file)
                inputs = len(engine.session.get_inputs())
                if inputs > 1:
                    return f"{inputs} inputs"
                # Keras names the outputs by their order or their layers, not by their keys.
                names = [output.name for output in engine.session.get_outputs()]
                engine._outputs = engine._outputs or [
                    next(
                        output.name
                        for output in engine.session.get_outputs()
                        if output.shape[-1] == network.dimension
                    )
                ]
                got = np.concatenate([engine.run(one[None]).embeddings for one in probe])
        except Exception as error:  # each library raises errors of its own
            return f"{type(error).__name__}: {str(error)[:60]}"
    renamed = "" if "embedding" in names else ", outputs renamed"
    return f"{least_cosine(got, exact):.6f}{renamed}"


def with_rewritten_layers() -> Network:
    """Return a network with a captured constant, a grouped convolution and the exact GELU."""
    inputs = keras.Input((20, 24, 3))
    x = inputs - keras.ops.convert_to_tensor(np.array([103.9, 116.8, 123.7], np.float32))
    x = keras.layers.Conv2D(6, 3, groups=3, padding="same")(x / 255)
    x = keras.activations.gelu(x, approximate=False)
    embedding = keras.layers.GlobalAveragePooling2D()(x)
    return Network("odd", keras.Model(inputs, {"embedding": embedding}), 20, 24, 6, 0)


def networks(names: list[str]) -> Iterator[tuple[str, Network]]:
    """Yield every network to try."""
    yield "tiny", tiny_network()
    yield "tiny, no predictions", tiny_network(["embedding"])
    yield "captured, grouped, GELU", with_rewritten_layers()
    with tempfile.TemporaryDirectory() as folder:
        for label, build in (("functional", models.classifier), ("Sequential", models.sequential)):
            file = Path(folder) / "model.keras"
            build().save(file)
            yield f".keras {label}", load_model_file(file)
        models.classifier().export(str(Path(folder) / "net"), verbose=False)
        yield "SavedModel", load_model_file(Path(folder) / "net")
    for name in ("vit", "dinov2", "dinov3", "resnet"):
        backbone = getattr(test_hub, name)()
        converter = test_hub.keras_hub.layers.ImageConverter(image_size=(32, 32), scale=1 / 255)
        yield f"hub {name}", hub._network(name, backbone, converter)
    for name in names:
        constructor = applications._constructors()[name]
        yield name, applications._network(name, constructor, constructor(weights=None))


def main() -> None:
    """Print a line for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=FAMILIES)
    logging.disable(logging.ERROR)
    tf.get_logger().setLevel("ERROR")
    print(f"{'':<26}{'ours':<12}Keras")
    for label, network in networks(parser.parse_args().names):
        ours, theirs = cosine(network, write_ours), cosine(network, write_keras)
        print(f"{label:<26}{ours:<12}{theirs}", flush=True)
        keras.utils.clear_session()


if __name__ == "__main__":
    main()
