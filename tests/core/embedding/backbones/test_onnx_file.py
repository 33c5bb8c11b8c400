"""The bundled ONNX files: made by the script beside them, equal to the Keras models."""

import numpy as np
import onnx
import pytest

from core.embedding.backbones.efficientnet_lite import DIMENSION, VARIANTS, build
from core.embedding.engine import OnnxEngine
from data.models.to_onnx import build_onnx
from tests.core.embedding.conftest import cosines, golden_of


@pytest.fixture(scope="module", params=VARIANTS.values(), ids=lambda variant: variant.name)
def variant(request):
    return request.param


@pytest.fixture(scope="module")
def golden(variant):
    return golden_of(variant)


@pytest.fixture(scope="module")
def outputs(variant, golden):
    return OnnxEngine(variant.onnx_file).run(golden["pixels"])


def test_graph_is_valid(variant):
    onnx.checker.check_model(variant.onnx_file, full_check=True)


def test_file_is_what_the_script_makes_of_the_weights(variant):
    made = build_onnx(variant).SerializeToString(deterministic=True)
    assert made == variant.onnx_file.read_bytes()


def test_embeddings_are_those_of_the_original(outputs, golden):
    assert cosines(outputs.embeddings[:, :DIMENSION], golden["embeddings"]).min() > 0.9999


def test_embeddings_do_not_depend_on_whether_layers_are_given(variant, outputs, golden):
    alone = OnnxEngine(variant.onnx_file, with_layers=False).run(golden["pixels"]).embeddings
    assert np.array_equal(alone, outputs.embeddings[:, :DIMENSION])


def test_graph_computes_what_the_keras_model_computes(variant, outputs, golden):
    model = build(variant)(golden["pixels"])
    rows = np.concatenate([model["embedding"], model["layers"]], axis=1)
    np.testing.assert_allclose(outputs.embeddings, rows, atol=1e-4)
    logits = np.asarray(model["logits"])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs.predictions, shares, atol=1e-4)
