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
from core.embedding.backbones import applications, efficientnet_lite, hub
from core.embedding.choice import DEFAULT_BACKBONE
from core.embedding.network import EMBEDDING, PREDICTIONS, BackboneError, Network
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
    """List the bundled backbone and those of Keras Applications by name.

    Sizes are taken from the networks, which are all built for it once, in half
    a minute, and cached in a file until Keras changes.

    Parameters
    ----------
    progress : callable, optional
        Called with how many networks have been built, and of how many.
    """
    side = efficientnet_lite.INPUT_SIZE
    bundled = BackboneInfo(DEFAULT_BACKBONE, efficientnet_lite.DIMENSION, side, side, "bundled")
    return [
        bundled,
        *(
            BackboneInfo(name, *size, _place_of_weights(name))
            for name, size in _sizes(progress).items()
        ),
    ]


def load_network(name: str, weights: Path | None = None) -> Network:
    """Load a backbone by name; imports Keras.

    Parameters
    ----------
    name : str
        ``efficientnet_lite0``, a name of Keras Applications, or ``hub:PRESET``.
    weights : Path or None
        A file of weights for a network of Keras Applications.

    Raises
    ------
    BackboneError
        When nothing has that name, or it cannot be loaded.
    """
    check_name(name)
    if name == DEFAULT_BACKBONE or name.startswith(hub.PREFIX):
        if weights is not None:
            raise BackboneError(f"{name} has its own weights; leave out --weights.")
        return _bundled() if name == DEFAULT_BACKBONE else hub.load(name.removeprefix(hub.PREFIX))
    return applications.load(name, weights)


def check_name(name: str) -> None:
    """Make sure that `name` can be loaded; imports Keras for names that are its.

    Raises
    ------
    BackboneError
        When nothing has that name.
    """
    if name == DEFAULT_BACKBONE or name.startswith(hub.PREFIX):
        return
    if applications.spelled(name) is None:
        raise BackboneError(_unknown(name))


def _place_of_weights(name: str) -> str:
    return "on this machine" if applications.has_weights(name) else "download"


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), [DEFAULT_BACKBONE, *applications.names()], n=3)
    names = f" (similar names: {', '.join(near)})" if near else ""
    return f"There is no backbone called {name!r}{names}; `python -m core backbones` lists them."


def _bundled() -> Network:
    import keras

    model = efficientnet_lite.efficientnet_lite0()
    side = efficientnet_lite.INPUT_SIZE
    predictions = keras.layers.Softmax(name=PREDICTIONS)(model.output["logits"])
    outputs = {EMBEDDING: model.output["embedding"], PREDICTIONS: predictions}
    return Network(
        name=DEFAULT_BACKBONE,
        model=keras.Model(model.input, outputs, name=DEFAULT_BACKBONE),
        height=side,
        width=side,
        dimension=efficientnet_lite.DIMENSION,
        n_outputs=efficientnet_lite.CLASSES,
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
