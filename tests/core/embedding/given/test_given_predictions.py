import unicodedata

import numpy as np
import pytest

from core.embedding.given import given_files
from tests.core.embedding.given.given_making import (
    CLASSES,
    EMBEDDINGS,
    FIRST,
    IDS,
    PATHS,
    PROBABILITIES,
    SHUFFLED,
    embeddings,
    npy,
    npz,
    parquet,
    predictions,
    refusal,
)

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
