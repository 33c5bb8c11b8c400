import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ranking.loo_ridge import Ridge

N, D, K = 40, 6, 4


def made(seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(N, D)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, rng.integers(0, K, N), rng.uniform(0.02, 1, N), rng.integers(0, K, N)


def margins(ridge, votes, weights, own, other):
    rows = np.arange(N)
    return ridge.margins(rows, own, other, votes, ridge.leverages(rows, weights))


changes = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, K - 1), st.sampled_from([0.0, 1.5])),
    max_size=30,
)


@given(st.integers(0, 99), changes)
@settings(max_examples=50, deadline=None)
def test_incremental_updates_equal_a_new_fit(seed, sequence):
    vectors, votes, weights, other = made(seed)
    own = votes.copy()
    ridge = Ridge(vectors, votes.copy(), weights.copy(), K)
    for row, label, weight in sequence:
        ridge.change(row, votes[row], weights[row], label, weight)
        votes[row], weights[row] = label, weight
    anew = Ridge(vectors, votes, weights, K)
    np.testing.assert_allclose(
        margins(ridge, votes, weights, own, other),
        margins(anew, votes, weights, own, other),
        atol=1e-6,
    )


@given(st.integers(0, 99), st.integers(0, N - 1))
@settings(max_examples=30, deadline=None)
def test_margins_are_leave_one_out(seed, row):
    vectors, votes, weights, other = made(seed)
    left_out = weights.copy()
    left_out[row] = 0
    with_it = margins(Ridge(vectors, votes, weights, K), votes, weights, votes, other)
    without = margins(Ridge(vectors, votes, left_out, K), votes, left_out, votes, other)
    np.testing.assert_allclose(with_it[row], without[row], atol=1e-6)


def test_margins_favor_the_class_whose_items_are_near():
    vectors = np.repeat(np.eye(2, dtype=np.float32), 5, axis=0)
    votes = np.repeat([0, 1], 5)
    votes[0] = 1
    ridge = Ridge(vectors, votes, np.ones(10), 2)
    lead = ridge.margins(
        np.arange(10), votes, 1 - votes, votes, ridge.leverages(np.arange(10), np.ones(10))
    )
    assert lead[0] > 0
    assert (lead[1:] < 0).all()


def test_a_copy_is_independent():
    vectors, votes, weights, other = made(0)
    ridge = Ridge(vectors, votes, weights, K)
    before = margins(ridge, votes, weights, votes, other)
    copied = ridge.copy()
    ridge.change(0, votes[0], weights[0], (votes[0] + 1) % K, 1.5)
    assert (margins(copied, votes, weights, votes, other) == before).all()
    assert not np.allclose(margins(ridge, votes, weights, votes, other), before)
