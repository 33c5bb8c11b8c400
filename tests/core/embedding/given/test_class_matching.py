import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embedding.given.class_matching import name_outputs, outputs_match_classes

CLASSES = 6
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, CLASSES, 600)


def mostly(labels, wrong=0.3):
    """Predictions that are right but for a share."""
    return np.where(RNG.random(len(labels)) < wrong, RNG.integers(0, CLASSES, len(labels)), labels)


def test_outputs_that_agree_with_the_labels_are_in_their_order():
    assert outputs_match_classes(LABELS, mostly(LABELS), CLASSES)


def test_outputs_in_another_order_are_detected():
    assert not outputs_match_classes(LABELS, (mostly(LABELS) + 1) % CLASSES, CLASSES)


def test_two_swapped_outputs_are_detected():
    swapped = np.array([1, 0, 2, 3, 4, 5])
    assert not outputs_match_classes(LABELS, swapped[mostly(LABELS)], CLASSES)


def test_outputs_unrelated_to_the_labels_are_detected():
    assert not outputs_match_classes(LABELS, RNG.integers(0, CLASSES, len(LABELS)), CLASSES)


def test_a_classifier_of_the_majority_class_is_detected():
    labels = np.where(RNG.random(600) < 0.9, 0, LABELS)
    assert not outputs_match_classes(labels, np.zeros(600, dtype=np.intp), CLASSES)


@given(st.permutations(range(CLASSES)))
def test_only_the_order_itself_is_accepted(order):
    predicted = np.array(order)[mostly(LABELS, wrong=0.1)]
    assert outputs_match_classes(LABELS, predicted, CLASSES) == (list(order) == sorted(order))


@pytest.fixture
def with_predictions(computed):
    """A computed audit whose classifier is right about all but the wrong label."""

    def write(order=(0, 1)):
        names = computed.store.class_names()
        rows = np.zeros((18, 2), np.float16)
        for item in computed.store.embedded_items():
            emu = item.row >= 9
            rows[item.row, order[0] if emu else order[1]] = 1
        np.save(computed.predictions_file, rows)
        assert sorted(names.values()) == ["emu", "lotus"]
        return computed

    return write


def test_classes_are_named_in_sorted_order(with_predictions):
    audit = with_predictions()
    name_outputs(audit)
    assert audit.predictions().classes == ["emu", "lotus"]


def test_classes_in_another_order_stay_without_names(with_predictions):
    audit = with_predictions(order=(1, 0))
    name_outputs(audit)
    assert audit.predictions() is None


def test_audit_without_a_classifier_has_no_predictions(computed):
    name_outputs(computed)
    assert computed.predictions() is None
