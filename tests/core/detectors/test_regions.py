"""Cross-validation with whole k-means cells held out."""

import numpy as np
import pytest

from core.detectors import Regions
from core.detectors.regions import (
    LEAST_WEIGHT,
    RegionEvidence,
    down_weighted,
    own_log_proba,
    plausibility,
    smoothed,
)
from core.neighbors import Graph
from tests.core.detectors.conftest import Noisy, assert_probabilities, blobs, features_of, proba


@pytest.fixture(scope="module")
def region(clumped: Noisy) -> RegionEvidence:
    return Regions().fit(clumped.features, clumped.given, 4, np.ones(1200))


def around(noisy: Noisy, region: RegionEvidence) -> np.ndarray:
    own = own_log_proba(region.evidence, noisy.given, noisy.n_classes)
    return smoothed(own, region.known, noisy.given, noisy.features.graph)


def test_clustered_errors_are_implausible_and_right_labels_are_not(
    clumped: Noisy, region: RegionEvidence
) -> None:
    rejected = around(clumped, region) < np.log(0.1)
    assert rejected[clumped.wrong].mean() > 0.9
    assert rejected[~clumped.wrong].mean() < 0.02


def test_an_isolated_error_does_not_lower_its_neighbors(
    noisy: Noisy,
) -> None:
    region = Regions().fit(noisy.features, noisy.given, 5, np.ones(300))
    rejected = around(noisy, region) < np.log(0.1)
    assert rejected[~noisy.wrong].mean() < 0.05


def test_evidence_is_out_of_cell(clumped: Noisy, region: RegionEvidence) -> None:
    """The labels of the own fold change nothing but the temperature."""
    changed = clumped.given.copy()
    fold = region.folds == region.folds[0]
    changed[fold] = (changed[fold] + 1) % 4
    again = Regions().next_round(region, clumped.features, changed, 4, np.ones(1200))
    before = Regions().next_round(region, clumped.features, clumped.given, 4, np.ones(1200))
    np.testing.assert_allclose(
        again.evidence.evidence.log_proba(np.flatnonzero(fold)),
        before.evidence.evidence.log_proba(np.flatnonzero(fold)),
        atol=1e-3,
    )


def test_folds_stay_from_round_to_round(clumped: Noisy, region: RegionEvidence) -> None:
    again = Regions().next_round(region, clumped.features, clumped.given, 4, np.ones(1200))
    assert again.folds is region.folds
    assert again.known is region.known
    assert_probabilities(proba(again.evidence, 1200), 1200, 4)


def test_a_second_round_lowers_clustered_errors_further(
    clumped: Noisy, region: RegionEvidence
) -> None:
    once = Regions(rounds=1).fit(clumped.features, clumped.given, 4, np.ones(1200))
    first, second = (
        each.plausibility(clumped.given)[clumped.wrong].mean() for each in (once, region)
    )
    assert second <= first


def test_a_class_held_out_entirely_is_not_known() -> None:
    X, labels = blobs(203, 2)
    labels[-3:] = 2
    region = Regions().fit(features_of(X), labels, 3, np.ones(203))
    np.testing.assert_array_equal(region.known, labels != 2)
    assert (region.plausibility(labels)[-3:] == 1).all()


def test_a_class_half_held_out_is_known() -> None:
    X, labels = blobs(206, 2)
    labels[-6:] = 2  # two cells; the larger holds half of them at least
    region = Regions().fit(features_of(X), labels, 3, np.ones(206))
    held_out = np.bincount(region.folds[-6:], minlength=8)[region.folds[-6:]]
    np.testing.assert_array_equal(region.known[-6:], held_out <= 3)


def test_the_same_seed_gives_the_same_regions(clumped: Noisy, region: RegionEvidence) -> None:
    again = Regions().fit(clumped.features, clumped.given, 4, np.ones(1200))
    np.testing.assert_array_equal(again.folds, region.folds)
    other = Regions(random_state=1).fit(clumped.features, clumped.given, 4, np.ones(1200))
    assert (other.folds != region.folds).any()


def test_averages_are_over_known_neighbors_with_the_same_label() -> None:
    graph = Graph(
        np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]], np.int32),
        np.zeros((4, 3), np.float32),
    )
    own = np.array([-1.0, -3.0, -8.0, -5.0])
    known = np.array([True, True, False, True])
    labels = np.array([0, 0, 0, 1])
    # Items 0 and 1 have each other; 2, which is not known, has them both; 3 is alone.
    np.testing.assert_allclose(smoothed(own, known, labels, graph), [-2, -2, -4, -5])


def test_plausibility_is_clipped() -> None:
    np.testing.assert_allclose(
        plausibility(np.array([-50.0, -1.0, 0.1])), [LEAST_WEIGHT, np.exp(-1), 1]
    )


def test_a_confirmed_label_is_not_down_weighted() -> None:
    weights = np.array([1.0, 1.5, 0.0])
    np.testing.assert_allclose(down_weighted(weights, np.full(3, 0.1)), [0.1, 1.5, 0.0])
