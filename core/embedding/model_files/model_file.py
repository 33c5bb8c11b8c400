"""Loads a user's own image classifier: a .keras or .h5 file, or a SavedModel."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.embedding.layers import MapShape
from core.embedding.model_files.model_safety import check_archive, check_h5, damaged
from core.embedding.model_files.penultimate import Cut, cut, layers_of_model
from core.embedding.model_files.saved_model import load_saved_model
from core.embedding.network import (
    EMBEDDING,
    PIXELS,
    PREDICTIONS,
    BackboneError,
    Network,
    side_by_side,
)

if TYPE_CHECKING:
    import keras

IMAGENET_MEAN = np.array([0.485, 0.456, 0.406])
IMAGENET_DEVIATION = np.array([0.229, 0.224, 0.225])
IMAGENET_MEAN_BGR = np.array([103.939, 116.779, 123.68])

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
ZIP_SIGNATURE = b"PK"


def load_model_file(file: Path, layer: str | None = None, pixels: str | None = None) -> Network:
    """Load an image classifier and cut it at the input of its prediction layer.

    No code from the file runs: it is inspected before anything loads it,
    and Keras loads it in safe mode.

    Parameters
    ----------
    file : Path
        A ``.keras`` or ``.h5`` file with a whole model, or the folder of a
        SavedModel; detected by content.
    layer : str, optional
        The layer, or the node of a SavedModel, to take instead of the one found.
    pixels : str, optional
        One of `PIXELS`: the scale the model was trained on. Needed where the
        model does not scale pixels itself; where it does, they are given raw.

    Raises
    ------
    BackboneError
        When the file is missing, damaged, unsafe or no image classifier.
    """
    if pixels is not None and pixels not in PIXELS:
        raise BackboneError(f"There is no --pixels {pixels}; there are {', '.join(PIXELS)}.")
    file = Path(file)
    extension = _extension_of(file)
    if extension == "saved_model":
        part = load_saved_model(file, layer)
    else:
        part = cut(_load_keras(file, extension), layer, file.name)
    return _network(part, file.name, pixels)


def layers_of_file(file: Path) -> tuple[list[MapShape], list[str]]:
    """Return the layers of a model file that are maps, and those that are taken unless named.

    Raises
    ------
    BackboneError
        As in `load_model_file`; also for a SavedModel, whose nodes have no shape.
    """
    extension = _extension_of(file)
    if extension == "saved_model":
        raise BackboneError(
            f"The layers of a SavedModel cannot be listed; save {file.name} as .keras for that."
        )
    return layers_of_model(_load_keras(file, extension), file.name)


def _extension_of(file: Path) -> str:
    """Return the extension that fits the content, or "saved_model"."""
    if file.is_dir() and (file / "saved_model.pb").is_file():
        return "saved_model"
    signature = b""
    if file.is_file():
        try:
            with file.open("rb") as opened:
                signature = opened.read(len(HDF5_SIGNATURE))
        except OSError as error:
            raise BackboneError(f"{file} cannot be read ({error.strerror}).") from None
    elif not file.exists():
        raise BackboneError(f"There is no file {file}.")
    if signature == HDF5_SIGNATURE:
        return ".h5"
    if signature.startswith(ZIP_SIGNATURE):
        return ".keras"
    raise BackboneError(
        f"{file.name} is no model that can be loaded; there are .keras files, .h5 files and"
        " folders of a SavedModel."
    )


def _load_keras(file: Path, ending: str) -> keras.Model:
    """Load a checked file in safe mode."""
    import keras

    (check_h5 if ending == ".h5" else check_archive)(file)
    with tempfile.TemporaryDirectory() as folder:
        path = file.absolute()
        if path.suffix != ending:  # by which Keras recognizes the format
            path = _linked(path, Path(folder) / f"model{ending}")
        try:
            return keras.models.load_model(str(path), compile=False, safe_mode=True)
        except (OSError, EOFError, zipfile.BadZipFile):
            raise damaged(file.name) from None
        except Exception as error:  # whatever Keras meets in a file it does not understand
            raise BackboneError(
                f"Keras {keras.__version__} cannot load {file.name}{_reason(error)}; save it with"
                " this version, or give --embeddings."
            ) from None


def _linked(path: Path, link: Path) -> Path:
    try:
        link.symlink_to(path)
    except OSError:  # not allowed on every system
        shutil.copyfile(path, link)
    return link


def _network(part: Cut, name: str, pixels: str | None) -> Network:
    """Return the cut model with the scaling of `pixels` before it."""
    import keras

    height, width, channels = part.inputs.shape[1:]
    whole_numbers = "int" in part.inputs.dtype
    if whole_numbers and pixels not in (None, "raw"):
        raise BackboneError(f"{name} takes whole numbers from 0 to 255; use --pixels raw.")
    if pixels is None and not whole_numbers and not part.scales_input:
        raise BackboneError(
            f"{name} does not scale its input itself; say with --pixels how it was trained: raw"
            " (0 to 255), unit (0 to 1), tf (-1 to 1), torch or caffe (as in Keras)."
        )
    if channels == 1 and pixels in ("torch", "caffe"):
        raise BackboneError(
            f"{name} takes gray images, and --pixels {pixels} is for color; use raw, unit or tf."
        )
    images = keras.Input((height, width, 3), name="pixels")
    x = _scaled(images, pixels or "raw")
    if channels == 1:
        x = keras.ops.image.rgb_to_grayscale(x)
    if whole_numbers:
        x = keras.ops.round(x)
    x = keras.ops.cast(x, part.inputs.dtype)
    outputs = {EMBEDDING: part.embedding, **side_by_side(list(part.further.values()))}
    if part.predictions is not None:
        outputs[PREDICTIONS] = part.predictions
    model = keras.Model(images, keras.Model(part.inputs, outputs)(x))
    _check_runs(model, name)
    n_outputs = 0 if part.predictions is None else part.predictions.shape[-1]
    widths = tuple(layer.shape[-1] for layer in part.further.values())
    return Network(name, model, height, width, part.embedding.shape[-1], n_outputs, widths)


def _check_runs(model: keras.Model, name: str) -> None:
    """Run `model` once, without which Keras will not export it either."""
    try:
        model(np.zeros((1, *model.inputs[0].shape[1:]), np.float32), training=False)
    except Exception as error:
        raise BackboneError(f"{name} cannot be run on an image{_reason(error)}.") from None


def _reason(error: Exception) -> str:
    """Return what is readable of an error of Keras, in brackets."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
    return f" ({lines[0][:160].rstrip(' .:')})" if lines else ""


def _scaled(x: Any, pixels: str) -> Any:
    """Scale pixels as keras.applications.imagenet_utils.preprocess_input does."""
    from keras.layers import Rescaling

    if pixels == "unit":
        return Rescaling(1 / 255)(x)
    if pixels == "tf":
        return Rescaling(1 / 127.5, -1)(x)
    if pixels == "torch":
        return Rescaling(
            list(1 / (255 * IMAGENET_DEVIATION)), list(-IMAGENET_MEAN / IMAGENET_DEVIATION)
        )(x)
    if pixels == "caffe":
        return Rescaling(1.0, list(-IMAGENET_MEAN_BGR))(x[..., ::-1])
    return x
