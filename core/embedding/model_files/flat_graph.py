"""A Keras model as one flat graph, nested models layer by layer, and the role of each step."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.embedding.network import BackboneError

if TYPE_CHECKING:
    import keras

PASSED = frozenset(
    "Activation ActivityRegularization AlphaDropout AveragePooling2D Cast Dropout Flatten"
    " GaussianDropout GaussianNoise GlobalAveragePooling2D GlobalMaxPooling2D Identity LogSoftmax"
    " Rescaling Reshape Sigmoid Softmax SpatialDropout2D Squeeze".split()
)
"""Layers and operations that may follow a prediction layer."""

ARITHMETIC = frozenset("Add Divide Multiply Subtract TrueDivide".split())
PASSED_BELOW_PROBABILITIES = ARITHMETIC | frozenset(
    "BatchNormalization LayerNormalization LeakyReLU MaxPooling2D ReLU Relu".split()
)
"""Those that follow one only where a softmax or sigmoid comes after them."""

JOINS = frozenset("Add Average Concatenate Maximum".split())
"""Those in which the branches of a block end."""

PROBABILITIES = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Sigmoid": "sigmoid"}


class Step(NamedTuple):
    """One operation of a graph: its name, its inputs, and its role on the way to an output.

    Its role is ``head`` (weights that predict), ``pass`` or ``stop``; one
    that is `below_probabilities` has it only where a softmax or sigmoid follows.
    """

    name: str
    sources: tuple[Any, ...]
    role: str
    activation: str | None = None
    below_probabilities: bool = False


class FlatGraph:
    """Replays a model on symbolic inputs and records each step, those of nested models too."""

    def __init__(self) -> None:
        self.steps: dict[int, Step] = {}
        self.tensors: dict[int, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._operations: list[tuple[Any, int]] = []
        self._leaves: dict[int, Any] = {}
        self._joins: set[str] = set()

    def replay(self, model: Any, inputs: Any, prefix: str) -> Any:
        """Return the outputs of `model` for symbolic `inputs`."""
        import keras

        if isinstance(model, keras.Sequential):
            for layer in model.layers:
                inputs = self._call(layer, prefix, inputs)
            return inputs
        # clone_model goes this way too, but has no public form that keeps the layers.
        return model._run_through_graph(
            inputs, operation_fn=lambda operation: partial(self._call, operation, prefix)
        )

    def model(self, inputs: Any, outputs: list[Any]) -> keras.Model:
        """Return a model of a part of the graph.

        Keras requires different names for all its layers, which those of
        nested models need not have; hence other names for that moment.
        """
        import keras

        leaves = list(self._leaves.values())
        names = [leaf.name for leaf in leaves]
        try:
            for number, leaf in enumerate(leaves):
                leaf.name = f"{leaf.name}__{number}"
            return keras.Model(inputs, outputs)
        finally:
            for leaf, name in zip(leaves, names, strict=True):
                leaf.name = name

    def find(self, layer: str, name: str) -> tuple[str, Any]:
        """Return the full name and the output of the layer that is called `layer`."""
        ends = [full for full in self._outputs if full.endswith(f"/{layer}")]
        found = [layer] if layer in self._outputs else ends
        if not found:
            raise unknown_layer(layer, list(self._outputs), name)
        if len(found) > 1:
            raise BackboneError(
                f"{name} has several layers called {layer!r}; give one of these names in full:"
                f" {', '.join(found[:8])}."
            )
        return found[0], self._outputs[found[0]]

    def outputs(self) -> dict[str, tuple[Any, bool]]:
        """Return the output of every layer in order of calls, and whether branches join there."""
        return {
            name: (tensor, name in self._joins)
            for name, tensor in self._outputs.items()
            if self.name_of(tensor) == name
        }

    def name_of(self, tensor: Any) -> str:
        """Return the name of the layer that made `tensor`."""
        step = self.steps.get(id(tensor))
        return step.name if step else "images"

    def scales_input(self) -> bool:
        """Tell whether pixels are scaled before they meet the first weights."""
        for operation, n_sources in self._operations:
            kind = type(operation).__name__
            if kind == "Rescaling":
                if np.any(np.not_equal(operation.scale, 1)) or np.any(operation.offset):
                    return True
            elif kind in ARITHMETIC and n_sources == 1:
                return True
            elif getattr(operation, "weights", None):
                return False
        return False

    def _call(self, operation: Any, prefix: str, *args: Any, **kwargs: Any) -> Any:
        import keras

        full = prefix + operation.name
        if isinstance(operation, (keras.Function, keras.Sequential)):
            outputs = self.replay(operation, args[0], f"{full}/")
        else:
            leaf = self._leaves.setdefault(id(operation), _exportable(operation))
            if "training" in inspect.signature(leaf.call).parameters:
                kwargs["training"] = False
            outputs = leaf(*args, **kwargs)
            given = [
                x for x in keras.tree.flatten((args, kwargs)) if keras.utils.is_keras_tensor(x)
            ]
            made = keras.tree.flatten(outputs)
            if len(given) > 1 and type(leaf).__name__ in JOINS:
                self._joins.add(full)
            step = _step(leaf, full, tuple(id(x) for x in given))
            self.steps.update((id(x), step) for x in made)
            # Kept alive, or another tensor could get the id of one.
            self.tensors.update((id(x), x) for x in (*given, *made))
            self._operations.append((leaf, len(given)))
        self._outputs[full] = outputs
        return outputs


def _exportable(operation: Any) -> Any:
    """Return `operation`, or for a Normalization the same arithmetic that ONNX can hold.

    What Normalization keeps as tensors would become inputs of the exported network.
    """
    import keras

    if not isinstance(operation, keras.layers.Normalization):
        return operation
    mean, variance = np.asarray(operation.mean), np.asarray(operation.variance)
    deviation = np.maximum(np.sqrt(variance), keras.config.epsilon())
    if operation.invert:
        return keras.layers.Rescaling(deviation, mean)
    return keras.layers.Rescaling(1 / deviation, -mean / deviation)


def _step(operation: Any, name: str, sources: tuple[int, ...]) -> Step:
    from keras import layers

    kind = type(operation).__name__
    own = getattr(getattr(operation, "activation", None), "__name__", "linear")
    own = PROBABILITIES.get(kind, own)
    activation = own if own in PROBABILITIES.values() else None
    nonlinear = activation is None and own != "linear"
    if isinstance(operation, layers.Dense):
        return Step(name, sources, "head", activation, nonlinear)
    if isinstance(operation, layers.Conv2D):
        spatial = tuple(operation.kernel_size) != (1, 1)
        return Step(name, sources, "head", activation, nonlinear or spatial)
    if len(sources) == 1 and kind in PASSED:
        return Step(name, sources, "pass", activation, nonlinear)
    if len(sources) == 1 and kind in PASSED_BELOW_PROBABILITIES:
        return Step(name, sources, "pass", None, True)
    return Step(name, sources, "stop")


def unknown_layer(layer: str, layers: Sequence[str], name: str) -> BackboneError:
    """Return the error that `layer` is none of `layers`, with names that are near or come last."""
    by_end = {full.rsplit("/", 1)[-1]: full for full in layers}
    near = difflib.get_close_matches(layer, [*layers, *by_end], n=8)
    found = list(dict.fromkeys(by_end.get(one, one) for one in near))
    hint = f"near it are {', '.join(found)}" if found else f"its last are {', '.join(layers[-5:])}"
    return BackboneError(f"{name} has no layer {layer!r}; {hint}.")
