"""Every backbone that has a name, and how to load it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.arrays.atomic import atomic_write
from core.audit.library import cache_folder
from core.embedding.backbones import applications, hub
from core.embedding.backbones.efficientnet_lite import CLASSES, DIMENSION, VARIANTS, Variant, build
from core.embedding.choice import SEVERAL
from core.embedding.layers import MapShape, found_by_shape, takes_fixed_layers
from core.embedding.network import EMBEDDING, LAYERS, PREDICTIONS, BackboneError, Network
from core.embedding.notices import without_notices

Sizes = dict[str, tuple[int, int, int]]
"""Dimension of the embeddings, height and width of the input, by a network's name."""


@dataclass(frozen=True)
class BackboneInfo:
    """What is known of a backbone before it is loaded.

    Attributes
    ----------
    name : str
    dimension : int
        Length of an embedding.
    height, width : int
        Size of the input in pixels.
    weights : str
        ``"bundled"``, ``"on this machine"`` or ``"download"``.
    """

    name: str
    dimension: int
    height: int
    width: int
    weights: str


def backbones(progress: Callable[[int, int], None] | None = None) -> list[BackboneInfo]:
    """List the bundled backbones and those of Keras Applications by name.

    Sizes are taken from the networks, which are all built for it once, in half
    a minute, and cached in a file until Keras changes.

    Parameters
    ----------
    progress : callable, optional
        Called with how many networks have been built, and of how many.
    """
    bundled = [
        BackboneInfo(name, DIMENSION, variant.input_size, variant.input_size, "bundled")
        for name, variant in VARIANTS.items()
    ]
    return [
        *bundled,
        *(
            BackboneInfo(name, *size, _place_of_weights(name))
            for name, size in _sizes(progress).items()
        ),
    ]


def load_network(name: str, weights: Path | None = None, layer: str | None = None) -> Network:
    """Load a backbone by name; imports Keras.

    Parameters
    ----------
    name : str
        A bundled network, a name of Keras Applications, or ``hub:PRESET``.
    weights : Path or None
        A file of weights for a network of Keras Applications.
    layer : str or None
        See `LayerRequest`; of a preset, its embedding is all there is.

    Raises
    ------
    BackboneError
        When nothing has that name, or it cannot be loaded.
    """
    check_name(name)
    if name not in VARIANTS and not name.startswith(hub.PREFIX):
        return applications.load(name, weights, layer)
    if weights is not None:
        raise BackboneError(f"{name} has its own weights; leave out --weights.")
    if name in VARIANTS:
        return _bundled(VARIANTS[name], takes_fixed_layers(name, layer))
    if layer not in (None, SEVERAL):
        raise BackboneError(f"{name} gives its embedding alone; leave out --layer.")
    return hub.load(name.removeprefix(hub.PREFIX))


def layers_of(name: str) -> tuple[list[MapShape], list[str]]:
    """Return the layers of a network that are maps, and those that are taken unless named.

    Raises
    ------
    BackboneError
        When nothing has that name, or its layers cannot be chosen.
    """
    check_name(name)
    if name in VARIANTS:
        maps = VARIANTS[name].maps()
        return maps, list(VARIANTS[name].layers)
    if name.startswith(hub.PREFIX):
        raise BackboneError(f"{name} gives its embedding alone; it has no layers to choose from.")
    maps, dimension = applications.shapes_of_layers(name)
    return maps, found_by_shape(maps, dimension)


def check_name(name: str) -> None:
    """Make sure that `name` can be loaded; imports Keras for names that are its.

    Raises
    ------
    BackboneError
        When nothing has that name.
    """
    if name in VARIANTS or name.startswith(hub.PREFIX):
        return
    if applications.spelled(name) is None:
        raise BackboneError(_unknown(name))


def _place_of_weights(name: str) -> str:
    return "on this machine" if applications.has_weights(name) else "download"


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), [*VARIANTS, *applications.names()], n=3)
    names = f" (similar names: {', '.join(near)})" if near else ""
    return f"There is no backbone called {name!r}{names}; `python -m core backbones` lists them."


def _bundled(variant: Variant, with_layers: bool) -> Network:
    import keras

    model = build(variant)
    predictions = keras.layers.Softmax(name=PREDICTIONS)(model.output["logits"])
    outputs = {EMBEDDING: model.output[EMBEDDING], PREDICTIONS: predictions}
    if with_layers:
        outputs[LAYERS] = model.output[LAYERS]
    return Network(
        name=variant.name,
        model=keras.Model(model.input, outputs, name=variant.name),
        height=variant.input_size,
        width=variant.input_size,
        dimension=DIMENSION,
        n_outputs=CLASSES,
        layers=variant.widths if with_layers else (),
    )


def _sizes(progress: Callable[[int, int], None] | None) -> Sizes:
    file = cache_folder() / "backbones.json"
    keras_version = version("keras")
    sizes = _read(file, keras_version)
    if sizes is None:
        with without_notices():
            names = applications.names()
            applications.describe(names[0])  # TensorFlow looks for a GPU now, and reports it
        sizes = {}
        for done, name in enumerate(names, start=1):
            sizes[name] = applications.describe(name)
            if progress is not None:
                progress(done, len(names))
        _write(file, keras_version, sizes)
    return sizes


def _read(file: Path, keras_version: str) -> Sizes | None:
    """Return what `_write` wrote; None when that is missing, damaged or of another Keras."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        if found["keras"] != keras_version:
            return None
        return {
            str(name): (int(dimension), int(height), int(width))
            for name, (dimension, height, width) in found["backbones"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _write(file: Path, keras_version: str, sizes: Sizes) -> None:
    contents = json.dumps({"keras": keras_version, "backbones": sizes})
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(file) as partial:
            partial.write_text(contents, encoding="utf-8")
    except OSError:  # a folder that cannot be written: the next listing takes as long
        return
