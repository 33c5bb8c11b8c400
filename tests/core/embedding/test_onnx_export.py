import numpy as np
import pytest

from core.embedding import onnx_export
from core.embedding.engine import OnnxEngine, Shape, probe_pixels
from core.embedding.network import Network
from core.embedding.onnx_export import export_onnx, shape_of
from tests.core.embedding.conftest import tiny_network


@pytest.fixture(scope="module")
def network():
    return tiny_network()


@pytest.fixture(scope="module")
def pixels(network):
    return probe_pixels(network, 6)


def test_exported_network_computes_what_the_model_computes(network, pixels, tmp_path):
    assert export_onnx(network, tmp_path / "cache" / "tiny.onnx")
    exported = OnnxEngine(tmp_path / "cache" / "tiny.onnx")
    expected = network.model(pixels.astype(np.float32))
    outputs = exported.run(pixels)
    np.testing.assert_allclose(outputs.embeddings, expected["embedding"], atol=1e-4)
    np.testing.assert_allclose(outputs.predictions, expected["predictions"], atol=1e-4)
    assert shape_of(exported.session) == Shape(20, 24, 8, 5)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["tiny.onnx"]


def test_file_that_an_earlier_version_has_exported_has_no_layers(network, tmp_path):
    import onnx

    file = tmp_path / "tiny.onnx"
    assert export_onnx(network, file)
    model = onnx.load(file)
    onnx.helper.set_model_props(model, {onnx_export.SHAPE: "[20, 24, 8, 5]"})
    onnx.save(model, file)
    assert shape_of(OnnxEngine(file).session) == Shape(20, 24, 8, 5)


def test_network_without_predictions_is_exported_without(pixels, tmp_path):
    assert export_onnx(tiny_network(["embedding"]), tmp_path / "tiny.onnx")
    assert OnnxEngine(tmp_path / "tiny.onnx").run(pixels).predictions is None


def test_network_that_onnx_cannot_express_is_not_exported(tmp_path):
    import keras

    class Unknown(keras.layers.Layer):
        def call(self, x):
            import tensorflow as tf

            return tf.raw_ops.BesselI0e(x=x)

    tiny = tiny_network()
    strange = keras.Model(tiny.model.inputs, {"embedding": Unknown()(tiny.model.outputs[0])})
    network = Network("strange", strange, 20, 24, 8, 0)
    assert not export_onnx(network, tmp_path / "strange.onnx")
    assert list(tmp_path.iterdir()) == []


def test_an_inexact_export_is_discarded(network, tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_export, "LEAST_COSINE", 1.5)
    assert not export_onnx(network, tmp_path / "tiny.onnx")
    assert list(tmp_path.iterdir()) == []


def test_layers_that_need_help_are_exported_all_the_same(tmp_path):
    """A captured constant, a grouped convolution, and the exact GELU."""
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((20, 24, 3))
    x = inputs - keras.ops.convert_to_tensor(np.array([103.9, 116.8, 123.7], np.float32))
    x = keras.layers.Conv2D(6, 3, groups=3, padding="same")(x / 255)
    x = keras.layers.Activation(keras.ops.nn.gelu)(x)
    x = keras.activations.gelu(x, approximate=False)
    embedding = keras.layers.GlobalAveragePooling2D()(x)
    network = Network("odd", keras.Model(inputs, {"embedding": embedding}), 20, 24, 6, 0)
    assert export_onnx(network, tmp_path / "odd.onnx")
