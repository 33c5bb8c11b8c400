"""Given predictions in a pool: who may vote, and what is said of them."""

import numpy as np
import pytest

from core.detectors import METHODS
from core.detectors import predictions_member as members
from core.detectors.predictions_member import PredictionTrial, memorization
from tests.core.detectors.conftest import Noisy, average_precision


@pytest.fixture(autouse=True)
def judged_by_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The noisy items have few suspect labels."""
    monkeypatch.setattr(members, "FEWEST_SUSPECTS", 5.0)


def ranked(noisy: Noisy, P: np.ndarray):
    features = noisy.features._replace(predictions=P.astype(np.float16))
    return METHODS["pool"].rank(features, noisy.given, noisy.n_classes)


def one_hot(labels: np.ndarray, sure: float = 0.9) -> np.ndarray:
    P = np.full((len(labels), 5), (1 - sure) / 4)
    P[np.arange(len(labels)), labels] = sure
    return P


def test_predictions_that_know_better_vote(noisy: Noisy) -> None:
    found = ranked(noisy, one_hot(noisy.truth))
    assert found.predictions.outcome == members.MEMBER_NOW
    assert found.summary.members.names[-1] == "predictions"
    alone = METHODS["pool"].rank(noisy.features, noisy.given, noisy.n_classes)
    assert average_precision(noisy.wrong, found.suspicion) >= average_precision(
        noisy.wrong, alone.suspicion
    )


def test_predictions_that_repeat_every_label_do_not_vote(noisy: Noisy) -> None:
    found = ranked(noisy, one_hot(noisy.given))
    assert found.predictions.outcome == members.IN_SAMPLE
    assert found.predictions.memorized > 0.9
    alone = METHODS["pool"].rank(noisy.features, noisy.given, noisy.n_classes)
    np.testing.assert_array_equal(found.suspicion, alone.suspicion)


def test_predictions_that_know_nothing_do_not_vote(noisy: Noisy) -> None:
    P = np.random.default_rng(0).dirichlet(np.full(5, 0.3), len(noisy.given))
    assert ranked(noisy, P).predictions.outcome == members.NO_GAIN


def test_where_nothing_is_suspect_nothing_can_be_told(noisy: Noisy) -> None:
    features = noisy.features._replace(predictions=one_hot(noisy.truth).astype(np.float16))
    found = METHODS["pool"].rank(features, noisy.truth, noisy.n_classes)
    assert found.predictions.outcome == members.UNTESTED


def test_items_without_predictions_keep_the_evidence_of_the_pool(noisy: Noisy) -> None:
    P = one_hot(noisy.truth)
    P[:50] = 0
    found = ranked(noisy, P)
    assert found.predictions.outcome == members.MEMBER_NOW
    alone = METHODS["pool"].rank(noisy.features, noisy.given, noisy.n_classes)
    np.testing.assert_allclose(found.summary.log_odds[:50], alone.summary.log_odds[:50], atol=1e-4)
    assert np.isnan(found.summary.members.given[:50, -1]).all()


def test_no_predictions_are_not_mentioned(noisy: Noisy) -> None:
    assert METHODS["pool"].rank(noisy.features, noisy.given, noisy.n_classes).predictions is None
    assert ranked(noisy, np.zeros((len(noisy.given), 5))).predictions.outcome == members.UNTESTED


@pytest.mark.parametrize(("agreeing", "expected"), [(10, 1.0), (2, 0.0), (6, 0.5), (0, 0.0)])
def test_memorization_is_agreement_beyond_what_is_expected(agreeing: int, expected: float) -> None:
    agreed = np.arange(10) < agreeing
    assert memorization(agreed, np.full(10, 0.8)) == pytest.approx(expected)


@pytest.mark.parametrize("outcome", ["in-sample", "untested", "no gain", "member"])
def test_each_outcome_is_one_sentence(outcome: str) -> None:
    message = PredictionTrial(outcome, 0.93, 0.01, 0.5, 0.6).message()
    assert message.endswith(".")
    assert message.count(".") == 1
    assert len(message) < 300
