import numpy as np
import pytest

from core.detectors.layer_choice import (
    FEW,
    LEAST_FOR_MANY,
    LEAST_OF_A_CLASS,
    MANY,
    choose_layers,
    held_out_fit,
    n_directions,
    standard_errors,
)
from core.neighbors import HalfWhitening


def classes_in(dimension, n=600, n_classes=3, distance=1.5, seed=0):
    """Rows of Gaussian classes, and their classes."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, n_classes, n)
    centers = distance * rng.normal(size=(n_classes, dimension)) / np.sqrt(dimension / 8)
    return (centers[classes] + rng.normal(size=(n, dimension))).astype(np.float32), classes


def chosen(X, widths, labels):
    return choose_layers(X, np.arange(len(X)), widths, labels)


def test_layers_that_know_more_than_the_embedding_are_taken():
    useful, classes = classes_in(20)
    noise = np.random.default_rng(1).normal(size=(600, 30)).astype(np.float32)
    choice = chosen(np.hstack([noise, useful]), (30, 20), classes)
    assert [part.width for part in choice.whitening.parts] == [30, 20]
    assert "2 layers" in choice.note


def test_layers_that_know_nothing_are_left_out():
    useful, classes = classes_in(20)
    noise = np.random.default_rng(1).normal(size=(600, 30)).astype(np.float32)
    choice = chosen(np.hstack([useful, 100 * noise]), (20, 30), classes)
    assert [part.width for part in choice.whitening.parts] == [20]
    assert "last layer alone" in choice.note


def test_wrong_labels_do_not_change_the_choice():
    useful, classes = classes_in(20)
    rng = np.random.default_rng(1)
    given = np.where(rng.random(600) < 0.3, rng.integers(0, 3, 600), classes)
    noise = rng.normal(size=(600, 30)).astype(np.float32)
    assert len(chosen(np.hstack([noise, useful]), (30, 20), given).whitening.parts) == 2
    assert len(chosen(np.hstack([useful, noise]), (20, 30), given).whitening.parts) == 1


@pytest.mark.parametrize("labels", [np.full(600, -1), np.zeros(600, int)])
def test_without_classes_to_tell_apart_the_embedding_is_taken_alone(labels):
    X, _ = classes_in(20)
    assert [part.width for part in chosen(X, (12, 8), labels).whitening.parts] == [12]


def test_few_labels_decide_nothing():
    useful, classes = classes_in(20)
    noise = np.zeros_like(useful)
    labels = np.where(np.arange(600) < 100, classes, -1)
    assert len(chosen(np.hstack([noise, useful]), (20, 20), labels).whitening.parts) == 1


def test_unknown_widths_give_what_earlier_versions_gave_to_the_byte():
    X, classes = classes_in(40)
    earlier = HalfWhitening().fit(X)
    choice = chosen(X, (), classes)
    assert choice.note == ""
    assert choice.whitening.transform(X).tobytes() == earlier.transform(X).tobytes()


def test_a_network_without_further_layers_needs_no_choice():
    X, classes = classes_in(40)
    choice = chosen(X, (40,), classes)
    assert [part.width for part in choice.whitening.parts] == [40]
    assert choice.note == ""


def test_only_rows_that_are_asked_for_count():
    X, classes = classes_in(40)
    rows = np.arange(0, 600, 2)
    fitted = choose_layers(X, rows, (30, 10), classes[rows]).whitening
    alone = chosen(X[rows], (30, 10), classes[rows]).whitening
    np.testing.assert_array_equal(fitted.transform(X[rows]), alone.transform(X[rows]))


@pytest.mark.parametrize(
    ("n", "n_classes", "directions"),
    [
        (LEAST_FOR_MANY - 1, 2, FEW),
        (LEAST_FOR_MANY, 2, MANY),
        (LEAST_OF_A_CLASS * 101 - 1, 101, FEW),
        (LEAST_OF_A_CLASS * 101, 101, MANY),
        (80_000, 10, MANY),
        (90_000, 10, FEW),
        (1_000_000, 10, FEW),
    ],
)
def test_directions_follow_the_number_of_items_and_of_those_of_a_class(n, n_classes, directions):
    assert n_directions(n, n_classes) == directions


def test_fit_is_of_labels_that_are_held_out():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 250)).astype(np.float32)
    fit = held_out_fit(X, rng.integers(0, 2, 300))
    # In-sample, so many directions would tell random labels apart.
    assert fit.mean() < np.log(0.5) + 0.02


def test_standard_errors_of_gains():
    assert standard_errors(np.array([1.0, 1.0, 1.0, 1.0])) == 0.0
    assert standard_errors(np.array([0.0, 2.0, 0.0, 2.0])) == pytest.approx(2.0)
