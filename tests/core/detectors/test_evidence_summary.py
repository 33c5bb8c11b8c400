"""The summary of the evidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrays import blocks
from core.detectors import summarize
from core.detectors.evidence_summary import MOST_CLASSES, EvidenceSummary, recalibrated
from core.detectors.probability_calibration import fit_calibration
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
    np.testing.assert_allclose(found.p_given, P[rows, labels], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.suspicion, 1 - found.p_given)
    np.testing.assert_allclose(found.top_probabilities, -np.sort(-P, axis=1)[:, :m], rtol=1e-4)
    chosen = np.take_along_axis(P, found.top_classes, axis=1)
    np.testing.assert_allclose(chosen, found.top_probabilities, rtol=1e-4)
    assert all(len(set(row)) == m for row in found.top_classes.tolist())


@given(**shapes)
def test_suspects_are_the_labels_that_the_evidence_alone_contradicts(
    n: int, n_classes: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    P, labels = rng.dirichlet(np.ones(n_classes), n), rng.integers(n_classes, size=n)
    evidence = FixedEvidence(np.log(np.maximum(P, 1e-30)))
    contradicted = P.argmax(axis=1) != labels
    for calibration in (None, fit_calibration(evidence, labels, n_classes)):
        found = summarize(evidence, labels, n_classes, calibration)
        assert found.is_suspect.tolist() == contradicted.tolist()


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


def test_an_impossible_label_is_as_suspect_as_any_may_be() -> None:
    found = summary(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 0]))
    assert np.isfinite(found.log_odds).all()
    assert found.log_odds[0] > 90
    assert found.log_odds[1] < -90


def test_labels_that_are_all_but_certain_do_not_tie() -> None:
    rest = 10.0 ** -np.arange(10, 30)
    with np.errstate(divide="ignore"):
        logs = np.log(np.stack([1 - rest, rest], axis=1))
    found = summarize(FixedEvidence(logs), np.zeros(20, np.int64), 2)
    assert (np.diff(found.log_odds) < 0).all()
    assert (np.diff(found.suspicion) < 0).all()


@pytest.fixture(scope="module")
def noisy_evidence() -> tuple[FixedEvidence, np.ndarray]:
    """Evidence about true classes, of which one label in five is another."""
    rng = np.random.default_rng(0)
    P = rng.dirichlet(np.full(4, 0.2), 3000).astype(np.float32)
    truth = (P.cumsum(axis=1) > rng.random((3000, 1))).argmax(axis=1)
    labels = np.where(rng.random(3000) < 0.2, rng.integers(4, size=3000), truth)
    return FixedEvidence(np.log(np.maximum(P, 1e-9))), labels


def test_calibration_leaves_the_order(noisy_evidence: tuple[FixedEvidence, np.ndarray]) -> None:
    evidence, labels = noisy_evidence
    sharp = summarize(evidence, labels, 4)
    shown = summarize(evidence, labels, 4, fit_calibration(evidence, labels, 4))
    np.testing.assert_array_equal(shown.log_odds, sharp.log_odds)
    order = np.argsort(sharp.log_odds)
    assert (np.diff(shown.suspicion[order]) >= 0).all()
    assert len(np.unique(shown.suspicion)) == len(np.unique(shown.log_odds))
    assert not np.allclose(shown.suspicion, sharp.suspicion, atol=0.05)


def test_what_is_shown_adds_up(noisy_evidence: tuple[FixedEvidence, np.ndarray]) -> None:
    evidence, labels = noisy_evidence
    shown = summarize(evidence, labels, 4, fit_calibration(evidence, labels, 4))
    assert_consistent(shown, labels)


def test_a_review_changes_what_is_shown_and_leaves_the_order(
    noisy_evidence: tuple[FixedEvidence, np.ndarray],
) -> None:
    evidence, labels = noisy_evidence
    shown = summarize(evidence, labels, 4, fit_calibration(evidence, labels, 4))
    first = np.argsort(-shown.suspicion)[:400]
    scale = shown.scale.corrected_by(shown.log_odds, first, np.zeros(400))
    reviewed = recalibrated(shown, labels, scale)
    assert reviewed.suspicion[first].mean() < 0.7 * shown.suspicion[first].mean()
    assert (np.diff(reviewed.suspicion[np.argsort(shown.log_odds)]) >= 0).all()
    assert_consistent(reviewed, labels)


def assert_consistent(shown: EvidenceSummary, labels: np.ndarray) -> None:
    np.testing.assert_allclose(shown.top_probabilities.sum(axis=1), 1, atol=1e-4)
    assert (np.diff(shown.top_probabilities, axis=1) <= 0).all()
    given, other = (
        np.where(shown.top_classes == one[:, None], shown.top_probabilities, 0).sum(axis=1)
        for one in (labels, shown.suggested)
    )
    np.testing.assert_allclose(given, shown.p_given, atol=1e-5)
    np.testing.assert_allclose(given, 1 - shown.suspicion, atol=1e-5)
    np.testing.assert_allclose(other, shown.p_suggested, atol=1e-5)
    rest = np.where(shown.top_classes == labels[:, None], -1, shown.top_probabilities)
    np.testing.assert_allclose(rest.max(axis=1), shown.p_suggested, atol=1e-5)


def test_results_do_not_depend_on_the_block_size(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    P, labels = rng.dirichlet(np.ones(12), 50), rng.integers(12, size=50)
    whole = summary(P, labels)
    monkeypatch.setattr(blocks, "_ENTRIES", 7 * 12)
    for one, other in zip(whole[:-2], summary(P, labels)[:-2], strict=True):
        np.testing.assert_array_equal(one, other)


def test_evidence_that_is_not_pooled_has_no_members() -> None:
    members = summary(np.array([[0.7, 0.3]]), np.array([0])).members
    assert (members.names, members.classes.shape) == ((), (1, 0))
