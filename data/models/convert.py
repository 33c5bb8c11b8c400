"""Make the ``.npz`` of a bundled backbone from a PyTorch-layout export of its weights.

Run once for each of them, when it was made::

    python data/models/convert.py efficientnet_lite2 EXPORT.npz

Batch normalization is folded into each convolution (float64), kernels are
transposed to Keras layout and stored as float16; biases stay float32. Run
``to_onnx.py`` afterwards.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.embedding.backbones.efficientnet_lite import VARIANTS

EPSILON = 1e-3  # of batch normalization, as the network was trained


def main(name: str, source: str) -> None:
    """Convert the arrays of `source` and write them to the place of the backbone `name`."""
    variant = VARIANTS[name]
    torch = np.load(source, allow_pickle=False)
    keras: dict[str, np.ndarray] = {}

    def fold(name: str, convolution: str, norm: str, depthwise: bool = False) -> None:
        part = {
            key: torch[f"{norm}.{key}"].astype(np.float64)
            for key in ("weight", "bias", "running_mean", "running_var")
        }
        scale = part["weight"] / np.sqrt(part["running_var"] + EPSILON)
        kernel = torch[f"{convolution}.weight"] * scale[:, None, None, None]
        # PyTorch (out, in, h, w) -> Keras (h, w, in, out); depthwise (h, w, channels, 1).
        axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        keras[f"{name}/kernel"] = kernel.transpose(axes).astype(np.float16)
        keras[f"{name}/bias"] = (part["bias"] - part["running_mean"] * scale).astype(np.float32)

    fold("stem", "_conv_stem", "_bn0")
    for index, (name, stage, _, _) in enumerate(variant.blocks()):
        source_block = f"_blocks.{index}"
        if stage.expansion > 1:
            fold(f"{name}_expand", f"{source_block}._expand_conv", f"{source_block}._bn0")
        fold(f"{name}_depthwise", f"{source_block}._depthwise_conv", f"{source_block}._bn1", True)
        fold(f"{name}_project", f"{source_block}._project_conv", f"{source_block}._bn2")
    fold("head", "_conv_head", "_bn1")
    keras["logits/kernel"] = torch["_fc.weight"].T.astype(np.float16)
    keras["logits/bias"] = torch["_fc.bias"].astype(np.float32)
    np.savez_compressed(variant.weights, **keras)
    print(f"{variant.weights.name}: {variant.weights.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
