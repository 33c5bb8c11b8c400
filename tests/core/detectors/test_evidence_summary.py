"""The summary of the evidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import blocks
from core.detectors import summarize
from core.detectors.evidence_summary import MOST_CLASSES, EvidenceSummary
from tests.core.detectors.test_calibration import FixedEvidence


def summary(P: np.ndarray, labels: np.ndarray) -> EvidenceSummary:
    with np.errstate(divide="ignore"):
        return summarize(FixedEvidence(np.log(P)), labels, P.shape[1])


shapes = {"n": st.integers(1, 30), "n_classes": st.integers(1, 20), "seed": st.integers(0, 9)}


@given(**shapes)
def test_summary_equals_the_evidence(n: int, n_classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    P, labels = rng.dirichlet(np.ones(n_classes), n), rng.integers(n_classes, size=n)
    found, rows, m = summary(P, labels), np.arange(n), min(n_classes, MOST_CLASSES)
    np.testing.assert_allclose(found.p_given, P[rows, labels].clip(1e-13), rtol=1e-4)
    np.testing.assert_allclose(found.suspicion, 1 - found.p_given)
    np.testing.assert_allclose(found.top_probabilities, -np.sort(-P, axis=1)[:, :m], rtol=1e-4)
    chosen = np.take_along_axis(P, found.top_classes, axis=1)
    np.testing.assert_allclose(chosen, found.top_probabilities, rtol=1e-4)
    assert all(len(set(row)) == m for row in found.top_classes.tolist())


@given(**shapes)
def test_the_suggestion_is_the_best_other_class(n: int, n_classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    P, labels = rng.dirichlet(np.ones(n_classes), n), rng.integers(n_classes, size=n)
    found, rows = summary(P, labels), np.arange(n)
    np.testing.assert_allclose(found.p_suggested, P[rows, found.suggested], rtol=1e-4)
    if n_classes == 1:
        assert (found.suggested == labels).all()
        return
    assert (found.suggested != labels).all()
    others = np.where(np.arange(n_classes) == labels[:, None], -1, P)
    np.testing.assert_array_equal(found.suggested, others.argmax(axis=1))


@pytest.mark.parametrize(
    ("P", "ambiguity"),
    [([0.5, 0.5, 0], 1), ([1, 0, 0], 0), ([1], 0), ([0.7, 0.3], 0.84), ([0.1] * 10, 0.04)],
)
def test_two_classes_with_a_half_each_are_ambiguous(P: list[float], ambiguity: float) -> None:
    found = summary(np.array([P]), np.array([0]))
    np.testing.assert_allclose(found.ambiguity, [ambiguity], atol=1e-6)


def test_the_most_suspect_items_do_not_tie() -> None:
    rest = 10.0 ** -np.arange(1, 13)
    found = summary(np.stack([rest, 1 - rest], axis=1), np.zeros(12, np.int64))
    assert len(np.unique(found.suspicion)) == 12
    assert (np.diff(found.suspicion) > 0).all()


def test_a_given_label_that_is_impossible_has_a_floor() -> None:
    assert summary(np.array([[0.0, 1.0]]), np.array([0])).p_given[0] == 1e-13


def test_a_temperature_calibrates_the_probabilities_and_leaves_the_order() -> None:
    rng = np.random.default_rng(0)
    P, labels = rng.dirichlet(np.ones(4), 30), rng.integers(4, size=30)
    sharp = summarize(FixedEvidence(np.log(P)), labels, 4)
    mild = summarize(FixedEvidence(np.log(P)), labels, 4, temperature=2.0)
    np.testing.assert_array_equal(mild.suspicion, sharp.suspicion)
    expected = np.sqrt(P) / np.sqrt(P).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(mild.p_given, expected[np.arange(30), labels], rtol=1e-4)
    np.testing.assert_array_equal(mild.suggested, sharp.suggested)


def test_results_do_not_depend_on_the_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    P, labels = rng.dirichlet(np.ones(12), 50), rng.integers(12, size=50)
    whole = summary(P, labels)
    monkeypatch.setattr(blocks, "_ENTRIES", 7 * 12)
    for one, other in zip(whole[:-1], summary(P, labels)[:-1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_evidence_that_is_not_pooled_has_no_members() -> None:
    members = summary(np.array([[0.7, 0.3]]), np.array([0])).members
    assert (members.names, members.classes.shape) == ((), (1, 0))
