import hashlib
import sys
from urllib.error import URLError

import h5py
import keras
import numpy as np
import pytest
from keras.src.applications import densenet, efficientnet, resnet
from keras.src.backend import config as keras_config
from keras.src.utils import file_utils

from core.embedding.backbones import applications
from core.embedding.network import EMBEDDING, PREDICTIONS, BackboneError


@pytest.fixture(scope="module", autouse=True)
def shallow_networks():
    """Let Keras build one block where it builds many; names, sizes and preprocessing stay."""
    residual, dense, efficient = (
        resnet.stack_residual_blocks_v1, densenet.DenseNet, efficientnet.EfficientNet,
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            resnet, "stack_residual_blocks_v1", lambda x, n, _, **more: residual(x, n, 1, **more)
        )
        patched.setattr(
            densenet, "DenseNet", lambda _, *more, **named: dense([1] * 4, *more, **named)
        )
        patched.setattr(
            efficientnet,
            "EfficientNet",
            lambda n, _, *more, **named: efficient(n, 0.1, *more, **named),
        )
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def mobile(folder):
    """A MobileNet with random weights, and the file of these."""
    model = keras.applications.MobileNet(weights=None)
    return model, saved(model, folder / "mobile.weights.h5")


@pytest.fixture(scope="module")
def efficient(folder):
    """An EfficientNetB0 that normalizes pixels as Keras' ImageNet weights ask for."""
    model = keras.applications.EfficientNetB0(weights=None)
    normalization = next(x for x in model.layers if isinstance(x, keras.layers.Normalization))
    normalization.adapt_mean.assign([0.485, 0.456, 0.406])
    normalization.adapt_variance.assign([0.229, 0.224, 0.225])
    normalization.finalize_state()
    return model, saved(model, folder / "efficient.weights.h5")


@pytest.fixture(scope="module")
def efficient_embeddings(efficient):
    """Pixels, and what the network computes of them: as it is, and scaled as for ImageNet."""
    model, _ = efficient
    images = random_pixels(224, 224)
    return images, embed(model, images), by_hand_efficient(model, images)


def saved(model, file):
    model.save_weights(file)
    return file


def pixels(network):
    return random_pixels(network.height, network.width)


def random_pixels(height, width):
    return np.random.default_rng(0).integers(0, 256, (2, height, width, 3)).astype(np.float32)


def run(model, images):
    """Call `model` on a copy: Keras preprocesses arrays in place."""
    return keras.tree.map_structure(np.asarray, model(images.copy(), training=False))


def embed(model, images):
    """What reaches the last layer with weights, which in a MobileNet is a convolution."""
    prediction = [layer for layer in model.layers if layer.weights][-1]
    outputs = run(keras.Model(model.input, prediction.input), images)
    return outputs.reshape(len(images), -1)


def differ(a, b):
    """The largest difference, where 1 is the largest value; random networks give tiny ones."""
    assert a.shape == b.shape
    assert np.abs(b).max() > 0
    return np.abs(a - b).max() / np.abs(b).max()


def by_hand_efficient(model, images):
    """What Keras computes with weights="imagenet": one more division after normalizing."""
    normalization = next(x for x in model.layers if isinstance(x, keras.layers.Normalization))
    start = keras.Model(model.input, normalization.output)
    rest = keras.Model(normalization.output, model.get_layer("top_dropout").output)
    return run(rest, run(start, images) / np.sqrt(np.float32([0.229, 0.224, 0.225])))


def test_every_constructor_of_keras_has_a_name():
    names = applications.names()
    constructors = [x for x in dir(keras.applications) if x[0].isupper()]
    assert len(names) == len(set(names)) == len(constructors)
    assert names == sorted(names)
    expected = {"resnet50", "efficientnetv2-b0", "convnext_tiny", "mobilenet", "mobilenetv3small"}
    assert expected <= set(names)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("resnet50", "resnet50"),
        ("ResNet50", "resnet50"),
        ("EfficientNetV2B0", "efficientnetv2-b0"),
        ("efficientnetv2_b0", "efficientnetv2-b0"),
        ("ConvNeXtTiny", "convnext_tiny"),
        ("inception-resnet-v2", "inception_resnet_v2"),
        ("resnet", None),
        ("", None),
    ],
)
def test_capitals_and_dashes_do_not_matter(given, name):
    assert applications.spelled(given) == name


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("mobilenet", (1024, 224, 224)),
        ("mobilenetv3small", (1024, 224, 224)),
        ("xception", (2048, 299, 299)),
        ("vgg16", (4096, 224, 224)),
        ("efficientnetb1", (1280, 240, 240)),
    ],
)
def test_sizes_are_those_of_keras(name, size):
    assert applications.describe(name) == size


def test_describing_leaves_no_variable_waiting():
    applications.describe("mobilenetv2")
    with keras.StatelessScope():
        layer = keras.layers.Dense(2)
        layer.build((None, 3))
    assert np.asarray(layer.kernel).shape == (3, 2)
    assert keras.layers.Dense(2)(np.ones((1, 3))).shape == (1, 2)


@pytest.mark.parametrize("function", ["ResNet50", "DenseNet121", "MobileNet"])
def test_outputs_are_those_of_keras_with_its_own_preprocessing(function, folder):
    constructor = getattr(keras.applications, function)
    preprocess_input = sys.modules[constructor.__module__].preprocess_input
    model = constructor(weights=None)
    network = applications.load(function, saved(model, folder / f"{function}.weights.h5"))
    images = pixels(network)
    outputs = run(network.model, images)
    preprocessed = preprocess_input(images.copy())
    assert np.abs(preprocessed - images).max() > 100
    assert outputs[EMBEDDING].dtype == np.float32
    assert outputs[EMBEDDING].shape == (2, network.dimension)
    assert differ(outputs[EMBEDDING], embed(model, preprocessed)) < 1e-3
    assert outputs[PREDICTIONS].shape == (2, network.n_outputs) == (2, 1000)
    assert differ(outputs[PREDICTIONS], run(model, preprocessed)) < 1e-3
    np.testing.assert_allclose(outputs[PREDICTIONS].sum(axis=1), 1, rtol=1e-4)


def test_efficientnet_takes_pixels_as_they_are(efficient, efficient_embeddings):
    model, file = efficient
    images, plain, _ = efficient_embeddings
    network = applications.load("EfficientNetB0", file)
    outputs = run(network.model, images)
    assert (network.height, network.width) == (224, 224)
    assert differ(outputs[EMBEDDING], plain) < 1e-3
    assert differ(outputs[PREDICTIONS], run(model, images)) < 1e-3


def test_efficientnet_saved_from_its_imagenet_form_is_scaled_so(
    efficient, efficient_embeddings, tmp_path
):
    images, plain, scaled = efficient_embeddings
    copy = tmp_path / "tuned.weights.h5"
    copy.write_bytes(efficient[1].read_bytes())
    with h5py.File(copy, "a") as opened:
        opened["layers"].create_group("rescaling_1")
    network = applications.load("efficientnetb0", copy)
    outputs = run(network.model, images)[EMBEDDING]
    assert differ(outputs, scaled) < 1e-3
    assert differ(outputs, plain) > 0.1


def test_efficientnet_weights_of_keras_are_known_by_their_hash(
    efficient, efficient_embeddings, monkeypatch
):
    images, _, scaled = efficient_embeddings
    file = efficient[1]
    digest = hashlib.md5(file.read_bytes()).hexdigest()
    module = sys.modules[keras.applications.EfficientNetB0.__module__]
    assert all(len(one) == 32 for pair in module.WEIGHTS_HASHES.values() for one in pair)
    monkeypatch.setitem(module.WEIGHTS_HASHES, "of a test", (digest, digest))
    network = applications.load("efficientnetb0", file)
    assert differ(run(network.model, images)[EMBEDDING], scaled) < 1e-3


def test_weights_without_prediction_layer_give_no_predictions(folder):
    model = keras.applications.MobileNet(weights=None, include_top=False, pooling="avg")
    file = saved(model, folder / "bare.weights.h5")
    network = applications.load("mobilenet", file)
    assert (network.n_outputs, network.dimension) == (0, 1024)
    assert (network.height, network.width) == (224, 224)
    images = pixels(network)
    outputs = run(network.model, images)
    assert set(outputs) == {EMBEDDING}
    expected = run(model, images / 127.5 - 1)
    assert differ(outputs[EMBEDDING], expected) < 1e-3


def test_weights_with_other_classes_give_the_embedding_alone(folder):
    model = keras.applications.MobileNet(weights=None, classes=7)
    network = applications.load("mobilenet", saved(model, folder / "seven.weights.h5"))
    assert network.n_outputs == 0
    images = pixels(network)
    expected = embed(model, images / 127.5 - 1)
    np.testing.assert_allclose(
        run(network.model, images)[EMBEDDING], expected, rtol=1e-3, atol=1e-6
    )


def test_weights_in_the_older_format_are_read(mobile, tmp_path):
    model, _ = mobile
    model.save(tmp_path / "whole.h5")
    network = applications.load("mobilenet", tmp_path / "whole.h5")
    images = pixels(network)
    expected = embed(model, images / 127.5 - 1)
    assert differ(run(network.model, images)[EMBEDDING], expected) < 1e-3


def test_weights_of_another_network_are_refused(efficient):
    with pytest.raises(BackboneError, match=r"efficient\.weights\.h5 does not .* fit mobilenet;"):
        applications.load("mobilenet", efficient[1])


def test_a_file_that_is_no_weights_is_refused(tmp_path):
    (tmp_path / "junk.weights.h5").write_bytes(b"no HDF5")
    with pytest.raises(BackboneError, match=r"junk\.weights\.h5 does not hold weights that fit"):
        applications.load("mobilenet", tmp_path / "junk.weights.h5")


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "weights.npz").touch()
    with pytest.raises(BackboneError, match=r"weights\.npz .* give a \.h5 file\.$"):
        applications.load("mobilenet", tmp_path / "weights.npz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BackboneError, match=r"^There is no file .*gone\.h5\.$"):
        applications.load("mobilenet", tmp_path / "gone.h5")


def test_an_unknown_network_is_named():
    with pytest.raises(BackboneError, match=r"^Keras has no network called 'resnet51'\.$"):
        applications.load("resnet51")


def test_without_a_network_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    def refuse(*_):
        raise URLError("connection refused")

    monkeypatch.setattr(file_utils, "urlretrieve", refuse)
    # Keras reads the variable once, when it is imported.
    monkeypatch.setattr(keras_config, "_KERAS_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(BackboneError) as raised:
        applications.load("MobileNetV2")
    message = str(raised.value)
    assert message.startswith("The ImageNet weights of mobilenetv2 could not be downloaded; leave")
    assert "/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5 on another" in message
    assert "--weights FILE" in message
    assert str(tmp_path / "models") in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("resnet50", "resnet50_weights_tf_dim_ordering_tf_kernels.h5"),
        ("resnet50v2", "resnet50v2_weights_tf_dim_ordering_tf_kernels.h5"),
        ("inception_resnet_v2", "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels.h5"),
        ("efficientnetb0", "efficientnetb0.h5"),
        ("efficientnetv2-b0", "efficientnetv2-b0.h5"),
        ("convnext_tiny", "convnext_tiny.h5"),
        ("nasnet_mobile", "nasnet_mobile.h5"),
        ("mobilenet", "mobilenet_1_0_224_tf.h5"),
        ("mobilenetv2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"),
        ("mobilenetv3large", "weights_mobilenet_v3_large_224_1.0_float.h5"),
    ],
)
def test_weights_in_the_folder_of_keras_are_found(name, file, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert not any(applications.has_weights(one) for one in applications.names())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / file).touch()
    assert [one for one in applications.names() if applications.has_weights(one)] == [name]


@pytest.mark.parametrize(
    "file",
    [
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "mobilenet_1_0_224_tf_no_top.h5",
        "mobilenet_7_5_224_tf.h5",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224.h5",
        "weights_mobilenet_v3_large_minimalistic_224_1.0_float.h5",
        "efficientnetb0_notop.h5",
    ],
)
def test_weights_that_would_not_do_are_not_counted(file, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / file).touch()
    assert not any(applications.has_weights(name) for name in applications.names())
