"""Image towers of KerasHub presets, an optional extra; named ``hub:PRESET``."""

from __future__ import annotations

import difflib
import math
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from core.embedding.network import DEFAULT_INPUT_SIZE, EMBEDDING, BackboneError, Network

if TYPE_CHECKING:
    import keras

PREFIX = "hub:"


def load(preset: str) -> Network:
    """Build the image tower of a KerasHub preset with its weights.

    Scale, offset and size of the pixels are those of the preset. The embedding
    is what its authors compare or classify images by: the projected or pooled
    output where text and images meet (CLIP, SigLIP), the class token of a
    transformer that has one (ViT, DeiT, DINOv2, DINOv3), and elsewhere the mean
    over the last feature map or the tokens.

    Parameters
    ----------
    preset : str
        A name that KerasHub knows, a handle such as ``hf://user/model``, or
        the folder of a preset; downloaded once where it is not a folder.

    Raises
    ------
    BackboneError
        When KerasHub is not installed, there is no such preset, it cannot be
        downloaded, or it has no image tower.
    """
    hub = _keras_hub()
    _check_name(hub, preset)
    try:
        converter = hub.layers.ImageConverter.from_preset(preset)
        backbone = hub.models.Backbone.from_preset(preset)
    except Exception as error:  # of many kinds: those of the hubs, of the network, of Keras
        raise _refusal(preset, error) from None
    return _network(preset, backbone, converter)


def _keras_hub() -> ModuleType:
    try:
        import keras_hub
    except ImportError:
        raise BackboneError(
            "Backbones called hub:... need KerasHub; install it with: pip install keras-hub."
        ) from None
    module: ModuleType = keras_hub
    return module


def _check_name(hub: ModuleType, preset: str) -> None:
    """Refuse what can be refused without a download."""
    of_images = hub.layers.ImageConverter.presets
    if "://" in preset or preset in of_images:
        return
    if preset in hub.models.Backbone.presets:
        raise _without_images(preset)
    if Path(preset).exists():
        if not (Path(preset) / "config.json").exists():
            raise BackboneError(f"{preset} is no KerasHub preset: it has no config.json.")
        return
    near = [PREFIX + one for one in difflib.get_close_matches(preset, of_images, n=3)]
    names = f" (similar names: {', '.join(near)})" if near else ""
    raise BackboneError(
        f"KerasHub has no preset {preset!r}{names}, and there is no folder of that name."
    )


def _without_images(preset: str) -> BackboneError:
    return BackboneError(f"The KerasHub preset {preset!r} has no network for single images.")


def _refusal(preset: str, error: Exception) -> BackboneError:
    if isinstance(error, ValueError) and "subclass of ImageConverter" in str(error):
        return _without_images(preset)
    if not Path(preset).exists():
        return BackboneError(
            f"The KerasHub preset {preset!r} could not be downloaded; check the network and that"
            " you may download it, give the folder of a preset as hub:FOLDER, or leave out"
            " --backbone to use the bundled backbone."
        )
    if isinstance(error, FileNotFoundError):
        return BackboneError(
            f"The KerasHub preset in {preset} is incomplete; save the backbone and its image"
            " converter there with save_to_preset."
        )
    return BackboneError(f"The KerasHub preset in {preset} is damaged; save or download it again.")


def _network(preset: str, backbone: Any, converter: Any) -> Network:
    import keras

    images = [one for one in getattr(backbone, "inputs", None) or () if len(one.shape) == 4]
    if len(images) != 1 or images[0].shape[-1] != 3:
        raise _without_images(preset)
    any_size = converter.image_size or (DEFAULT_INPUT_SIZE, DEFAULT_INPUT_SIZE)
    height = images[0].shape[1] or any_size[0]
    width = images[0].shape[2] or any_size[1]
    pixels = keras.Input((height, width, 3), name="pixels")
    # The converter would do the same, but on the processor even where there is a GPU.
    scale = 1 if converter.scale is None else converter.scale
    offset = 0 if converter.offset is None else converter.offset
    scaled = keras.layers.Rescaling(scale, offset, name="rescale")(pixels)
    embedding = _embedding(preset, backbone, scaled)
    name = PREFIX + preset
    return Network(
        name=name,
        model=keras.Model(pixels, {EMBEDDING: embedding}),
        height=height,
        width=width,
        dimension=embedding.shape[-1],
        n_outputs=0,
    )


def _embedding(preset: str, backbone: Any, images: keras.KerasTensor) -> Any:
    """Return one vector for each image."""
    from keras import ops, tree

    if hasattr(backbone, "get_vision_embeddings"):
        return backbone.get_vision_embeddings(images)
    if len(backbone.inputs) > 1:
        raise _without_images(preset)
    features = backbone(tree.map_structure(lambda _: images, backbone.input))
    shape = tuple(getattr(features, "shape", ()))
    if len(shape) == 4:
        return ops.mean(features, axis=(1, 2))
    if len(shape) == 3:
        first_is_class = shape[1] > _count_patches(backbone, images)
        return features[:, 0] if first_is_class else ops.mean(features, axis=1)
    if len(shape) == 2:
        return features
    raise _without_images(preset)


def _count_patches(backbone: Any, images: keras.KerasTensor) -> float:
    """Return how many patches a transformer cuts an image into; other tokens come before them."""
    size = getattr(backbone, "patch_size", None)
    if size is None:
        return math.inf
    height, width = (size, size) if isinstance(size, int) else size
    return float((images.shape[1] // height) * (images.shape[2] // width))
