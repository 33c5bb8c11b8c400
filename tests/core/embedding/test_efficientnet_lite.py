import io
from pathlib import Path

import numpy as np
import pytest

from core.embedding.backbone import load_backbone
from core.embedding.efficientnet_lite import DIMENSION, WEIGHTS, efficientnet_lite0

GOLDEN = Path(__file__).parent / "efficientnet_lite0_golden.npz"
"""Eight photographs with the outputs of TensorFlow's own implementation."""


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


@pytest.fixture(scope="module")
def outputs(golden):
    model = efficientnet_lite0()
    return {name: np.asarray(value) for name, value in model(golden["pixels"]).items()}


@pytest.fixture(scope="module")
def backbone():
    return load_backbone()


def cosines(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_embeddings_are_those_of_the_original(golden, outputs):
    assert cosines(outputs["embedding"], golden["embeddings"]).min() > 0.9999


def test_predictions_are_those_of_the_original(golden, outputs):
    assert (outputs["logits"].argmax(axis=1) == golden["logits"].argmax(axis=1)).all()


def test_logits_are_near_those_of_the_original(golden, outputs):
    assert cosines(outputs["logits"], golden["logits"]).min() > 0.9999


def test_backbone_embeds_as_the_model_does(golden, backbone):
    embeddings = backbone.embed(golden["pixels"])
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (8, backbone.dimension) == (8, DIMENSION)
    assert cosines(embeddings, golden["embeddings"]).min() > 0.9999


def test_embedding_of_an_image_does_not_depend_on_its_batch(golden, backbone):
    together = backbone.embed(golden["pixels"])
    alone = np.concatenate([backbone.embed(one[None]) for one in golden["pixels"]])
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_float16_on_disk_is_precise_enough(golden):
    stored = golden["embeddings"].astype(np.float16)
    assert np.isfinite(stored).all()
    assert cosines(stored, golden["embeddings"]).min() > 0.99999


def test_unknown_backbone_is_refused():
    with pytest.raises(ValueError, match="no backbone called 'resnet'"):
        load_backbone("resnet")


def test_weights_file_is_at_most_ten_megabytes():
    assert WEIGHTS.stat().st_size <= 10_000_000


def test_weights_are_plain_arrays():
    with np.load(io.BytesIO(WEIGHTS.read_bytes()), allow_pickle=False) as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files)


def test_every_layer_with_weights_has_its_arrays_in_the_file():
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        names = set(arrays.files)
    wanted = {
        f"{layer.name}/{part}"
        for layer in efficientnet_lite0(weights=None).layers
        if layer.weights
        for part in ("kernel", "bias")
    }
    assert wanted == names
