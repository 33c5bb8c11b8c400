from pathlib import Path

import numpy as np
import pytest

from core.embedding import runner
from core.embedding.backbone import Backbone, load_backbone
from core.embedding.backbones.efficientnet_lite import LITE0
from core.embedding.choice import EmbeddingChoice
from core.embedding.network import Network

GOLDEN = Path(__file__).parent / "backbones"


def golden_of(variant):
    """Eight photographs with the outputs of the original network.

    Of Lite0 by TensorFlow's own implementation, of Lite2 by the PyTorch package that its
    weights were published with for it.
    """
    with np.load(GOLDEN / f"{variant.name}_golden.npz", allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.fixture(scope="session")
def golden():
    return golden_of(LITE0)


def cosines(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def tiny_network(outputs=("embedding", "predictions")):
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((20, 24, 3))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.Conv2D(8, 3, activation="relu")(x)
    embedding = keras.layers.GlobalAveragePooling2D()(x)
    predictions = keras.layers.Dense(5, activation="softmax")(embedding)
    every = {"embedding": embedding, "predictions": predictions}
    model = keras.Model(inputs, {name: every[name] for name in outputs})
    return Network("tiny", model, 20, 24, 8, 5 if "predictions" in outputs else 0)


class Counting:
    """An engine that counts the images it is given."""

    def __init__(self, engine):
        self.engine = engine
        self.batch = engine.batch
        self.images = 0

    def run(self, pixels):
        self.images += len(pixels)
        return self.engine.run(pixels)


@pytest.fixture
def counting(monkeypatch):
    """The bundled backbone, whose engine counts."""
    real = load_backbone(EmbeddingChoice.default())
    engine = Counting(real.engine)
    backbone = Backbone(real.name, real.shape, engine)
    monkeypatch.setattr(runner, "load_backbone", lambda choice: backbone)
    return engine
