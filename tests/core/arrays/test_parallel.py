"""Work that is divided: every part is done once, and an error is not lost."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from core.arrays.blocks import slices
from core.arrays.parallel import in_parallel


def test_every_part_is_done_once():
    counts = np.zeros(1000, np.int64)

    def work(rows):
        counts[rows] += 1

    in_parallel(work, slices(1000, 7))
    assert (counts == 1).all()


def test_an_error_in_a_part_is_raised():
    def work(number):
        if number == 3:
            raise ValueError("of the third part")

    with pytest.raises(ValueError, match="of the third part"):
        in_parallel(work, range(5))


def test_matrix_products_of_a_part_use_one_thread():
    found = []
    in_parallel(lambda _: found.extend(pool["num_threads"] for pool in threadpool_info()), [0])
    assert set(found) == {1}
