"""Make the ``.onnx`` of every bundled backbone from its ``.npz``.

ONNX Runtime loads the files as they are, so that a bundled backbone starts
without TensorFlow. Run it whenever weights, stages or layers change::

    python data/models/to_onnx.py

A graph has the stages of its `Variant`. Kernels stay float16 in the
file, where a Cast follows each; ONNX Runtime folds these away when it loads
the file, and computes in float32. Tests run this script, compare what it makes
with the file, and hold the graph against the Keras model.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.embedding.backbones.efficientnet_lite import (
    CLASSES,
    DIMENSION,
    VARIANTS,
    Variant,
)
from core.embedding.network import EMBEDDING, LAYERS, PREDICTIONS

if TYPE_CHECKING:
    import onnx

OPSET = 17
IR_VERSION = 9


def build_onnx(variant: Variant) -> onnx.ModelProto:
    """Build the graph.

    Parameters
    ----------
    variant : Variant
        Whose bundled weights are taken.

    Returns
    -------
    onnx.ModelProto
        Input ``pixels`` uint8 (n, side, side, 3), RGB; outputs ``embedding``
        float32 (n, 1280), ``layers`` float32, the pooled outputs of
        `Variant.layers` side by side, and ``predictions`` float32 (n, 1000),
        probabilities over the ImageNet-1k classes.
    """
    from onnx import TensorProto, helper

    graph = _Graph(variant.weights)
    x = graph.node("Cast", ["pixels"], to=TensorProto.FLOAT)
    x = graph.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = graph.node("Sub", [x, graph.constant("middle", np.float32(127))])
    x = graph.node("Mul", [x, graph.constant("scale", np.float32(1 / 128))])
    x = graph.convolution(x, "stem", stride=2)
    maps = {}
    for name, stage, stride, has_residual in variant.blocks():
        skip = x
        if stage.expansion > 1:
            x = graph.convolution(x, f"{name}_expand")
        x = graph.convolution(x, f"{name}_depthwise", stride=stride, depthwise=True)
        x = graph.convolution(x, f"{name}_project", relu=False)
        if has_residual:
            x = graph.node("Add", [skip, x])
        maps[name] = x
    x = graph.convolution(x, "head")
    graph.pooled(x, EMBEDDING)
    layers = [graph.pooled(maps[name], f"{name}_pooled") for name in variant.layers]
    graph.node("Concat", layers, output=LAYERS, axis=1)
    logits = graph.node("Gemm", [EMBEDDING, *graph.weights_of("logits")])
    graph.node("Softmax", [logits], output=PREDICTIONS, axis=1)

    def tensor(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            variant.name,
            [tensor("pixels", TensorProto.UINT8, "n", variant.input_size, variant.input_size, 3)],
            [
                tensor(EMBEDDING, TensorProto.FLOAT, "n", DIMENSION),
                tensor(LAYERS, TensorProto.FLOAT, "n", sum(variant.widths)),
                tensor(PREDICTIONS, TensorProto.FLOAT, "n", CLASSES),
            ],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )


class _Graph:
    """Collects the nodes of a graph and the constants that they use."""

    def __init__(self, weights: Path) -> None:
        with np.load(weights, allow_pickle=False) as arrays:
            self.arrays = {name: arrays[name] for name in arrays.files}
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def node(self, kind: str, inputs: list[str], output: str | None = None, **options: Any) -> str:
        """Append a node; return the name of its output."""
        from onnx import helper

        output = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **options))
        return output

    def constant(self, name: str, value: Any) -> str:
        """Append a constant; return its name."""
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def pooled(self, x: str, output: str) -> str:
        """Append the mean over a feature map; return the name of its output."""
        return self.node("Flatten", [self.node("GlobalAveragePool", [x])], output)

    def weights_of(self, layer: str) -> list[str]:
        """Append kernel and bias of `layer` in ONNX layout; return their names as float32."""
        from onnx import TensorProto

        kernel = self.arrays[f"{layer}/kernel"]
        if kernel.ndim == 4:
            # Keras (h, w, in, out) -> ONNX (out, in, h, w); depthwise (h, w, channels, 1).
            axes = (2, 3, 0, 1) if layer.endswith("_depthwise") else (3, 2, 0, 1)
            kernel = np.ascontiguousarray(kernel.transpose(axes))
        stored = self.constant(f"{layer}/kernel", kernel)
        return [
            self.node("Cast", [stored], to=TensorProto.FLOAT),
            self.constant(f"{layer}/bias", self.arrays[f"{layer}/bias"]),
        ]

    def convolution(
        self, x: str, layer: str, stride: int = 1, depthwise: bool = False, relu: bool = True
    ) -> str:
        """Append a convolution and, unless told otherwise, a ReLU6."""
        kernel, bias = self.weights_of(layer)
        channels = len(self.arrays[f"{layer}/bias"])
        x = self.node(
            "Conv",
            [x, kernel, bias],
            strides=[stride, stride],
            group=channels if depthwise else 1,
            auto_pad="SAME_UPPER",
        )
        if not relu:
            return x
        bounds = [self.constant(f"{layer}/{end}", np.float32(end)) for end in (0, 6)]
        return self.node("Clip", [x, *bounds])


if __name__ == "__main__":
    for made in VARIANTS.values():
        made.onnx_file.write_bytes(build_onnx(made).SerializeToString(deterministic=True))
        print(f"{made.onnx_file.name}: {made.onnx_file.stat().st_size / 1e6:.1f} MB")
