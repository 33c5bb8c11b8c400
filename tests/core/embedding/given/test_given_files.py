import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.embedding.given.given_arrays import GivenFileError
from tests.core.embedding.given.given_making import (
    EMBEDDINGS,
    PATHS,
    embeddings,
    lists,
    npy,
    npz,
    parquet,
    predictions,
    refusal,
)

# Files that cannot be read


def test_other_endings_are_refused(tmp_path):
    file = tmp_path / "given.csv"
    file.write_text("path,e0\n")
    sentence = refusal(embeddings, file)
    assert sentence == "FILE cannot be read; give an .npy, .npz or .parquet file."


@pytest.fixture(params=[".npy", ".npz", ".parquet"])
def file(tmp_path, request):
    return tmp_path / f"given{request.param}"


def written(file):
    if file.suffix == ".npy":
        npy(file.parent, EMBEDDINGS)
    elif file.suffix == ".npz":
        npz(file.parent, x=EMBEDDINGS, path=PATHS)
    else:
        parquet(file.parent, {"path": PATHS, "x": lists(EMBEDDINGS)})
    return file


def test_missing_file_is_refused(file):
    assert refusal(embeddings, file) == "There is no file FILE."


def test_empty_file_is_refused(file):
    file.touch()
    assert refusal(embeddings, file) == "FILE is empty."


def test_folder_is_refused(file):
    file.mkdir()
    assert "FILE cannot be read" in refusal(embeddings, file)


def test_file_of_something_else_is_refused(file):
    file.write_bytes(b"path,label\n" * 100)
    assert "FILE is damaged or is not ." in refusal(embeddings, file)


def test_file_cut_short_is_refused(file):
    data = written(file).read_bytes()
    for length in range(1, len(data), 7):
        file.write_bytes(data[:length])
        assert "FILE is damaged" in refusal(embeddings, file, in_order=True)


def test_changed_bytes_never_cause_another_error(file):
    data = written(file).read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        changed = bytearray(data)
        changed[random.integers(len(data))] = random.integers(256)
        file.write_bytes(changed)
        try:
            embeddings(file, in_order=True)
        except GivenFileError as error:
            assert str(file) in str(error)


def test_a_header_larger_than_the_file_is_refused(tmp_path):
    file = npy(tmp_path, np.ones((4, 1000), np.float32))
    data = file.read_bytes()
    claimed = data.replace(b"(4, 1000), }" + b" " * 18, b"(4, 1000" + b"0" * 18 + b"), }")
    assert len(claimed) == len(data)
    assert claimed != data
    file.write_bytes(claimed)
    assert "FILE is damaged" in refusal(embeddings, file, in_order=True)
    with zipfile.ZipFile(tmp_path / "given.npz", "w") as archive:
        archive.writestr("x.npy", claimed)
    assert "FILE is damaged" in refusal(embeddings, tmp_path / "given.npz", in_order=True)


def test_damage_inside_an_npz_is_noticed(tmp_path):
    file = npz(tmp_path, x=np.full((4, 500), 1.5, np.float32))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert "FILE is damaged" in refusal(embeddings, file, in_order=True)


class Trap:
    """Creates a file when it is unpickled."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return Path.touch, (self.file,)


@pytest.mark.parametrize("read", [embeddings, predictions])
@pytest.mark.parametrize("form", ["npy", "npz", "npz beside a matrix"])
def test_pickled_objects_are_refused_and_not_opened(tmp_path, read, form):
    sprung = tmp_path / "sprung"
    trap = np.array([[Trap(sprung)]], dtype=object)
    if form == "npy":
        file = npy(tmp_path, trap)
    elif form == "npz":
        file = npz(tmp_path, embeddings=trap, probabilities=trap, path=trap[0])
    else:
        file = npz(tmp_path, x=EMBEDDINGS, path=trap[0])
    sentence = refusal(read, file, in_order=True)
    assert "holds pickled Python objects, which are never opened" in sentence
    assert not sprung.exists()
    opened = np.load(file, allow_pickle=True)
    if form != "npy":
        with opened:
            opened["path"]
    assert sprung.exists(), "The trap must work where pickles are opened."


def test_bare_pickle_with_the_ending_of_an_array_is_refused(tmp_path):
    sprung = tmp_path / "sprung"
    file = tmp_path / "given.npy"
    np.array([Trap(sprung)], dtype=object).dump(file)
    assert "FILE is damaged or is not .npy" in refusal(embeddings, file, in_order=True)
    assert not sprung.exists()
    np.load(file, allow_pickle=True)
    assert sprung.exists(), "The trap must work where pickles are opened."


# Shapes and types


@pytest.mark.parametrize(
    ("values", "described"),
    [
        (np.ones(4), "float64 of shape (4,)"),
        (np.ones((4, 2, 2)), "float64 of shape (4, 2, 2)"),
        (np.ones((4, 0)), "float64 of shape (4, 0)"),
        (np.ones((4, 2), complex), "complex128 of shape (4, 2)"),
        (np.ones((4, 2), bool), "bool of shape (4, 2)"),
        (np.full((4, 2), "a"), "text of shape (4, 2)"),
        (np.full((4, 2), b"a"), "text of shape (4, 2)"),
        (np.ones((4, 2), "M8[s]"), "datetime64[s] of shape (4, 2)"),
        (np.ones((4, 2), [("é", "f4")]), "void32 of shape (4, 2)"),
    ],
    ids=str,
)
def test_what_is_no_matrix_of_numbers_is_refused(tmp_path, values, described):
    needed = "it must be real numbers in two dimensions, one row for each item and at least"
    for read, file, place in (
        (embeddings, npy(tmp_path, values), "FILE"),
        (predictions, npy(tmp_path, values), "FILE"),
        (embeddings, npz(tmp_path, "e.npz", embeddings=values), "'embeddings' in FILE"),
        (predictions, npz(tmp_path, "p.npz", probabilities=values), "'probabilities' in FILE"),
    ):
        sentence = refusal(read, file, in_order=True)
        assert sentence == f"{place} is {described}; {needed} one column."


def test_several_matrices_are_refused(tmp_path):
    for names in (("embeddings", "x"), ("one", "two")):
        file = npz(tmp_path, **dict.fromkeys(names, EMBEDDINGS))
        sentence = refusal(embeddings, file, in_order=True)
        assert f"more than one matrix ({names[0]}, {names[1]})" in sentence
    file = parquet(tmp_path, {"path": PATHS, "a": lists(EMBEDDINGS), "b": lists(EMBEDDINGS)})
    assert "more than one matrix (a, b)" in refusal(embeddings, file)


def test_file_without_embeddings_is_refused(tmp_path):
    described = (
        "FILE has no embeddings: give it a matrix of floating-point numbers called 'embeddings'"
    )
    file = npz(tmp_path, path=PATHS, boxes=np.ones((4, 4), int))
    assert refusal(embeddings, file) == f"{described}; it holds boxes, path."
    file = parquet(tmp_path, {"path": PATHS, "label": [1, 2, 3, 4], "seen": [True] * 4})
    assert refusal(embeddings, file) == f"{described}; it holds path, label, seen."
    with zipfile.ZipFile(tmp_path / "given.npz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    file = tmp_path / "given.npz"
    assert refusal(embeddings, file) == f"{described}; it holds nothing."


def test_lists_of_unequal_length_are_named(tmp_path):
    vectors = [[1.0, 2.0], [1.0], [3.0, 4.0], None]
    file = parquet(tmp_path, {"path": PATHS, "x": vectors}, row_group_size=2)
    assert refusal(embeddings, file) == (
        "FILE cannot be used, for it has 2 rows of another length than the others"
        " (cat/b b.jpg, dog/猫.jpg)."
    )


def test_missing_list_of_a_fixed_size_is_named(tmp_path):
    vectors = pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.float32(), 2))
    file = parquet(tmp_path, {"path": PATHS, "x": vectors})
    assert "1 row of another length than the others (cat/b b.jpg)" in refusal(embeddings, file)


def test_empty_lists_are_refused(tmp_path):
    file = parquet(tmp_path, {"path": PATHS, "x": pa.array([[]] * 4, pa.list_(pa.float32()))})
    assert refusal(embeddings, file) == "The lists in the column 'x' of FILE are empty."


def test_parquet_without_rows_is_refused(tmp_path):
    columns = {"path": pa.array([], pa.string()), "e0": pa.array([], pa.float32())}
    assert "4 items without a row" in refusal(embeddings, parquet(tmp_path, columns))


def test_column_that_comes_twice_is_refused(tmp_path):
    table = pa.Table.from_arrays([pa.array(PATHS), *[pa.array([1.0] * 4)] * 2], ["path", "e", "e"])
    pq.write_table(table, tmp_path / "given.parquet")
    sentence = refusal(embeddings, tmp_path / "given.parquet")
    assert sentence == "FILE has more than one column 'e'."
