import numpy as np
import pytest

from core.ranking.hit_rates import pair_bonus

PAIRS = np.array([0] * 10 + [1] * 10 + [2] * 10)


def bonus(reviewed, errors):
    return pair_bonus(PAIRS, 3, np.array(reviewed, np.int64), np.array(errors, np.bool_))


def test_nothing_reviewed_moves_nothing():
    assert (bonus([], []) == 0).all()


def test_pair_with_more_errors_than_the_others_rises():
    moved = bonus([*range(5), *range(10, 15)], [True] * 5 + [False] * 5)
    assert (moved[:10] > 0).all()
    assert (moved[10:20] < 0).all()
    assert moved[20:] == pytest.approx(0)


def test_bonus_is_the_difference_of_log_odds():
    moved = bonus([0, 1, 2, 10], [True, True, False, False])
    overall, rate = 2.5 / 5, (2 + 5 * 0.5) / (3 + 5)
    expected = np.log(rate / (1 - rate)) - np.log(overall / (1 - overall))
    assert moved[0] == pytest.approx(expected)


def test_where_nearly_all_are_wrong_one_right_label_does_not_sink_its_pair():
    reviewed, errors = [*range(9), *range(10, 19)], [True] * 17 + [False]
    assert bonus(reviewed, errors)[10] > -1


def test_one_pair_alone_is_not_moved():
    assert bonus(range(5), [True, False, True, True, True])[:10] == pytest.approx(0, abs=0.2)
