"""The probe from examples."""

import numpy as np
import pytest

from core.search.example_probe import ExampleProbe


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def groups():
    """Thirty groups of items, of which the second lies beside the first."""
    rng = np.random.default_rng(0)
    centers = unit(rng.standard_normal((30, 64)))
    centers[1] = centers[0] + 0.8 * centers[1]
    group = np.arange(1800) % 30
    return unit(unit(centers)[group] + 0.09 * rng.standard_normal((1800, 64))), group


def precision(groups, w, count=50):
    vectors, group = groups
    return (group[np.argsort(-(vectors @ w))[:count]] == 0).mean()


def test_one_example_finds_its_like(groups):
    vectors, group = groups
    probe = ExampleProbe(vectors[:300])
    w = probe.direction(vectors[group == 0][:1])
    assert w.dtype == np.float32
    assert precision(groups, w) > 0.9


def test_with_one_example_the_order_is_nearly_that_of_the_cosine(groups):
    vectors, group = groups
    example = vectors[group == 0][:1]
    w = ExampleProbe(vectors).direction(example)
    order, by_cosine = (np.argsort(-s)[:50] for s in (vectors @ w, vectors @ example[0]))
    assert len(set(order) & set(by_cosine)) > 35


def test_counterexamples_push_their_like_away(groups):
    vectors, group = groups
    probe = ExampleProbe(vectors)
    # An example between two groups finds both.
    between = unit(vectors[group == 0][:1] + vectors[group == 1][:1])
    beside = vectors[group == 1][5:10]
    without, with_them = probe.direction(between), probe.direction(between, beside)
    others = vectors[group == 1][10:]
    assert (others @ with_them).mean() < (others @ without).mean() - 0.02
    assert precision(groups, with_them) > precision(groups, without) + 0.1


def test_no_counterexample_is_as_none_given(groups):
    vectors, _ = groups
    probe = ExampleProbe(vectors)
    np.testing.assert_array_equal(
        probe.direction(vectors[:3], vectors[:0]), probe.direction(vectors[:3])
    )
