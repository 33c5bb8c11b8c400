import subprocess
import sys

import numpy as np
import pytest

from core.embedding.backbone import check_backbone, load_backbone
from core.embedding.choice import EmbeddingChoice
from core.embedding.engine import Shape
from core.embedding.network import BackboneError
from tests.core.conftest import ROOT
from tests.core.embedding.conftest import cosines


def test_bundled_backbone_embeds_as_the_original(golden):
    backbone = load_backbone()
    outputs = backbone.engine.run(golden["pixels"])
    assert outputs.embeddings.dtype == np.float32
    assert backbone.shape == Shape(224, 224, 1280, 1000)
    assert cosines(outputs.embeddings, golden["embeddings"]).min() > 0.9999
    assert (outputs.predictions.argmax(axis=1) == golden["logits"].argmax(axis=1)).all()


def test_bundled_backbone_needs_no_tensorflow():
    code = (
        "import sys; from core.embedding.backbone import check_backbone, load_backbone;"
        " load_backbone(); print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_unknown_backbone_is_refused():
    with pytest.raises(BackboneError, match="resnet9000"):
        load_backbone(EmbeddingChoice(backbone="resnet9000"))


@pytest.mark.parametrize("backbone", ["by size", "efficientnet_lite2"])
def test_layers_that_a_bundled_network_does_not_give_are_refused_at_once(backbone):
    check_backbone(EmbeddingChoice(backbone, layer="several"))
    with pytest.raises(BackboneError, match="are fixed"):
        check_backbone(EmbeddingChoice(backbone, layer="block3"))


@pytest.fixture
def model_file(tmp_path, monkeypatch):
    """A classifier of the user's own with six classes, on a home of its own."""
    import keras

    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path / "home"))
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((32, 40, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(6, activation="softmax"),
        ]
    )
    model.save(tmp_path / "mine.keras")
    return tmp_path / "mine.keras", model


def test_model_file_is_exported_once_and_then_needs_no_keras(model_file, tmp_path):
    file, model = model_file
    choice = EmbeddingChoice().updated(backbone=str(file))
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 40, 3), dtype=np.uint8)
    first = load_backbone(choice)
    assert (first.name, first.shape) == ("mine.keras", Shape(32, 40, 8, 6))
    expected = np.asarray(model(pixels.astype(np.float32)))
    np.testing.assert_allclose(first.engine.run(pixels).predictions, expected, atol=1e-4)
    (exported,) = (tmp_path / "home" / ".cache").glob("*.onnx")
    written = exported.stat().st_mtime_ns
    second = load_backbone(choice)
    np.testing.assert_array_equal(
        second.engine.run(pixels).embeddings, first.engine.run(pixels).embeddings
    )
    assert exported.stat().st_mtime_ns == written
