"""Exports a Keras network to ONNX, where it computes the same there.

Keras's own ``model.export(..., format="onnx")`` does not replace this: on the
TensorFlow backend it calls tf2onnx itself (``keras/src/export/onnx.py``), and
it hands over less than tf2onnx needs. Tensors that a model has captured, such
as the means of a preprocessing, become further inputs (ResNet50); grouped
convolutions stay a ``StatefulPartitionedCall`` and the exact GELU an ``Erfc``,
which ONNX Runtime refuses; what it writes of ViT, DINOv2, DINOv3 and ConvNeXt
is refused too. Hence the graph is frozen, inlined and rewritten here before
tf2onnx takes it. Both ways, side by side::

    python -m tests.benchmarks.onnx_export
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write
from core.embedding.engine import (
    LEAST_COSINE,
    KerasEngine,
    OnnxEngine,
    Shape,
    least_cosine,
    probe_pixels,
)
from core.embedding.network import EMBEDDING, LAYERS, PREDICTIONS, BackboneError, Network

if TYPE_CHECKING:
    import onnx
    import onnxruntime

OPSET = 18

PLAIN = "_plain"
"""What is added to the name of a function that has been changed."""

SHAPE = "second_look"
"""The key of a `Shape` among the metadata of an ONNX file."""


def export_onnx(network: Network, file: Path) -> bool:
    """Write `network` to `file` for `OnnxEngine`, and compare the two.

    Returns
    -------
    bool
        False when nothing was written: ONNX lacks an operation, the model
        passes 2 GB, or what came out computes something else.
    """
    probe = probe_pixels(network)
    exact = KerasEngine(network).run(probe).embeddings
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with atomic_write(file) as partial:
            partial.write_bytes(convert(network).SerializeToString())
            _compare(OnnxEngine(partial), probe, exact, Shape.of(network).widths)
    except Exception:  # each of the libraries raises errors of its own
        return False
    return True


def shape_of(session: onnxruntime.InferenceSession) -> Shape:
    """Return the shape that `export_onnx` wrote into the file; before 0.2 it had no layers."""
    written = json.loads(session.get_modelmeta().custom_metadata_map[SHAPE])
    height, width, dimension, n_outputs, *layers = written
    return Shape(height, width, dimension, n_outputs, tuple(*layers))


def convert(network: Network) -> onnx.ModelProto:
    """Convert a network by way of a frozen graph; see the module for why."""
    import onnx
    import tf2onnx

    graph, inputs, outputs = _frozen(network)
    _express_erfc(graph)
    # What it cannot convert it prints, though it also raises.
    logging.disable(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            model, _ = tf2onnx.convert.from_graph_def(
                graph, input_names=inputs, output_names=list(outputs), opset=OPSET
            )
    finally:
        logging.disable(logging.NOTSET)
    _rename_outputs(model.graph, outputs)
    onnx.helper.set_model_props(model, {SHAPE: json.dumps(Shape.of(network))})
    return model


def _compare(
    engine: OnnxEngine,
    probe: NDArray[np.uint8],
    exact: NDArray[np.float32],
    widths: tuple[int, ...],
) -> None:
    """Raise a BackboneError where `engine` computes something else for `probe`."""
    embeddings = np.concatenate([engine.run(one[None]).embeddings for one in probe])
    if embeddings.shape != exact.shape or least_cosine(embeddings, exact, widths) < LEAST_COSINE:
        raise BackboneError("The ONNX model does not compute what the Keras model computes.")


def _frozen(network: Network) -> tuple[Any, list[str], dict[str, str]]:
    """Return a graph of constants, its input's name, and our names of its outputs by theirs."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    asked = {EMBEDDING: True, LAYERS: bool(network.layers), PREDICTIONS: bool(network.n_outputs)}
    names = [name for name, is_there in asked.items() if is_there]
    shape = (None, network.height, network.width, 3)

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])  # type: ignore[untyped-decorator]
    def forward(pixels: tf.Tensor) -> list[tf.Tensor]:
        outputs = network.model(pixels, training=False)
        return [tf.identity(outputs[name]) for name in names]

    concrete = forward.get_concrete_function()
    function = convert_variables_to_constants_v2(concrete)
    graph = function.graph.as_graph_def()
    captured = concrete.inputs[len(concrete.inputs) - len(concrete.captured_inputs) :]
    values = {
        placeholder.op.name: value
        for placeholder, value in zip(captured, concrete.captured_inputs, strict=True)
        if value.dtype != tf.resource
    }
    for node in graph.node:
        if node.op == "Placeholder" and node.name in values:
            value = values[node.name]
            node.op = "Const"
            del node.attr["shape"]
            node.attr["dtype"].type = value.dtype.as_datatype_enum
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value.numpy()))
    inputs = [tensor.name for tensor in function.inputs if tensor.op.name not in values]
    outputs = [tensor.name for tensor in function.outputs]
    if any(node.op.endswith("PartitionedCall") for node in graph.node):
        graph, inputs, outputs = _inlined(graph, inputs, outputs)
    return graph, inputs, dict(zip(outputs, names, strict=True))


def _inlined(graph: Any, inputs: list[str], outputs: list[str]) -> tuple[Any, list[str], list[str]]:
    """Inline functions that are separate for XLA, as Keras does with grouped convolutions."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    nodes = [*graph.node, *(node for call in graph.library.function for node in call.node_def)]
    for holder in (*graph.library.function, *nodes):
        for key in ("_XlaMustCompile", "_noinline"):
            holder.attr.pop(key, None)
    # TensorFlow knows these functions already, by their names, and as they were.
    for call in graph.library.function:
        call.signature.name += PLAIN
    for node in nodes:
        for attribute in node.attr.values():
            if attribute.HasField("func"):
                attribute.func.name += PLAIN
    imported = tf.compat.v1.wrap_function(
        lambda: tf.graph_util.import_graph_def(graph, name=""), []
    )
    function = convert_variables_to_constants_v2(
        imported.prune(
            [imported.graph.get_tensor_by_name(name) for name in inputs],
            [imported.graph.get_tensor_by_name(name) for name in outputs],
        )
    )
    return (
        function.graph.as_graph_def(),
        [tensor.name for tensor in function.inputs],
        [tensor.name for tensor in function.outputs],
    )


def _express_erfc(graph: Any) -> None:
    """Write erfc(x), which the exact GELU needs and ONNX lacks, as 1 - erf(x)."""
    for node in [node for node in graph.node if node.op == "Erfc"]:
        kind = node.attr["T"].type
        erf = graph.node.add(name=f"{node.name}/erf", op="Erf", input=list(node.input))
        erf.attr["T"].type = kind
        one = graph.node.add(name=f"{node.name}/one", op="Const")
        one.attr["dtype"].type = one.attr["value"].tensor.dtype = kind
        one.attr["value"].tensor.tensor_shape.SetInParent()
        one.attr["value"].tensor.float_val.append(1.0)
        node.op = "Sub"
        node.input[:] = [one.name, erf.name]


def _rename_outputs(graph: onnx.GraphProto, names: dict[str, str]) -> None:
    """Give the outputs our names."""
    for node in graph.node:
        for ends in (node.input, node.output):
            ends[:] = [names.get(name, name) for name in ends]
    for output in graph.output:
        output.name = names.get(output.name, output.name)
