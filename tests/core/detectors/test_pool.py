"""The two-pass pool."""

import numpy as np
import pytest

from core.detectors import Features, LogPool, SoftKNN
from core.detectors.pool import belief, suggested_labels, sum_of_logs
from tests.core.detectors.conftest import Noisy, blobs, features_of


@pytest.fixture(scope="module")
def pool(noisy: Noisy) -> LogPool:
    return LogPool().fit(noisy.features, noisy.given, 5)


def average_precision(noisy: Noisy, suspicion: np.ndarray) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(noisy.given != noisy.truth, suspicion))


def test_wrong_labels_come_first(pool: LogPool, noisy: Noisy) -> None:
    assert average_precision(noisy, pool.suspicion_) > 0.95


def test_the_true_label_is_suggested(pool: LogPool, noisy: Noisy) -> None:
    wrong = noisy.given != noisy.truth
    assert (pool.suggested_ == noisy.truth)[wrong].mean() > 0.95
    assert (pool.suggested_ != noisy.given).all()


def test_the_most_suspect_are_told_apart(pool: LogPool) -> None:
    top = np.sort(pool.suspicion_)[-20:]
    assert len(np.unique(top)) == 20
    assert top.max() <= 1


def test_suspicion_is_what_is_left_for_other_classes(pool: LogPool, noisy: Noisy) -> None:
    own = pool.probabilities_[np.arange(300), noisy.given]
    np.testing.assert_allclose(pool.suspicion_, 1 - own, atol=1e-6)


def test_the_same_data_give_the_same_result(pool: LogPool, noisy: Noisy) -> None:
    again = LogPool().fit(noisy.features, noisy.given, 5)
    np.testing.assert_array_equal(pool.suspicion_, again.suspicion_)


def test_wrong_labels_that_sit_together_are_found() -> None:
    """A clump of errors vouches for itself unless whole regions are held out."""
    X, truth = blobs(400, 4, spread=1.2, seed=3)
    clump = np.argsort(((X - X[0]) ** 2).sum(axis=1) + 1e6 * (truth != truth[0]))[:25]
    given = truth.copy()
    given[clump] = (truth[0] + 1) % 4
    noisy = Noisy(features_of(X), truth, given, 4)
    one_pass = LogPool(passes=1).fit(noisy.features, given, 4)
    two_passes = LogPool().fit(noisy.features, given, 4)
    before, after = (average_precision(noisy, p.suspicion_) for p in (one_pass, two_passes))
    assert after >= before
    assert after > 0.9


@pytest.mark.parametrize(("settings", "steps"), [({}, 8), ({"passes": 1}, 3)])
def test_progress_counts_to_the_total(noisy: Noisy, settings: dict, steps: int) -> None:
    seen: list[tuple[int, int]] = []
    LogPool(**settings).fit(
        noisy.features, noisy.given, 5, lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, steps) for done in range(1, steps + 1)]


def test_one_member_alone_keeps_its_order(noisy: Noisy) -> None:
    pool = LogPool({"vote": SoftKNN()}, passes=1).fit(noisy.features, noisy.given, 5)
    np.testing.assert_allclose(pool.probabilities_, pool.members_["vote"], atol=1e-3)


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([0] * 299, {}, "One label a row"),
        ([], {}, "One label a row"),
        ([5] * 300, {}, "0 to 4"),
        ([-1] * 300, {}, "0 to 4"),
        ([0] * 300, {"passes": 0}, "one pass"),
    ],
)
def test_bad_input_is_refused(noisy: Noisy, labels: list, settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogPool(**settings).fit(noisy.features, np.array(labels, np.int64), 5)


def test_no_items_are_refused() -> None:
    nothing = Features(np.empty((0, 3), np.float32), None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="One label a row"):
        LogPool().fit(nothing, np.empty(0, np.int64), 2)


def test_a_pool_is_a_product() -> None:
    members = [np.array([[0.5, 0.5]], np.float32), np.array([[0.2, 0.8]], np.float32)]
    np.testing.assert_allclose(np.exp(sum_of_logs(members)), [[0.1, 0.4]], rtol=1e-6)


def test_the_suggestion_is_never_the_given_label() -> None:
    P = np.array([[0.7, 0.2, 0.1], [0.7, 0.2, 0.1]], np.float32)
    np.testing.assert_array_equal(suggested_labels(P, np.array([0, 1])), [1, 0])


def test_disbelief_has_a_limit() -> None:
    P = np.array([[0.0, 1.0], [0.0, 1.0]], np.float32)
    np.testing.assert_allclose(belief(P, np.array([0, 1])), [0.02, 1])
