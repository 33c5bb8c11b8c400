"""Cuts a TensorFlow SavedModel at the input of its prediction layer.

tf.saved_model.load would run whatever functions the folder names for loading.
Instead, graph and weights are read as data: the graph is reduced to what its
serving signature needs, every operation in that is checked, the weights go in
as constants, and only then does anything run.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.layers import LayerRequest
from core.embedding.model_files.flat_graph import PROBABILITIES, Step, unknown_layer
from core.embedding.model_files.model_safety import checked_graph, damaged, graph_nodes, node_of
from core.embedding.model_files.penultimate import (
    Cut,
    Output,
    choose_output,
    find_head,
    image_shape,
    not_a_vector,
    pooled,
    probabilities,
)
from core.embedding.network import BackboneError

if TYPE_CHECKING:
    import keras

PROBE_BATCH = 3
"""Images for trying the graph, to find which of its axes is the batch."""

PASSED = frozenset(
    "Add AddV2 AvgPool BiasAdd Cast CheckNumerics EnsureShape Identity LogSoftmax Mean"
    " PreventGradient Reshape Sigmoid Softmax Squeeze StopGradient".split()
)
PASSED_BELOW_PROBABILITIES = frozenset(
    "Div FusedBatchNorm FusedBatchNormV3 LeakyRelu Max MaxPool Mul RealDiv Relu Relu6 Sub".split()
)
MATRIX = frozenset("BatchMatMul BatchMatMulV2 BatchMatMulV3 MatMul".split())
SCALING = frozenset("Add AddV2 BiasAdd Div Mul RealDiv Sub".split())
LEARNED = MATRIX | frozenset("Conv2D DepthwiseConv2dNative FusedBatchNorm FusedBatchNormV3".split())
SIZES = frozenset("Rank Shape ShapeN Size".split())
CALLS = frozenset("PartitionedCall StatefulPartitionedCall".split())

WEIGHTS = "second_look_weights"
"""The beginning of the names that weights get in the frozen graph."""


def load_saved_model(folder: Path, layer: str | None = None) -> Cut:
    """Load the SavedModel in `folder` and cut it as `penultimate.cut` does.

    Parameters
    ----------
    folder : Path
        Holds ``saved_model.pb`` and its variables.
    layer : str, optional
        A node, or a layer's scope whose last node counts; the end of the name
        is enough where it is unique. Its output is the embedding, or for the
        prediction layer its input. Or several, see `LayerRequest`; none are
        found by themselves here, where nodes have no shape before they run.

    Raises
    ------
    BackboneError
        When it does more than compute, or is no image classifier.
    """
    name = folder.name
    meta = _read(folder)
    signature = _signature(meta, name)
    if len(signature.inputs) != 1:
        raise BackboneError(
            f"{name} takes {len(signature.inputs)} inputs; an image classifier takes one."
        )
    (given,) = signature.inputs.values()
    dims = [None if dim.size < 0 else dim.size for dim in given.tensor_shape.dim]
    shape = image_shape(dims, name)
    if dims[0] is not None:
        raise BackboneError(
            f"{name} takes {dims[0]} images at a time; export it for batches of any size."
        )
    outputs = {key: info.name for key, info in sorted(signature.outputs.items())}
    graph = checked_graph(meta, [given.name, *outputs.values()], name)
    try:
        frozen = _frozen(graph, _weights(graph, meta, folder), given, shape, list(outputs.values()))
        return _cut(frozen, list(outputs), layer, name)
    except BackboneError:
        raise
    except Exception:  # whatever TensorFlow meets in a graph and weights that do not fit
        raise BackboneError(
            f"TensorFlow cannot run {name}; it is damaged or incomplete, so save it again, or give"
            " --embeddings."
        ) from None


def _read(folder: Path) -> Any:
    """Return the MetaGraphDef for serving."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel()
    try:
        saved.ParseFromString((folder / "saved_model.pb").read_bytes())
    except (DecodeError, OSError):
        raise damaged(folder.name) from None
    metas = [meta for meta in saved.meta_graphs if "serve" in meta.meta_info_def.tags]
    if not metas:
        raise BackboneError(f"{folder.name} has no graph for serving; export the network again.")
    if not metas[0].object_graph_def.nodes:
        raise BackboneError(
            f"{folder.name} was saved by TensorFlow 1; save it again with TensorFlow 2, or give"
            " --embeddings."
        )
    return metas[0]


def _signature(meta: Any, name: str) -> Any:
    signatures = {key: value for key, value in meta.signature_def.items() if value.inputs}
    if "serving_default" in signatures:
        return signatures["serving_default"]
    if len(signatures) != 1:
        found = f"only {', '.join(sorted(signatures))}" if signatures else "none at all"
        raise BackboneError(
            f"{name} has no signature 'serving_default' but {found}; export it with one."
        )
    return next(iter(signatures.values()))


def _weights(graph: Any, meta: Any, folder: Path) -> dict[str, Any]:
    """Return the value of every variable that `graph` reads, by the name of its node.

    The functions of a SavedModel say which object each of their inputs is;
    the objects lie under the same names in the checkpoint, which has the values.
    """
    import tensorflow as tf
    from tensorflow.core.protobuf import trackable_object_graph_pb2

    nodes = {node.name for node in graph.node if node.op == "VarHandleOp"}
    if not nodes:
        return {}
    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    objects = trackable_object_graph_pb2.TrackableObjectGraph()
    objects.ParseFromString(reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH"))
    stored = {0: 0}
    waiting = [0]
    while waiting:
        one = waiting.pop()
        places = {c.local_name: c.node_id for c in objects.nodes[stored[one]].children}
        for child in meta.object_graph_def.nodes[one].children:
            if child.local_name in places and child.node_id not in stored:
                stored[child.node_id] = places[child.local_name]
                waiting.append(child.node_id)
    weights = {}
    for call in graph.node:
        if call.op in CALLS:
            function = meta.object_graph_def.concrete_functions[call.attr["f"].func.name]
            bound = function.bound_inputs
            inputs = [node_of(tensor) for tensor in call.input if not tensor.startswith("^")]
            for node, one in zip(inputs[len(inputs) - len(bound) :], bound, strict=True):
                if node in nodes and node not in weights:
                    key = objects.nodes[stored[one]].attributes[0].checkpoint_key
                    weights[node] = reader.get_tensor(key)
    if nodes - weights.keys():
        raise LookupError("a variable has no value")
    return weights


def _frozen(graph: Any, weights: dict[str, Any], given: Any, shape: Any, tensors: Any) -> Any:
    """Return `graph` as a function of images, with its weights as constants.

    Parameters
    ----------
    graph : GraphDef
    weights : dict
        By the node that stands for the variable.
    given : TensorInfo
        The input of the signature.
    shape : tuple
        Height, width and channels of the images.
    tensors : sequence of str
        The outputs.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    variables = {node: tf.Variable(value, trainable=False) for node, value in weights.items()}
    replaced = {*variables, node_of(given.name)}
    others = [node for node in graph.node if node.name not in replaced]
    del graph.node[:]
    graph.node.extend(others)
    _rename_functions(graph)

    def imported(images: tf.Tensor) -> Any:
        function = tf.compat.v1.get_default_graph()
        places = {given.name: images}
        for number, (node, variable) in enumerate(variables.items()):
            function.watch_variable(variable)
            places[f"{node}:0"] = function.capture(variable.handle, name=f"{WEIGHTS}_{number}")
        return tf.graph_util.import_graph_def(graph, places, tensors, name="")

    images = tf.TensorSpec((None, *shape), tf.as_dtype(given.dtype))
    wrapped = tf.compat.v1.wrap_function(imported, [images])
    return convert_variables_to_constants_v2(wrapped, lower_control_flow=False)


def _rename_functions(graph: Any) -> None:
    """Give the functions names of their own, as TensorFlow has one name space for all models."""
    unique = uuid.uuid4().hex
    names = {
        function.signature.name: f"second_look_{unique}_{number}"
        for number, function in enumerate(graph.library.function)
    }
    for function in graph.library.function:
        function.signature.name = names[function.signature.name]
    for node in graph_nodes(graph):
        node.op = names.get(node.op, node.op)
        for value in node.attr.values():
            for called in (value.func, *value.list.func):
                if called.name:
                    called.name = names.get(called.name, called.name)


def _cut(frozen: Any, keys: Sequence[str], layer: str | None, name: str) -> Cut:
    """Cut a frozen function whose outputs are called `keys`."""
    import keras

    flat = _FlatGraph(frozen.graph, frozen.inputs[0].op.name)
    inputs = keras.Input(frozen.inputs[0].shape[1:], dtype=frozen.inputs[0].dtype.name)
    try:
        output = choose_output(_outputs(frozen, flat, keys, name), name)
    except BackboneError:
        if layer is None:
            raise
        output = Output("", None, 0, None)
    head = output.head
    layer, named = LayerRequest.of(layer)
    place, taken = flat.find(layer, name) if layer else ("its output", output.tensor)
    if head is not None and (layer is None or taken.name in head.passed):
        place, taken = head.name, frozen.graph.get_tensor_by_name(head.source)
    further = dict(flat.find(one, name) for one in named or ())
    fetched = [taken, *further.values()] + ([] if head is None else [output.tensor])
    function = frozen.prune(frozen.inputs, fetched)
    shapes = _shapes(function)
    places = [place, *further]
    for one, found in zip(places, shapes, strict=False):
        if found[:1] != (PROBE_BATCH,):
            raise not_a_vector(one, name)
    results = _layer(function, shapes)(inputs)
    predictions = None if head is None else probabilities(results[-1], head.activation)
    means = [pooled(result, one, name) for one, result in zip(places, results, strict=False)]
    beside = dict(zip(further, means[1:], strict=True))
    return Cut(inputs, means[0], predictions, place, flat.scales_input(), beside)


def _outputs(frozen: Any, flat: _FlatGraph, keys: Sequence[str], name: str) -> list[Output]:
    """Return the outputs that are numbers for each image."""
    found = []
    for key, tensor, shape in zip(keys, frozen.outputs, _shapes(frozen), strict=True):
        if tensor.dtype.is_floating and shape[:1] == (PROBE_BATCH,) and len(shape) > 1:
            is_vector = all(side == 1 for side in shape[1:-1])
            head = find_head(flat.steps, tensor.name, is_vector, name)
            found.append(Output(key, tensor, shape[-1] if is_vector else 0, head))
    if not found:
        raise BackboneError(f"{name} gives no vector or map for each image; export it with one.")
    return found


def _shapes(function: Any) -> list[tuple[int, ...]]:
    """Return the shapes that the results of `function` have for a batch."""
    import tensorflow as tf

    given = function.inputs[0]
    images = tf.zeros((PROBE_BATCH, *given.shape[1:]), given.dtype)
    return [tuple(value.shape) for value in function(images)]


def _layer(function: Any, shapes: Sequence[tuple[int, ...]]) -> keras.Layer:
    """Return a Keras layer that calls `function`, whose results have `shapes`."""
    import keras

    class FrozenGraph(keras.layers.Layer):  # type: ignore[misc]
        def call(self, images: Any) -> list[Any]:
            return list(function(images))

        def compute_output_spec(self, images: Any) -> list[Any]:
            return [
                keras.KerasTensor((None, *shape[1:]), tensor.dtype.name)
                for shape, tensor in zip(shapes, function.outputs, strict=True)
            ]

    return FrozenGraph(name="saved_model", autocast=False)


class _FlatGraph:
    """What each operation of a frozen graph means, as far as images pass through it."""

    def __init__(self, graph: Any, images: str) -> None:
        self.steps: dict[str, Step] = {}
        self._operations: list[tuple[Any, tuple[str, ...]]] = []
        self._learned: set[str] = set()
        reached = {images}
        for operation in graph.get_operations():
            from_images = [tensor for tensor in operation.inputs if tensor.op.name in reached]
            if from_images and operation.type not in SIZES:
                reached.add(operation.name)
                self._add(operation, tuple(tensor.name for tensor in from_images))
            elif operation.name.startswith(WEIGHTS) or any(
                tensor.op.name in self._learned for tensor in operation.inputs
            ):
                self._learned.add(operation.name)

    def find(self, layer: str, name: str) -> tuple[str, Any]:
        """Return the full name and the output of the node or scope that is called `layer`."""
        named = {_plain(operation.name): operation for operation, _ in self._operations}
        ends = [full for full in named if f"/{full}".endswith(f"/{layer}")]
        found = [layer] if layer in named else ends
        found = found or [full for full in named if f"/{layer}/" in f"/{full}"][-1:]
        if not found:
            raise unknown_layer(layer, list(named), name)
        if len(found) > 1:
            raise BackboneError(
                f"{name} has several nodes called {layer!r}; give one of these names in full:"
                f" {', '.join(found[:8])}."
            )
        return found[0], named[found[0]].outputs[0]

    def scales_input(self) -> bool:
        """Tell whether pixels meet arithmetic with constants before the first weights."""
        for operation, sources in self._operations:
            if operation.type in LEARNED:
                return False
            others = [x.op.name for x in operation.inputs if x.name not in sources]
            if operation.type in SCALING and len(others) == 1:
                return others[0] not in self._learned
        return False

    def _add(self, operation: Any, sources: tuple[str, ...]) -> None:
        name = _plain(operation.name)
        for index, tensor in enumerate(operation.outputs):
            if operation.type == "IdentityN":
                self.steps[tensor.name] = Step(name, (operation.inputs[index].name,), "pass")
            else:
                self.steps[tensor.name] = _step(operation, name, sources)
        if not operation.name.startswith("Func/"):  # made by inlining
            self._operations.append((operation, sources))


def _step(operation: Any, name: str, sources: tuple[str, ...]) -> Step:
    kind = operation.type
    if len(sources) > 1:
        return Step(name, sources, "stop")
    if kind in MATRIX and sources[0] == operation.inputs[0].name:
        return Step(name, sources, "head")
    if kind == "Conv2D":
        wide = tuple(operation.inputs[1].shape[:2]) != (1, 1)
        return Step(name, sources, "head", None, wide)
    if kind in PASSED:
        return Step(name, sources, "pass", PROBABILITIES.get(kind))
    if kind in PASSED_BELOW_PROBABILITIES:
        return Step(name, sources, "pass", None, True)
    return Step(name, sources, "stop")


def _plain(name: str) -> str:
    """Return the name of a node without the calls that it was inlined from."""
    parts = name.split("/")
    while len(parts) > 1 and parts[0].startswith(tuple(CALLS)):
        parts.pop(0)
    return "/".join(parts)
