"""Items are found by the selections that they are in."""

import pytest

from core.audit import item_id
from core.store import Store
from tests.core.query.making import fill, path


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "audit.db")
    fill(store)
    for name, numbers in (("red", [1, 2, 3]), ("odd", [3, 5])):
        store.add_selection(name, name, [item_id(path(n)) for n in numbers])
    yield store
    store.close()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("selection:red", [1, 2, 3]),
        ("selection:red selection:odd", [3]),
        ("selection:red,odd", [1, 2, 3, 5]),
        ("selection:any", [1, 2, 3, 5]),
        ("selection:red -selection:odd", [1, 2]),
        ("selection:blue", []),
    ],
)
def test_items_are_found_by_the_selections_that_they_are_in(store, text, numbers):
    found = set(store.match_ids(store.parse_query(text)))
    assert found == {item_id(path(n)) for n in numbers}


def test_items_in_no_selection_are_the_others(store):
    everything = set(store.match_ids())
    inside = set(store.match_ids(store.parse_query("selection:any")))
    assert set(store.match_ids(store.parse_query("-selection:any"))) == everything - inside
