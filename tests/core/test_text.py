"""A number and its noun: one rule for the whole interface."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text
from core.text import counted, sentence


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


@given(text=st.text(max_size=2000), longest=st.integers(20, 300))
def test_sentence_is_one_line_that_is_not_too_long(text, longest):
    line = sentence(text, longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    if len(text) <= longest and text.isprintable():
        assert line == text


def test_sentence_keeps_its_beginning_and_its_end():
    line = sentence(f"There is no file {'x' * 1000}; give another.")
    assert line.startswith("There is no file xxx")
    assert line.endswith("xxx; give another.")
