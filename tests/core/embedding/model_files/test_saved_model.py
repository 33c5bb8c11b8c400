import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.trackable.resource import CapturableResource

from core.embedding.model_files.model_file import load_model_file
from core.embedding.network import EMBEDDING, LAYERS, PREDICTIONS, BackboneError
from tests.core.embedding.models import (
    CLASSES,
    SIZE,
    body,
    classifier,
    images,
    output_of,
    run_onnx,
    sequential,
)

IMAGE = tf.TensorSpec((None, SIZE, SIZE, 3), tf.float32)


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)


class Network(tf.Module):
    """A classifier in plain TensorFlow."""

    def __init__(self):
        super().__init__()
        rng = tf.random.Generator.from_seed(0)
        self.kernel = tf.Variable(rng.normal((5, 5, 3, 6)))
        self.head = tf.Variable(rng.normal((6, CLASSES)))
        self.bias = tf.Variable(rng.normal((CLASSES,)))

    def features(self, pixels):
        return tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(pixels, self.kernel, 4, "SAME")), (1, 2))

    def logits(self, pixels):
        return self.features(pixels) @ self.head + self.bias


def save(folder, answer, spec=IMAGE, module=None):
    """Save `answer`, a function of pixels and of a Network, as a SavedModel."""
    module = module or Network()
    module.serve = tf.function(lambda pixels: answer(module, pixels))
    signature = module.serve.get_concrete_function(spec)
    tf.saved_model.save(module, folder / "net", signatures=signature)
    return folder / "net", module


def export(model, folder):
    model.export(folder / "net", verbose=False)
    return folder / "net"


def same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("build", "layer"), [(classifier, "pool"), (sequential, "flat"), (lambda: nested(), None)]
)
def test_export_of_keras_gives_the_embeddings_of_the_model(tmp_path, build, layer):
    model = build()
    network = load_model_file(export(model, tmp_path))
    outputs = network.model(images())
    expected = output_of(model, layer, images()) if layer else model.layers[0](images())
    assert (network.height, network.width) == (SIZE, SIZE)
    assert (network.dimension, network.n_outputs) == (expected.shape[1], CLASSES)
    same(outputs[EMBEDDING], expected)
    same(outputs[PREDICTIONS], model(images()))


def test_named_layers_of_an_export_lie_side_by_side(tmp_path):
    model = classifier()
    folder = export(model, tmp_path)
    assert load_model_file(folder, "several").layers == ()
    network = load_model_file(folder, "embedding,last_map_1")  # Keras exports a second call
    outputs = network.model(images())
    beside = output_of(model, "last_map", images()).mean(axis=(1, 2))
    assert network.layers == (beside.shape[1],)
    same(outputs[EMBEDDING], output_of(model, "pool", images()))
    same(outputs[LAYERS], beside)
    same(outputs[PREDICTIONS], model(images()))


def nested():
    return keras.Sequential([body(), layers.Dropout(0.5), layers.Dense(CLASSES, "softmax")])


def test_model_with_normalization_and_swish(tmp_path):
    pixels = keras.Input((SIZE, SIZE, 3))
    x = layers.Normalization(mean=[100.0] * 3, variance=[400.0] * 3)(pixels)
    x = layers.Conv2D(4, 3, strides=2, activation="silu")(x)
    x = layers.BatchNormalization()(layers.DepthwiseConv2D(3)(x))
    x = layers.GlobalAveragePooling2D(name="pool")(layers.Activation("gelu")(x))
    model = keras.Model(pixels, layers.Dense(CLASSES, "softmax")(layers.Dropout(0.5)(x)))
    outputs = load_model_file(export(model, tmp_path)).model(images())
    same(outputs[EMBEDDING], output_of(model, "pool", images()))
    same(outputs[PREDICTIONS], model(images()))


def test_module_of_tensorflow_gives_its_features(tmp_path):
    folder, module = save(tmp_path, lambda net, x: {"scores": tf.nn.softmax(net.logits(x))})
    outputs = load_model_file(folder, pixels="unit").model(images())
    same(outputs[EMBEDDING], module.features(images() / 255))
    same(outputs[PREDICTIONS], tf.nn.softmax(module.logits(images() / 255)))


def test_logits_become_probabilities(tmp_path):
    folder, module = save(tmp_path, lambda net, x: net.logits(x / 255))
    outputs = load_model_file(folder).model(images())
    same(outputs[PREDICTIONS], tf.nn.softmax(module.logits(images() / 255)))


def test_sigmoid_of_one_unit_becomes_two_columns(tmp_path):
    module = Network()
    module.head = tf.Variable(module.head[:, :1])
    module.bias = tf.Variable(module.bias[:1])
    folder, _ = save(tmp_path, lambda net, x: tf.sigmoid(net.logits(x / 255)), module=module)
    outputs = load_model_file(folder).model(images())
    p = tf.sigmoid(module.logits(images() / 255)).numpy()
    same(outputs[PREDICTIONS], np.hstack([1 - p, p]))
    same(outputs[EMBEDDING], module.features(images() / 255))


def test_features_are_their_own_embedding(tmp_path):
    folder, module = save(tmp_path, lambda net, x: net.features(x / 255))
    network = load_model_file(folder)
    assert network.n_outputs == 0
    assert set(network.model(images())) == {EMBEDDING}
    same(network.model(images())[EMBEDDING], module.features(images() / 255))


def test_bytes_are_taken_as_they_are(tmp_path):
    folder, module = save(
        tmp_path,
        lambda net, x: net.logits(tf.cast(x, tf.float32)),
        spec=tf.TensorSpec((None, SIZE, SIZE, 3), tf.uint8),
    )
    network = load_model_file(folder)
    same(network.model(images() - 0.4)[EMBEDDING], module.features(images()))
    with pytest.raises(BackboneError, match="whole numbers"):
        load_model_file(folder, pixels="unit")


def test_open_sizes_become_224(tmp_path):
    folder, module = save(
        tmp_path,
        lambda net, x: net.logits(x / 255),
        spec=tf.TensorSpec((None, None, None, 3), tf.float32),
    )
    network = load_model_file(folder)
    assert (network.height, network.width) == (224, 224)
    same(network.model(images(1, 224))[EMBEDDING], module.features(images(1, 224) / 255))


def test_output_that_classifies_is_chosen_among_several(tmp_path):
    folder, module = save(
        tmp_path,
        lambda net, x: {
            "best": tf.argmax(net.logits(x / 255), axis=-1),
            "box": tf.concat([net.features(x)] * 3, axis=1),
            "probabilities": tf.nn.softmax(net.logits(x / 255)),
        },
    )
    outputs = load_model_file(folder).model(images())
    same(outputs[EMBEDDING], module.features(images() / 255))
    same(outputs[PREDICTIONS], tf.nn.softmax(module.logits(images() / 255)))


def test_pixels_are_required_where_the_model_does_not_scale_its_input(tmp_path):
    folder, _ = save(tmp_path, lambda net, x: net.logits(x))
    with pytest.raises(BackboneError, match="net does not scale its input itself; say with"):
        load_model_file(folder)


def test_batch_normalization_of_pixels_is_no_scaling(tmp_path):
    pixels = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(4, 3)(layers.BatchNormalization()(pixels))
    model = keras.Model(pixels, layers.Dense(4)(layers.GlobalAveragePooling2D()(x)))
    with pytest.raises(BackboneError, match="does not scale its input itself"):
        load_model_file(export(model, tmp_path))


@pytest.mark.parametrize("layer", ["last_map_1", "last_map_1/Relu"])
def test_layer_of_an_export_can_be_named(tmp_path, layer):
    model = classifier()
    outputs = load_model_file(export(model, tmp_path), layer=layer).model(images())
    same(outputs[EMBEDDING], output_of(model, "last_map", images()).mean(axis=(1, 2)))
    same(outputs[PREDICTIONS], model(images()))


def test_naming_the_prediction_layer_takes_its_input(tmp_path):
    model = classifier()
    network = load_model_file(export(model, tmp_path), layer="head_1")
    same(network.model(images())[EMBEDDING], output_of(model, "pool", images()))


def test_an_unknown_layer_lists_similar_names(tmp_path):
    with pytest.raises(BackboneError, match=r"net has no layer 'Mat_Mul'; near it .*MatMul"):
        load_model_file(export(classifier(), tmp_path), layer="Mat_Mul")


def test_name_that_several_nodes_have_is_refused(tmp_path):
    with pytest.raises(BackboneError, match=r"several nodes called 'Relu'.*conv2d.*/Relu"):
        load_model_file(export(classifier(), tmp_path), layer="Relu")


def test_two_models_in_one_process_do_not_mix(tmp_path):
    networks = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        model = classifier()
        folder = export(model, tmp_path / str(number))
        networks += [(load_model_file(folder), model), (load_model_file(folder), model)]
    for network, model in networks:
        same(network.model(images())[PREDICTIONS], model(images()))


def test_network_runs_in_onnx_and_in_a_tensorflow_function(tmp_path):
    model = sequential()
    network = load_model_file(export(model, tmp_path))
    inside = tf.function(lambda x: network.model(x, training=False))(images())
    for outputs in (inside, run_onnx(network.model, tmp_path, images())):
        same(outputs[EMBEDDING], output_of(model, "flat", images()))
        same(outputs[PREDICTIONS], model(images()))


def test_signature_that_writes_a_file_is_refused(tmp_path):
    def answer(net, pixels):
        tf.io.write_file(str(tmp_path / "written"), "x")
        return net.logits(pixels / 255)

    folder, _ = save(tmp_path, answer)
    with pytest.raises(BackboneError, match="net contains the operation WriteFile, which"):
        load_model_file(folder)
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize("call", [tf.py_function, tf.numpy_function])
def test_signature_that_calls_python_is_refused(tmp_path, call):
    folder, _ = save(
        tmp_path, lambda net, x: tf.ensure_shape(call(net.logits, [x], tf.float32), (None, CLASSES))
    )
    with pytest.raises(BackboneError, match=r"net contains the operation .*PyFunc"):
        load_model_file(folder)


def test_operation_hidden_in_a_branch_is_refused(tmp_path):
    def answer(net, pixels):
        tf.cond(
            tf.reduce_sum(pixels) > 0,
            lambda: tf.strings.length(tf.io.read_file("/etc/hostname")),
            lambda: 0,
        )
        return net.logits(pixels)

    with pytest.raises(BackboneError, match="net contains the operation ReadFile"):
        load_model_file(save(tmp_path, answer)[0])


def test_functions_that_serving_does_not_need_never_run(tmp_path):
    written = tmp_path / "written"

    class Sneaky(CapturableResource):
        """Writes a file when tf.saved_model.load starts it."""

        @tf.function
        def _create_resource(self):
            return tf.raw_ops.HashTableV2(key_dtype=tf.int64, value_dtype=tf.int64)

        @tf.function
        def _initialize(self):
            tf.io.write_file(str(written), "x")
            return 1

        @tf.function
        def _destroy_resource(self):
            return 1

    module = Network()
    module.sneaky = Sneaky()
    folder, _ = save(tmp_path, lambda net, x: net.logits(x / 255), module=module)
    written.unlink(missing_ok=True)
    outputs = load_model_file(folder).model(images())
    same(outputs[EMBEDDING], module.features(images() / 255))
    assert not written.exists()
    tf.saved_model.load(folder)
    assert written.exists()


def test_a_truncated_saved_model_is_an_error(tmp_path):
    folder = export(classifier(), tmp_path)
    graph = folder / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:-100])
    with pytest.raises(BackboneError, match="net is damaged or was not copied in full"):
        load_model_file(folder)


def test_a_saved_model_without_variables_is_an_error(tmp_path):
    folder = export(classifier(), tmp_path)
    for file in (folder / "variables").iterdir():
        file.unlink()
    with pytest.raises(BackboneError, match="cannot run net; it is damaged or incomplete"):
        load_model_file(folder)


def test_a_saved_model_of_tensorflow_1_is_an_error(tmp_path):
    folder = export(classifier(), tmp_path)
    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    saved.meta_graphs[0].ClearField("object_graph_def")
    (folder / "saved_model.pb").write_bytes(saved.SerializeToString())
    with pytest.raises(BackboneError, match="net was saved by TensorFlow 1"):
        load_model_file(folder)


def test_a_saved_model_without_signatures_is_an_error(tmp_path):
    tf.saved_model.save(Network(), tmp_path / "net")
    with pytest.raises(BackboneError, match="no signature 'serving_default' but none at all"):
        load_model_file(tmp_path / "net")


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((None, 128), r"net takes input of shape \(any, 128\), not images"),
        ((None, 3, SIZE, SIZE), r"net takes input of shape \(any, 3, 32, 32\), not images"),
        ((2, SIZE, SIZE, 3), "net takes 2 images at a time"),
    ],
)
def test_input_that_is_no_image_is_refused(tmp_path, shape, reason):
    folder, _ = save(
        tmp_path, lambda net, x: tf.reduce_sum(x, axis=-1), tf.TensorSpec(shape, tf.float32)
    )
    with pytest.raises(BackboneError, match=reason):
        load_model_file(folder)


def test_two_inputs_are_refused(tmp_path):
    module = tf.Module()
    module.serve = tf.function(lambda a, b: tf.reduce_sum(a, axis=(1, 2)) + b)
    signature = module.serve.get_concrete_function(IMAGE, tf.TensorSpec((None, 3), tf.float32))
    tf.saved_model.save(module, tmp_path / "net", signatures=signature)
    with pytest.raises(BackboneError, match="net takes 2 inputs"):
        load_model_file(tmp_path / "net")


def test_an_output_that_is_not_one_row_per_image_is_refused(tmp_path):
    folder, _ = save(tmp_path, lambda net, x: tf.reduce_mean(net.logits(x), axis=0))
    with pytest.raises(BackboneError, match="gives no vector or map for each image"):
        load_model_file(folder)
