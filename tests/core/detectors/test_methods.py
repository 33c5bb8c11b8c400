"""The registry of methods and pool members."""

import re
from pathlib import Path

import numpy as np
import pytest

import core.detectors
from core.detectors.methods import MEMBERS, METHODS
from core.detectors.pool import default_members
from core.detectors.regions import REGIONS
from tests.core.detectors.conftest import Noisy, average_precision

methods = pytest.mark.parametrize("name", METHODS)


@pytest.fixture(scope="module")
def predicted(noisy: Noisy) -> Noisy:
    """The noisy items, with predictions that are right nine times of ten."""
    P = np.full((300, 5), 0.1, np.float16)
    P[np.arange(300), noisy.truth] = 0.6
    P[::11] = np.roll(P[::11], 1, axis=1)
    return noisy._replace(features=noisy.features._replace(predictions=P))


@methods
def test_every_method_ranks_and_suggests(predicted: Noisy, name: str) -> None:
    counts_seen: list[tuple[int, int]] = []
    ranking = METHODS[name].rank(
        predicted.features, predicted.given, 5, lambda *counts: counts_seen.append(counts)
    )
    assert ranking.summary is not None
    assert ranking.suggested is not None
    assert ranking.weights is not None
    assert ranking.suspicion.shape == ranking.weights.shape == (300,)
    assert ((ranking.suspicion >= 0) & (ranking.suspicion <= 1)).all()
    assert (ranking.suggested != predicted.given).all()
    np.testing.assert_array_equal(ranking.suggested, ranking.summary.suggested)
    least = 0.4 if name == "predictions" else 0.8
    assert average_precision(predicted.wrong, ranking.suspicion) > least
    assert counts_seen == sorted(counts_seen)


@methods
def test_labels_to_rank_may_differ_from_labels_to_fit(predicted: Noisy, name: str) -> None:
    corrected = np.where(predicted.wrong, predicted.truth, predicted.given)
    ranking = METHODS[name].rank(
        predicted.features, corrected, 5, None, np.ones(300), predicted.given
    )
    assert ranking.suggested is not None
    assert (ranking.suggested != predicted.given).all()
    least = 0.4 if name == "predictions" else 0.9
    assert average_precision(predicted.wrong, ranking.suspicion) > least


@pytest.mark.parametrize("name", [name for name in METHODS if name != "predictions"])
def test_sample_weights_affect_the_ranking(predicted: Noisy, name: str) -> None:
    weights = np.where(predicted.wrong, 0.0, 1.0)
    arguments = (predicted.features, predicted.given, 5, None)
    without, with_ = (METHODS[name].rank(*arguments, w).suspicion for w in (None, weights))
    assert with_[predicted.wrong].mean() > without[predicted.wrong].mean()


def test_titles_are_unique_and_descriptions_are_one_sentence() -> None:
    assert len({method.title for method in METHODS.values()}) == len(METHODS)
    for name, method in METHODS.items():
        assert method.name == name
        assert method.about.endswith(".")
        assert method.about.count(".") == 1


def test_the_first_is_the_default_and_all_can_be_chosen() -> None:
    assert next(iter(METHODS)) == "pool"
    assert all(method.selectable for method in METHODS.values())


def test_missing_predictions_raise(noisy: Noisy) -> None:
    with pytest.raises(ValueError, match="no predictions"):
        METHODS["predictions"].rank(noisy.features, noisy.given, 5)


@pytest.mark.parametrize(("kind", "found"), [("Method", METHODS), ("Member", MEMBERS)])
def test_every_entry_of_a_module_is_registered(kind: str, found: dict) -> None:
    folder = Path(core.detectors.__file__).parent
    modules = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    written = sum(len(re.findall(rf"^[A-Z_]+ = {kind}\(", text, re.M)) for text in modules)
    assert len(found) == written > 0


def test_methods_are_listed_in_their_order() -> None:
    assert list(METHODS)[:3] == ["pool", "two-pass", "neighbors"]


@pytest.mark.parametrize(
    ("n_classes", "names"),
    [
        (2, ["neighbors", "discriminant", "probe"]),
        (10**9, ["neighbors", "discriminant", "ridge"]),
    ],
)
def test_the_default_pool_is_of_these_members_and_each_has_texts(
    n_classes: int, names: list[str]
) -> None:
    assert list(default_members(100, 10, n_classes)) == names
    for name in [*names, REGIONS]:
        assert MEMBERS[name].title and MEMBERS[name].about
