"""A number and its noun: one rule for the whole interface."""

import doctest

import pytest

from core import text
from core.text import counted


def test_examples_hold():
    results = doctest.testmod(text)
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 images"), (1, "1 image"), (2, "2 images"), (1000, "1,000 images")],
)
def test_only_one_is_singular(count, expected):
    assert counted(count, "image") == expected


def test_irregular_plural_is_used_for_all_but_one():
    assert [counted(n, "class", "classes") for n in (0, 1, 2)] == [
        "0 classes", "1 class", "2 classes"
    ]  # fmt: skip
