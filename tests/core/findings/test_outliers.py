"""Outliers: items unusually far from all others, for their class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings.outliers import FALSE_SHARE, FOREIGN_SHARE, find, foreign_scores, outlier_scores
from core.neighbors import Graph, nearest
from tests.core.findings.making import examined, rows_of, scattered
from tests.core.neighbors.making import unit


def with_angles(angles, labels):
    """A graph whose rows have all their neighbors at the given angles."""
    n = len(angles)
    similarities = np.repeat(np.cos(angles)[:, None], 10, axis=1).astype(np.float32)
    indices = np.array([[(row + 1 + j) % n for j in range(10)] for row in range(n)], np.int32)
    return examined(Graph(indices, similarities), labels)


def ordinary(n, n_classes, seed):
    """Angles that are normal in each class, with a center and a width of its own."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n)
    centers, widths = rng.uniform(0.6, 1.2, n_classes), rng.uniform(0.03, 0.1, n_classes)
    return rng.normal(centers[labels], widths[labels]), labels


def test_the_false_positive_rate_is_about_the_nominal_one() -> None:
    found = [len(find(with_angles(*ordinary(20_000, 10, seed)))) for seed in range(3)]
    assert FALSE_SHARE / 2 <= np.mean(found) / 20_000 <= 2 * FALSE_SHARE + FOREIGN_SHARE


def test_few_ordinary_items_are_found_where_classes_are_small() -> None:
    found = [len(find(with_angles(*ordinary(5_000, 500, seed)))) for seed in range(3)]
    assert np.mean(found) / 5_000 <= 0.01


def test_the_farthest_for_its_class_comes_first() -> None:
    angles, labels = ordinary(1_000, 2, 0)
    tight, loose = (np.flatnonzero(labels == label)[0] for label in (0, 1))
    center, width = (
        [np.median(angles[labels == label]) for label in (0, 1)],
        [angles[labels == label].std() for label in (0, 1)],
    )
    angles[tight] = center[0] + 8 * width[0]
    angles[loose] = center[1] + 6 * width[1]
    found = find(with_angles(angles, labels))
    assert rows_of(found)[:2] == [[tight], [loose]]
    assert found[0].scores[0] == pytest.approx(8, abs=1)
    assert found[0].exact is None


def test_noise_among_classes_is_found() -> None:
    rng = np.random.default_rng(0)
    centers = np.repeat(scattered(5, 64), 100, axis=0)
    rows = unit(np.concatenate([centers + 0.05 * rng.normal(size=(500, 64)), scattered(4, 64, 7)]))
    found = find(examined(rows, [*np.repeat(range(5), 100).tolist(), 0, 1, 2, 3]))
    assert {500, 501, 502, 503} <= {row for (row,) in rows_of(found)}
    assert len(found) <= 8


def test_a_wrong_label_alone_makes_no_outlier() -> None:
    rng = np.random.default_rng(0)
    rows = unit(np.repeat(scattered(2, 64), 100, axis=0) + 0.05 * rng.normal(size=(200, 64)))
    labels = [0] * 100 + [1] * 100
    labels[3] = 1
    assert [3] not in rows_of(find(examined(rows, labels)))


def test_what_lies_far_from_a_diffuse_class_and_from_all_others_is_found() -> None:
    """By its class alone it is ordinary: the class is diffuse."""
    rng = np.random.default_rng(0)
    centers = scattered(3, 64)
    tight = np.repeat(centers[:2], 100, axis=0) + 0.05 * rng.normal(size=(200, 64))
    diffuse = centers[2] + rng.uniform(0.05, 0.2, (100, 1)) * rng.normal(size=(100, 64))
    rows = unit(np.concatenate([tight, diffuse, scattered(1, 64, 9)]))
    looked_at = examined(rows, [*np.repeat(range(3), 100).tolist(), 2])
    assert foreign_scores(looked_at).argmax() == 300
    assert [300] in rows_of(find(looked_at))


def test_a_small_class_is_shrunk_toward_all_classes() -> None:
    angles, labels = ordinary(500, 1, 0)
    angles = np.append(angles, [angles.max() + 0.5, angles.max() + 0.5])
    scores = outlier_scores(with_angles(angles, [*labels, 1, 1]))
    assert (scores[500:] > 3.1).all()


@settings(max_examples=40)
@given(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=30), st.booleans())
def test_any_labels_give_finite_scores(labels: list[int | None], alike: bool) -> None:
    rows = np.repeat(scattered(1), len(labels), axis=0) if alike else scattered(len(labels))
    scores = outlier_scores(examined(nearest(rows), labels))
    assert scores.shape == (len(labels),)
    assert np.isfinite(scores).all()
    assert not alike or find(examined(nearest(rows), labels)) == []
