import numpy as np
import pyarrow as pa
import pytest

from core.embedding.given import given_files
from tests.core.embedding.given.given_making import (
    EMBEDDINGS,
    IDS,
    PATHS,
    SHUFFLED,
    dimensions,
    embeddings,
    lists,
    npy,
    npz,
    parquet,
    refusal,
)

# Formats that are read


def test_npy_is_read_in_the_order_of_the_input(tmp_path):
    read = embeddings(npy(tmp_path, EMBEDDINGS), in_order=True)
    assert read.dtype == np.float16
    np.testing.assert_array_equal(read, EMBEDDINGS)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i1", "u2", "i8", "g"])
def test_all_real_numbers_are_read(tmp_path, dtype):
    values = (EMBEDDINGS * 2 if dtype not in ("u2",) else abs(EMBEDDINGS * 2)).astype(dtype)
    np.testing.assert_array_equal(embeddings(npy(tmp_path, values), in_order=True), values)
    keyed = npz(tmp_path, embeddings=values, path=PATHS)
    np.testing.assert_array_equal(embeddings(keyed), values)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_layout_and_compression_make_no_difference(tmp_path, monkeypatch, save, order):
    monkeypatch.setattr(given_files, "BLOCK_VALUES", 7)
    values = np.asarray(EMBEDDINGS, order=order)
    save(tmp_path / "given.npz", embeddings=values, path=PATHS)
    np.testing.assert_array_equal(embeddings(tmp_path / "given.npz"), EMBEDDINGS)
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, EMBEDDINGS)


@pytest.mark.parametrize("name", ["embeddings", "embedding", "features", "x", "arr_0"])
@pytest.mark.parametrize(
    ("key", "values"), [("id", IDS), ("ids", IDS), ("path", PATHS), ("paths", PATHS)]
)
def test_npz_is_matched_by_paths_or_ids(tmp_path, name, key, values):
    file = npz(tmp_path, **{name: EMBEDDINGS[SHUFFLED], key: np.array(values)[SHUFFLED]})
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)


def test_paths_of_bytes_are_utf8(tmp_path):
    paths = np.array([path.encode() for path in PATHS])
    np.testing.assert_array_equal(embeddings(npz(tmp_path, x=EMBEDDINGS, path=paths)), EMBEDDINGS)
    latin = np.array([path.encode("cp1252", "replace") for path in PATHS])
    assert "is damaged" in refusal(embeddings, npz(tmp_path, x=EMBEDDINGS, path=latin))


def test_npz_without_ids_is_read_in_the_order_of_the_input(tmp_path):
    read = embeddings(npz(tmp_path, embeddings=EMBEDDINGS), in_order=True)
    np.testing.assert_array_equal(read, EMBEDDINGS)


def test_ids_count_even_where_the_order_would_do(tmp_path):
    file = npz(tmp_path, x=EMBEDDINGS[SHUFFLED], path=np.array(PATHS)[SHUFFLED])
    np.testing.assert_array_equal(embeddings(file, in_order=True), EMBEDDINGS)


def test_paths_count_before_ids(tmp_path):
    file = npz(tmp_path, x=EMBEDDINGS, path=PATHS, id=["1", "2", "3", "4"])
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)
    file = npz(tmp_path, x=EMBEDDINGS, path=PATHS, id=np.arange(4))
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)


def test_matrix_of_a_known_name_is_chosen_among_others(tmp_path):
    others = {"projection": EMBEDDINGS[:, :2], "boxes": np.ones((4, 4), int)}
    file = npz(tmp_path, embeddings=EMBEDDINGS, path=PATHS, **others)
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)


def test_the_only_matrix_of_floats_is_chosen_among_integers(tmp_path):
    file = npz(tmp_path, mine=EMBEDDINGS, path=PATHS, boxes=np.ones((4, 4), int))
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float32()),
        pa.list_(pa.float64()),
        pa.large_list(pa.float16()),
        pa.list_(pa.float32(), 3),
    ],
    ids=str,
)
@pytest.mark.parametrize(("key", "values"), [("id", IDS), ("path", PATHS)])
def test_parquet_with_lists_is_read(tmp_path, kind, key, values):
    shuffled = [values[row] for row in SHUFFLED]
    columns = {"number": [1, 2, 3, 4], key: shuffled, "vector": lists(EMBEDDINGS[SHUFFLED], kind)}
    file = parquet(tmp_path, columns, row_group_size=3)
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)


def test_parquet_with_a_column_for_each_dimension_is_read(tmp_path):
    columns = {
        "note": ["a", "b", "c", "d"],
        "path": [PATHS[row] for row in SHUFFLED],
        "seen": [True, False, True, False],
        **dimensions(EMBEDDINGS[SHUFFLED]),
        "last": pa.array([9, 8, 7, 6], pa.int16()),
    }
    read = embeddings(parquet(tmp_path, columns, row_group_size=3))
    np.testing.assert_array_equal(read[:, :3], EMBEDDINGS)
    np.testing.assert_array_equal(read[:, 3], [8, 6, 9, 7])


def test_labels_and_numberings_are_no_dimensions(tmp_path):
    columns = {
        "path": PATHS,
        "id": [1, 2, 3, 4],
        "label": [0, 0, 1, 1],
        **dimensions(EMBEDDINGS),
        "__index_level_0__": [5, 6, 7, 8],
    }
    np.testing.assert_array_equal(embeddings(parquet(tmp_path, columns)), EMBEDDINGS)


def test_one_of_several_list_columns_is_chosen_by_name(tmp_path):
    columns = {"path": PATHS, "box": lists(np.ones((4, 4))), "embedding": lists(EMBEDDINGS)}
    np.testing.assert_array_equal(embeddings(parquet(tmp_path, columns)), EMBEDDINGS)


def test_paths_of_a_categorical_column_are_text(tmp_path):
    columns = {"path": pa.array(PATHS).dictionary_encode(), "x": lists(EMBEDDINGS)}
    np.testing.assert_array_equal(embeddings(parquet(tmp_path, columns)), EMBEDDINGS)


def test_file_itself_may_have_spaces_accents_and_capitals(tmp_path):
    folder = tmp_path / "meine Größen 猫"
    folder.mkdir()
    file = parquet(folder, {"path": PATHS, "x": lists(EMBEDDINGS)}, "ein çà.PARQUET")
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)
    file = npz(folder, "ein çà.npz", x=EMBEDDINGS, path=PATHS)
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)
    file = npy(folder, EMBEDDINGS, "ein çà.npy")
    np.testing.assert_array_equal(embeddings(file, in_order=True), EMBEDDINGS)
