"""Files of embeddings and predictions, and calls of their readers."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.embedding.given.given_arrays import (
    GivenFileError,
    ItemKey,
    read_embeddings,
    read_predictions,
)

PATHS = ["cat/a.jpg", "cat/b b.jpg", "dog/ç é.jpg", "dog/猫.jpg"]
ITEM_KEYS = [ItemKey(f"{17 * row:016x}", path) for row, path in enumerate(PATHS, start=1)]
IDS = [item.id for item in ITEM_KEYS]
CLASSES = ["cat", "dog"]
EMBEDDINGS = np.array([[1, 2, 3], [4, -5, 6], [0, 0.5, 0], [7, 8, 9]], np.float32)
PROBABILITIES = np.array([[0.75, 0.25], [0.5, 0.5], [0, 1], [0.125, 0.875]], np.float32)
SHUFFLED = [2, 0, 3, 1]

FIRST = "cat/a.jpg"
UNMATCHED = "does not fit the input"


def npy(folder, values, name="given.npy"):
    np.save(folder / name, values)
    return folder / name


def npz(folder, name="given.npz", **values):
    np.savez(folder / name, **values)
    return folder / name


def parquet(folder, columns, name="given.parquet", **options):
    pq.write_table(pa.table(columns), folder / name, **options)
    return folder / name


def lists(values, kind=None):
    return pa.array(
        [list(row) for row in np.asarray(values).tolist()], kind or pa.list_(pa.float32())
    )


def dimensions(values):
    return {f"e{column}": np.asarray(values)[:, column] for column in range(len(values[0]))}


def embeddings(file, item_keys=ITEM_KEYS, in_order=False):
    return read_embeddings(file, item_keys, in_order)


def predictions(file, item_keys=ITEM_KEYS, in_order=False, class_names=CLASSES):
    return read_predictions(file, item_keys, in_order, class_names)


def refusal(read, file, *arguments, **options):
    """The one sentence with which `read` refuses the file, without the file's name."""
    with pytest.raises(GivenFileError) as caught:
        read(file, *arguments, **options)
    sentence = str(caught.value)
    assert str(file) in sentence
    rest = sentence.replace(str(file), "FILE")
    assert rest.endswith(".")
    assert "\n" not in rest
    assert ". " not in rest.replace("give an .npz", "").replace("an .npy", "")
    assert caught.value.__cause__ is None
    return rest
