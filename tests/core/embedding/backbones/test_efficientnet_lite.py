import io

import numpy as np
import pytest

from core.embedding.backbones.efficientnet_lite import ONNX_FILE, WEIGHTS, efficientnet_lite0
from tests.core.embedding.conftest import cosines


@pytest.fixture(scope="module")
def outputs(golden):
    model = efficientnet_lite0()
    return {name: np.asarray(value) for name, value in model(golden["pixels"]).items()}


def test_embeddings_are_those_of_the_original(golden, outputs):
    assert cosines(outputs["embedding"], golden["embeddings"]).min() > 0.9999


def test_predictions_are_those_of_the_original(golden, outputs):
    assert (outputs["logits"].argmax(axis=1) == golden["logits"].argmax(axis=1)).all()


def test_logits_are_near_those_of_the_original(golden, outputs):
    assert cosines(outputs["logits"], golden["logits"]).min() > 0.9999


def test_float16_on_disk_is_precise_enough(golden):
    stored = golden["embeddings"].astype(np.float16)
    assert np.isfinite(stored).all()
    assert cosines(stored, golden["embeddings"]).min() > 0.99999


@pytest.mark.parametrize("file", [WEIGHTS, ONNX_FILE], ids=lambda file: file.suffix)
def test_bundled_file_is_at_most_ten_megabytes(file):
    assert file.stat().st_size <= 10_000_000


def test_weights_are_plain_arrays():
    with np.load(io.BytesIO(WEIGHTS.read_bytes()), allow_pickle=False) as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files)


def test_every_layer_with_weights_has_its_arrays_in_the_file():
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        names = set(arrays.files)
    expected = {
        f"{layer.name}/{part}"
        for layer in efficientnet_lite0(weights=None).layers
        if layer.weights
        for part in ("kernel", "bias")
    }
    assert expected == names
