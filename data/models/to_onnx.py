"""Make ``efficientnet_lite0.onnx`` from ``efficientnet_lite0.npz``.

ONNX Runtime loads the file as it is, so that the bundled backbone starts
without TensorFlow. Run it whenever the weights or the stages change::

    python data/models/to_onnx.py

The graph has the stages of `efficientnet_lite0`. Kernels stay float16 in the
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
    INPUT_SIZE,
    ONNX_FILE,
    WEIGHTS,
    blocks,
)
from core.embedding.network import EMBEDDING, PREDICTIONS

if TYPE_CHECKING:
    import onnx

OPSET = 17
IR_VERSION = 9


def build_onnx(weights: Path = WEIGHTS) -> onnx.ModelProto:
    """Build the graph.

    Parameters
    ----------
    weights : Path
        As in `efficientnet_lite0`.

    Returns
    -------
    onnx.ModelProto
        Input ``pixels`` uint8 (n, 224, 224, 3), RGB; outputs ``embedding``
        float32 (n, 1280) and ``predictions`` float32 (n, 1000), probabilities
        over the ImageNet-1k classes.
    """
    from onnx import TensorProto, helper

    graph = _Graph(weights)
    x = graph.node("Cast", ["pixels"], to=TensorProto.FLOAT)
    x = graph.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = graph.node("Sub", [x, graph.constant("middle", np.float32(127))])
    x = graph.node("Mul", [x, graph.constant("scale", np.float32(1 / 128))])
    x = graph.convolution(x, "stem", stride=2)
    for name, stage, stride, has_residual in blocks():
        skip = x
        if stage.expansion > 1:
            x = graph.convolution(x, f"{name}_expand")
        x = graph.convolution(x, f"{name}_depthwise", stride=stride, depthwise=True)
        x = graph.convolution(x, f"{name}_project", relu=False)
        if has_residual:
            x = graph.node("Add", [skip, x])
    x = graph.convolution(x, "head")
    x = graph.node("GlobalAveragePool", [x])
    graph.node("Flatten", [x], output=EMBEDDING)
    logits = graph.node("Gemm", [EMBEDDING, *graph.weights_of("logits")])
    graph.node("Softmax", [logits], output=PREDICTIONS, axis=1)

    def tensor(name: str, kind: int, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet_lite0",
            [tensor("pixels", TensorProto.UINT8, "n", INPUT_SIZE, INPUT_SIZE, 3)],
            [
                tensor(EMBEDDING, TensorProto.FLOAT, "n", DIMENSION),
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
    ONNX_FILE.write_bytes(build_onnx().SerializeToString(deterministic=True))
    print(f"{ONNX_FILE.name}: {ONNX_FILE.stat().st_size / 1e6:.1f} MB")
