import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedding.given.given_arrays import ItemKey, read_embeddings, read_predictions
from tests.core.embedding.given.given_making import (
    CLASSES,
    EMBEDDINGS,
    FIRST,
    IDS,
    ITEM_KEYS,
    PATHS,
    PROBABILITIES,
    UNMATCHED,
    dimensions,
    embeddings,
    lists,
    npy,
    npz,
    parquet,
    predictions,
    refusal,
)

# Matching


def test_backslashes_and_leading_dots_are_the_same_path(tmp_path):
    paths = [f".\\{path}".replace("/", "\\") for path in PATHS]
    paths[0] = "./cat//a.jpg"
    np.testing.assert_array_equal(embeddings(npz(tmp_path, x=EMBEDDINGS, path=paths)), EMBEDDINGS)


@pytest.mark.parametrize(("here", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_written_as_two_characters_are_the_same_path(tmp_path, here, there):
    item_keys = [ItemKey(item.id, unicodedata.normalize(here, item.path)) for item in ITEM_KEYS]
    paths = [unicodedata.normalize(there, path) for path in PATHS]
    assert paths != [item.path for item in item_keys]
    read = embeddings(npz(tmp_path, x=EMBEDDINGS, path=paths), item_keys)
    np.testing.assert_array_equal(read, EMBEDDINGS)


def test_two_files_that_differ_in_their_accents_only_stay_two(tmp_path):
    names = [unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")]
    item_keys = [ItemKey(IDS[row], name) for row, name in enumerate(names)]
    read = embeddings(npz(tmp_path, x=EMBEDDINGS[:2], path=names[::-1]), item_keys)
    np.testing.assert_array_equal(read, EMBEDDINGS[1::-1])


def test_ambiguous_accents_are_not_guessed(tmp_path):
    three = ["ç\u0301", "c\u0327\u0301", "ḉ"]
    assert len({unicodedata.normalize("NFC", name) for name in three}) == 1
    item_keys = [ItemKey(IDS[row], name) for row, name in enumerate(three[:2])]
    sentence = refusal(embeddings, npz(tmp_path, x=EMBEDDINGS[:2], path=three[1:]), item_keys)
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
    item_keys = [ItemKey(f"{row:016x}", f"{row}.jpg") for row in range(2000)]
    sentence = refusal(embeddings, npz(tmp_path, x=EMBEDDINGS[:1], path=["0.jpg"]), item_keys)
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


def test_a_name_that_no_terminal_prints_is_in_the_message(tmp_path):
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
    item_keys = [ItemKey(f"{row:016x}", f"ä b/{name}") for row, name in enumerate(names)]
    in_order = read_embeddings(npy(folder, values), item_keys, in_order=True)
    shuffled = values[order]
    paths = [item_keys[row].path for row in order]
    if form == "npz by path":
        file = npz(folder, x=shuffled, path=paths)
    elif form == "npz by id":
        file = npz(folder, x=shuffled, id=[item_keys[row].id for row in order])
    elif form == "list":
        file = parquet(folder, {"path": paths, "x": lists(shuffled)}, row_group_size=5)
    else:
        file = parquet(folder, {"path": paths, **dimensions(shuffled)}, row_group_size=5)
    np.testing.assert_array_equal(read_embeddings(file, item_keys, in_order=False), in_order)


@settings(deadline=None, max_examples=40)
@given(permutations(), st.sampled_from(["npz", "columns"]))
def test_order_of_the_predictions_makes_no_difference(tmp_path_factory, drawn, form):
    values, names, order = drawn
    values = values / values.sum(axis=1, keepdims=True)
    classes = [f"class {column}" for column in range(values.shape[1])]
    folder = tmp_path_factory.mktemp("permuted")
    item_keys = [ItemKey(f"{row:016x}", f"ä b/{name}") for row, name in enumerate(names)]
    paths = [item_keys[row].path for row in order]
    if form == "npz":
        file = npz(folder, probabilities=values[order], path=paths, classes=classes)
    else:
        columns = {name: values[order, column] for column, name in enumerate(classes)}
        file = parquet(folder, {"path": paths, **columns}, row_group_size=5)
    read = read_predictions(file, item_keys, False, classes)
    assert read.classes == classes
    np.testing.assert_array_equal(read.probabilities, values.astype(np.float16))
