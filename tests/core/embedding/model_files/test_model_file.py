import json
import shutil
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from core.embedding.model_files.model_file import PIXELS, load_model_file
from core.embedding.model_files.model_safety import check_config
from core.embedding.network import EMBEDDING, PREDICTIONS, BackboneError
from tests.core.embedding.models import (
    CLASSES,
    SIZE,
    classifier,
    images,
    output_of,
    run_onnx,
    sequential,
)

ENDINGS = (".keras", ".h5")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return classifier()


@pytest.fixture(scope="module")
def files(model, tmp_path_factory):
    """The model, saved as each kind of file; not to be written to."""
    folder = tmp_path_factory.mktemp("models")
    for ending in ENDINGS:
        model.save(folder / f"net{ending}")
    model.export(folder / "net_saved", verbose=False)
    return {ending: folder / f"net{ending}" for ending in ENDINGS} | {"": folder / "net_saved"}


def unscaled(channels=3):
    """A classifier that expects scaled pixels."""
    keras.utils.set_random_seed(0)
    pixels = keras.Input((SIZE, SIZE, channels))
    x = layers.Conv2D(6, 3, strides=4)(pixels)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(pixels, layers.Dense(CLASSES, "softmax")(x))


def saved(model, folder, name="net.keras"):
    model.save(folder / name)
    return folder / name


def same(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("ending", [".keras", ".h5", ""])
def test_every_kind_of_file_gives_the_embeddings_of_the_model(model, files, ending):
    network = load_model_file(files[ending])
    assert (network.height, network.width, network.dimension, network.n_outputs) == (32, 32, 6, 5)
    assert network.name == files[ending].name
    outputs = network.model(images())
    same(outputs[EMBEDDING], output_of(model, "pool", images()))
    same(outputs[PREDICTIONS], model(images()))


@pytest.mark.parametrize(("ending", "name"), [(".keras", "a.h5"), (".h5", "a.keras"), (".h5", "a")])
def test_the_file_format_is_detected_by_content(model, files, tmp_path, ending, name):
    shutil.copy(files[ending], tmp_path / name)
    network = load_model_file(tmp_path / name)
    same(network.model(images())[PREDICTIONS], model(images()))


def test_layer_can_be_named(model, files):
    network = load_model_file(files[".keras"], layer="last_map")
    expected = output_of(model, "last_map", images()).mean(axis=(1, 2))
    same(network.model(images())[EMBEDDING], expected)


def test_unknown_layer_is_named_with_the_file(files):
    with pytest.raises(BackboneError, match=r"net\.keras has no layer 'nope'"):
        load_model_file(files[".keras"], layer="nope")


def test_pixels_are_required_where_the_model_does_not_scale_its_input(tmp_path):
    with pytest.raises(BackboneError, match=r"net\.keras does not scale its input itself; say .*"):
        load_model_file(saved(unscaled(), tmp_path))


@pytest.mark.parametrize("pixels", PIXELS)
def test_pixels_are_scaled_as_keras_does(tmp_path, pixels):
    model = unscaled()
    network = load_model_file(saved(model, tmp_path), pixels=pixels)
    x = images()
    scaled = {"raw": x, "unit": x / 255}.get(pixels)
    if scaled is None:
        scaled = keras.applications.imagenet_utils.preprocess_input(x.copy(), mode=pixels)
    same(network.model(x)[EMBEDDING], output_of(model, "pool", scaled))
    same(run_onnx(network.model, tmp_path, x)[EMBEDDING], output_of(model, "pool", scaled))


def test_the_pixels_option_overrides_the_scaling_of_the_model(model, files):
    network = load_model_file(files[".keras"], pixels="unit")
    same(network.model(images())[EMBEDDING], output_of(model, "pool", images() / 255))


def test_unknown_pixels_are_refused(files):
    with pytest.raises(BackboneError, match="no --pixels bgr; there are raw, unit, tf"):
        load_model_file(files[".keras"], pixels="bgr")


def test_gray_models_get_gray_images(tmp_path):
    model = unscaled(channels=1)
    network = load_model_file(saved(model, tmp_path), pixels="unit")
    gray = images() @ np.array([[0.2989], [0.587], [0.114]], np.float32) / 255
    same(network.model(images())[EMBEDDING], output_of(model, "pool", gray))
    same(run_onnx(network.model, tmp_path, images())[EMBEDDING], output_of(model, "pool", gray))


def test_gray_models_cannot_have_been_trained_on_color_means(tmp_path):
    with pytest.raises(BackboneError, match="takes gray images, and --pixels caffe is for color"):
        load_model_file(saved(unscaled(channels=1), tmp_path), pixels="caffe")


def test_models_of_whole_numbers_get_raw_pixels(tmp_path):
    pixels = keras.Input((SIZE, SIZE, 3), dtype="uint8")
    x = layers.GlobalAveragePooling2D(name="pool")(keras.ops.cast(pixels, "float32"))
    model = keras.Model(pixels, layers.Dense(CLASSES)(x))
    file = saved(model, tmp_path)
    got = load_model_file(file).model(images() - 0.4)[EMBEDDING]
    same(got, images().mean(axis=(1, 2)))
    with pytest.raises(BackboneError, match="takes whole numbers from 0 to 255; use --pixels raw"):
        load_model_file(file, pixels="tf")


def test_network_runs_in_onnx(tmp_path):
    model = sequential()
    network = load_model_file(saved(model, tmp_path))
    outputs = run_onnx(network.model, tmp_path, images())
    same(outputs[EMBEDDING], output_of(model, "flat", images()))
    same(outputs[PREDICTIONS], model(images()))


def test_normalization_survives_the_way_to_onnx(tmp_path):
    pixels = keras.Input((SIZE, SIZE, 3))
    x = layers.Normalization(mean=[90.0, 100.0, 110.0], variance=[300.0, 400.0, 500.0])(pixels)
    x = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(6, 3)(x))
    model = keras.Model(pixels, layers.Dense(CLASSES)(x))
    network = load_model_file(saved(model, tmp_path))
    expected = output_of(model, "pool", images())
    same(network.model(images())[EMBEDDING], expected)
    same(run_onnx(network.model, tmp_path, images())[EMBEDDING], expected)


@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
def test_compiled_model_with_a_loss_of_its_own_loads(tmp_path):
    model = classifier()
    model.compile(loss=lambda y, z: keras.ops.mean(y - z), optimizer="adam")
    assert load_model_file(saved(model, tmp_path)).dimension == 6


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(BackboneError, match=r"There is no file .*gone\.keras"):
        load_model_file(tmp_path / "gone.keras")


@pytest.mark.parametrize("content", [b"", b"just text", None])
def test_files_and_folders_that_are_no_model_are_errors(tmp_path, content):
    path = tmp_path / "net.keras"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(BackboneError, match=r"there are \.keras files, \.h5 files and folders"):
        load_model_file(path)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_truncated_file_is_an_error(files, tmp_path, ending, part):
    data = files[ending].read_bytes()
    (tmp_path / "half").write_bytes(data[: int(len(data) * part)])
    with pytest.raises(BackboneError, match="half is damaged or was not copied in full"):
        load_model_file(tmp_path / "half")


@pytest.mark.parametrize("name", ["net.weights.h5", "old.h5"])
def test_a_file_of_weights_without_architecture_is_an_error(model, tmp_path, name):
    if name == "old.h5":
        with h5py.File(tmp_path / name, "w") as file:
            file.create_group("model_weights")
    else:
        model.save_weights(tmp_path / name)
    with pytest.raises(BackboneError, match="has weights but no layers; save the whole model"):
        load_model_file(tmp_path / name)


@pytest.mark.parametrize("ending", ENDINGS)
def test_lambda_layers_are_refused_before_their_code_runs(tmp_path, ending):
    marker = tmp_path / "ran"
    pixels = keras.Input((SIZE, SIZE, 3))
    run_code = eval(f"lambda x: (open({str(marker)!r}, 'w').close(), x)[1]")
    x = layers.Lambda(run_code, output_shape=(SIZE, SIZE, 3), name="sneaky")(pixels)
    inner = keras.Model(pixels, layers.Flatten()(x))
    model = keras.Sequential([inner, layers.Dense(4)])
    model(images())
    assert marker.exists()
    marker.unlink()
    file = saved(model, tmp_path, f"net{ending}")
    marker.unlink(missing_ok=True)
    with pytest.raises(BackboneError, match="contains a Lambda layer 'sneaky', which holds Python"):
        load_model_file(file)
    assert not marker.exists()


@keras.saving.register_keras_serializable("tests")
class Doubled(layers.Layer):
    """A layer that Keras would load here, as it is registered."""

    def call(self, x):
        return x * 2


@pytest.mark.parametrize("ending", ENDINGS)
def test_classes_from_outside_keras_are_refused(tmp_path, ending):
    model = keras.Sequential(
        [keras.Input((SIZE, SIZE, 3)), Doubled(), layers.Flatten(), layers.Dense(4)]
    )
    file = saved(model, tmp_path, f"net{ending}")
    assert keras.models.load_model(file)
    with pytest.raises(
        BackboneError, match="Doubled', which is not part of Keras, and Second Look"
    ):
        load_model_file(file)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"module": "keras.layers", "class_name": "TFSMLayer", "config": {}}, "holds Python code"),
        ({"class_name": "__lambda__", "config": {"value": "x"}}, "holds Python code"),
        ({"module": "os", "class_name": "Popen", "config": {}}, "not part of Keras"),
        ({"module": "keras_hub.layers", "class_name": "X", "config": {}}, "not part of Keras"),
        ({"module": "kerashub", "class_name": "X", "config": {}}, "not part of Keras"),
        ({"module": "keras.utils", "class_name": "Progbar", "config": {}}, "not part of Keras"),
        ({"module": "keras", "class_name": "utils.get_file", "config": {}}, "not part of Keras"),
        ({"module": "keras.utils", "class_name": "function", "config": "get_file"}, "'get_file'"),
        ({"module": "os", "class_name": "function", "config": "system"}, "'system'"),
        ({"class_name": "Dense", "config": {}}, "not part of Keras"),
        ({"class_name": "__typespec__", "config": []}, "not part of Keras"),
        ({"class_name": ["Dense"], "config": {}}, "not part of Keras"),
        (
            {"module": "keras.layers", "class_name": "Dense", "registered_name": "evil>Dense"},
            "not part of Keras",
        ),
        (
            {"module": "keras.layers", "class_name": "StringLookup", "config": {"name": "words"}},
            "'words', which may read other files",
        ),
    ],
)
def test_configurations_that_refer_to_other_files_are_refused(entry, reason):
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": [[{"a": entry}]]}}
    with pytest.raises(BackboneError, match=reason):
        check_config(config, "net.keras", has_modules=True)


def test_functions_of_keras_are_let_through():
    entry = {
        "module": "builtins",
        "class_name": "function",
        "config": "relu",
        "registered_name": "function",
    }
    check_config({"activation": entry}, "net.keras", has_modules=True)


def rewritten(file, target, extra=None, config=None):
    """Copy a .keras archive, with another member or another config."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, config if name == "config.json" and config is not None else data)
        if extra:
            new.writestr(*extra)
    return target


@pytest.mark.parametrize(
    "name", ["../escape.txt", "/etc/x", "code.py", "assets/../../x", "a\\..\\b"]
)
def test_archives_with_other_members_are_refused(files, tmp_path, name):
    file = rewritten(files[".keras"], tmp_path / "net.keras", extra=(name, b"x"))
    with pytest.raises(BackboneError, match="which is not part of a Keras file"):
        load_model_file(file)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_with_a_member_twice_are_refused(files, tmp_path):
    file = rewritten(files[".keras"], tmp_path / "net.keras", extra=("config.json", b"{}"))
    with pytest.raises(BackboneError, match="contains a file twice"):
        load_model_file(file)


def test_archives_that_unpack_to_too_much_are_refused(files, tmp_path, monkeypatch):
    monkeypatch.setattr("core.embedding.model_files.model_safety.MAX_UNPACKED", 1000)
    with pytest.raises(BackboneError, match=r"net\.keras unpacks to more than"):
        load_model_file(files[".keras"])


def test_an_archive_without_a_model_is_an_error(tmp_path):
    with zipfile.ZipFile(tmp_path / "net.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
    with pytest.raises(BackboneError, match="an archive without a Keras model"):
        load_model_file(tmp_path / "net.keras")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (b"{", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "cannot load net.keras"),
        (
            b'{"module": "keras", "class_name": "Sequential", "config": {"layers": 3}}',
            "cannot load",
        ),
    ],
)
def test_an_invalid_configuration_is_an_error(files, tmp_path, config, reason):
    file = rewritten(files[".keras"], tmp_path / "net.keras", config=config)
    with pytest.raises(BackboneError, match=reason) as caught:
        load_model_file(file)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Skipping nested container")
def test_weights_of_another_model_are_an_error(files, tmp_path):
    config = json.loads(zipfile.ZipFile(files[".keras"]).read("config.json"))
    head = next(one for one in config["config"]["layers"] if one["name"] == "head")
    head["config"]["units"] = 9
    file = rewritten(files[".keras"], tmp_path / "net.keras", config=json.dumps(config))
    with pytest.raises(BackboneError, match=r"Keras .* cannot load net\.keras") as caught:
        load_model_file(file)
    assert "\n" not in str(caught.value)


def test_link_is_followed(model, files, tmp_path):
    (tmp_path / "link.keras").symlink_to(files[".keras"])
    network = load_model_file(Path(tmp_path / "link.keras"))
    same(network.model(images())[PREDICTIONS], model(images()))
