import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ranking.vote_balance import Votes

N, WIDTH, K = 12, 4, 3


def made(seed):
    rng = np.random.default_rng(seed)
    others = np.array([rng.permutation(np.delete(np.arange(N), row))[:WIDTH] for row in range(N)])
    others[rng.random((N, WIDTH)) < 0.1] = -1
    similarities = -np.sort(-rng.uniform(0.2, 1, (N, WIDTH)), axis=1)
    own, other = rng.integers(0, K, N), rng.integers(0, K, N)
    return others, similarities, own, other, own.copy(), rng.uniform(0.02, 1, N)


changes = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(0, K - 1), st.sampled_from([0.0, 1.5])),
    max_size=15,
)


@given(st.integers(0, 99), changes)
@settings(max_examples=50, deadline=None)
def test_incremental_votes_equal_a_new_count(seed, sequence):
    others, similarities, own, other, votes, weights = made(seed)
    counted = Votes(others, similarities, own, other, votes.copy(), weights.copy())
    before = Votes(others, similarities, own, other, votes, weights)._balance()
    for row, label, weight in sequence:
        counted.change(row, votes[row], weights[row], label, weight)
        votes[row], weights[row] = label, weight
    anew = Votes(others, similarities, own, other, votes, weights)
    np.testing.assert_allclose(counted.gain(), anew._balance() - before, atol=1e-5)


@given(st.integers(0, 99), st.integers(0, N - 1))
@settings(max_examples=20, deadline=None)
def test_a_change_affects_the_rows_that_list_the_item(seed, row):
    others, *rest = made(seed)
    concerned = Votes(others, *rest).change(row, 0, 0.0, 0, 0.0)
    assert sorted(concerned) == np.flatnonzero((others == row).any(axis=1)).tolist()


def test_a_corrected_neighbor_votes_for_its_new_label():
    others = np.array([[1, 2], [0, 2], [0, 1]])
    similarities = np.full((3, 2), 0.5)
    given_label, suggested = np.array([0, 0, 0]), np.array([1, 1, 1])
    votes = Votes(others, similarities, given_label, suggested, given_label, np.ones(3))
    votes.change(2, 0, 1.0, 1, 1.5)
    gain = votes.gain()
    assert gain[0] == gain[1] > 0
    assert gain[2] == 0


def test_items_without_neighbors_do_not_change():
    votes = Votes(
        np.empty((2, 0), np.int32), np.empty((2, 0)), *np.zeros((3, 2), np.int64), np.ones(2)
    )
    assert len(votes.change(0, 0, 1.0, 1, 1.5)) == 0
    assert votes.gain().tolist() == [0, 0]
