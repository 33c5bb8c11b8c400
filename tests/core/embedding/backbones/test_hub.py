import sys

import keras
import numpy as np
import pytest

from core.embedding.backbones import hub
from core.embedding.network import EMBEDDING, BackboneError

keras_hub = pytest.importorskip("keras_hub")

SIDE = 32
SCALE = [1 / 58, 1 / 57, 1 / 56]
OFFSET = [-2.1, -2.0, -1.8]


def vit(**options):
    shape = {"image_shape": (SIDE, SIDE, 3), "patch_size": 16, "num_layers": 1, "num_heads": 2}
    return keras_hub.models.ViTBackbone(**shape, hidden_dim=8, mlp_dim=16, **options)


def dinov2():
    return keras_hub.models.DINOV2Backbone(
        patch_size=16,
        num_layers=1,
        hidden_dim=8,
        num_heads=2,
        intermediate_dim=16,
        num_register_tokens=2,
        image_shape=(SIDE, SIDE, 3),
        position_embedding_shape=(SIDE, SIDE, 3),
    )


def dinov3():
    return keras_hub.models.DINOV3Backbone(
        patch_size=16,
        num_layers=1,
        hidden_dim=8,
        num_heads=2,
        intermediate_dim=16,
        image_shape=(SIDE, SIDE, 3),
    )


def resnet():
    return keras_hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 16],
        stackwise_num_blocks=[1, 1],
        stackwise_num_strides=[1, 2],
        block_type="basic_block",
    )


def two_towers(family, **options):
    models = keras_hub.models
    sizes = {"num_layers": 1, "num_heads": 2, "hidden_dim": 8, "intermediate_dim": 16}
    vision = getattr(models, f"{family}VisionEncoder")
    text = getattr(models, f"{family}TextEncoder")
    return getattr(models, f"{family}Backbone")(
        vision_encoder=vision(patch_size=16, image_shape=(SIDE, SIDE, 3), **sizes),
        text_encoder=text(vocabulary_size=20, embedding_dim=8, max_sequence_length=4, **sizes),
        **options,
    )


def clip():
    return two_towers("CLIP", projection_dim=6)


def siglip():
    return two_towers("SigLIP")


def saved(backbone, folder, **options):
    """Save `backbone` and an image converter for it as a preset."""
    family = type(backbone).__name__.removesuffix("Backbone")
    converter = getattr(keras_hub.layers, f"{family}ImageConverter")(
        **{"image_size": (SIDE, SIDE), "scale": SCALE, "offset": OFFSET} | options
    )
    backbone.save_to_preset(str(folder))
    converter.save_to_preset(str(folder))
    return converter


def by_hand(backbone, images):
    """The output of KerasHub's own backbone for converted images."""
    if hasattr(backbone, "get_vision_embeddings"):
        return np.asarray(backbone.get_vision_embeddings(images))
    inputs = dict.fromkeys(backbone.input, images) if isinstance(backbone.input, dict) else images
    return np.asarray(backbone(inputs, training=False))


def class_token(features):
    return features[:, 0]


def mean_over_tokens(features):
    return features.mean(axis=1)


def mean_over_map(features):
    return features.mean(axis=(1, 2))


def as_it_is(features):
    return features


@pytest.mark.parametrize(
    ("build", "pool", "dimension"),
    [
        (vit, class_token, 8),
        (lambda: vit(use_class_token=False), mean_over_tokens, 8),
        (dinov2, class_token, 8),
        (dinov3, class_token, 8),
        (clip, as_it_is, 6),
        (siglip, as_it_is, 8),
        (resnet, mean_over_map, 16),
    ],
    ids=["ViT", "ViT without class token", "DINOv2", "DINOv3", "CLIP", "SigLIP", "ResNet"],
)
def test_embedding_is_that_of_keras_hub(build, pool, dimension, tmp_path):
    backbone = build()
    converter = saved(backbone, tmp_path)
    network = hub.load(str(tmp_path))
    assert network.name == f"hub:{tmp_path}"
    assert (network.height, network.width) == (SIDE, SIDE)
    assert (network.dimension, network.n_outputs) == (dimension, 0)
    images = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3)).astype(np.float32)
    outputs = network.model(images, training=False)
    assert set(outputs) == {EMBEDDING}
    embedding = np.asarray(outputs[EMBEDDING])
    assert embedding.dtype == np.float32
    expected = pool(by_hand(backbone, np.asarray(converter(images))))
    assert embedding.shape == (3, dimension)
    np.testing.assert_allclose(embedding, expected, rtol=1e-4, atol=1e-5)
    unscaled = pool(by_hand(backbone, images))
    assert np.abs(unscaled - expected).max() > 1e-3


def test_size_of_any_size_network_is_that_of_its_converter(tmp_path):
    saved(resnet(), tmp_path, image_size=(48, 64), scale=None, offset=None)
    network = hub.load(str(tmp_path))
    assert (network.height, network.width) == (48, 64)


def test_the_input_size_defaults_to_224(tmp_path):
    saved(resnet(), tmp_path, image_size=None)
    network = hub.load(str(tmp_path))
    assert (network.height, network.width) == (224, 224)


def test_a_preset_of_text_is_refused(tmp_path):
    keras_hub.models.BertBackbone(
        vocabulary_size=20,
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=16,
        max_sequence_length=4,
    ).save_to_preset(str(tmp_path))
    with pytest.raises(BackboneError, match=r"^The KerasHub preset .* has no network for .*\.$"):
        hub.load(str(tmp_path))


def test_a_known_preset_of_text_is_refused_without_a_download():
    with pytest.raises(BackboneError, match="'bert_tiny_en_uncased' has no network for single"):
        hub.load("bert_tiny_en_uncased")


def test_an_unknown_preset_lists_similar_names():
    with pytest.raises(BackboneError, match=r"'dinov2_smal' \(similar names: hub:dinov2_small"):
        hub.load("dinov2_smal")


def test_a_folder_without_a_preset_is_refused(tmp_path):
    with pytest.raises(BackboneError, match=r"is no KerasHub preset: it has no config\.json\.$"):
        hub.load(str(tmp_path))


def test_a_preset_that_does_not_say_how_to_scale_is_refused(tmp_path):
    vit().save_to_preset(str(tmp_path))
    with pytest.raises(BackboneError, match=r"is incomplete; .* image converter"):
        hub.load(str(tmp_path))


@pytest.mark.parametrize("file", ["config.json", "image_converter.json", "model.weights.h5"])
def test_a_damaged_preset_is_refused(file, tmp_path):
    saved(vit(), tmp_path)
    (tmp_path / file).write_bytes(b"{")
    with pytest.raises(BackboneError, match=r"^The KerasHub preset in .* is damaged; .*\.$"):
        hub.load(str(tmp_path))


def test_without_a_network_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    with pytest.raises(BackboneError) as raised:
        hub.load("dinov2_small")
    message = str(raised.value)
    assert message.startswith("The KerasHub preset 'dinov2_small' could not be downloaded; check")
    assert "hub:FOLDER" in message
    assert "\n" not in message


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_hub", None)
    with pytest.raises(BackboneError, match=r"install it with: pip install keras-hub\.$"):
        hub.load("dinov2_small")


def test_a_network_runs_in_a_graph_of_tensorflow(tmp_path):
    import tensorflow as tf

    saved(clip(), tmp_path)
    network = hub.load(str(tmp_path))
    images = np.random.default_rng(0).uniform(0, 255, (2, SIDE, SIDE, 3)).astype(np.float32)
    traced = tf.function(lambda x: network.model(x, training=False))(images)
    eager = network.model(images, training=False)
    assert isinstance(network.model, keras.Model)
    np.testing.assert_allclose(traced[EMBEDDING], eager[EMBEDDING], rtol=1e-4, atol=1e-5)
