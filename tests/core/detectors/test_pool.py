"""The pool of all detectors and the regions."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arrays import blocks
from core.detectors import Discriminant, Features, LogPool, Ridge, SoftKNN, summarize
from core.detectors.evidence_summary import EvidenceSummary
from core.detectors.pool import default_members
from core.neighbors import nearest
from tests.core.detectors.conftest import (
    Noisy,
    assert_probabilities,
    average_precision,
    blobs,
    features_of,
    proba,
)
from tests.core.detectors.test_detectors import edge_cases, spread


@pytest.fixture(scope="module")
def pool(noisy: Noisy) -> LogPool:
    return LogPool().fit(noisy.features, noisy.given, 5)


@pytest.fixture(scope="module")
def clump_pool(clumped: Noisy) -> LogPool:
    return LogPool().fit(clumped.features, clumped.given, 4)


def summary(pool: LogPool, noisy: Noisy) -> EvidenceSummary:
    return summarize(pool.evidence_, noisy.given, noisy.n_classes)


# Finding wrong labels -----------------------------------------------------------------------------


def test_wrong_labels_come_first(pool: LogPool, noisy: Noisy) -> None:
    assert average_precision(noisy.wrong, summary(pool, noisy).suspicion) > 0.95


def test_the_true_label_is_suggested(pool: LogPool, noisy: Noisy) -> None:
    suggested = summary(pool, noisy).suggested
    assert (suggested == noisy.truth)[noisy.wrong].mean() > 0.95
    assert (suggested != noisy.given).all()


def test_the_most_suspect_items_do_not_tie(pool: LogPool, noisy: Noisy) -> None:
    top = np.sort(summary(pool, noisy).suspicion)[-20:]
    assert len(np.unique(top)) == 20
    assert top.max() <= 1


def test_uniform_noise_makes_no_conflicts(pool: LogPool) -> None:
    assert pool.conflicts_ < 0.005


def test_clustered_noise_is_found(clump_pool: LogPool, clumped: Noisy) -> None:
    """Clustered errors support each other unless whole regions are held out."""
    two_pass = LogPool(regions=None).fit(clumped.features, clumped.given, 4)
    without, with_ = (
        average_precision(clumped.wrong, summary(p, clumped).suspicion)
        for p in (two_pass, clump_pool)
    )
    assert clump_pool.conflicts_ > 0.03
    assert with_ > 0.9
    assert with_ >= without


def test_wrong_labels_are_down_weighted(pool: LogPool, noisy: Noisy) -> None:
    assert pool.weights_[noisy.wrong].mean() < 0.3
    assert pool.weights_[~noisy.wrong].mean() > 0.8
    assert pool.weights_.min() >= 0.02
    assert pool.weights_.max() <= 1


def test_the_same_data_give_the_same_result(pool: LogPool, noisy: Noisy) -> None:
    again = LogPool().fit(noisy.features, noisy.given, 5)
    np.testing.assert_array_equal(proba(pool.evidence_, 300), proba(again.evidence_, 300))


# Settings ---------------------------------------------------------------------------------------


def test_the_region_weight_can_be_fixed(clump_pool: LogPool, clumped: Noisy) -> None:
    without, fully = (
        LogPool(region_weight=weight).fit(clumped.features, clumped.given, 4)
        for weight in (0.0, 1.0)
    )
    assert without.weights_[clumped.wrong].mean() > fully.weights_[clumped.wrong].mean()
    # Clusters as distinct as these give the regions their full weight anyway.
    np.testing.assert_allclose(clump_pool.weights_, fully.weights_, atol=0.05)


def test_without_regions_weights_come_from_the_members(noisy: Noisy) -> None:
    one, two = (LogPool(regions=None, passes=n).fit(noisy.features, noisy.given, 5) for n in (1, 2))
    own = proba(one.evidence_, 300)[np.arange(300), noisy.given]
    np.testing.assert_allclose(two.weights_, own.clip(0.02, 1), atol=1e-5)
    again = LogPool(passes=1).fit(noisy.features, noisy.given, 5, two.weights_)
    np.testing.assert_allclose(proba(two.evidence_, 300), proba(again.evidence_, 300), atol=1e-5)
    assert two.conflicts_ == 0


def test_one_member_alone_keeps_its_order(noisy: Noisy) -> None:
    pool = LogPool({"vote": SoftKNN()}, passes=1).fit(noisy.features, noisy.given, 5)
    alone = proba(pool.members_["vote"], 300)
    np.testing.assert_allclose(proba(pool.evidence_, 300), alone, atol=1e-3)


@pytest.mark.parametrize(
    ("n", "d", "n_classes", "third"),
    [(10_000, 256, 10, "probe"), (1_000_000, 256, 10, "ridge"), (50_000, 64, 1000, "ridge")],
)
def test_where_the_probe_takes_too_long_ridge_takes_its_place(
    n: int, d: int, n_classes: int, third: str
) -> None:
    assert list(default_members(n, d, n_classes)) == ["neighbors", "discriminant", third]


@pytest.mark.parametrize(
    ("settings", "steps"), [({}, 8), ({"passes": 1}, 3), ({"regions": None}, 8)]
)
def test_progress_counts_to_the_total(noisy: Noisy, settings: dict, steps: int) -> None:
    counts: list[tuple[int, int]] = []
    LogPool(**settings).fit(
        noisy.features, noisy.given, 5, progress=lambda done, total: counts.append((done, total))
    )
    assert counts == [(done, steps) for done in range(1, steps + 1)]


# Confirmed labels ----------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"regions": None}, {"region_weight": 1.0}])
def test_a_confirmed_label_keeps_its_weight(clumped: Noisy, settings: dict) -> None:
    weights = np.ones(1200)
    weights[clumped.wrong] = np.where(np.arange(clumped.wrong.sum()) % 2, 1.5, 0.0)
    members = {"neighbors": SoftKNN(), "discriminant": Discriminant()}
    pool = LogPool(members, **settings).fit(clumped.features, clumped.given, 4, weights)
    np.testing.assert_array_equal(pool.weights_[clumped.wrong], weights[clumped.wrong])
    assert (pool.weights_[~clumped.wrong] <= 1).all()


def test_a_confirmed_cluster_is_no_longer_suspect(clump_pool: LogPool, clumped: Noisy) -> None:
    confirmed = LogPool().fit(clumped.features, clumped.given, 4, np.where(clumped.wrong, 1.5, 1.0))
    before, after = (
        summary(p, clumped).suspicion[clumped.wrong].mean() for p in (clump_pool, confirmed)
    )
    assert after < before


def test_where_regions_have_no_evidence_the_pool_is_unchanged() -> None:
    X, truth = blobs(203, 2)
    labels = truth.copy()
    labels[-3:] = 2  # too few for two cells, so that all are held out
    features = features_of(X)
    first = LogPool(passes=1).fit(features, labels, 3)
    own = proba(first.evidence_, 203)[np.arange(203), labels]
    pool = LogPool(region_weight=1.0).fit(features, labels, 3)
    np.testing.assert_allclose(pool.weights_[-3:], own[-3:].clip(0.02, 1), rtol=1e-4)
    assert (pool.weights_[:-3] != own[:-3].clip(0.02, 1)).any()


# Callback for members ----------------------------------------------------------------------------


def test_the_callback_gets_each_members_own_log_proba(pool: LogPool, noisy: Noisy) -> None:
    members = summary(pool, noisy).members
    assert members.names == ("neighbors", "discriminant", "probe", "regions")
    rows = np.arange(300)
    for member, name in enumerate(members.names[:3]):
        P = proba(pool.members_[name], 300)
        np.testing.assert_array_equal(members.classes[:, member], P.argmax(axis=1))
        np.testing.assert_allclose(members.probabilities[:, member], P.max(axis=1), atol=1e-3)
        np.testing.assert_allclose(members.given[:, member], P[rows, noisy.given], atol=1e-3)
    assert (members.given <= members.probabilities).all()


def test_a_missing_member_is_nan() -> None:
    X, labels = blobs(203, 2)
    labels[-3:] = 2  # too few for two cells, so that all are held out
    pool = LogPool().fit(features_of(X), labels, 3)
    members = summarize(pool.evidence_, labels, 3).members
    assert (members.classes[-3:, 3] == -1).all()
    assert np.isnan(members.probabilities[-3:, 3]).all() and np.isnan(members.given[-3:, 3]).all()
    assert (members.classes[:-3] >= 0).all()


# Numerical stability ------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 37])
def test_results_do_not_depend_on_the_block_size(
    pool: LogPool, noisy: Noisy, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_ENTRIES", 5 * rows)
    parts = LogPool().fit(noisy.features, noisy.given, 5)
    np.testing.assert_allclose(proba(parts.evidence_, 300), proba(pool.evidence_, 300), atol=0.01)
    np.testing.assert_allclose(parts.weights_, pool.weights_, atol=0.01)
    assert parts.conflicts_ == pytest.approx(pool.conflicts_, abs=0.01)


def test_half_precision_on_disk_gives_nearly_the_same(
    clump_pool: LogPool, clumped: Noisy, tmp_path: Path
) -> None:
    np.save(tmp_path / "vectors.npy", clumped.features.vectors.astype(np.float16))
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    half = LogPool().fit(clumped.features._replace(vectors=mapped), clumped.given, 4)
    one, other = (summary(p, clumped).suspicion for p in (clump_pool, half))
    assert average_precision(clumped.wrong, other) == pytest.approx(
        average_precision(clumped.wrong, one), abs=0.02
    )
    assert np.abs(one - other).mean() < 0.01


# Edge cases of real data sets ---------------------------------------------------------------------


@edge_cases
@spread
def test_the_pool_takes_edge_cases(labels: list[int], spread: float) -> None:
    y = np.array(labels)
    features = features_of(np.random.default_rng(0).standard_normal((len(y), 4)) * spread + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pool = LogPool().fit(features, y, y.max() + 1)
        found = summarize(pool.evidence_, y, y.max() + 1)
    assert_probabilities(proba(pool.evidence_, len(y)), len(y), y.max() + 1)
    assert ((found.suspicion >= 0) & (found.suspicion <= 1)).all()
    assert (found.suggested != y).all() or y.max() == 0


@settings(deadline=None, max_examples=6)
@given(
    n=st.integers(1, 40),
    n_classes=st.integers(1, 6),
    seed=st.integers(0, 5),
    region_weight=st.sampled_from([None, 0.0, 1.0]),
)
def test_any_small_data_set_can_be_pooled(
    n: int, n_classes: int, seed: int, region_weight: float | None
) -> None:
    rng = np.random.default_rng(seed)
    X, _ = blobs(n, n_classes, seed=seed)
    labels = rng.integers(n_classes, size=n)
    weights = rng.choice([0.0, 1.0, 1.5], n)
    pool = LogPool(region_weight=region_weight).fit(features_of(X), labels, n_classes, weights)
    assert_probabilities(proba(pool.evidence_, n), n, n_classes)
    assert np.isfinite(summarize(pool.evidence_, labels, n_classes).suspicion).all()


def test_a_thousand_classes_take_seconds_and_no_warning() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(5000) % 1000
    X = rng.standard_normal((1000, 32))[truth] + 0.3 * rng.standard_normal((5000, 32))
    vectors = (X / np.linalg.norm(X, axis=1, keepdims=True)).astype(np.float32)
    labels = truth.copy()
    labels[::20] = rng.integers(1000, size=250)
    members = {"neighbors": SoftKNN(), "discriminant": Discriminant(), "ridge": Ridge()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pool = LogPool(members).fit(Features.of(vectors, nearest(vectors, 50)), labels, 1000)
        found = summarize(pool.evidence_, labels, 1000)
    assert average_precision(labels != truth, found.suspicion) > 0.9
    assert found.top_classes.shape == (5000, 8)


def test_heavy_imbalance_does_not_make_the_rare_suspect() -> None:
    """990 items of one class, seven of another, two of a third and one of a fourth."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2, 3], [990, 7, 2, 1])
    X = 2 * rng.standard_normal((4, 16))[truth] + rng.standard_normal((1000, 16))
    labels = truth.copy()
    labels[:3] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pool = LogPool().fit(features_of(X), labels, 4)
        found = summarize(pool.evidence_, labels, 4)
    assert found.suspicion[:3].min() > found.suspicion[990:997].max()
    assert (found.suspicion[3:990] < 0.1).all()
    # Nothing else is like the one of its class: too few to judge, it comes after all suspects.
    assert 0 < found.suspicion[-1] < 0.5


# Invalid input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "settings", "message"),
    [
        ([0] * 299, {}, "Each row needs one label"),
        ([], {}, "Each row needs one label"),
        ([5] * 300, {}, "0 to 4"),
        ([-1] * 300, {}, "0 to 4"),
        ([0] * 300, {"passes": 0}, "`passes` must be"),
    ],
)
def test_invalid_input_raises(noisy: Noisy, labels: list, settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogPool(**settings).fit(noisy.features, np.array(labels, np.int64), 5)


def test_empty_input_raises() -> None:
    nothing = Features.of(np.empty((0, 3), np.float32), nearest(np.empty((0, 3), np.float32)))
    with pytest.raises(ValueError, match="Each row needs one label"):
        LogPool().fit(nothing, np.empty(0, np.int64), 2)
