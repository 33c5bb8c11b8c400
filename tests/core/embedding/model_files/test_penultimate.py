import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

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
    sequential,
    softmax,
    stem,
)


@pytest.fixture(autouse=True)
def fixed_seed():
    keras.utils.set_random_seed(0)


def test_sequential_model_is_cut_below_its_dense_layer():
    model = sequential()
    part = cut(model)
    embedding, predictions = run(part, images())
    assert part.layer == "head"
    same(embedding, output_of(model, "flat", images()))
    same(predictions, model(images()))


def test_functional_model_is_cut_at_its_pooled_features():
    model = classifier()
    embedding, predictions = run(cut(model), images())
    assert embedding.shape == (3, 6)
    same(embedding, output_of(model, "pool", images()))
    same(predictions, model(images()))


def test_embedding_and_predictions_are_float32_in_mixed_precision():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        part = cut(classifier())
    finally:
        keras.config.set_dtype_policy(policy)
    assert part.embedding.dtype == part.predictions.dtype == "float32"


@pytest.mark.parametrize(
    "last",
    [
        layers.Activation("softmax"),
        layers.Softmax(),
        ops.softmax,
        lambda x: layers.Softmax()(layers.Dropout(0.5)(layers.BatchNormalization()(x))),
        lambda x: layers.Softmax()(x / 2.0),
        lambda x: layers.Reshape((CLASSES,))(layers.Softmax()(layers.Reshape((1, 1, CLASSES))(x))),
    ],
)
def test_layers_between_prediction_and_output_are_passed(last):
    model, features = on_features(lambda x: last(layers.Dense(CLASSES)(x)))
    embedding, predictions = run(cut(model), images())
    same(embedding, features)
    same(predictions, np.asarray(model(images())).reshape(3, CLASSES))


def test_logits_become_probabilities():
    model = classifier(activation=None)
    _, predictions = run(cut(model), images())
    same(predictions, softmax(np.asarray(model(images()))))


def test_log_probabilities_become_probabilities():
    model = classifier(activation="log_softmax")
    _, predictions = run(cut(model), images())
    same(predictions, np.exp(model(images())))


@pytest.mark.parametrize("last", ["sigmoid", None])
def test_one_unit_becomes_two_columns(last):
    model = classifier(units=1, activation=last)
    embedding, predictions = run(cut(model), images())
    raw = np.asarray(model(images()))
    p = raw if last else 1 / (1 + np.exp(-raw))
    same(embedding, output_of(model, "pool", images()))
    same(predictions, np.hstack([1 - p, p]))


def test_independent_sigmoids_are_divided_by_their_sum():
    model = classifier(activation="sigmoid")
    _, predictions = run(cut(model), images())
    raw = np.asarray(model(images()))
    same(predictions, raw / raw.sum(axis=1, keepdims=True))


def test_convolution_before_pooling_and_softmax_is_the_prediction_layer():
    pixels = keras.Input((SIZE, SIZE, 3))
    scores = layers.Conv2D(CLASSES, 1, activation="relu", name="head")(stem(pixels))
    model = keras.Model(pixels, layers.Softmax()(layers.GlobalAveragePooling2D()(scores)))
    part = cut(model)
    embedding, predictions = run(part, images())
    assert part.layer == "head"
    same(embedding, output_of(model, "last_map", images()).mean(axis=(1, 2)))
    same(predictions, model(images()))


@pytest.mark.parametrize("last", ["softmax", None])
def test_convolution_of_a_pooled_map_is_the_prediction_layer(last):
    pixels = keras.Input((SIZE, SIZE, 3))
    pooled = layers.GlobalAveragePooling2D(keepdims=True, name="pool")(stem(pixels))
    scores = layers.Flatten()(layers.Conv2D(CLASSES, 1)(layers.Dropout(0.3)(pooled)))
    model = keras.Model(pixels, layers.Activation(last)(scores))
    embedding, predictions = run(cut(model), images())
    same(embedding, output_of(model, "pool", images()).reshape(3, 6))
    assert predictions.shape == (3, CLASSES)


def test_nested_body_in_a_sequential_model():
    inner = body()
    model = keras.Sequential([inner, layers.Dropout(0.5), layers.Dense(CLASSES)])
    embedding, predictions = run(cut(model), images())
    same(embedding, inner(images()))
    same(predictions, softmax(np.asarray(model(images()))))


def test_prediction_layer_two_models_deep_is_found():
    inner = body()
    head = keras.Sequential([keras.Input((6,)), layers.Dense(7, "relu", name="hidden")])
    top = keras.Sequential([head, layers.Dense(CLASSES, "softmax", name="last")], name="top")
    pixels = keras.Input((SIZE, SIZE, 3))
    middle_in = keras.Input((SIZE, SIZE, 3))
    middle = keras.Model(middle_in, top(inner(middle_in)), name="middle")
    model = keras.Model(pixels, middle(pixels))
    part = cut(model)
    embedding, predictions = run(part, images())
    assert part.layer == "middle/top/last"
    same(embedding, head(inner(images())))
    same(predictions, model(images()))


def test_auxiliary_output_is_left_alone():
    model, features = on_features(
        lambda x: [
            layers.Dense(CLASSES, "softmax", name="aux_predictions")(layers.Dense(9)(x)),
            layers.Dense(CLASSES, "softmax", name="main")(x),
        ]
    )
    embedding, predictions = run(cut(model), images())
    same(embedding, features)
    same(predictions, model(images())[1])


def test_output_that_is_named_for_it_predicts():
    model, features = on_features(
        lambda x: {
            "box": layers.Dense(40, "sigmoid")(layers.Dense(9)(x)),
            "class_scores": layers.Dense(CLASSES)(x),
        }
    )
    embedding, predictions = run(cut(model), images())
    same(embedding, features)
    same(predictions, softmax(np.asarray(model(images())["class_scores"])))


def test_output_with_a_softmax_is_preferred_to_wider_ones():
    model, features = on_features(
        lambda x: [layers.Dense(40, name="wide")(x), layers.Dense(3, "softmax", name="narrow")(x)]
    )
    part = cut(model)
    same(run(part, images())[0], features)
    assert part.layer == "narrow"


def test_ambiguous_outputs_are_listed():
    model, _ = on_features(
        lambda x: [layers.Dense(4, "softmax", name=name)(x) for name in ("left", "right")]
    )
    with pytest.raises(BackboneError, match=r"several outputs .*\(left, right\).* --layer"):
        cut(model)


def test_a_named_layer_resolves_ambiguous_outputs():
    model, features = on_features(
        lambda x: [layers.Dense(4, "softmax", name=name)(x) for name in ("left", "right")]
    )
    embedding, predictions = run(cut(model, "pool"), images())
    same(embedding, features)
    assert predictions is None


def test_joined_predictions_ask_for_a_layer():
    model, _ = on_features(
        lambda x: layers.Average()([layers.Dense(4, "softmax")(x), layers.Dense(4, "softmax")(x)])
    )
    with pytest.raises(BackboneError, match=r"cannot be determined from its output; .* --layer"):
        cut(model)


def test_feature_extractor_is_its_own_embedding():
    model = body()
    embedding, predictions = run(cut(model), images())
    same(embedding, model(images()))
    assert predictions is None


def test_map_of_features_is_averaged():
    pixels = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(pixels, stem(pixels))
    embedding, predictions = run(cut(model), images())
    same(embedding, np.asarray(model(images())).mean(axis=(1, 2)))
    assert predictions is None


def test_rectified_last_layer_is_features():
    model = classifier(activation="relu", units=8)
    embedding, predictions = run(cut(model), images())
    same(embedding, model(images()))
    assert predictions is None


def test_open_sizes_become_224():
    model = keras.Sequential([body(size=None), layers.Dense(CLASSES)])
    part = cut(model)
    assert part.inputs.shape == (None, 224, 224, 3)
    x = images(1, 224)
    same(run(part, x)[0], model.layers[0](x))


def test_gray_images_are_taken():
    part = cut(keras.Sequential([body(channels=1), layers.Dense(CLASSES)]))
    assert part.inputs.shape == (None, SIZE, SIZE, 1)


def test_dropout_and_augmentation_are_off_even_where_the_model_turns_them_on():
    pixels = keras.Input((SIZE, SIZE, 3))
    x = layers.RandomFlip()(layers.RandomRotation(0.3)(pixels), training=True)
    body_alone = body()
    x = layers.Dropout(0.9)(body_alone(x), training=True)
    part = cut(keras.Model(pixels, layers.Dense(CLASSES)(x)))
    model = keras.Model(part.inputs, part.embedding)
    expected = body_alone(images())
    same(model(images()), expected)
    same(tf.function(lambda x: model(x))(images()), expected)


def test_two_inputs_are_refused():
    a, b = keras.Input((SIZE, SIZE, 3)), keras.Input((4,))
    joined = layers.Concatenate()([body()(a), b])
    with pytest.raises(BackboneError, match="net takes 2 inputs"):
        cut(keras.Model([a, b], layers.Dense(4)(joined), name="net"))


@pytest.mark.parametrize("shape", [(128,), (3, SIZE, SIZE), (SIZE, SIZE, 4), (8, SIZE, SIZE, 3)])
def test_input_that_is_no_image_is_refused(shape):
    given = keras.Input(shape)
    model = keras.Model(given, layers.Dense(4)(layers.Flatten()(given)), name="net")
    with pytest.raises(BackboneError, match=r"net takes input of shape \(any, .* not images"):
        cut(model)


def test_model_that_does_not_know_its_input_is_refused():
    with pytest.raises(BackboneError, match="with a known input"):
        cut(keras.Sequential([layers.Flatten(), layers.Dense(4)]))


@pytest.mark.parametrize(
    ("build", "scales"),
    [
        (lambda x: layers.Rescaling(1 / 255)(x), True),
        (lambda x: layers.Normalization(mean=[1, 2, 3], variance=[1, 1, 1])(x), True),
        (lambda x: x / 127.5 - 1, True),
        (lambda x: keras.Sequential([layers.Rescaling(2.0)])(x), True),
        (lambda x: layers.RandomFlip()(x), False),
        (lambda x: layers.Rescaling(1.0)(x), False),
        (lambda x: layers.BatchNormalization()(x), False),
        (lambda x: layers.Rescaling(1 / 255)(layers.Conv2D(3, 3)(x)), False),
    ],
)
def test_input_scaling_is_detected(build, scales):
    pixels = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(4, 3)(build(pixels))
    model = keras.Model(pixels, layers.Dense(4)(layers.GlobalAveragePooling2D()(x)))
    assert cut(model).scales_input is scales


def test_resnet_of_keras_applications_is_cut_at_2048_features():
    model = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3))
    part = cut(model)
    embedding, predictions = run(part, images(1, 64))
    assert (part.layer, embedding.shape, part.scales_input) == ("predictions", (1, 2048), False)
    same(embedding, output_of(model, "avg_pool", images(1, 64)))
    same(predictions, model(images(1, 64)))


def test_mobilenet_of_keras_applications_is_cut_below_its_last_convolution():
    model = keras.applications.MobileNetV3Small(weights=None, input_shape=(64, 64, 3))
    part = cut(model)
    embedding, predictions = run(part, images(1, 64))
    assert (part.layer, embedding.shape, part.scales_input) == ("logits", (1, 1024), True)
    logits = model.get_layer("logits")
    expected = keras.Model(model.inputs[0], logits.input)(images(1, 64), training=False)
    same(embedding, np.asarray(expected).reshape(1, 1024))
    same(predictions, model(images(1, 64)))


def test_weights_are_those_of_the_model_itself():
    model = classifier()
    part = cut(model)
    kernel, bias = model.get_layer("head").get_weights()
    model.get_layer("head").set_weights([kernel * 3, bias + 1])
    same(run(part, images())[1], model(images()))


def test_cut_model_runs_inside_a_tensorflow_function():
    part = cut(keras.Sequential([body(), layers.Dense(CLASSES)]))
    model = keras.Model(part.inputs, [part.embedding, part.predictions])
    compiled = tf.function(lambda x: model(x))
    for got, expected in zip(compiled(images()), run(part, images()), strict=True):
        same(got, expected)
