"""Entries of a registry are found, whatever module they are in."""

import sys
from typing import NamedTuple

import pytest

from core.registry import entries


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return what makes a package of modules, by name and text, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name, **modules):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for module, text in modules.items():
            (tmp_path / name / f"{module}.py").write_text(text)
        return name

    yield make
    for name in [name for name in sys.modules if name.split(".")[0].startswith("shelf_")]:
        del sys.modules[name]


class Entry(NamedTuple):
    name: str
    order: int


ENTRY = "from tests.core.test_registry import Entry\nENTRY = Entry({!r}, {})\n"


def test_entries_come_by_their_order_and_modules_without_one_are_passed_over(package):
    name = package(
        "shelf_a", one=ENTRY.format("late", 2), two=ENTRY.format("early", 1), other="ENTRIES = 0"
    )
    assert list(entries(name, Entry)) == ["early", "late"]


def test_an_entry_that_another_module_imports_is_one_entry(package):
    name = package(
        "shelf_c", one=ENTRY.format("same", 2), two="from shelf_c.one import ENTRY as OTHER"
    )
    assert list(entries(name, Entry)) == ["same"]


def test_two_entries_of_one_name_are_refused(package):
    name = package("shelf_b", one=ENTRY.format("same", 1), two=ENTRY.format("same", 2))
    with pytest.raises(ValueError, match="two entries called 'same'"):
        entries(name, Entry)
