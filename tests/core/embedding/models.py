"""Tiny image classifiers with random weights, and the images to try them on."""

from __future__ import annotations

import keras
import numpy as np
import onnxruntime
from keras import layers

SIZE = 32
CLASSES = 5


def images(n: int = 3, size: int = SIZE, channels: int = 3) -> np.ndarray:
    """Return random pixels (n, size, size, channels), float32, 0 to 255."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, size, size, channels)).astype(np.float32)


def stem(x, filters: int = 6):
    """Scale pixels and apply two convolutions to them, for a map of `filters`."""
    x = layers.Rescaling(1 / 255)(x)
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(x)
    return layers.Conv2D(filters, 3, strides=2, activation="relu", name="last_map")(x)


def body(size: int | None = SIZE, channels: int = 3, name: str = "body") -> keras.Model:
    """Return a network that turns images into 6 features."""
    pixels = keras.Input((size, size, channels))
    return keras.Model(pixels, layers.GlobalAveragePooling2D(name="pool")(stem(pixels)), name=name)


def classifier(**dense) -> keras.Model:
    """Return a functional model: two convolutions, pooling ``pool``, a Dense ``head``."""
    settings = {"units": CLASSES, "activation": "softmax", "name": "head"} | dense
    pixels = keras.Input((SIZE, SIZE, 3))
    features = layers.GlobalAveragePooling2D(name="pool")(stem(pixels))
    return keras.Model(pixels, layers.Dense(**settings)(features))


def sequential() -> keras.Sequential:
    """Return a Sequential classifier of raw pixels with a Flatten head, dropout before it."""
    return keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, strides=4, activation="relu"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(name="flat"),
            layers.Dropout(0.5),
            layers.Dense(CLASSES, activation="softmax", name="head"),
        ]
    )


def output_of(model: keras.Model, layer: str, x: np.ndarray) -> np.ndarray:
    """Return what `layer` of a model that is not nested gives for `x`."""
    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    return np.asarray(part(x, training=False))


def run_onnx(model: keras.Model, folder, x: np.ndarray) -> dict[str, np.ndarray]:
    """Return what `model` gives for `x` once it is exported to ONNX."""
    file = folder / "exported.onnx"
    model.export(str(file), format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: x}), strict=True))


def run(part, x):
    """The embedding and the predictions of a cut for `x`."""
    embedding = np.asarray(keras.Model(part.inputs, part.embedding)(x))
    if part.predictions is None:
        return embedding, None
    return embedding, np.asarray(keras.Model(part.inputs, part.predictions)(x))


def same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def on_features(build):
    """A model whose outputs are `build(features)`, and its features for the test images."""
    pixels = keras.Input((SIZE, SIZE, 3))
    features = layers.GlobalAveragePooling2D(name="pool")(stem(pixels))
    model = keras.Model(pixels, build(features))
    return model, output_of(model, "pool", images())
