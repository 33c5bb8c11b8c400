import dataclasses
import json
from importlib.metadata import version

import keras
import numpy as np
import pytest

from core.embedding.backbones import named_backbones
from core.embedding.backbones.efficientnet_lite import LITE0, build
from core.embedding.backbones.named_backbones import BackboneInfo
from core.embedding.network import EMBEDDING, PREDICTIONS, BackboneError

RESNET = BackboneInfo("resnet50", 2048, 224, 224, "download")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of audits and one of Keras, both empty."""
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "keras" / "models").mkdir(parents=True)
    return tmp_path


def leave_only(names, monkeypatch):
    """Restrict Keras to a few networks, or every listing would take half a minute."""
    for name in dir(keras.applications):
        if name[0].isupper() and name not in names:
            monkeypatch.delattr(keras.applications, name)


@pytest.fixture
def few(monkeypatch):
    leave_only(("MobileNet", "ResNet50", "VGG16"), monkeypatch)


@pytest.fixture
def one(monkeypatch):
    leave_only(("ResNet50",), monkeypatch)


def write_cache(home, text):
    file = home / "home" / ".cache" / "backbones.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_the_bundled_backbones_come_first_then_keras_by_name(home, few):
    assert named_backbones.backbones() == [
        BackboneInfo("efficientnet_lite0", 1280, 224, 224, "bundled"),
        BackboneInfo("efficientnet_lite2", 1280, 260, 260, "bundled"),
        BackboneInfo("mobilenet", 1024, 224, 224, "download"),
        RESNET,
        BackboneInfo("vgg16", 4096, 224, 224, "download"),
    ]


def test_progress_is_reported_once_and_sizes_are_cached(home, few):
    counts = []
    first = named_backbones.backbones(lambda done, total: counts.append((done, total)))
    assert counts == [(1, 3), (2, 3), (3, 3)]
    assert named_backbones.backbones(lambda done, total: counts.append((done, total))) == first
    assert len(counts) == 3
    assert [file.name for file in named_backbones.cache_folder().iterdir()] == ["backbones.json"]


def test_the_cache_lies_in_the_folder_of_audits(home):
    assert named_backbones.cache_folder() == home / "home" / ".cache"


def test_new_weights_are_found_although_sizes_are_cached(home):
    sizes = {"resnet50": [2048, 224, 224]}
    write_cache(home, json.dumps({"keras": version("keras"), "backbones": sizes}))
    assert named_backbones.backbones()[2:] == [RESNET]
    weights = "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    (home / "keras" / "models" / weights).touch()
    assert named_backbones.backbones()[2:] == [
        dataclasses.replace(RESNET, weights="on this machine")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"keras": "VERSION"}',
        '{"keras": "VERSION", "backbones": [1, 2]}',
        '{"keras": "VERSION", "backbones": {"resnet50": [1, 2]}}',
        '{"keras": "VERSION", "backbones": {"resnet50": ["a", 2, 3]}}',
        '{"keras": "0.1", "backbones": {"resnet50": [7, 7, 7]}}',
    ],
)
def test_a_damaged_or_old_cache_is_made_anew(text, home, one):
    file = write_cache(home, text.replace("VERSION", version("keras")))
    assert RESNET in named_backbones.backbones()
    assert json.loads(file.read_text())["backbones"]["resnet50"] == [2048, 224, 224]


def test_a_cache_that_cannot_be_written_is_done_without(home, one):
    (home / "home").write_text("a file, where a folder should be")
    assert RESNET in named_backbones.backbones()


def test_the_bundled_network_gives_embeddings_and_probabilities():
    network = named_backbones.load_network("efficientnet_lite0")
    assert (network.height, network.width) == (224, 224)
    assert (network.dimension, network.n_outputs) == (1280, 1000)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3)).astype(np.float32)
    outputs = {name: np.asarray(value) for name, value in network.model(pixels).items()}
    assert set(outputs) == {EMBEDDING, PREDICTIONS}
    assert outputs[EMBEDDING].dtype == outputs[PREDICTIONS].dtype == np.float32
    raw = {name: np.asarray(value) for name, value in build(LITE0)(pixels).items()}
    np.testing.assert_allclose(outputs[EMBEDDING], raw["embedding"], rtol=1e-4, atol=1e-5)
    powers = np.exp(raw["logits"] - raw["logits"].max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(outputs[PREDICTIONS], expected, rtol=1e-3, atol=1e-6)


def test_the_bundled_network_gives_its_further_layers_where_they_are_asked_for():
    network = named_backbones.load_network("efficientnet_lite0", layer="several")
    assert network.layers == LITE0.widths
    outputs = network.model(np.zeros((1, 224, 224, 3), np.float32))
    assert outputs["layers"].shape == (1, sum(network.layers))


@pytest.mark.parametrize("layer", ["block14", "block14,block10", "embedding,block14"])
def test_other_layers_of_a_bundled_network_are_refused(layer):
    with pytest.raises(BackboneError, match=r"^The layers of efficientnet_lite0 are fixed"):
        named_backbones.load_network("efficientnet_lite0", layer=layer)


def test_layers_of_a_network_of_keras_are_found_and_named(few, tmp_path):
    model = keras.applications.ResNet50(weights=None)
    model.save_weights(tmp_path / "own.weights.h5")
    maps, found = named_backbones.layers_of("resnet50")
    widths = {one.name: one.channels for one in maps}
    weights = tmp_path / "own.weights.h5"
    network = named_backbones.load_network("resnet50", weights, "several")
    assert network.layers == tuple(widths[name] for name in found)
    named = named_backbones.load_network("resnet50", weights, f"embedding,{found[1]}")
    pixels = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype(np.float32)
    several, one = (np.asarray(made.model(pixels)["layers"]) for made in (network, named))
    start = network.layers[0]
    np.testing.assert_allclose(one, several[:, start : start + named.layers[0]], rtol=1e-4)
    pooled = keras.Model(model.input, model.get_layer(found[1]).output)
    expected = np.asarray(pooled(keras.applications.resnet.preprocess_input(pixels.copy())))
    np.testing.assert_allclose(one, expected.mean(axis=(1, 2)), rtol=1e-3, atol=1e-4)
    with pytest.raises(BackboneError, match="no layer 'conv9'"):
        named_backbones.load_network("resnet50", weights, "conv9")


def test_a_network_of_keras_is_loaded_with_the_weights_of_a_file(tmp_path):
    model = keras.applications.MobileNet(weights=None)
    model.save_weights(tmp_path / "own.weights.h5")
    network = named_backbones.load_network("MobileNet", tmp_path / "own.weights.h5")
    assert (network.name, network.dimension, network.n_outputs) == ("mobilenet", 1024, 1000)


def test_a_network_of_the_hub_is_loaded_from_a_folder(tmp_path):
    keras_hub = pytest.importorskip("keras_hub")
    keras_hub.models.ViTBackbone(
        image_shape=(32, 32, 3), patch_size=16, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=8
    ).save_to_preset(str(tmp_path))
    keras_hub.layers.ViTImageConverter(image_size=(32, 32)).save_to_preset(str(tmp_path))
    network = named_backbones.load_network(f"hub:{tmp_path}")
    assert (network.name, network.dimension) == (f"hub:{tmp_path}", 8)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "hub:dinov2_small"])
def test_weights_are_refused_where_there_are_some(name, tmp_path):
    with pytest.raises(BackboneError, match=rf"^{name} has its own weights; leave out --weights"):
        named_backbones.load_network(name, tmp_path / "own.weights.h5")


def test_an_unknown_backbone_lists_similar_names():
    with pytest.raises(BackboneError) as raised:
        named_backbones.load_network("resnet5O")
    assert str(raised.value) == (
        "There is no backbone called 'resnet5O' (similar names: resnet50, resnet152, resnet50v2);"
        " `python -m core backbones` lists them."
    )


def test_an_unknown_backbone_without_near_names_is_refused():
    with pytest.raises(BackboneError, match=r"^There is no backbone called 'zzz'; `python"):
        named_backbones.load_network("zzz")
