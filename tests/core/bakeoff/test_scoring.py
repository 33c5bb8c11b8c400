"""Scores of a ranking, beside scikit-learn's and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bakeoff.scoring import CURVE, SHARES, difference, n_resamples, score


@st.composite
def rankings(draw):
    """Where errors are, and suspicions without ties."""
    n = draw(st.integers(2, 60))
    wrong = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    wrong[0], wrong[1] = True, False
    return wrong, np.array(draw(st.permutations(range(n))), dtype=float)


@settings(max_examples=50, deadline=None)
@given(rankings())
def test_average_precision_and_auroc_equal_scikit_learns(case):
    from sklearn.metrics import average_precision_score, roc_auc_score

    wrong, suspicion = case
    scores = score(wrong, suspicion)
    assert scores.average_precision.value == pytest.approx(average_precision_score(*case))
    assert scores.auroc.value == pytest.approx(roc_auc_score(*case))


@settings(max_examples=50, deadline=None)
@given(rankings())
def test_scores_depend_on_the_order_alone(case):
    wrong, suspicion = case
    assert score(wrong, suspicion).curve == score(wrong, np.exp(suspicion / 10)).curve


@settings(max_examples=50, deadline=None)
@given(rankings())
def test_recall_never_falls_and_shares_lie_in_0_to_1(case):
    scores = score(*case)
    recalls = [estimate.value for estimate in scores.recall]
    assert recalls == sorted(recalls)
    assert scores.curve == sorted(scores.curve)
    for value, low, high in (scores.average_precision, *scores.recall, scores.auroc):
        assert 0 <= value <= 1 + 1e-12
        assert not low > high


def test_first_hundred_and_recall_by_hand():
    wrong = np.zeros(1000, dtype=bool)
    wrong[:40] = True  # of the first hundred, forty
    wrong[900:960] = True
    scores = score(wrong, -np.arange(1000.0))
    assert scores.precision_at_100.value == pytest.approx(0.4)
    assert [round(r.value, 12) for r in scores.recall] == [0.1, 0.2, 0.4, 0.4]
    assert dict(zip(CURVE, scores.curve, strict=True))[0.3] == pytest.approx(0.4)
    assert len(scores.recall) == len(SHARES)


def test_fewer_than_a_hundred_items_are_the_first():
    assert score(np.array([True, False]), np.array([1.0, 0.0])).precision_at_100.value == 0.5


def test_ties_fall_at_random_and_the_same_way_each_time():
    wrong = np.arange(4000) < 400  # a stable sort would put all of them first
    tied = score(wrong, np.zeros(4000))
    assert tied.average_precision.value == pytest.approx(0.1, abs=0.03)
    assert tied.average_precision == score(wrong, np.zeros(4000)).average_precision
    assert tied.average_precision != score(wrong, np.zeros(4000), seed=1).average_precision


def test_intervals_have_their_nominal_coverage():
    """On 200 data sets of one distribution, the intervals cover the true recall."""
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(200):
        wrong = rng.random(300) < 0.3
        suspicion = wrong * 1.0 + rng.standard_normal(300)
        _, low, high = score(wrong, suspicion, seed=seed).auroc
        covered += low <= 0.76025 <= high  # Phi(1 / sqrt(2))
    assert covered / 200 > 0.9


def test_resamples_are_paired():
    """The difference of two similar rankings has a narrower interval than either score."""
    rng = np.random.default_rng(0)
    wrong = rng.random(2000) < 0.1
    suspicion = wrong + rng.standard_normal(2000)
    nearly = suspicion + 0.05 * rng.standard_normal(2000)
    first, second = score(wrong, suspicion), score(wrong, nearly)
    ahead = difference(first.resampled, second.resampled)
    width = first.average_precision.high - first.average_precision.low
    assert ahead.high - ahead.low < 0.4 * width
    assert difference(first.resampled, first.resampled) == (0, 0, 0)


@pytest.mark.parametrize("wrong", [np.zeros(5, bool), np.ones(5, bool)])
def test_scores_are_nan_with_one_kind_of_item(wrong):
    scores = score(wrong, np.arange(5.0))
    assert np.isnan(scores.auroc.value)


def test_suggestion_accuracy_is_over_synthetic_errors_only():
    wrong = np.array([True, True, False])
    truth = np.array([0, 1, 2])
    assert score(wrong, np.zeros(3), np.array([0, 2, 9]), truth).suggestion == 0.5
    assert score(wrong, np.zeros(3)).suggestion is None


def test_large_data_are_resampled_less_often():
    assert n_resamples(10_000) == 200
    assert n_resamples(10_000_000) == 50
