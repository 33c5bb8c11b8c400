from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.embedding import engine
from core.embedding.backbones.efficientnet_lite import LITE0
from core.embedding.engine import KerasEngine, OnnxEngine, least_cosine, probe_pixels
from tests.core.embedding.conftest import tiny_network


@pytest.fixture(scope="module")
def network():
    return tiny_network()


@pytest.fixture(scope="module")
def pixels(network):
    return probe_pixels(network, 6)


@pytest.fixture(scope="module")
def bundled():
    return OnnxEngine(LITE0.onnx_file)


def test_embedding_of_an_image_does_not_depend_on_its_batch(bundled, golden):
    together = bundled.run(golden["pixels"]).embeddings
    alone = np.concatenate([bundled.run(one[None]).embeddings for one in golden["pixels"]])
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_embedding_is_the_same_to_the_last_bit_whatever_runs_beside_it(bundled, golden):
    def embed(pixels):
        return bundled.run(pixels[None]).embeddings.tobytes()

    one_by_one = [embed(pixels) for pixels in golden["pixels"]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(embed, list(golden["pixels"]) * 4)) == one_by_one * 4


def test_keras_engine_computes_what_the_model_computes(network, pixels):
    outputs = KerasEngine(network).run(pixels)
    expected = network.model(pixels.astype(np.float32))
    np.testing.assert_allclose(outputs.embeddings, expected["embedding"], atol=1e-5)
    np.testing.assert_allclose(outputs.predictions, expected["predictions"], atol=1e-5)


def test_lower_precision_is_reverted_where_it_changes_the_embeddings(network, pixels, monkeypatch):
    import tensorflow as tf

    asked = []
    monkeypatch.setattr(tf.config.optimizer, "set_experimental_options", asked.append)
    monkeypatch.setattr(engine, "LEAST_COSINE", 1.5)
    outputs = KerasEngine(network, on_gpu=True).run(pixels)
    assert [list(options.values()) for options in asked] == [[True], [False]]
    expected = network.model(pixels.astype(np.float32))["embedding"]
    np.testing.assert_allclose(outputs.embeddings, expected, atol=1e-5)


def test_least_cosine_of_parts_is_that_of_the_part_that_differs_most():
    a = np.array([[100.0, 100.0, 1.0, 0.0]], np.float32)
    b = np.array([[100.0, 100.0, 0.0, 1.0]], np.float32)
    assert least_cosine(a, b) > 0.999
    assert least_cosine(a, b, (2, 2)) == pytest.approx(0)


def test_least_cosine_of_equal_rows_is_one_and_of_nan_is_minus_one():
    rows = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    assert least_cosine(rows, 2 * rows) == pytest.approx(1)
    assert least_cosine(rows, np.array([[1.0, 2.0], [np.nan, 1.0]], np.float32)) == -1
