import math
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedding import given_files
from core.embedding.given import GivenFileError, Wanted, read_embeddings, read_predictions

PATHS = ["cat/a.jpg", "cat/b b.jpg", "dog/ç é.jpg", "dog/猫.jpg"]
WANTED = [Wanted(f"{17 * row:016x}", path) for row, path in enumerate(PATHS, start=1)]
IDS = [item.id for item in WANTED]
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


def embeddings(file, wanted=WANTED, in_order=False):
    return read_embeddings(file, wanted, in_order)


def predictions(file, wanted=WANTED, in_order=False, class_names=CLASSES):
    return read_predictions(file, wanted, in_order, class_names)


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


# Matching


def test_backslashes_and_leading_dots_are_the_same_path(tmp_path):
    paths = [f".\\{path}".replace("/", "\\") for path in PATHS]
    paths[0] = "./cat//a.jpg"
    np.testing.assert_array_equal(embeddings(npz(tmp_path, x=EMBEDDINGS, path=paths)), EMBEDDINGS)


@pytest.mark.parametrize(("here", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_written_as_two_characters_are_the_same_path(tmp_path, here, there):
    wanted = [Wanted(item.id, unicodedata.normalize(here, item.path)) for item in WANTED]
    paths = [unicodedata.normalize(there, path) for path in PATHS]
    assert paths != [item.path for item in wanted]
    read = embeddings(npz(tmp_path, x=EMBEDDINGS, path=paths), wanted)
    np.testing.assert_array_equal(read, EMBEDDINGS)


def test_two_files_that_differ_in_their_accents_only_stay_two(tmp_path):
    names = [unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")]
    wanted = [Wanted(IDS[row], name) for row, name in enumerate(names)]
    read = embeddings(npz(tmp_path, x=EMBEDDINGS[:2], path=names[::-1]), wanted)
    np.testing.assert_array_equal(read, EMBEDDINGS[1::-1])


def test_ambiguous_accents_are_not_guessed(tmp_path):
    three = ["ç\u0301", "c\u0327\u0301", "ḉ"]
    assert len({unicodedata.normalize("NFC", name) for name in three}) == 1
    wanted = [Wanted(IDS[row], name) for row, name in enumerate(three[:2])]
    sentence = refusal(embeddings, npz(tmp_path, x=EMBEDDINGS[:2], path=three[1:]), wanted)
    assert "1 item without a row (ç\u0301)" in sentence
    assert "1 row of no item (ḉ)" in sentence


@pytest.mark.parametrize("key", ["path", "id"])
def test_missing_rows_are_named(tmp_path, key):
    values = PATHS if key == "path" else IDS
    file = npz(tmp_path, x=EMBEDDINGS[:2], **{key: values[:2]})
    assert refusal(embeddings, file) == (
        f"FILE does not fit the input: 2 items without a row ({values[2]}, {values[3]})."
    )


def test_extra_rows_are_named(tmp_path):
    file = parquet(tmp_path, {"path": [*PATHS, "x.jpg"], "x": lists(np.ones((5, 2)))})
    assert refusal(embeddings, file) == f"FILE {UNMATCHED}: 1 row of no item (x.jpg)."


def test_repeated_rows_are_named(tmp_path):
    file = npz(tmp_path, x=np.ones((6, 2)), path=[*PATHS, "./cat/a.jpg", FIRST])
    sentence = refusal(embeddings, file)
    assert sentence == f"FILE {UNMATCHED}: 1 item with more than one row ({FIRST})."


def test_more_than_three_examples_are_counted(tmp_path):
    wanted = [Wanted(f"{row:016x}", f"{row}.jpg") for row in range(2000)]
    sentence = refusal(embeddings, npz(tmp_path, x=EMBEDDINGS[:1], path=["0.jpg"]), wanted)
    assert "1,999 items without a row (1.jpg, 2.jpg, 3.jpg and 1,996 more)" in sentence


def test_all_kinds_of_mismatch_come_in_one_sentence(tmp_path):
    paths = [FIRST, FIRST, "", *PATHS[2:]]
    assert refusal(embeddings, npz(tmp_path, x=np.ones((5, 2)), path=paths)) == (
        f"FILE {UNMATCHED}: 1 item without a row (cat/b b.jpg), 1 row of no item ((empty)) and"
        f" 1 item with more than one row ({FIRST})."
    )


def test_row_without_a_path_in_parquet_is_refused(tmp_path):
    file = parquet(tmp_path, {"path": [*PATHS[:3], None], "x": lists(EMBEDDINGS)})
    assert "1 row of no item ((empty))" in refusal(embeddings, file)


def test_a_name_no_terminal_prints_is_still_told(tmp_path):
    file = npz(tmp_path, x=np.ones((5, 2)), path=[*PATHS, "\ud800.jpg"])
    assert "1 row of no item (?.jpg)" in refusal(embeddings, file)


@pytest.mark.parametrize("read", [embeddings, predictions])
def test_matrix_without_ids_is_refused_where_the_order_is_unknown(tmp_path, read):
    values = PROBABILITIES
    for file in (
        npy(tmp_path, values),
        npz(tmp_path, probabilities=values, classes=CLASSES),
    ):
        assert refusal(read, file) == (
            "FILE does not say whose rows they are; give an .npz or Parquet file with a 'path'"
            " (or 'id') for each row."
        )


def test_parquet_always_needs_paths_or_ids(tmp_path):
    file = parquet(tmp_path, {"x": lists(EMBEDDINGS)})
    assert "does not say whose rows" in refusal(embeddings, file, in_order=True)


def test_matrix_without_ids_needs_as_many_rows_as_items(tmp_path):
    sentence = refusal(embeddings, npy(tmp_path, EMBEDDINGS[:3]), in_order=True)
    assert "has 3 rows for 4 items; give an .npz or Parquet file with a 'path'" in sentence


@pytest.mark.parametrize("ids", [np.arange(4), np.array([PATHS])], ids=["numbers", "two-dim"])
def test_ids_that_are_no_list_of_text_are_refused(tmp_path, ids):
    sentence = refusal(embeddings, npz(tmp_path, x=EMBEDDINGS, ids=ids), in_order=True)
    assert sentence == "'ids' in FILE must be one-dimensional text, one for each row."


def test_numbers_as_ids_in_parquet_are_refused(tmp_path):
    file = parquet(tmp_path, {"id": [1, 2, 3, 4], "x": lists(EMBEDDINGS)})
    assert "'id' in FILE must be one-dimensional text" in refusal(embeddings, file)


def test_as_many_ids_as_rows_are_needed(tmp_path):
    file = npz(tmp_path, x=EMBEDDINGS, path=PATHS[:3])
    assert refusal(embeddings, file) == "'path' in FILE has 3 values for 4 rows."


@st.composite
def permutations(draw):
    rows = draw(st.integers(1, 12))
    values = draw(
        arrays(
            np.float32,
            (rows, draw(st.integers(1, 4))),
            elements=st.floats(0.125, 8, width=32),
        )
    )
    text = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\\/."))
    names = draw(st.lists(text.filter(bool), min_size=rows, max_size=rows, unique=True))
    return values, names, draw(st.permutations(range(rows)))


@settings(deadline=None, max_examples=60)
@given(permutations(), st.sampled_from(["npz by path", "npz by id", "list", "columns"]))
def test_order_of_the_rows_makes_no_difference(tmp_path_factory, drawn, form):
    values, names, order = drawn
    folder = tmp_path_factory.mktemp("permuted")
    wanted = [Wanted(f"{row:016x}", f"ä b/{name}") for row, name in enumerate(names)]
    in_order = read_embeddings(npy(folder, values), wanted, in_order=True)
    shuffled = values[order]
    paths = [wanted[row].path for row in order]
    if form == "npz by path":
        file = npz(folder, x=shuffled, path=paths)
    elif form == "npz by id":
        file = npz(folder, x=shuffled, id=[wanted[row].id for row in order])
    elif form == "list":
        file = parquet(folder, {"path": paths, "x": lists(shuffled)}, row_group_size=5)
    else:
        file = parquet(folder, {"path": paths, **dimensions(shuffled)}, row_group_size=5)
    np.testing.assert_array_equal(read_embeddings(file, wanted, in_order=False), in_order)


@settings(deadline=None, max_examples=40)
@given(permutations(), st.sampled_from(["npz", "columns"]))
def test_order_of_the_predictions_makes_no_difference(tmp_path_factory, drawn, form):
    values, names, order = drawn
    values = values / values.sum(axis=1, keepdims=True)
    classes = [f"class {column}" for column in range(values.shape[1])]
    folder = tmp_path_factory.mktemp("permuted")
    wanted = [Wanted(f"{row:016x}", f"ä b/{name}") for row, name in enumerate(names)]
    paths = [wanted[row].path for row in order]
    if form == "npz":
        file = npz(folder, probabilities=values[order], path=paths, classes=classes)
    else:
        columns = {name: values[order, column] for column, name in enumerate(classes)}
        file = parquet(folder, {"path": paths, **columns}, row_group_size=5)
    read = read_predictions(file, wanted, False, classes)
    assert read.classes == classes
    np.testing.assert_array_equal(read.probabilities, values.astype(np.float16))


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


def test_size_that_the_file_does_not_have_is_not_believed(tmp_path):
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
    ("values", "said"),
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
def test_what_is_no_matrix_of_numbers_is_refused(tmp_path, values, said):
    needed = "it must be real numbers in two dimensions, one row for each item and at least"
    for read, file, place in (
        (embeddings, npy(tmp_path, values), "FILE"),
        (predictions, npy(tmp_path, values), "FILE"),
        (embeddings, npz(tmp_path, "e.npz", embeddings=values), "'embeddings' in FILE"),
        (predictions, npz(tmp_path, "p.npz", probabilities=values), "'probabilities' in FILE"),
    ):
        sentence = refusal(read, file, in_order=True)
        assert sentence == f"{place} is {said}; {needed} one column."


def test_several_matrices_are_refused(tmp_path):
    for names in (("embeddings", "x"), ("one", "two")):
        file = npz(tmp_path, **dict.fromkeys(names, EMBEDDINGS))
        sentence = refusal(embeddings, file, in_order=True)
        assert f"more than one matrix ({names[0]}, {names[1]})" in sentence
    file = parquet(tmp_path, {"path": PATHS, "a": lists(EMBEDDINGS), "b": lists(EMBEDDINGS)})
    assert "more than one matrix (a, b)" in refusal(embeddings, file)


def test_file_without_embeddings_is_refused(tmp_path):
    said = "FILE has no embeddings: give it a matrix of floating-point numbers called 'embeddings'"
    file = npz(tmp_path, path=PATHS, boxes=np.ones((4, 4), int))
    assert refusal(embeddings, file) == f"{said}; it holds boxes, path."
    file = parquet(tmp_path, {"path": PATHS, "label": [1, 2, 3, 4], "seen": [True] * 4})
    assert refusal(embeddings, file) == f"{said}; it holds path, label, seen."
    with zipfile.ZipFile(tmp_path / "given.npz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    file = tmp_path / "given.npz"
    assert refusal(embeddings, file) == f"{said}; it holds nothing."


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


# Values of embeddings


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_named(tmp_path, bad):
    values = EMBEDDINGS.copy()
    values[1, 1] = bad
    said = "1 row with missing, NaN or infinite values (cat/b b.jpg)"
    assert said in refusal(embeddings, npy(tmp_path, values), in_order=True)
    assert said in refusal(embeddings, npz(tmp_path, x=values, path=PATHS))
    assert said in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "x": lists(values)}))
    assert said in refusal(embeddings, parquet(tmp_path, {"path": PATHS, **dimensions(values)}))


@pytest.mark.parametrize("kind", [pa.float32(), pa.int64()], ids=str)
def test_missing_values_in_parquet_are_named(tmp_path, kind):
    said = "1 row with missing, NaN or infinite values (cat/a.jpg)"
    column = pa.array([None, 2, 3, 4], kind)
    assert said in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "e0": column}))
    vectors = pa.array([[1, None], [1, 2], [3, 4], [5, 6]], pa.list_(kind))
    assert said in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "x": vectors}))


def test_rows_of_zeros_are_named_with_those_that_are_not_finite(tmp_path):
    values = EMBEDDINGS.copy()
    values[0] = np.nan
    values[2:] = 0
    file = npz(tmp_path, x=values[SHUFFLED], id=np.array(IDS)[SHUFFLED])
    assert refusal(embeddings, file) == (
        "FILE cannot be used, for it has 1 row with missing, NaN or infinite values"
        f" ({IDS[0]}) and 2 rows of nothing but zeros ({IDS[2]}, {IDS[3]})."
    )


@pytest.mark.parametrize("largest", [1e-300, 1e-9, 1 / 1025, 1025, 65504, 1e9, 1.7e308])
def test_large_and_small_values_are_brought_into_range(tmp_path, largest):
    values = EMBEDDINGS.astype(np.float64) / 9 * largest
    read = embeddings(npy(tmp_path, values), in_order=True).astype(np.float64)
    assert 512 <= np.abs(read).max() <= 1024
    np.testing.assert_allclose(read / read.max(), values / values.max(), rtol=2e-3)


def test_the_smallest_value_there_is_can_be_scaled(tmp_path):
    values = np.sign(EMBEDDINGS).astype(np.float64) * 5e-324
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, np.sign(EMBEDDINGS) * 512)


@pytest.mark.parametrize("largest", [1 / 1024, 1, 1024])
def test_values_in_range_stay_as_they_are(tmp_path, largest):
    values = EMBEDDINGS / 9 * np.float32(largest)
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, values.astype(np.float16))


def test_scale_is_one_power_of_two(tmp_path):
    values = (EMBEDDINGS * 3000).astype(np.float32)
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, (values / 32).astype(np.float16))


def test_row_that_is_lost_beside_the_others_is_named(tmp_path):
    values = EMBEDDINGS.copy()
    values[3] = 1e-12
    assert refusal(embeddings, npz(tmp_path, x=values, path=PATHS)) == (
        "FILE cannot be used, for it has 1 row with values too small beside those of the others"
        " (dog/猫.jpg)."
    )


def test_numbers_too_large_for_any_scale_are_named(tmp_path):
    values = EMBEDDINGS.astype(np.longdouble)
    values[0, 0] = np.finfo(np.longdouble).max
    if np.isinf(float(values[0, 0])):
        assert "1 row with missing, NaN" in refusal(
            embeddings, npy(tmp_path, values), in_order=True
        )


@pytest.mark.parametrize("form", ["npy", "npz", "list", "columns"])
def test_memory_stays_near_the_size_of_the_result(tmp_path, monkeypatch, form):
    monkeypatch.setattr(given_files, "BLOCK_VALUES", 1 << 14)
    values = np.random.default_rng(0).normal(size=(20_000, 64))
    wanted = [Wanted(f"{row:016x}", f"{row}") for row in range(len(values))]
    paths = [item.path for item in wanted]
    if form == "npy":
        file = npy(tmp_path, values)
    elif form == "npz":
        file = npz(tmp_path, x=values)
    elif form == "list":
        flat = pa.FixedSizeListArray.from_arrays(values.ravel(), 64)
        file = parquet(tmp_path, {"path": paths, "x": flat}, row_group_size=500)
    else:
        file = parquet(tmp_path, {"path": paths, **dimensions(values)}, row_group_size=500)
    tracemalloc.start()
    read = read_embeddings(file, wanted, in_order=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(read, values.astype(np.float16))
    keys = 200 * len(wanted) if form in ("list", "columns") else 0
    assert peak < read.nbytes + keys + 3_000_000 < values.nbytes


# Predictions


def test_probabilities_are_read_from_every_format(tmp_path):
    shuffled = {"path": np.array(PATHS)[SHUFFLED]}
    values = PROBABILITIES[SHUFFLED]
    for file, in_order in (
        (npy(tmp_path, PROBABILITIES), True),
        (npz(tmp_path, "1.npz", probabilities=PROBABILITIES, classes=CLASSES), True),
        (npz(tmp_path, "2.npz", probabilities=values, classes=CLASSES, **shuffled), False),
        (npz(tmp_path, "3.npz", mine=values, classes=CLASSES, **shuffled), False),
        (parquet(tmp_path, {**shuffled, "cat": values[:, 0], "dog": values[:, 1]}), False),
    ):
        read = predictions(file, in_order=in_order)
        assert read.classes == CLASSES
        assert read.probabilities.dtype == np.float16
        np.testing.assert_array_equal(read.probabilities, PROBABILITIES)


def test_columns_keep_the_order_of_the_file(tmp_path):
    swapped = PROBABILITIES[:, ::-1]
    for file in (
        npz(tmp_path, probabilities=swapped, classes=["dog", "cat"], path=PATHS),
        parquet(tmp_path, {"dog": swapped[:, 0], "path": PATHS, "cat": swapped[:, 1]}),
    ):
        read = predictions(file)
        assert read.classes == ["dog", "cat"]
        np.testing.assert_array_equal(read.probabilities, swapped)


@pytest.mark.parametrize("name", ["prediction", "predictions", "predicted", "label", "labels"])
def test_predicted_classes_become_rows_with_a_single_one(tmp_path, monkeypatch, name):
    monkeypatch.setattr(given_files, "BLOCK_VALUES", 7)
    names = ["dog", "emu", " cat ", "cat"]
    for file, in_order in (
        (npz(tmp_path, "1.npz", **{name: names}), True),
        (npz(tmp_path, "2.npz", **{name: names, "path": PATHS}), False),
        (parquet(tmp_path, {name: names, "path": PATHS}), False),
        (parquet(tmp_path, {name: names, "id": IDS, "confidence": [0.5] * 4}, "2.parquet"), False),
    ):
        read = predictions(file, in_order=in_order, class_names=["dog", "cat"])
        assert read.classes == ["cat", "dog", "emu"]
        np.testing.assert_array_equal(
            read.probabilities, [[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]]
        )


def test_probabilities_count_before_labels_beside_them(tmp_path):
    given_labels = ["cat"] * 4
    for file in (
        npz(tmp_path, probabilities=PROBABILITIES, classes=CLASSES, path=PATHS, label=given_labels),
        npz(tmp_path, "2.npz", mine=PROBABILITIES, classes=CLASSES, path=PATHS, label=given_labels),
        parquet(
            tmp_path,
            {
                "path": PATHS,
                "label": given_labels,
                **dict(zip(CLASSES, PROBABILITIES.T, strict=True)),
            },
        ),
    ):
        np.testing.assert_array_equal(predictions(file).probabilities, PROBABILITIES)


def test_embeddings_and_predictions_may_share_a_file(tmp_path):
    shared = {"embeddings": EMBEDDINGS, "path": PATHS}
    file = npz(tmp_path, probabilities=PROBABILITIES, classes=CLASSES, **shared)
    np.testing.assert_array_equal(embeddings(file), EMBEDDINGS)
    np.testing.assert_array_equal(predictions(file).probabilities, PROBABILITIES)
    file = npz(tmp_path, predicted=["cat"] * 4, classes=CLASSES, **shared)
    np.testing.assert_array_equal(predictions(file).probabilities, [[1, 0]] * 4)


def test_classes_that_no_item_has_are_kept(tmp_path):
    values = np.array([[0.5, 0.25, 0.25]] * 4)
    file = npz(tmp_path, probabilities=values, classes=["cat", "yak", "dog"], path=PATHS)
    assert predictions(file).classes == ["cat", "yak", "dog"]


def test_class_whose_name_begins_like_another_is_its_own(tmp_path):
    names = ["St", "St. Bernard", "St.x"]
    values = np.array([[0.5, 0.25, 0.25]] * 4)
    file = parquet(tmp_path, {"path": PATHS, **dict(zip(names, values.T, strict=True))})
    read = predictions(file, class_names=names)
    assert read.classes == names
    np.testing.assert_array_equal(read.probabilities, values)
    np.testing.assert_array_equal(embeddings(file), values)


def test_class_names_with_accents_as_two_characters_are_the_same(tmp_path):
    names = [unicodedata.normalize("NFD", name) for name in ("blé", "café")]
    classes = [unicodedata.normalize("NFC", name) for name in names]
    file = npz(tmp_path, probabilities=PROBABILITIES, classes=classes, path=PATHS)
    assert predictions(file, class_names=names).classes == names


def test_class_with_spaces_around_its_name_is_found(tmp_path):
    file = npz(tmp_path, probabilities=PROBABILITIES, classes=[" cat", "dog\n"], path=PATHS)
    assert predictions(file, class_names=[" cat", "dog"]).classes == [" cat", "dog"]


def test_numbered_labels_beside_probabilities_are_no_class(tmp_path):
    columns = dict(zip(CLASSES, PROBABILITIES.T, strict=True))
    file = parquet(tmp_path, {"path": PATHS, "id": [1, 2, 3, 4], "label": [0, 0, 1, 1], **columns})
    assert predictions(file).classes == CLASSES


def test_column_that_may_be_no_class_is_named_when_sums_are_wrong(tmp_path):
    columns = dict(zip(CLASSES, PROBABILITIES.T, strict=True))
    file = parquet(tmp_path, {"path": PATHS, **columns, "margin": [0.0, 0.0, 0.0, 3.0]})
    assert refusal(predictions, file).endswith(
        "a sum that is not 1 (dog/猫.jpg); turn logits into probabilities first (softmax), and"
        " leave out columns that are no class (margin)."
    )


def test_file_without_predictions_is_refused(tmp_path):
    assert refusal(predictions, npz(tmp_path, path=PATHS)) == (
        "FILE has no predictions: give it 'probabilities', or class names called 'predicted'; it"
        " holds path."
    )
    assert refusal(predictions, parquet(tmp_path, {"path": PATHS})) == (
        "FILE has no predictions: give it a column of numbers for each class, or class names"
        " called 'predicted'; it holds path."
    )


def test_probabilities_without_class_names_are_refused(tmp_path):
    file = npz(tmp_path, probabilities=PROBABILITIES, path=PATHS)
    assert refusal(predictions, file) == (
        "FILE does not name its columns; give an .npz file with 'probabilities' and the text"
        " array 'classes'."
    )


def test_bare_matrix_needs_a_column_for_each_class(tmp_path):
    file = npy(tmp_path, PROBABILITIES)
    sentence = refusal(predictions, file, in_order=True, class_names=["cat", "dog", "emu"])
    assert "FILE has 2 columns without names for 3 classes; give an .npz" in sentence


def test_order_of_numbered_classes_is_not_guessed(tmp_path):
    file = npy(tmp_path, PROBABILITIES)
    assert predictions(file, in_order=True, class_names={"1", "2"}).classes == ["1", "2"]
    sentence = refusal(predictions, file, in_order=True, class_names={"2", "10"})
    assert "FILE does not say in which order its columns are; give an .npz" in sentence


def test_as_many_names_as_columns_are_needed(tmp_path):
    file = npz(tmp_path, probabilities=PROBABILITIES, classes=["cat", "dog", "emu"], path=PATHS)
    assert refusal(predictions, file) == "FILE names 3 classes for 2 columns of probabilities."


def test_class_that_comes_twice_is_refused(tmp_path):
    file = npz(tmp_path, probabilities=PROBABILITIES, classes=["cat", "cat "], path=PATHS)
    assert refusal(predictions, file) == "FILE names classes more than once (cat)."


def test_missing_classes_are_named(tmp_path):
    for file in (
        npz(tmp_path, probabilities=PROBABILITIES, classes=CLASSES, path=PATHS),
        parquet(tmp_path, {"path": PATHS, "cat": PROBABILITIES[:, 0], "dog": PROBABILITIES[:, 1]}),
    ):
        sentence = refusal(predictions, file, class_names=["cat", "emu", "yak"])
        assert sentence == (
            "FILE has no probabilities for 2 classes of the labels (emu, yak); give each class a"
            " column."
        )


@pytest.mark.parametrize("form", ["npz", "columns", "predicted"])
def test_predictions_of_other_classes_alone_are_refused(tmp_path, form):
    if form == "npz":
        file = npz(tmp_path, probabilities=PROBABILITIES, classes=CLASSES, path=PATHS)
    elif form == "columns":
        columns = dict(zip(CLASSES, PROBABILITIES.T, strict=True))
        file = parquet(tmp_path, {"path": PATHS, **columns})
    else:
        file = npz(tmp_path, predicted=[*CLASSES, *CLASSES], path=PATHS)
    assert refusal(predictions, file, class_names=["yak", "emu"]) == (
        "FILE predicts none of the classes of the labels: it has cat, dog, the labels are emu, yak."
    )


def test_row_without_a_predicted_class_is_refused(tmp_path):
    for file in (
        npz(tmp_path, predicted=["cat", "", "dog", " "], path=PATHS),
        parquet(tmp_path, {"predicted": ["cat", None, "dog", ""], "path": PATHS}),
    ):
        assert refusal(predictions, file) == (
            "FILE cannot be used, for it has 2 rows without a predicted class (cat/b b.jpg,"
            " dog/猫.jpg)."
        )


@pytest.mark.parametrize(
    "row", [[2.5, -1.5], [0.5, 0.4], [0.502, 0.5], [0, 0], [1e300, 0]], ids=str
)
def test_rows_that_are_no_probabilities_are_named(tmp_path, row):
    values = PROBABILITIES.astype(np.float64)
    values[1] = row
    columns = dict(zip(CLASSES, values.T, strict=True))
    for file in (
        npz(tmp_path, probabilities=values, classes=CLASSES, path=PATHS),
        parquet(tmp_path, {"path": PATHS, **columns}),
    ):
        assert refusal(predictions, file) == (
            "FILE cannot be used, for it has 1 row with negative values or a sum that is not 1"
            " (cat/b b.jpg); turn logits into probabilities first (softmax)."
        )


def test_sum_may_be_off_by_a_thousandth(tmp_path):
    values = np.array([[0.5, 0.4991], [0.5, 0.5009], [0, 1], [1, 0]])
    file = npz(tmp_path, probabilities=values, classes=CLASSES, path=PATHS)
    np.testing.assert_array_equal(predictions(file).probabilities, values.astype(np.float16))


def test_probabilities_that_are_not_finite_are_named_with_logits(tmp_path):
    values = PROBABILITIES.copy()
    values[0, 0] = np.nan
    values[3] = 4
    file = npz(tmp_path, probabilities=values, classes=CLASSES, path=PATHS)
    assert refusal(predictions, file) == (
        "FILE cannot be used, for it has 1 row with missing, NaN or infinite values (cat/a.jpg)"
        " and 1 row with negative values or a sum that is not 1 (dog/猫.jpg); turn logits into"
        " probabilities first (softmax)."
    )


def test_predictions_are_matched_like_embeddings(tmp_path):
    file = npz(tmp_path, predicted=["cat", "dog", "cat"], path=[FIRST, FIRST, "x.jpg"])
    sentence = refusal(predictions, file)
    assert f"3 items without a row ({', '.join(PATHS[1:])})" in sentence
    assert "1 row of no item (x.jpg) and 1 item with more than one row" in sentence
