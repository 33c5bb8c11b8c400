"""Pooling of evidence, by itself and with held-out regions."""

import numpy as np
import pytest

from core.detectors.opinion_pool import OpinionPool, PoolWithRegions
from core.detectors.regions import RegionEvidence
from tests.core.detectors.conftest import proba
from tests.core.detectors.test_calibration import FixedEvidence


def test_pooled_probabilities_are_the_product_of_the_members() -> None:
    halves, fifths = FixedEvidence(np.log([[0.5, 0.5]])), FixedEvidence(np.log([[0.2, 0.8]]))
    np.testing.assert_allclose(proba(OpinionPool([halves, fifths]), 1), [[0.2, 0.8]], rtol=1e-6)
    squared = proba(OpinionPool([halves, fifths], [1, 2]), 1)
    np.testing.assert_allclose(squared, [[0.04 / 0.68, 0.64 / 0.68]], rtol=1e-6)


def test_no_member_has_a_veto() -> None:
    sure, other = FixedEvidence(np.array([[0.0, -90.0]])), FixedEvidence(np.log([[1e-3, 1 - 1e-3]]))
    assert proba(OpinionPool([sure, other]), 1)[0, 1] > 0.05


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, [[0.5, 0.5], [0.5, 0.5]]),
        # The given label's own value is replaced: 0.2 by 0.4, against 0.8.
        (1.0, [[1 / 3, 2 / 3], [0.5, 0.5]]),
    ],
)
def test_regions_have_their_share_where_they_have_evidence(share, expected):
    pool = OpinionPool([FixedEvidence(np.log([[0.5, 0.5]] * 2))])
    labels = np.zeros(2, np.int64)
    region = RegionEvidence(
        FixedEvidence(np.log([[0.2, 0.8]] * 2)), 2, np.zeros(2, np.int64), np.array([True, False])
    )
    pooled = PoolWithRegions(pool, region, np.log([0.4, 0.4]), labels, share)
    np.testing.assert_allclose(proba(pooled, 2), expected, rtol=1e-6)
