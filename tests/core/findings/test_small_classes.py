"""Classes of one or two images are listed apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.findings.small_classes import find
from tests.core.findings.making import examined, scattered


def rows(labels):
    return [finding.rows.tolist() for finding in find(examined(scattered(len(labels)), labels))]


def test_the_smallest_classes_come_first_and_each_is_one_finding():
    assert rows([0, 0, 0, 1, 2, 1, 3]) == [[4], [6], [3, 5]]


def test_items_without_a_label_are_of_no_class():
    assert rows([None, None, 0, 0, 0]) == []


@given(st.lists(st.integers(0, 6), min_size=1, max_size=25))
def test_just_the_items_of_classes_below_three_are_found(labels):
    counts = np.bincount(labels)
    found = [row for part in rows(labels) for row in part]
    assert sorted(found) == [row for row, one in enumerate(labels) if counts[one] < 3]
