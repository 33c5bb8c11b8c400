import numpy as np
import onnx
import pytest

from core.embedding.backbones.efficientnet_lite import efficientnet_lite0
from core.embedding.backbones.efficientnet_lite_onnx import efficientnet_lite0_onnx
from core.embedding.engine import OnnxEngine
from tests.core.embedding.conftest import cosines


@pytest.fixture(scope="module")
def serialized():
    return efficientnet_lite0_onnx()


@pytest.fixture(scope="module")
def outputs(serialized, golden):
    return OnnxEngine(serialized).run(golden["pixels"])


def test_graph_is_valid(serialized):
    onnx.checker.check_model(onnx.load_from_string(serialized), full_check=True)


def test_embeddings_are_those_of_the_original(outputs, golden):
    assert cosines(outputs.embeddings, golden["embeddings"]).min() > 0.9999


def test_graph_computes_what_the_keras_model_computes(outputs, golden):
    model = efficientnet_lite0()(golden["pixels"])
    np.testing.assert_allclose(outputs.embeddings, model["embedding"], atol=1e-4)
    logits = np.asarray(model["logits"])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs.predictions, shares, atol=1e-4)
