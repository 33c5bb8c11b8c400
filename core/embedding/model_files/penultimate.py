"""Cuts an image classifier at the input of its prediction layer.

The model is replayed, nested models layer by layer, so that every tensor
lies in one flat graph. From the output it is traversed backward through layers
without weights (softmax, dropout, reshaping, pooling) to the layer that predicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from core.embedding.choice import SEVERAL
from core.embedding.layers import LayerRequest, MapShape, found_by_shape
from core.embedding.model_files.flat_graph import FlatGraph, Step
from core.embedding.network import DEFAULT_INPUT_SIZE, BackboneError

if TYPE_CHECKING:
    import keras

TINY = 1e-7


class Cut(NamedTuple):
    """A model cut at the input of its prediction layer, as symbolic tensors.

    Attributes
    ----------
    inputs : keras.KerasTensor
        Images (n, height, width, 1 or 3), in the pixels the model was trained on.
    embedding : keras.KerasTensor
        (n, d) float32.
    predictions : keras.KerasTensor or None
        (n, K) float32, probabilities that sum to one.
    layer : str
        The prediction layer, whose input the embedding is; or the layer that
        was asked for or comes last, whose output it is.
    scales_input : bool
        Whether the model itself scales pixels before its first weights.
    further : dict of str to keras.KerasTensor
        (n, w) float32 each: further layers beside the embedding, pooled.
    """

    inputs: keras.KerasTensor
    embedding: keras.KerasTensor
    predictions: keras.KerasTensor | None
    layer: str
    scales_input: bool
    further: dict[str, keras.KerasTensor]


class Head(NamedTuple):
    """A prediction layer: its name and input, its activation, the tensors from it to the output."""

    name: str
    source: Any
    activation: str | None
    passed: frozenset[Any]


class Output(NamedTuple):
    """An output of a model; `width` is 0 for one that is no vector per image."""

    name: str
    tensor: Any
    width: int
    head: Head | None


def cut(model: keras.Model, layer: str | None = None, name: str | None = None) -> Cut:
    """Cut `model` at the input of its prediction layer, or where `layer` says.

    Parameters
    ----------
    model : keras.Model
        Functional or Sequential, also nested, with one image as its input.
        Sizes it leaves open become 224 pixels. Dropout and augmentation are
        off, unless a caller says ``training=True``.
    layer : str, optional
        The layer whose output is the embedding; ``outer/inner`` in a nested
        model, or ``inner`` where that is unique. For the prediction layer, or
        what follows it, its input is taken instead. The last call counts
        where a layer is called more than once. Or several, see `LayerRequest`.
    name : str, optional
        What to call the model in messages; by default its own name.

    Returns
    -------
    Cut
        Axes between the first and the last are averaged. A model that ends
        in features instead of predictions is its own embedding.

    Raises
    ------
    BackboneError
        When the model takes no image, or the layer cannot be determined.
    """
    import keras

    name = name or model.name
    layer, wanted = LayerRequest.of(layer)
    inputs = _image_input(model, name)
    flat = FlatGraph()
    tensors = keras.tree.flatten_with_path(flat.replay(model, inputs, ""))
    try:
        output = choose_output([_output(flat, path, x, name) for path, x in tensors], name)
    except BackboneError:
        if layer is None:
            raise
        output = Output("", None, 0, None)
    if layer is not None:
        place, tensor = flat.find(layer, name)
    else:
        place, tensor = flat.name_of(output.tensor), output.tensor
    head = output.head
    if head is not None and (layer is None or id(tensor) in head.passed):
        place, tensor = head.name, flat.tensors[head.source]
    if not hasattr(tensor, "shape"):  # a nested model may return several tensors
        raise not_a_vector(place, name)
    if wanted is None:
        wanted = tuple(found_by_shape(map_shapes(flat.outputs()), tensor.shape[-1]))
    further = dict(flat.find(one, name) for one in wanted)
    # A model of its own, lest its layers share a name with the operations that follow.
    ends = [tensor, *further.values()] + ([] if head is None else [output.tensor])
    part = flat.model(inputs, ends)
    images = keras.Input(inputs.shape[1:], dtype=inputs.dtype)
    results = keras.tree.flatten(part(images))
    predictions = None if head is None else probabilities(results[-1], head.activation)
    means = [
        pooled(result, one, name) for one, result in zip([place, *further], results, strict=False)
    ]
    beside = dict(zip(further, means[1:], strict=True))
    return Cut(images, means[0], predictions, place, flat.scales_input(), beside)


def layers_of_model(model: keras.Model, name: str) -> tuple[list[MapShape], list[str]]:
    """Return the layers of `model` that are maps, and those that `SEVERAL` takes."""
    found = cut(model, SEVERAL, name)
    flat = FlatGraph()
    flat.replay(model, _image_input(model, name), "")
    return map_shapes(flat.outputs()), list(found.further)


def map_shapes(outputs: Mapping[str, tuple[Any, bool]]) -> list[MapShape]:
    """Return what `found_by_shape` takes: the outputs that are maps of known size, in order."""
    found = []
    for layer, (tensor, joins) in outputs.items():
        shape = tuple(getattr(tensor, "shape", ()))
        if len(shape) == 4 and None not in shape[1:]:
            found.append(MapShape(layer, *shape[1:], joins=joins))
    return found


def find_head(steps: Mapping[Any, Step], output: Any, is_vector: bool, name: str) -> Head | None:
    """Walk back from `output` to the layer that predicts; None when it is features.

    Parameters
    ----------
    steps : mapping
        The step that made each tensor, by the tensor's key.
    output : hashable
        The key of the tensor to start from.
    is_vector : bool
        Whether it is one vector per image: a map without a softmax is features.
    name : str
        What to call the model in messages.

    Raises
    ------
    BackboneError
        When the layer that the probabilities come from cannot be determined.
    """
    activation, passed, key = None, set(), output
    while (step := steps.get(key)) is not None:
        activation = activation or step.activation
        if step.role == "stop" or (step.below_probabilities and activation is None):
            break
        passed.add(key)
        if step.role == "head":
            is_head = activation is not None or is_vector
            return (
                Head(step.name, step.sources[0], activation, frozenset(passed)) if is_head else None
            )
        key = step.sources[0]
    joined = step.sources if step and is_vector and len(step.sources) > 1 else ()
    if activation or any(_ends_in_softmax(steps, source) for source in joined):
        raise BackboneError(
            f"The prediction layer of {name} cannot be determined from its output; name the layer"
            " to embed with --layer."
        )
    return None


def _ends_in_softmax(steps: Mapping[Any, Step], key: Any) -> bool:
    while (step := steps.get(key)) is not None and step.role != "stop":
        if step.activation == "softmax":
            return True
        key = step.sources[0]
    return False


def choose_output(outputs: Sequence[Output], name: str) -> Output:
    """Return the output that classifies: by its name, its softmax, its width.

    Raises
    ------
    BackboneError
        Naming the outputs, when more than one may be it.
    """
    widest = max(output.width for output in outputs)
    tests: tuple[Callable[[Output], bool], ...] = (
        lambda output: "aux" not in output.name.lower(),
        lambda output: re.search("pred|prob|logit|class", output.name.lower()) is not None,
        lambda output: output.head is not None and output.head.activation is not None,
        lambda output: output.head is not None,
        lambda output: output.width == widest,
    )
    for test in tests:
        outputs = [output for output in outputs if test(output)] or outputs
    if len(outputs) > 1:
        named = ", ".join(output.name for output in outputs[:8])
        raise BackboneError(
            f"{name} has several outputs that may be its predictions ({named}); name the layer to"
            " embed with --layer."
        )
    return outputs[0]


def pooled(tensor: Any, place: str, name: str) -> Any:
    """Return `tensor` (n, ..., d) as float32 (n, d), averaged over the axes between.

    Raises
    ------
    BackboneError
        When it is no such tensor.
    """
    from keras import ops

    if len(tensor.shape) < 2 or tensor.shape[-1] is None:
        raise not_a_vector(place, name)
    tensor = ops.cast(tensor, "float32")
    between = tuple(range(1, len(tensor.shape) - 1))
    return ops.mean(tensor, axis=between) if between else tensor


def not_a_vector(place: str, name: str) -> BackboneError:
    """Return the error that the output of `place` cannot be an embedding."""
    return BackboneError(
        f"The output of {place!r} in {name} is not one vector or map of fixed length per image;"
        " name another layer with --layer."
    )


def probabilities(output: Any, activation: str | None) -> Any:
    """Return the output of a prediction layer as probabilities (n, K) that sum to one.

    One unit becomes two columns, ``[1 - p, p]``; independent sigmoids are
    divided by their sum. None where there is a prediction for every position of the image.
    """
    from keras import ops

    if not _is_vector(output):
        return None
    classes = output.shape[-1]
    output = ops.cast(ops.reshape(output, (-1, classes)), "float32")
    if activation is None:
        output = ops.sigmoid(output) if classes == 1 else ops.softmax(output)
    elif activation == "log_softmax":
        output = ops.exp(output)
    if classes == 1:
        return ops.concatenate([1 - output, output], axis=-1)
    if activation == "sigmoid":
        return (output + TINY) / ops.sum(output + TINY, axis=-1, keepdims=True)
    return output


def image_shape(shape: Sequence[int | None], name: str) -> tuple[int, int, int]:
    """Return height, width and channels of images (n, height, width, channels), none left open.

    Raises
    ------
    BackboneError
        When the shape is not that of images.
    """
    channels = shape[3] if len(shape) == 4 else None
    if channels not in (1, 3):
        described = ", ".join("any" if side is None else str(side) for side in shape)
        raise BackboneError(
            f"{name} takes input of shape ({described}), not images of shape"
            " (any, height, width, 3 or 1)."
        )
    return shape[1] or DEFAULT_INPUT_SIZE, shape[2] or DEFAULT_INPUT_SIZE, channels


def _image_input(model: keras.Model, name: str) -> Any:
    """Return a new input tensor like that of `model`, with every size fixed."""
    import keras

    inputs = getattr(model, "inputs", None)
    if not isinstance(model, (keras.Function, keras.Sequential)) or not inputs:
        raise BackboneError(
            f"{name} is not a Sequential or functional Keras model with a known input, so it"
            " cannot be cut; give --embeddings instead."
        )
    if len(inputs) != 1:
        raise BackboneError(f"{name} takes {len(inputs)} inputs; an image classifier takes one.")
    return keras.Input(image_shape(inputs[0].shape, name), dtype=inputs[0].dtype)


def _is_vector(tensor: Any) -> bool:
    return len(tensor.shape) > 1 and all(side == 1 for side in tensor.shape[1:-1])


def _output(flat: FlatGraph, path: tuple[Any, ...], tensor: Any, name: str) -> Output:
    key = ".".join(part for part in path if isinstance(part, str)) or flat.name_of(tensor)
    head = find_head(flat.steps, id(tensor), _is_vector(tensor), name)
    return Output(key, tensor, tensor.shape[-1] if _is_vector(tensor) else 0, head)
