"""Models that are cut at a named layer."""

import keras
import numpy as np
import pytest
from keras import layers

from core.embedding.engine import KerasEngine, OnnxEngine
from core.embedding.model_files.model_file import layers_of_file, load_model_file
from core.embedding.model_files.penultimate import cut
from core.embedding.network import BackboneError
from core.embedding.onnx_export import export_onnx, shape_of
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


def run_all(part, pixels):
    """The outputs of a cut by name."""
    outputs = {"embedding": part.embedding, **part.further}
    model = keras.Model(part.inputs, outputs)
    return {name: np.asarray(value) for name, value in model(pixels).items()}


def reducing():
    """A network that reduces its map twice, with a residual sum on each size."""
    inputs = keras.Input((32, 32, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for number, width in enumerate((4, 6), 1):
        x = layers.Conv2D(width, 3, strides=2, padding="same", name=f"down{number}")(x)
        branch = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.Add(name=f"sum{number}")([x, branch])
        x = layers.ReLU(name=f"end{number}")(x)
    x = layers.Conv2D(8, 1, activation="relu", name="wide")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(inputs, layers.Dense(CLASSES, activation="softmax")(x))


PIXELS = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype(np.float32)


def test_several_layers_are_found_beside_the_embedding():
    model = reducing()
    outputs = run_all(cut(model, "several"), PIXELS)
    assert list(outputs) == ["embedding", "end2", "sum2", "sum1"]
    same(outputs["embedding"], output_of(model, "mean", PIXELS))
    for name in ("end2", "sum2", "sum1"):
        same(outputs[name], output_of(model, name, PIXELS).mean(axis=(1, 2)))


def test_layers_are_found_in_a_nested_model_as_well():
    inner = keras.Model(*(lambda m: (m.input, m.get_layer("mean").output))(reducing()))
    part = cut(keras.Sequential([inner, layers.Dense(CLASSES, "softmax")]), "several")
    assert [name.rsplit("/", 1)[-1] for name in part.further] == ["end2", "sum2", "sum1"]


def test_named_layers_lie_side_by_side_and_the_first_is_the_embedding():
    model = reducing()
    part = cut(model, "sum2, sum1")
    outputs = run_all(part, PIXELS)
    same(outputs["embedding"], output_of(model, "sum2", PIXELS).mean(axis=(1, 2)))
    assert list(part.further) == ["sum1"]
    assert part.predictions is not None
    beside = run_all(cut(model, "embedding,sum1"), PIXELS)
    same(beside["embedding"], output_of(model, "mean", PIXELS))
    same(beside["sum1"], outputs["sum1"])


def test_one_unknown_layer_of_several_is_refused():
    with pytest.raises(BackboneError, match="no layer 'sum9'"):
        cut(reducing(), "embedding,sum9")


def test_a_model_file_gives_its_layers_and_their_widths(tmp_path):
    model = reducing()
    model.save(tmp_path / "mine.keras")
    network = load_model_file(tmp_path / "mine.keras", "several")
    assert (network.dimension, network.layers) == (8, (6, 6, 4))
    engine = KerasEngine(network)
    rows = engine.run(PIXELS.astype(np.uint8)).embeddings
    assert rows.shape == (2, 8 + 16)
    same(rows[:, -4:], output_of(model, "sum1", PIXELS).mean(axis=(1, 2)))
    maps, taken = layers_of_file(tmp_path / "mine.keras")
    assert taken == ["end2", "sum2", "sum1"]
    assert {"down1", "wide"} < {one.name for one in maps}


def test_exported_layers_are_those_of_the_model(tmp_path):
    reducing().save(tmp_path / "mine.keras")
    network = load_model_file(tmp_path / "mine.keras", "several")
    assert export_onnx(network, tmp_path / "mine.onnx")
    engine = OnnxEngine(tmp_path / "mine.onnx")
    assert shape_of(engine.session).widths == (8, 6, 6, 4)
    pixels = PIXELS.astype(np.uint8)
    np.testing.assert_allclose(
        engine.run(pixels).embeddings, KerasEngine(network).run(pixels).embeddings, atol=1e-4
    )
