"""Small and mixed classes: their labels are judged within the class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.detectors import METHODS, LogPool, summarize
from core.detectors.calibration import log_softmax
from core.detectors.class_balance import (
    ClassBalance,
    JudgedWithinClasses,
    class_balance,
    is_too_small,
    raised_for_rare_hits,
)
from tests.core.detectors.conftest import average_precision, features_of
from tests.core.neighbors.making import unit

K = 4


class Table:
    """Evidence that is there already."""

    names = ("one",)

    def __init__(self, logs):
        self.logs = log_softmax(np.asarray(logs, np.float32))

    def log_proba(self, rows, on_member=None):
        return self.logs[rows].copy()


def table(seed, n=60, missed=()):
    """Labels, and evidence for them but for the classes `missed`, none of whose items is hit."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, K, n)
    logs = rng.normal(size=(n, K))
    logs[np.arange(n), labels] += np.where(np.isin(labels, missed), -3, 5)
    return labels, Table(logs)


def own(evidence, labels):
    return evidence.log_proba(slice(0, len(labels)))[np.arange(len(labels)), labels]


def test_a_class_that_is_missed_as_a_whole_is_mixed_and_raised():
    labels, evidence = table(0, missed=[2])
    balance = class_balance(evidence, labels, K)
    assert balance.is_mixed.tolist() == [False, False, True, False]
    assert balance.shifts[2] > 2
    assert (balance.shifts[[0, 1, 3]] < 0.5).all()
    leads = own(JudgedWithinClasses(evidence, labels, balance), labels)[labels == 2]
    assert (leads > np.log(0.5)).mean() >= 0.3


def test_a_class_with_some_wrong_labels_is_not_mixed():
    labels, evidence = table(1, n=400)
    wrong = np.flatnonzero(labels == 1)[::4]
    evidence.logs[wrong] = log_softmax(np.float32(10 * np.eye(K)[np.full(len(wrong), 3)]))
    balance = class_balance(evidence, labels, K)
    assert not balance.is_mixed.any()
    suspicion = 1 - np.exp(own(JudgedWithinClasses(evidence, labels, balance), labels))
    assert suspicion[wrong].min() > np.delete(suspicion, wrong).max()


def test_noise_in_all_classes_raises_none():
    labels, evidence = table(2, n=400)
    wrong = np.random.default_rng(0).permutation(400)[:240]
    evidence.logs[wrong] = evidence.logs[np.roll(wrong, 1)]
    assert class_balance(evidence, labels, K).shifts.max() < 0.5


@given(st.integers(0, 1000), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_no_given_label_becomes_more_suspect_and_a_class_keeps_its_order(seed, strength):
    labels, evidence = table(seed, missed=[seed % K])
    judged = JudgedWithinClasses(evidence, labels, class_balance(evidence, labels, K, strength))
    before, after = own(evidence, labels), own(judged, labels)
    assert (after >= before - 1e-5).all()
    for one in range(K):
        rows = np.flatnonzero(labels == one)
        # Half of what a label of a class too small to judge counts is fixed, the rest as it was.
        assert (np.diff(after[rows][np.argsort(before[rows])]) >= -1e-5).all()
    sums = np.exp(judged.log_proba(slice(0, len(labels)))).sum(axis=1)
    np.testing.assert_allclose(sums, 1, rtol=1e-4)


@given(st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_weights_are_raised_within_zero_and_one(seed):
    rng = np.random.default_rng(seed)
    labels, logs = rng.integers(0, K, 50), np.log(rng.uniform(1e-9, 1, 50))
    raised = raised_for_rare_hits(logs, labels, K, 1.0)
    assert (raised >= logs - 1e-9).all()
    assert (raised <= 1e-9).all()
    np.testing.assert_allclose(raised_for_rare_hits(logs, labels, K, 0.0), logs)


@pytest.mark.parametrize("sizes", [(1, 50), (2, 50), (1, 2)])
def test_classes_of_one_and_two_are_too_small_to_judge(sizes):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    assert is_too_small(labels, len(sizes)).tolist() == (np.array(sizes) < 3)[labels].tolist()
    logs = np.tile(np.float32([[-9, 0]]), (len(labels), 1))
    judged = JudgedWithinClasses(Table(logs), labels, ClassBalance.even(2))
    few = np.flatnonzero(is_too_small(labels, 2))
    # Never more suspect than not: they come after all suspects.
    assert (own(judged, labels)[few] >= np.log(0.5) - 1e-6).all()


def clusters(seed=0):
    """Two classes of forty near each other's centers, and a third that lies everywhere."""
    rng = np.random.default_rng(seed)
    centers = np.eye(24)[:4] * 3
    vectors = np.concatenate([rng.normal(size=(40, 24)) * 0.5 + center for center in centers])
    truth = np.repeat(np.arange(4), 40)
    few = unit(rng.normal(size=(3, 24))) * 3
    vectors = np.concatenate([vectors, few]).astype(np.float32)
    return unit(vectors), np.concatenate([truth, [4, 5, 6]])


@pytest.mark.parametrize("method", ["pool", "two-pass"])
def test_classes_of_one_come_after_planted_errors(method):
    vectors, truth = clusters()
    labels = truth.copy()
    wrong = np.isin(np.arange(len(truth)), [0, 41, 85])
    labels[wrong] = (labels[wrong] + 1) % 4
    ranking = METHODS[method].rank(features_of(vectors), labels, 7)
    assert average_precision(wrong, ranking.suspicion) == pytest.approx(1)
    assert (ranking.suspicion[truth >= 4] <= 0.5 + 1e-6).all()
    before = LogPool(within_classes=False).fit(features_of(vectors), labels, 7)
    alone = summarize(before.evidence_, labels, 7)
    assert (alone.suspicion[truth >= 4] > 0.5).all()
