"""The probabilities that are shown, of a pool and of its members."""

import numpy as np

from core.detectors import LogPool, summarize
from core.detectors.probability_calibration import fit_calibration, odds_against
from tests.core.detectors.conftest import Noisy


def test_odds_are_those_of_all_other_classes() -> None:
    P = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]])
    found = odds_against(np.log(P).astype(np.float32), np.array([0, 2]))
    np.testing.assert_allclose(found, np.log([1, 9]), atol=1e-6)


def test_pool_and_members_share_the_noise(noisy: Noisy) -> None:
    pool = LogPool().fit(noisy.features, noisy.given, noisy.n_classes)
    calibration = fit_calibration(pool.evidence_, noisy.given, noisy.n_classes)
    assert calibration.noise is not None
    assert len(calibration.members) == len(pool.evidence_.names)
    for member in calibration.members:
        assert member.transition is calibration.noise.transition


def test_what_is_shown_tells_right_labels_from_wrong(noisy: Noisy) -> None:
    pool = LogPool().fit(noisy.features, noisy.given, noisy.n_classes)
    calibration = fit_calibration(pool.evidence_, noisy.given, noisy.n_classes)
    shown = summarize(pool.evidence_, noisy.given, noisy.n_classes, calibration)
    assert shown.suspicion[noisy.wrong].mean() > 0.6
    assert shown.suspicion[~noisy.wrong].mean() < 0.1
    assert abs(shown.suspicion.mean() - noisy.wrong.mean()) < 0.05
    for member in shown.members.given.T.astype(np.float64):
        assert np.nanmean(member[noisy.wrong]) < np.nanmean(member[~noisy.wrong]) - 0.3


def test_one_class_is_never_suspect() -> None:
    class Certain:
        def log_proba(self, rows: object) -> np.ndarray:
            return np.zeros((4, 1), np.float32)

    labels = np.zeros(4, np.int64)
    assert fit_calibration(Certain(), labels, 1).noise is None
    assert (summarize(Certain(), labels, 1).suspicion == 0).all()
