"""Each bundled network: its Keras model computes what the original network does."""

import io

import numpy as np
import pytest

from core.embedding.backbones.efficientnet_lite import VARIANTS, build
from tests.core.embedding.conftest import cosines, golden_of

MEGABYTES = {"efficientnet_lite0": 10, "efficientnet_lite2": 13}


@pytest.fixture(scope="module", params=VARIANTS.values(), ids=lambda variant: variant.name)
def variant(request):
    return request.param


@pytest.fixture(scope="module")
def golden(variant):
    return golden_of(variant)


@pytest.fixture(scope="module")
def outputs(variant, golden):
    model = build(variant)
    return {name: np.asarray(value) for name, value in model(golden["pixels"]).items()}


def test_embeddings_are_those_of_the_original(golden, outputs):
    assert cosines(outputs["embedding"], golden["embeddings"]).min() > 0.9999


def test_predictions_are_those_of_the_original(golden, outputs):
    assert (outputs["logits"].argmax(axis=1) == golden["logits"].argmax(axis=1)).all()


def test_logits_are_near_those_of_the_original(golden, outputs):
    assert cosines(outputs["logits"], golden["logits"]).min() > 0.9999


def test_further_layers_are_those_of_the_original(variant, golden, outputs):
    if "layers" not in golden:
        pytest.skip("its golden file holds the last layer alone")
    ends = np.cumsum(variant.widths)[:-1]
    parts = [np.split(one["layers"], ends, axis=1) for one in (outputs, golden)]
    assert min(cosines(*pair).min() for pair in zip(*parts, strict=True)) > 0.9999


def test_layers_are_as_wide_as_the_variant_says(variant, outputs):
    assert outputs["layers"].shape == (8, sum(variant.widths))


def test_float16_on_disk_is_precise_enough(golden, outputs):
    rows = np.concatenate([golden["embeddings"], outputs["layers"]], axis=1)
    stored = rows.astype(np.float16)
    assert np.isfinite(stored).all()
    assert cosines(stored, rows).min() > 0.99999


@pytest.mark.parametrize("kind", ["weights", "onnx_file"])
def test_bundled_file_is_small(variant, kind):
    assert getattr(variant, kind).stat().st_size <= MEGABYTES[variant.name] * 1_000_000


def test_weights_are_plain_arrays(variant):
    with np.load(io.BytesIO(variant.weights.read_bytes()), allow_pickle=False) as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files)


def test_every_layer_with_weights_has_its_arrays_in_the_file(variant):
    with np.load(variant.weights, allow_pickle=False) as arrays:
        names = set(arrays.files)
    expected = {
        f"{layer.name}/{part}"
        for layer in build(variant, random=True).layers
        if layer.weights
        for part in ("kernel", "bias")
    }
    assert expected == names


def test_shapes_of_blocks_are_those_of_the_model(variant):
    model = build(variant, random=True)
    for block in variant.maps():
        layer = model.get_layer(block.name + ("_add" if block.joins else "_project"))
        assert layer.output.shape[1:] == (block.height, block.width, block.channels)
