"""The bundled ONNX file: made by the script beside it, equal to the Keras model."""

import numpy as np
import onnx
import pytest

from core.embedding.backbones.efficientnet_lite import ONNX_FILE, efficientnet_lite0
from core.embedding.engine import OnnxEngine
from data.models.to_onnx import build_onnx
from tests.core.embedding.conftest import cosines


@pytest.fixture(scope="module")
def outputs(golden):
    return OnnxEngine(ONNX_FILE).run(golden["pixels"])


def test_graph_is_valid():
    onnx.checker.check_model(ONNX_FILE, full_check=True)


def test_file_is_what_the_script_makes_of_the_weights():
    assert build_onnx().SerializeToString(deterministic=True) == ONNX_FILE.read_bytes()


def test_embeddings_are_those_of_the_original(outputs, golden):
    assert cosines(outputs.embeddings, golden["embeddings"]).min() > 0.9999


def test_graph_computes_what_the_keras_model_computes(outputs, golden):
    model = efficientnet_lite0()(golden["pixels"])
    np.testing.assert_allclose(outputs.embeddings, model["embedding"], atol=1e-4)
    logits = np.asarray(model["logits"])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs.predictions, shares, atol=1e-4)
