"""The probabilities that are shown, of a pool and of its members."""

import numpy as np

from core.detectors import Features, LogPool, summarize
from core.detectors.class_balance import ClassBalance, JudgedWithinClasses
from core.detectors.predictions_member import UNTESTED, with_predictions
from core.detectors.probability_calibration import fit_calibration, odds_against
from core.neighbors import Graph
from tests.core.detectors.conftest import Noisy
from tests.core.detectors.test_class_balance import Table


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


def test_where_no_class_can_be_judged_evidence_stays_as_it_is() -> None:
    labels = np.repeat(np.arange(6), 2)
    P = np.full((12, 6), 0.1, np.float32)
    P[np.arange(12), labels] = 0.5
    judged = JudgedWithinClasses(Table(np.log(P)), labels, ClassBalance.even(6))
    assert judged.is_set_apart().all()
    calibration = fit_calibration(judged, labels, 6)
    assert calibration.noise is None
    features = Features(np.zeros((12, 2)), Graph(*np.zeros((2, 12, 0))), labels, P)
    _, trial = with_predictions(judged, features, labels, 6)
    assert trial is not None
    assert trial.outcome == UNTESTED


def test_images_of_a_class_judged_within_itself_do_not_raise_the_suspicion_of_others() -> None:
    n, K = 400, 4
    labels = np.arange(n) % K
    P = np.full((n, K), 0.02 / (K - 1), np.float32)
    P[np.arange(n), labels] = 0.98
    mixed = labels == 3
    P[mixed] = [0.9, 0.08, 0.01, 0.01]
    shifts = np.array([0, 0, 0, 5.0])
    fits = [
        fit_calibration(
            JudgedWithinClasses(Table(np.log(P)), labels, ClassBalance(shifts, apart)),
            labels,
            K,
        )
        for apart in (np.arange(K) == 3, np.zeros(K, np.bool_))
    ]
    rates = [fit.noise.rate for fit in fits if fit.noise is not None]
    assert rates[0] < 0.03 < rates[1]
