"""The networks of Keras Applications, by the names Keras gives them."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import tempfile
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.layers import LayerRequest, MapShape, found_by_shape
from core.embedding.model_files.flat_graph import JOINS, unknown_layer
from core.embedding.network import (
    DEFAULT_INPUT_SIZE,
    EMBEDDING,
    PREDICTIONS,
    BackboneError,
    Network,
    side_by_side,
)

if TYPE_CHECKING:
    import keras

    Constructor = Callable[..., keras.Model]

PARTS_OF_FULL_WEIGHTS = frozenset("weights tf dim ordering kernels 1 0 224 float".split())
"""What Keras adds to a network's name to name the file of its ImageNet weights.

A file for another width (``0.75``) or without the prediction layer (``notop``)
has others.
"""


def names() -> list[str]:
    """Return the names of all networks, sorted; imports Keras."""
    return sorted(_constructors())


def spelled(name: str) -> str | None:
    """Return `name` as Keras writes it, or None when no network is meant.

    Capitals, ``_`` and ``-`` do not matter where only one network can be meant.
    """
    known = _constructors()
    if name in known:
        return name
    matches = [one for one in known if _letters(one) == _letters(name)]
    return matches[0] if len(matches) == 1 else None


def has_weights(name: str) -> bool:
    """Tell whether the ImageNet weights of the network `name` are in Keras' cache.

    Keras has no way to ask this. The files there are called after the network,
    as `PARTS_OF_FULL_WEIGHTS` says; nothing is imported or downloaded.
    """
    return any(_is_full_weights(file.stem, name) for file in weights_folder().glob("*.h5"))


def weights_folder() -> Path:
    """Return the folder where Keras keeps and looks for downloaded weights."""
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras").expanduser()
    if not os.access(home, os.W_OK):  # as in keras.utils.get_file
        temporary = Path("/tmp")  # noqa: S108
        home = (temporary if temporary.is_dir() else Path(tempfile.gettempdir())) / ".keras"
    return home / "models"


def describe(name: str) -> tuple[int, int, int]:
    """Return the dimension of a network's embeddings, and the height and width of its input.

    Raises
    ------
    BackboneError
        When there is no such network.
    """
    _, constructor = _found(name)
    # Without initial values a network is built in half a second. The variables that
    # wait for theirs are listed by Keras for each thread, and forgotten with it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_describe, constructor).result()


def load(name: str, weights: Path | None = None, layer: str | None = None) -> Network:
    """Build a network with its ImageNet weights, downloaded once, or those of a file.

    Preprocessing, input size and pooling are those of Keras; the embedding is
    the input of the prediction layer. Where the file has no weights for that
    layer, it is the mean over the last feature map, and there are no predictions.

    Parameters
    ----------
    name : str
        See `names` and `spelled`.
    weights : Path or None
        A ``.weights.h5`` or ``.h5`` file for this very network, None for ImageNet.
    layer : str or None
        See `LayerRequest`.

    Raises
    ------
    BackboneError
        When there is no such network or layer, its weights cannot be
        downloaded, or the file does not fit.
    """
    name, constructor = _found(name)
    if weights is None:
        return _network(name, constructor, _with_imagenet(name, constructor), layer)
    if not weights.is_file():
        raise BackboneError(f"There is no file {weights}.")
    if weights.suffix != ".h5":
        raise BackboneError(f"{weights} cannot hold weights of Keras; give a .h5 file.")
    model = constructor(weights=None)
    if _load_weights(model, constructor, weights):
        return _network(name, constructor, model, layer)
    size = _input_size(model)
    model = constructor(weights=None, include_top=False, pooling="avg", input_shape=(*size, 3))
    if _load_weights(model, constructor, weights):
        return _network(name, constructor, model, layer, has_top=False)
    raise BackboneError(
        f"{weights} does not hold weights that fit {name}; give a file that was saved from it."
    )


def _constructors() -> dict[str, Constructor]:
    """Find the functions that build networks, by the names of what they build."""
    from keras import applications

    found: dict[str, Constructor] = {}
    for function_name, function in inspect.getmembers(applications, inspect.isfunction):
        name = inspect.signature(function).parameters["name"].default or function_name
        found[name.lower()] = function
    return found


def _found(name: str) -> tuple[str, Constructor]:
    known = spelled(name)
    if known is None:
        raise BackboneError(f"Keras has no network called {name!r}.")
    return known, _constructors()[known]


def _letters(name: str) -> str:
    return re.sub(r"[_-]", "", name.lower())


def _is_full_weights(stem: str, name: str) -> bool:
    parts = re.split(r"[_.-]", stem.lower().removeprefix("weights_"))
    for end in range(1, len(parts) + 1):
        if "".join(parts[:end]) == _letters(name):
            return PARTS_OF_FULL_WEIGHTS.issuperset(parts[end:])
    return False


def _with_imagenet(name: str, constructor: Constructor) -> keras.Model:
    try:
        return constructor(weights="imagenet")
    except Exception as error:  # Keras raises a plain Exception when a download fails
        url = re.search(r"https?://\S+", str(error))
        reason = "" if url else f" ({next(iter(str(error).splitlines()), type(error).__name__)})"
        file = url[0].rstrip(":") if url else "the file"
        raise BackboneError(
            f"The ImageNet weights of {name} could not be downloaded{reason}; leave out --backbone"
            f" to use the bundled backbone, or get {file} on another machine and give it with"
            f" --weights FILE or put it into {weights_folder()}."
        ) from None


def _load_weights(model: keras.Model, constructor: Constructor, weights: Path) -> bool:
    """Load a file into `model`; False when it does not fit."""
    try:
        with warnings.catch_warnings():
            # Keras warns of every list of layers that the file does not name a second time.
            warnings.simplefilter("ignore")
            model.load_weights(weights)
    except Exception:  # which one depends on what is wrong with the file
        return False
    _scale_as_for_imagenet(model, constructor, weights)
    return True


def _scale_as_for_imagenet(model: keras.Model, constructor: Constructor, weights: Path) -> None:
    """Divide an EfficientNet's pixels once more, where its weights were trained so.

    Keras builds in this division only for ``weights="imagenet"``, and does not
    say otherwise whether a file needs it.
    """
    import keras

    module = inspect.getmodule(constructor)
    deviations = getattr(module, "IMAGENET_STDDEV_RGB", None)
    if deviations is None or not (
        _is_from_keras(weights, module) or _count_rescalings(weights) > 1
    ):
        return
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt_variance.assign(layer.adapt_variance * deviations)
            layer.finalize_state()


def _is_from_keras(weights: Path, module: Any) -> bool:
    """Tell whether a file is one that Keras itself would download."""
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return any(digest in pair for pair in module.WEIGHTS_HASHES.values())


def _count_rescalings(weights: Path) -> int:
    """Return how many Rescaling layers the network had that a file was saved from."""
    import h5py

    with h5py.File(weights) as file:
        group = file.get("model_weights", file)
        layers = group.attrs.get("layer_names", group.get("layers", ()))
        return sum("rescaling" in str(layer) for layer in layers)


def _network(
    name: str,
    constructor: Constructor,
    model: keras.Model,
    layer: str | None,
    has_top: bool = True,
) -> Network:
    """Put Keras' preprocessing before `model` and cut it at its embedding."""
    import keras

    height, width = _input_size(model)
    pixels = keras.Input((height, width, 3), name="pixels")
    preprocess = inspect.getmodule(constructor).preprocess_input  # type: ignore[union-attr]
    features = _before_prediction(model) if has_top else model.output
    features, further = _asked(model, features, layer)
    # In a model of its own, or names that Keras gives could meet those in the network.
    network = keras.Model(model.input, [features, *further, model.output])
    features, *beside, predictions = network(preprocess(pixels, data_format="channels_last"))
    outputs = {EMBEDDING: _pooled(features, EMBEDDING)}
    outputs |= side_by_side([_pooled(one) for one in beside])
    if has_top:
        outputs[PREDICTIONS] = predictions
    return Network(
        name=name,
        model=keras.Model(pixels, outputs, name=name),
        height=height,
        width=width,
        dimension=outputs[EMBEDDING].shape[-1],
        n_outputs=predictions.shape[-1] if has_top else 0,
        layers=tuple(one.shape[-1] for one in further),
    )


def map_shapes(model: keras.Model) -> list[MapShape]:
    """Return what `found_by_shape` takes of a network: its maps of known size, in order."""
    found = []
    for layer in model.layers:
        shape = tuple(getattr(layer.output, "shape", ()))
        if len(shape) == 4 and None not in shape[1:]:
            joins = type(layer).__name__ in JOINS
            found.append(MapShape(layer.name, *shape[1:], joins=joins))
    return found


def shapes_of_layers(name: str) -> tuple[list[MapShape], int]:
    """Return the maps of a network and the length of its embedding, without its weights."""
    name, constructor = _found(name)

    def build() -> tuple[list[MapShape], int]:
        import keras

        with keras.StatelessScope(initialize_variables=False):
            model = constructor(weights=None)
        return map_shapes(model), _before_prediction(model).shape[-1]

    with ThreadPoolExecutor(1) as thread:  # see `describe`
        return thread.submit(build).result()


def _asked(
    model: keras.Model, features: keras.KerasTensor, layer: str | None
) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    """Return what `layer` asks for: the embedding, and the layers beside it."""
    named, further = LayerRequest.of(layer)
    if further is None:
        further = tuple(found_by_shape(map_shapes(model), features.shape[-1]))
    tensors = {one.name: one.output for one in model.layers}
    for one in (named, *further):
        if one is not None and one not in tensors:
            raise unknown_layer(one, list(tensors), model.name)
    return features if named is None else tensors[named], [tensors[one] for one in further]


def _pooled(tensor: keras.KerasTensor, name: str | None = None) -> keras.KerasTensor:
    """Return the mean over all axes between the first and the last, as the layer `name`."""
    from keras import layers

    if len(tensor.shape) == 4 and tuple(tensor.shape[1:3]) != (1, 1):
        return layers.GlobalAveragePooling2D(name=name)(tensor)
    if len(tensor.shape) == 3:
        return layers.GlobalAveragePooling1D(name=name)(tensor)
    return layers.Flatten(name=name)(tensor)


def _describe(constructor: Constructor) -> tuple[int, int, int]:
    import keras

    with keras.StatelessScope(initialize_variables=False):
        model = constructor(weights=None)
    return _before_prediction(model).shape[-1], *_input_size(model)


def _input_size(model: keras.Model) -> tuple[int, int]:
    _, height, width, _ = model.input_shape
    return height or DEFAULT_INPUT_SIZE, width or DEFAULT_INPUT_SIZE


def _before_prediction(model: keras.Model) -> keras.KerasTensor:
    """Return the input of the layer that predicts: the last one with weights in all of them.

    One vector for each image; where that layer is a convolution, as a map of one pixel.
    """
    return [layer for layer in model.layers if layer.weights][-1].input
