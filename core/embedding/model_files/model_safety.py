"""Checks a model file for what could run code or read other files, before anything loads it.

Keras' own safe mode comes after this. Here whatever is not known to be harmless
is refused: classes and functions by the module they come from, the operations
of a TensorFlow graph by a list of those that only compute.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core.embedding.network import BackboneError

MAX_UNPACKED = 8_000_000_000
MAX_CONFIG = 100_000_000
"""Bytes of an archive's members in all, and of its description of the layers."""

MEMBERS = frozenset(("config.json", "metadata.json", "model.weights.h5"))

NAMESPACES = frozenset(
    "activations constraints dtype_policies initializers layers models ops quantizers random"
    " regularizers src".split()
)
"""Parts of Keras that a model's description may name; keras.utils, say, holds downloaders."""

HOLD_CODE = frozenset("Lambda __lambda__ TFSMLayer TorchModuleWrapper JaxLayer FlaxLayer".split())
READ_FILES = frozenset("StringLookup IntegerLookup IndexLookup TextVectorization".split())
VALUES = frozenset(
    "TensorShape __bytes__ __ellipsis__ __keras_tensor__ __numpy__ __slice__ __tensor__"
    " __tuple__".split()
)
"""What Keras writes with a class name although it is no class."""

NEVER = "Second Look never runs code from a file"

COMPUTE = frozenset(
    # Data: constants, weights, shapes, slices
    "Const Placeholder PlaceholderWithDefault Identity IdentityN NoOp StopGradient PreventGradient"
    " Snapshot EnsureShape CheckNumerics Assert Cast Bitcast Shape ShapeN Size Rank Reshape Squeeze"
    " ExpandDims Transpose Pack Unpack Concat ConcatV2 Split SplitV Slice StridedSlice Gather"
    " GatherV2 GatherNd ResourceGather Tile Fill Range LinSpace ZerosLike OnesLike Pad PadV2"
    " MirrorPad Reverse ReverseV2 Roll Where Select SelectV2 BroadcastTo BroadcastArgs OneHot"
    " Cumsum Cumprod TopK TopKV2 ArgMax ArgMin InvertPermutation ScatterNd TensorScatterUpdate"
    " MatrixDiag MatrixDiagPartV3 MatrixBandPart VarHandleOp ReadVariableOp"
    # Arithmetic
    " Abs Acos Add AddN AddV2 All Any Asin Atan Atan2 BatchMatMul BatchMatMulV2 BatchMatMulV3 Ceil"
    " ClipByValue Cos Cosh Cross Div DivNoNan Einsum Equal Erf Erfc Exp Expm1 Floor FloorDiv"
    " FloorMod Greater GreaterEqual Inv IsFinite IsInf IsNan L2Loss Less LessEqual Log Log1p"
    " LogicalAnd LogicalNot LogicalOr MatMul Max Maximum Mean Min Minimum Mod Mul MulNoNan Neg"
    " NotEqual Pow Prod RealDiv Reciprocal Rint Round Rsqrt Sigmoid Sign Sin Sinh Softplus Softsign"
    " Sqrt Square SquaredDifference Sub Sum Tan Tanh TruncateDiv TruncateMod Xdivy Xlogy"
    # Layers
    " AvgPool AvgPool3D BatchToSpaceND BatchNormWithGlobalNormalization BiasAdd BiasAddV1 Conv"
    " Conv2D Conv2DBackpropInput Conv3D DepthToSpace DepthwiseConv2dNative Dilation2D Elu"
    " ExtractImagePatches FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LRN LeakyRelu LogSoftmax"
    " MaxPool MaxPool3D MaxPoolV2 Relu Relu6 Selu Softmax SpaceToBatchND SpaceToDepth"
    " FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel"
    # Images
    " AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize HSVToRGB RGBToHSV"
    " ImageProjectiveTransformV2 ImageProjectiveTransformV3 ResizeArea ResizeBicubic ResizeBilinear"
    " ResizeNearestNeighbor ScaleAndTranslate"
    # Random numbers and control flow
    " RandomStandardNormal RandomUniform RandomUniformInt StatelessRandomGetAlg"
    " StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniform"
    " StatelessRandomUniformV2 TruncatedNormal Case Enter Exit If LoopCond Merge NextIteration"
    " PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile Switch While"
    " TensorListElementShape TensorListFromTensor TensorListGetItem TensorListLength"
    " TensorListReserve TensorListSetItem TensorListStack".split()
)
"""Operations that compute numbers from numbers.

A list of what is allowed, as TensorFlow has some 1,500 operations, among them
ways to files, processes and Python that are new with every version.
"""


def check_archive(file: Path) -> None:
    """Refuse a ``.keras`` archive that holds anything but harmless layers and their weights.

    Raises
    ------
    BackboneError
        Saying what it holds, or that it is damaged.
    """
    name = file.name
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), name)
            if archive.getinfo("config.json").file_size > MAX_CONFIG:
                raise BackboneError(f"The description of the layers in {name} is too large.")
            config = json.loads(archive.read("config.json"))
    except KeyError:
        raise BackboneError(
            f"{name} is an archive without a Keras model; save one with model.save('name.keras')."
        ) from None
    except BackboneError:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError):
        raise damaged(name) from None
    if isinstance(config, dict):
        config.pop("compile_config", None)  # never loaded
    check_config(config, name, has_modules=True)


def check_h5(file: Path) -> None:
    """Refuse an HDF5 file that holds anything but harmless layers and their weights.

    Raises
    ------
    BackboneError
        Saying what it holds, that it has no layers, or that it is damaged.
    """
    import h5py

    name = file.name
    try:
        with h5py.File(file) as opened:
            text = opened.attrs.get("model_config")
        config = None if text is None else json.loads(text)
    except (OSError, ValueError, TypeError, RuntimeError):
        raise damaged(name) from None
    if config is None:
        raise BackboneError(
            f"{name} has weights but no layers; save the whole model with"
            " model.save('name.keras'), or give it as --weights of a --backbone that has a name."
        )
    check_config(config, name, has_modules=False)


def check_config(config: Any, name: str, has_modules: bool) -> None:
    """Refuse a model's description that names anything but harmless parts of Keras.

    Parameters
    ----------
    config : dict
        As parsed from JSON.
    name : str
        What to call the file.
    has_modules : bool
        Whether every object says which module it is from, as in ``.keras``.

    Raises
    ------
    BackboneError
        Naming the object.
    """
    for entry in _objects(config):
        kind = str(entry["class_name"])
        inner = entry.get("config")
        layer = inner.get("name") if isinstance(inner, dict) else None
        called = layer or entry.get("name") or kind
        if kind in HOLD_CODE:
            described = (
                f"the layer {called!r}" if kind != "Lambda" else f"a Lambda layer {called!r}"
            )
            raise BackboneError(
                f"{name} contains {described}, which holds Python code, and {NEVER}; replace it by"
                " Keras' own layers and save again, or give --embeddings."
            )
        if kind in READ_FILES:
            raise BackboneError(
                f"{name} contains the {kind} layer {called!r}, which may read other files; save"
                " the model without it, or give --embeddings."
            )
        if kind not in VALUES and not _is_from_keras(entry, has_modules):
            shown = inner if kind == "function" else kind
            raise BackboneError(
                f"{name} contains {shown!r}, which is not part of Keras, and {NEVER}; build the"
                " model from Keras' own layers and save it as .keras, or give --embeddings."
            )


def checked_graph(meta: Any, tensors: Sequence[str], name: str) -> Any:
    """Return the nodes that `tensors` need and the functions these call; all do but compute.

    Parameters
    ----------
    meta : MetaGraphDef
    tensors : sequence of str
    name : str
        What to call the file.

    Returns
    -------
    GraphDef

    Raises
    ------
    BackboneError
        Naming an operation that is not in `COMPUTE`.
    """
    from tensorflow.core.framework import graph_pb2

    by_name = {node.name: node for node in meta.graph_def.node}
    nodes = _reached(
        (node_of(tensor) for tensor in tensors),
        by_name,
        lambda node: (node_of(tensor) for tensor in node.input),
    )
    functions = {function.signature.name: function for function in meta.graph_def.library.function}
    called = (call for node in nodes for call in _calls(by_name[node], functions))
    needed = _reached(
        called,
        functions,
        lambda function: (c for node in function.node_def for c in _calls(node, functions)),
    )
    graph = graph_pb2.GraphDef(versions=meta.graph_def.versions)
    graph.node.extend(node for node in meta.graph_def.node if node.name in nodes)
    graph.library.function.extend(functions[one] for one in sorted(needed))
    for node in graph_nodes(graph):
        if node.op not in COMPUTE:
            raise BackboneError(
                f"{name} contains the operation {node.op}, which is not known to do nothing but"
                f" compute, and {NEVER}; export the network without it, or give --embeddings."
            )
        node.device = ""
        node.attr.pop("_output_shapes", None)  # of the sizes it was exported with
    for function in graph.library.function:
        function.attr.pop("_input_shapes", None)
        function.arg_attr.clear()
    return graph


def graph_nodes(graph: Any) -> Iterator[Any]:
    """Yield the nodes of a GraphDef, then those of its functions."""
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def node_of(tensor: str) -> str:
    """Return the name of the node that makes `tensor`."""
    return tensor.lstrip("^").split(":")[0]


def damaged(name: str) -> BackboneError:
    """Return the error that the file cannot be read to its end."""
    return BackboneError(f"{name} is damaged or was not copied in full; copy or save it again.")


def _check_members(members: list[zipfile.ZipInfo], name: str) -> None:
    names = [member.filename for member in members]
    for one in names:
        path = PurePosixPath(one.replace("\\", "/"))
        is_asset = path.parts[:1] == ("assets",) and ".." not in path.parts
        if one not in MEMBERS and not is_asset:
            raise BackboneError(
                f"{name} contains {one!r}, which is not part of a Keras file; save the model again"
                " with model.save('name.keras')."
            )
    if len(set(names)) < len(names):
        raise BackboneError(f"{name} contains a file twice; save the model again.")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise BackboneError(f"{name} unpacks to more than {MAX_UNPACKED / 1e9:.0f} GB.")


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every object that a description names, however deep."""
    waiting = [config]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, dict):
            if "class_name" in entry:
                yield entry
            waiting.extend(entry.values())
        elif isinstance(entry, list):
            waiting.extend(entry)


def _is_from_keras(entry: dict[str, Any], has_modules: bool) -> bool:
    kind, module = entry["class_name"], entry.get("module")
    is_function = kind == "function"
    name = entry.get("config") if is_function else kind
    # A name with a dot would lead into another module.
    if not isinstance(name, str) or not name.isidentifier():
        return False
    if entry.get("registered_name") not in (None, kind, name):
        return False
    if module is None and not has_modules:
        return _is_class_of_keras(name)
    if not isinstance(module, str):
        return False
    first, *rest = module.split(".")
    from_keras = first == "keras" and (not rest or rest[0] in NAMESPACES)
    return from_keras or (is_function and module == "builtins")


def _is_class_of_keras(name: str) -> bool:
    """Tell whether Keras has a class of that name for the older files, which name no modules."""
    import keras

    spaces = (keras.layers, keras.models, keras.initializers, keras.regularizers, keras.constraints)
    known = any(isinstance(getattr(space, name, None), type) for space in spaces)
    return known or name in ("Functional", "DTypePolicy", "Policy")


def _reached(
    start: Iterable[str], known: Mapping[str, Any], following: Callable[[Any], Iterable[str]]
) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in known and name not in reached:
            reached.add(name)
            waiting.extend(following(known[name]))
    return reached


def _calls(node: Any, functions: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the functions that `node` calls, in whatever way."""
    if node.op in functions:
        yield node.op
    for value in node.attr.values():
        for function in (value.func, *value.list.func):
            if function.name:
                yield function.name
