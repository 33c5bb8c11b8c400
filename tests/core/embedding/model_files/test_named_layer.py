"""Models that are cut at a named layer."""

import keras
import numpy as np
import pytest
from keras import layers

from core.embedding.model_files.penultimate import cut
from core.embedding.network import BackboneError
from tests.core.embedding.models import (
    CLASSES,
    SIZE,
    body,
    classifier,
    images,
    on_features,
    output_of,
    run,
    same,
    softmax,
)


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)


def test_named_map_is_averaged():
    model = classifier()
    part = cut(model, "last_map")
    embedding, predictions = run(part, images())
    assert part.layer == "last_map"
    same(embedding, output_of(model, "last_map", images()).mean(axis=(1, 2)))
    same(predictions, model(images()))


def test_named_tokens_are_averaged():
    model, _ = on_features(
        lambda x: layers.Dense(4)(layers.Flatten()(layers.Reshape((3, 2), name="tokens")(x)))
    )
    tokens = output_of(model, "tokens", images())
    same(run(cut(model, "tokens"), images())[0], tokens.mean(axis=1))


@pytest.mark.parametrize("layer", ["last_map", "body/last_map"])
def test_layer_of_a_nested_model_is_found_by_either_name(layer):
    inner = body()
    model = keras.Sequential([inner, layers.Dense(CLASSES)])
    expected = output_of(inner, "last_map", images()).mean(axis=(1, 2))
    same(run(cut(model, layer), images())[0], expected)


def test_nested_model_can_be_named():
    inner = body()
    model = keras.Sequential([inner, layers.Dense(8, "relu"), layers.Dense(CLASSES)])
    same(run(cut(model, "body"), images())[0], inner(images()))


def test_name_that_two_nested_models_use_has_to_be_given_in_full():
    pixels = keras.Input((SIZE, SIZE, 3))
    both = [body(name=name)(pixels) for name in ("left", "right")]
    model = keras.Model(pixels, layers.Dense(4)(layers.Concatenate()(both)))
    with pytest.raises(BackboneError, match=r"several layers called 'pool'.*left/pool, right/pool"):
        cut(model, "pool")
    part = cut(model, "right/pool")
    assert part.layer == "right/pool"
    same(run(part, images())[0], model.get_layer("right")(images()))


def test_layers_may_share_names_with_others_and_with_operations_of_keras():
    inner_in = keras.Input((SIZE, SIZE, 3), name="images")
    x = layers.Dense(4, name="softmax")(layers.Flatten(name="mean")(inner_in))
    inner = keras.Model(inner_in, layers.Dense(4, "relu", name="cast")(x), name="cast")
    model = keras.Sequential([inner, layers.Dense(CLASSES, name="softmax")])
    embedding, predictions = run(cut(model), images())
    same(embedding, inner(images()))
    same(predictions, softmax(np.asarray(model(images()))))
    expected = keras.Model(inner_in, x)(images())
    same(run(cut(model, "cast/softmax"), images())[0], expected)


@pytest.mark.parametrize("layer", ["head", "shown"])
def test_naming_the_prediction_layer_or_what_follows_takes_its_input(layer):
    model, features = on_features(
        lambda x: layers.Softmax(name="shown")(layers.Dense(CLASSES, name="head")(x))
    )
    part = cut(model, layer)
    assert part.layer == "head"
    same(run(part, images())[0], features)


def test_an_unknown_layer_lists_similar_names():
    with pytest.raises(BackboneError, match=r"my\.keras has no layer 'lastmap'; near .*last_map"):
        cut(classifier(), "lastmap", "my.keras")


def test_an_unknown_layer_without_similar_names_lists_the_last_layers():
    with pytest.raises(BackboneError, match=r"no layer 'xyz'; its last are .*pool, head"):
        cut(classifier(), "xyz")


def test_layer_with_several_outputs_is_refused():
    pixels = keras.Input((SIZE, SIZE, 3))
    feature = body()(pixels)
    split_in = keras.Input((6,))
    split = keras.Model(split_in, [layers.Dense(2)(split_in), layers.Dense(3)(split_in)])
    model = keras.Model(pixels, layers.Dense(4)(layers.Concatenate()(split(feature))))
    with pytest.raises(BackboneError, match="is not one vector or map"):
        cut(model, split.name)
