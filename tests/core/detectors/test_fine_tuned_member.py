"""Whether a fine-tuned network votes in a pool."""

import numpy as np
import pytest

from core.detectors import METHODS
from core.detectors.fine_tuned_member import FINE_TUNED
from tests.core.detectors.conftest import Noisy, average_precision, blobs, features_of


@pytest.fixture(scope="module")
def hard() -> Noisy:
    """300 items in 5 classes that overlap, one label in ten wrong."""
    X, truth = blobs(300, 5, spread=6)
    given = truth.copy()
    given[::10] = (truth[::10] + 1 + np.arange(30) % 4) % 5
    return Noisy(features_of(X), truth, given, 5)


def probabilities(hard: Noisy, share_right: float, seed: int = 0) -> np.ndarray:
    """Predict each item's true class with 0.9, or another one."""
    rng = np.random.default_rng(seed)
    predicted = np.where(
        rng.random(300) < share_right, hard.truth, (hard.truth + rng.integers(1, 5, 300)) % 5
    )
    P = np.full((300, 5), 0.025, np.float16)
    P[np.arange(300), predicted] = 0.9
    return P


def ranked(hard: Noisy, P: np.ndarray | None):
    return METHODS["pool"].rank(hard.features._replace(fine_tuned=P), hard.given, 5)


def test_a_good_network_votes_and_ranks_better(hard: Noisy) -> None:
    without, with_it = ranked(hard, None), ranked(hard, probabilities(hard, 0.98))
    assert without.fine_tuned is None
    assert with_it.fine_tuned.votes
    assert with_it.summary.members.names[-1] == FINE_TUNED
    assert average_precision(hard.wrong, with_it.suspicion) > average_precision(
        hard.wrong, without.suspicion
    )


def test_a_network_that_guesses_does_not_vote(hard: Noisy) -> None:
    without, with_it = ranked(hard, None), ranked(hard, probabilities(hard, 0.2))
    assert not with_it.fine_tuned.votes
    assert "does not vote" in with_it.fine_tuned.message()
    np.testing.assert_array_equal(with_it.suspicion, without.suspicion)


def test_items_that_it_has_not_predicted_keep_the_evidence_of_the_pool(hard: Noisy) -> None:
    P = probabilities(hard, 0.98)
    P[:10] = 0
    with_it = ranked(hard, P)
    assert with_it.fine_tuned.votes
    members = with_it.summary.members
    assert np.isnan(members.given[:10, -1]).all()
    assert not np.isnan(members.given[10:, -1]).any()


@pytest.mark.parametrize("P", [np.zeros((300, 5), np.float16), None])
def test_without_predictions_there_is_nothing_to_try(hard: Noisy, P: np.ndarray | None) -> None:
    assert ranked(hard, P).fine_tuned is None


def test_detectors_that_rank_alone_take_no_vote(hard: Noisy) -> None:
    features = hard.features._replace(fine_tuned=probabilities(hard, 0.98))
    assert METHODS["probe"].rank(features, hard.given, 5).fine_tuned is None
