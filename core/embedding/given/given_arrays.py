"""Embeddings and predictions that were computed elsewhere, matched to the items of an audit."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.embedding.given.given_files import (
    NAMELESS,
    Blocks,
    Contents,
    GivenFileError,
    Matrix,
    open_contents,
    rows_in_block,
)
from core.embedding.given.row_matching import (
    KEY_NAMES,
    ItemKey,
    Rows,
    matched,
    positions_among,
    refuse,
    some,
)
from core.text import counted

__all__ = ["GivenFileError", "GivenPredictions", "ItemKey", "read_embeddings", "read_predictions"]

EMBEDDING_NAMES = ("embeddings", "embedding", "features", "x")
PROBABILITY_NAMES = ("probabilities",)
PREDICTED_NAMES = ("prediction", "predictions", "predicted", "label", "labels")
PANDAS_INDEX = "__index_level_"

SUM_TOLERANCE = 1e-3

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class GivenPredictions:
    """What another model predicts for each item.

    Attributes
    ----------
    classes : list of str
        Names of the K columns; there may be classes that no item is labeled with.
    probabilities : ndarray of float16, shape (n, K)
        Rows sum to one.
    """

    classes: list[str]
    probabilities: NDArray[np.float16]


def read_embeddings(
    file: Path, item_keys: Sequence[ItemKey], in_order: bool
) -> NDArray[np.float16]:
    """Read one embedding for each item.

    Values beyond 65504 overflow float16 and values below 6e-5 lose digits.
    Only the directions of embeddings matter later, so when the largest
    absolute value is above 1024 or below 1/1024 the whole matrix is
    multiplied by the one power of two that brings it into [512, 1024],
    which changes no digit.

    Parameters
    ----------
    file : Path
        ``.npy``, ``.npz`` or ``.parquet``.
    item_keys : sequence of ItemKey
        The n items, in the order of the input.
    in_order : bool
        Whether the user wrote that order; only then may a NumPy file come
        without paths or ids, row i belonging to item i.

    Returns
    -------
    ndarray of float16, shape (n, d)
        Row i belongs to ``item_keys[i]``.

    Raises
    ------
    GivenFileError
        When the file cannot be read, does not have exactly one row for each
        item, or has a row that is no direction (NaN, infinite, all zero).
    """
    contents = open_contents(file)
    matrix = _embeddings(contents)
    rows = matched(contents, item_keys, in_order, matrix.shape[0])
    refuse(file, matrix.problems, rows)
    largest = _checked_embeddings(file, matrix, rows)
    exponent = 10 - math.frexp(largest)[1] if not 1 / 1024 <= largest <= 1024 else 0
    embeddings = np.empty((len(item_keys), matrix.shape[1]), np.float16)
    vanished: list[int] = []
    for start, block in matrix.blocks():
        small = np.ldexp(_doubles(block), exponent).astype(np.float16)
        vanished += (start + np.flatnonzero(~small.any(axis=1))).tolist()
        embeddings[rows.items[start : start + len(small)]] = small
    refuse(file, {"{} with values too small beside those of the others": vanished}, rows)
    return embeddings


def read_predictions(
    file: Path, item_keys: Sequence[ItemKey], in_order: bool, class_names: Collection[str]
) -> GivenPredictions:
    """Read the probabilities of the classes, or one predicted class, for each item.

    A predicted class becomes a row with a single one. A bare ``.npy`` cannot
    name its columns; they are taken to be `class_names` in sorted order, and
    refused where text and numbers sort differently.

    Parameters
    ----------
    file : Path
        ``.npy``, ``.npz`` or ``.parquet``.
    item_keys : sequence of ItemKey
        The n items, in the order of the input.
    in_order : bool
        Whether the user wrote that order; only then may a NumPy file come
        without paths or ids, row i belonging to item i.
    class_names : collection of str
        The classes of the given labels.

    Returns
    -------
    GivenPredictions
        Row i belongs to ``item_keys[i]``; columns are in the file's order.

    Raises
    ------
    GivenFileError
        When the file cannot be read, does not have exactly one row for each
        item, lacks a class, or has a row that is no probabilities.
    """
    contents = open_contents(file)
    classes, matrix = _predictions(contents, sorted(class_names))
    rows = matched(contents, item_keys, in_order, matrix.shape[0])
    refuse(file, matrix.problems, rows)
    probabilities = np.empty((len(item_keys), matrix.shape[1]), np.float16)
    broken: list[int] = []
    improper: list[int] = []
    for start, block in matrix.blocks():
        doubles = _doubles(block)
        finite = np.isfinite(doubles).all(axis=1)
        with np.errstate(over="ignore"):
            values = doubles.astype(np.float32)
        values[~finite] = 0
        proper = (values >= 0).all(axis=1)
        proper &= np.abs(values.sum(axis=1, dtype=np.float64) - 1) <= SUM_TOLERANCE
        broken += (start + np.flatnonzero(~finite)).tolist()
        improper += (start + np.flatnonzero(finite & ~proper)).tolist()
        values[~proper] = 0
        probabilities[rows.items[start : start + len(values)]] = values
    refuse(
        file,
        {
            "{} with missing, NaN or infinite values": broken,
            "{} with negative values or a sum that is not 1": improper,
        },
        rows,
        _advice(classes, class_names) if improper else "",
    )
    return GivenPredictions(classes, probabilities)


def _advice(classes: list[str], class_names: Collection[str]) -> str:
    """Return advice on rows that do not sum to one."""
    advice = "; turn logits into probabilities first (softmax)"
    unknown = [name for name in classes if name not in class_names]
    if unknown:
        advice += f", and leave out columns that are no class ({some(unknown)})"
    return advice


def _embeddings(contents: Contents) -> Matrix:
    """Choose the matrix by its name, or because it is the only one."""
    file = contents.file
    known = (*EMBEDDING_NAMES, NAMELESS)
    named = [name for name in known if name in contents.matrices or name in contents.others]
    names = named or contents.floats
    if len(names) > 1:
        raise GivenFileError(
            f"{file} holds more than one matrix ({some(names)}); call one 'embeddings'"
            " and leave out the others."
        )
    if names:
        return _usable(contents, names[0])
    # A label among the dimensions would leak into the evidence.
    reserved = (*KEY_NAMES, *PREDICTED_NAMES)
    columns = [name for name in _numeric_columns(contents) if name not in reserved]
    if contents.join and columns:
        return contents.join(columns)
    raise GivenFileError(
        f"{file} has no embeddings: give it a matrix of floating-point numbers called"
        f" 'embeddings'; it holds {_inventory(contents)}."
    )


def _usable(contents: Contents, name: str) -> Matrix:
    if name in contents.matrices:
        return contents.matrices[name]()
    place = f"{name!r} in {contents.file}" if name else str(contents.file)
    raise GivenFileError(
        f"{place} is {contents.others[name]}; it must be real numbers in two dimensions,"
        " one row for each item and at least one column."
    )


def _numeric_columns(contents: Contents) -> list[str]:
    return [name for name in contents.columns if not name.startswith(PANDAS_INDEX)]


def _inventory(contents: Contents) -> str:
    names = [*contents.matrices, *contents.texts, *contents.columns, *contents.others]
    return some([name for name in names if name]) or "nothing"


def _predictions(contents: Contents, class_names: list[str]) -> tuple[list[str], Matrix]:
    """Choose probabilities before predicted classes: a label beside them may be the given one."""
    file = contents.file
    if contents.join:
        reserved = {*KEY_NAMES, *PREDICTED_NAMES}.difference(class_names)
        columns = [name for name in _numeric_columns(contents) if name not in reserved]
        names = _spelled(columns, class_names)
        predicted = [name for name in PREDICTED_NAMES if name in contents.texts]
        if columns and (set(names) & set(class_names) or not predicted):
            return _checked_classes(file, names, class_names), contents.join(columns)
    else:
        matrix = _probabilities(contents)
        if matrix is not None:
            return _classes(contents, matrix.shape[1], class_names), matrix
    for name in PREDICTED_NAMES:
        if name in contents.texts:
            return _one_hot(file, contents.texts[name](), class_names)
    needed = "a column of numbers for each class" if contents.join else "'probabilities'"
    raise GivenFileError(
        f"{file} has no predictions: give it {needed}, or class names called 'predicted'; it"
        f" holds {_inventory(contents)}."
    )


def _probabilities(contents: Contents) -> Matrix | None:
    for name in (*PROBABILITY_NAMES, NAMELESS):
        if name in contents.matrices or name in contents.others:
            return _usable(contents, name)
    others = [name for name in contents.matrices if name not in EMBEDDING_NAMES]
    predicted = [name for name in PREDICTED_NAMES if name in contents.texts]
    if len(others) == 1 and ("classes" in contents.texts or not predicted):
        return _usable(contents, others[0])
    return None


def _classes(contents: Contents, columns: int, class_names: list[str]) -> list[str]:
    file = contents.file
    if "classes" in contents.texts:
        names = contents.texts["classes"]()
        if len(names) != columns:
            raise GivenFileError(
                f"{file} names {len(names)} classes for {columns} columns of probabilities."
            )
        return _checked_classes(file, _spelled(names, class_names), class_names)
    advice = "give an .npz file with 'probabilities' and the text array 'classes'"
    if NAMELESS not in contents.matrices:
        raise GivenFileError(f"{file} does not name its columns; {advice}.")
    if columns != len(class_names):
        raise GivenFileError(
            f"{file} has {columns} columns without names for {len(class_names)} classes; {advice}."
        )
    # "10" sorts before "2" as text and after it as a number, so the order would be a guess.
    if all(name.isdecimal() for name in class_names) and class_names != sorted(
        class_names, key=int
    ):
        raise GivenFileError(f"{file} does not say in which order its columns are; {advice}.")
    return class_names


def _one_hot(file: Path, predicted: list[str], class_names: list[str]) -> tuple[list[str], Matrix]:
    """Return the classes and rows with a single one, made a block at a time."""
    predicted = _spelled(predicted, class_names)
    found = set(predicted) - {""}
    _refuse_unknown_classes(file, sorted(found), class_names)
    classes = [*class_names, *sorted(found.difference(class_names))]
    position = {name: column for column, name in enumerate(classes)}
    columns = np.array([position.get(name, -1) for name in predicted], np.intp)
    problems = {"{} without a predicted class": np.flatnonzero(columns < 0).tolist()}

    def blocks() -> Blocks:
        for part in slices(len(columns), rows_in_block(len(classes))):
            ones = columns[part]
            block = np.zeros((len(ones), len(classes)), np.float32)
            block[np.arange(len(ones)), ones] = 1
            yield part.start, block

    return classes, Matrix((len(columns), len(classes)), blocks, problems)


def _spelled(names: list[str], class_names: list[str]) -> list[str]:
    """Return `names`, written as the audit writes them."""
    known = set(class_names)
    stripped = [name if name in known else name.strip() for name in names]
    positions = positions_among(stripped, class_names)
    return [
        class_names[position] if position >= 0 else name
        for name, position in zip(stripped, positions, strict=True)
    ]


def _checked_classes(file: Path, names: list[str], class_names: list[str]) -> list[str]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise GivenFileError(f"{file} names classes more than once ({some(repeated)}).")
    _refuse_unknown_classes(file, names, class_names)
    missing = sorted(set(class_names).difference(names))
    if missing:
        raise GivenFileError(
            f"{file} has no probabilities for "
            f"{counted(len(missing), 'class', 'classes')} of the labels"
            f" ({some(missing)}); give each class a column."
        )
    return names


def _refuse_unknown_classes(file: Path, names: list[str], class_names: list[str]) -> None:
    if class_names and not set(names).intersection(class_names):
        raise GivenFileError(
            f"{file} predicts none of the classes of the labels: it has {some(names)}, the"
            f" labels are {some(class_names)}."
        )


def _checked_embeddings(file: Path, matrix: Matrix, rows: Rows) -> float:
    """Refuse rows that are no direction; return the largest absolute value."""
    largest = 0.0
    broken: list[int] = []
    zero: list[int] = []
    for start, block in matrix.blocks():
        values = np.abs(_doubles(block))
        peaks = values.max(axis=1)
        finite = np.isfinite(peaks)
        broken += (start + np.flatnonzero(~finite)).tolist()
        zero += (start + np.flatnonzero(peaks == 0)).tolist()
        largest = max(largest, float(peaks.max(initial=0.0, where=finite)))
    refuse(
        file,
        {"{} with missing, NaN or infinite values": broken, "{} of nothing but zeros": zero},
        rows,
    )
    return largest


def _doubles(block: NDArray[Any]) -> Doubles:
    with np.errstate(over="ignore"):
        return np.asarray(block, np.float64)
