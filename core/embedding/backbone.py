"""Backbones: networks ready to embed images on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.audit.library import cache_folder
from core.embedding.backbones.efficientnet_lite import CLASSES, DIMENSION, VARIANTS, Variant
from core.embedding.choice import BY_SIZE, EmbeddingChoice
from core.embedding.engine import Engine, KerasEngine, OnnxEngine, Shape, has_gpu
from core.embedding.layers import takes_fixed_layers
from core.embedding.network import Network
from core.embedding.notices import without_notices
from core.embedding.onnx_export import export_onnx, shape_of


@dataclass(frozen=True)
class Backbone:
    """A network ready to embed images.

    Attributes
    ----------
    name : str
    shape : Shape
        Height and width of the input in pixels, length of an embedding,
        number of classes it predicts.
    engine : Engine
    """

    name: str
    shape: Shape
    engine: Engine


def load_backbone(choice: EmbeddingChoice | None = None) -> Backbone:
    """Make the backbone of `choice` ready; a bundled one without TensorFlow on a processor.

    A network that comes from Keras is exported to ONNX once, into a cache in
    the folder of audits.

    Raises
    ------
    BackboneError
        When it is unknown, cannot be used, or its weights are not here.
    """
    choice = choice or EmbeddingChoice()
    with without_notices():
        if has_gpu():
            network = _network(choice)
            return Backbone(network.name, Shape.of(network), KerasEngine(network, on_gpu=True))
        if choice.backbone in VARIANTS and not choice.weights:
            return _bundled(VARIANTS[choice.backbone], choice.layer)
        return _on_processor(choice)


def check_backbone(choice: EmbeddingChoice) -> None:
    """Make sure that the backbone of `choice` exists, and may have its layers, without loading it.

    Raises
    ------
    BackboneError
        When it does not.
    """
    if choice.is_file or choice.embeddings:
        return
    if choice.backbone == BY_SIZE or choice.backbone in VARIANTS:
        takes_fixed_layers(choice.described, choice.layer)
        return
    from core.embedding.backbones.named_backbones import check_name

    with without_notices():
        check_name(choice.backbone)


def _bundled(variant: Variant, layer: str | None) -> Backbone:
    with_layers = takes_fixed_layers(variant.name, layer)
    widths = variant.widths if with_layers else ()
    shape = Shape(variant.input_size, variant.input_size, DIMENSION, CLASSES, widths)
    return Backbone(variant.name, shape, OnnxEngine(variant.onnx_file, with_layers))


def _on_processor(choice: EmbeddingChoice) -> Backbone:
    made_by = f"{choice.backbone_key()}-keras-{version('keras')}"
    exported = cache_folder() / f"{made_by}.onnx"
    if not exported.exists():
        network = _network(choice)
        if not export_onnx(network, exported):
            return Backbone(network.name, Shape.of(network), KerasEngine(network))
    engine = OnnxEngine(exported)
    return Backbone(choice.described, shape_of(engine.session), engine)


def _network(choice: EmbeddingChoice) -> Network:
    if choice.is_file:
        from core.embedding.model_files.model_file import load_model_file

        return load_model_file(Path(choice.backbone), choice.layer, choice.pixels)
    from core.embedding.backbones.named_backbones import load_network

    weights = Path(choice.weights) if choice.weights else None
    return load_network(choice.backbone, weights, choice.layer)
