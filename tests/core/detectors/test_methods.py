"""The ways of ranking that can be chosen."""

import numpy as np
import pytest

from core.detectors.methods import METHODS
from tests.core.detectors.conftest import Noisy, average_precision

methods = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(scope="module")
def predicted(noisy: Noisy) -> Noisy:
    """The noisy items, with predictions that know the truth nine times of ten."""
    P = np.full((300, 5), 0.1, np.float16)
    P[np.arange(300), noisy.truth] = 0.6
    P[::11] = np.roll(P[::11], 1, axis=1)
    return noisy._replace(features=noisy.features._replace(predictions=P))


@methods
def test_every_method_ranks_and_suggests(predicted: Noisy, name: str) -> None:
    told: list[tuple[int, int]] = []
    ranking = METHODS[name].rank(
        predicted.features, predicted.given, 5, lambda *counts: told.append(counts)
    )
    assert ranking.opinions is not None
    assert ranking.suggested is not None
    assert ranking.weights is not None
    assert ranking.suspicion.shape == ranking.weights.shape == (300,)
    assert ((ranking.suspicion >= 0) & (ranking.suspicion <= 1)).all()
    assert (ranking.suggested != predicted.given).all()
    np.testing.assert_array_equal(ranking.suggested, ranking.opinions.suggested)
    least = 0.4 if name == "predictions" else 0.8
    assert average_precision(predicted.wrong, ranking.suspicion) > least
    assert told == sorted(told)


@methods
def test_the_labels_to_rank_may_be_others_than_those_that_count(
    predicted: Noisy, name: str
) -> None:
    corrected = np.where(predicted.wrong, predicted.truth, predicted.given)
    ranking = METHODS[name].rank(
        predicted.features, corrected, 5, None, np.ones(300), predicted.given
    )
    assert ranking.suggested is not None
    assert (ranking.suggested != predicted.given).all()
    least = 0.4 if name == "predictions" else 0.9
    assert average_precision(predicted.wrong, ranking.suspicion) > least


@pytest.mark.parametrize("name", [name for name in METHODS if name != "predictions"])
def test_weights_count(predicted: Noisy, name: str) -> None:
    weights = np.where(predicted.wrong, 0.0, 1.0)
    arguments = (predicted.features, predicted.given, 5, None)
    without, with_ = (METHODS[name].rank(*arguments, w).suspicion for w in (None, weights))
    assert with_[predicted.wrong].mean() > without[predicted.wrong].mean()


def test_names_are_told_apart_and_say_what_they_are() -> None:
    assert len({method.title for method in METHODS.values()}) == len(METHODS)
    for name, method in METHODS.items():
        assert method.name == name
        assert method.about.endswith(".")
        assert method.about.count(".") == 1


def test_the_first_is_the_default_and_all_can_be_chosen() -> None:
    assert next(iter(METHODS)) == "pool"
    assert all(method.selectable for method in METHODS.values())


def test_predictions_that_are_missing_are_told(noisy: Noisy) -> None:
    with pytest.raises(ValueError, match="no predictions"):
        METHODS["predictions"].rank(noisy.features, noisy.given, 5)
