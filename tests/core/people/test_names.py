"""Spellings of a name are matched to one auditor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.names import known_as

KNOWN = ["Ana", "Ben Okri", "José", "Straße"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ana", "Ana"),
        (" ana ", "Ana"),
        ("ANA", "Ana"),
        ("ben   okri", "Ben Okri"),
        ("JOSE\u0301", "José"),
        ("STRASSE", "Straße"),
        ("Anna", "Anna"),
        ("  Cleo  Q ", "Cleo Q"),
        ("", ""),
    ],
)
def test_name_is_known_but_for_case_and_spaces(typed, name):
    assert known_as(typed, KNOWN) == name


def test_existing_names_that_differ_only_in_case_stay_separate():
    assert known_as("ana", ["Ana", "ana"]) == "ana"
    assert known_as("ANA", ["Ana", "ana"]) == "Ana"


@given(st.lists(st.text(max_size=8), max_size=6), st.text(max_size=8))
def test_asking_again_changes_nothing(known, typed):
    name = known_as(typed, known)
    assert known_as(name, [*known, name]) == name
    assert known_as(name, known) == name
