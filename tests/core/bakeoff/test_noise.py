"""Synthetic label noise: its rate, its structure and its groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bakeoff.kinds import KINDS
from core.bakeoff.noise import NoiseError, clustered, near_boundary, pair, uniform
from core.bakeoff.noise_classifier import confusions, nearest_mean_scores, plain_components
from tests.core.detectors.conftest import blobs

SCATTERED = sorted(set(KINDS) - {"clustered"})


def corrupted(kind, labels, n_classes, rate, seed=0, vectors=None, groups=None):
    rng = np.random.default_rng(seed)
    if vectors is None:
        vectors = np.random.default_rng(7).standard_normal((len(labels), 5)).astype(np.float32)
        vectors[:, 0] += labels
    return KINDS[kind].corrupt(labels, n_classes, rate, rng, vectors, groups)


@st.composite
def labelings(draw):
    n_classes = draw(st.integers(2, 6))
    size = st.integers(2, 60)
    labels = draw(size.flatmap(lambda n: st.lists(st.integers(0, n_classes - 1), min_size=n,
                                                  max_size=n)))  # fmt: skip
    return np.array(labels), n_classes, draw(st.floats(0.01, 0.6)), draw(st.integers(0, 99))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(case=labelings())
def test_noisy_labels_are_valid_and_differ_exactly_where_marked_wrong(kind, case):
    labels, n_classes, rate, seed = case
    before = labels.copy()
    noisy, wrong = corrupted(kind, labels, n_classes, rate, seed)
    assert (labels == before).all()
    assert ((noisy != labels) == wrong).all()
    assert noisy.min() >= 0
    assert noisy.max() < n_classes


@pytest.mark.parametrize("kind", SCATTERED)
@settings(max_examples=25, deadline=None)
@given(case=labelings())
def test_rate_is_met_within_one_item(kind, case):
    labels, n_classes, rate, seed = case
    wrong = corrupted(kind, labels, n_classes, rate, seed).wrong
    assert wrong.sum() == max(1, round(rate * len(labels)))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(case=labelings(), data=st.data())
def test_near_duplicates_are_mislabeled_together_or_not_at_all(kind, case, data):
    labels, n_classes, rate, seed = case
    n = len(labels)
    groups = np.array(data.draw(st.lists(st.integers(0, n // 2), min_size=n, max_size=n)))
    noisy, wrong = corrupted(kind, labels, n_classes, rate, seed, groups=groups)
    for group in np.unique(groups):
        members = groups == group
        assert len(set(wrong[members])) == 1
        if wrong[members].any():
            assert len(set(noisy[members])) == 1
            assert len(set(labels[members])) == 1
    if kind in SCATTERED:
        assert wrong.sum() <= max(1, round(rate * n))


@pytest.mark.parametrize("kind", KINDS)
def test_group_of_copies_is_filled_up_by_others(kind):
    labels = np.arange(400) % 4
    groups = np.arange(400)
    groups[:48:4] = 0
    wrong = corrupted(kind, labels, 4, 0.1, groups=groups).wrong
    assert 40 <= wrong.sum() <= 80
    assert len(set(wrong[groups == 0])) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_noise(kind):
    labels = np.arange(200) % 4
    first, second, other = (corrupted(kind, labels, 4, 0.1, seed) for seed in (1, 1, 2))
    assert (first.labels == second.labels).all()
    assert (first.labels != other.labels).any()


@pytest.mark.parametrize("kind", KINDS)
def test_one_class_is_refused_in_one_sentence(kind):
    with pytest.raises(NoiseError, match="all items have the same label"):
        corrupted(kind, np.zeros(10, np.int64), 1, 0.1)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, float("nan")])
def test_a_noise_rate_outside_0_to_1_is_refused(rate):
    with pytest.raises(NoiseError, match=r"must be between 0 and 1"):
        corrupted("uniform", np.arange(10) % 2, 2, rate)


@pytest.mark.parametrize("kind", KINDS)
def test_classes_of_one_or_two_items_are_accepted(kind):
    labels = np.array([0] * 30 + [1] * 30 + [2, 3, 3])
    assert corrupted(kind, labels, 4, 0.3).wrong.any()


def test_uniform_noise_reaches_all_other_classes_alike():
    labels = np.zeros(4000, np.int64)
    noisy, wrong = uniform(labels, 5, 0.5, np.random.default_rng(0))
    counts = np.bincount(noisy[wrong], minlength=5)
    assert counts[0] == 0
    assert counts[1:].min() > 430


@pytest.fixture(scope="module")
def line():
    """Four classes on a line: 0 and 1 are adjacent, 2 and 3 are, the pairs lie apart."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 100)
    vectors = rng.standard_normal((400, 3)).astype(np.float32)
    vectors[:, 0] += np.array([0, 2.5, 30, 32.5])[labels]
    return vectors, labels


def test_scores_are_out_of_fold(line):
    vectors, labels = line
    alone = np.append(labels, 4)
    far = np.concatenate([vectors, [[900, 0, 0]]]).astype(np.float32)
    scores = nearest_mean_scores(far, alone, 5, np.random.default_rng(0))
    assert scores[-1, 4] == -np.inf
    assert np.isfinite(scores[-1, :4]).all()


def test_confusions_are_of_adjacent_classes(line):
    vectors, labels = line
    shares = confusions(nearest_mean_scores(vectors, labels, 4, np.random.default_rng(0)), labels)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (shares.argmax(axis=1) == [1, 0, 3, 2]).all()
    assert (np.diag(shares) == 0).all()


def test_confusions_of_a_class_without_items_are_uniform():
    shares = confusions(np.zeros((4, 3), np.float32), np.array([0, 0, 1, 1]))
    assert shares[2] == pytest.approx([0.5, 0.5, 0])


@pytest.mark.parametrize("kind", ["confused", "pair", "near-boundary"])
def test_class_dependent_noise_goes_to_the_adjacent_class(line, kind):
    vectors, labels = line
    noisy, wrong = corrupted(kind, labels, 4, 0.2, vectors=vectors)
    partner = np.array([1, 0, 3, 2])[labels]
    assert (noisy[wrong] == partner[wrong]).mean() > 0.97


def test_pair_flip_noise_has_one_target_per_class(line):
    vectors, labels = line
    noisy, wrong = pair(labels, 4, 0.3, np.random.default_rng(0), vectors)
    ways = {(int(a), int(b)) for a, b in zip(labels[wrong], noisy[wrong], strict=True)}
    assert ways == {(0, 1), (1, 0), (2, 3), (3, 2)}


def test_near_boundary_noise_lies_between_the_classes(line):
    vectors, labels = line
    wrong = near_boundary(labels, 4, 0.1, np.random.default_rng(0), vectors).wrong
    off = np.minimum(np.abs(vectors[:, 0] - 1.25), np.abs(vectors[:, 0] - 31.25))
    assert off[wrong].max() < np.median(off[~wrong])


def test_instance_dependent_noise_depends_on_the_picture():
    """Copies of a picture get the same wrong label far more often than others do."""
    labels = np.zeros(3000, np.int64)
    points = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    which = np.arange(3000) % 3
    rng = np.random.default_rng(1)
    noisy, wrong = KINDS["instance"].corrupt(labels, 6, 0.5, rng, points[which], None)
    shares = [np.bincount(noisy[wrong & (which == w)], minlength=6) / 500 for w in range(3)]
    assert np.abs(shares[0] - shares[1]).max() > 0.1


@pytest.mark.parametrize("n_cells", [10, 40])
def test_clustered_noise_takes_whole_groups_within_one_of_them(n_cells):
    vectors = np.random.default_rng(1).random((800, 2)).astype(np.float32)
    labels = (vectors > 0.5) @ [1, 2]  # a quarter of the square each
    rng = np.random.default_rng(0)
    noisy, wrong = clustered(labels, 4, 0.1, rng, vectors, n_cells=n_cells)
    assert 0.1 <= wrong.mean() < 0.1 + 4 / n_cells
    distances = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    neighbors = distances.argsort(axis=1)[:, 1]
    assert wrong[neighbors][wrong].mean() > 0.8
    assert (noisy[neighbors] == noisy)[wrong].mean() > 0.8


def test_components_keep_their_own_scale():
    X, _ = blobs(200, 3)
    X[:, 0] *= 100
    vectors = plain_components(X, 4)
    assert vectors.shape == (200, 4)
    assert np.abs(vectors[:, 0]).mean() > 0.95
