"""Pages follow each other in every order, in both directions, along an index."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.query.parse import Query, QueryError, parse
from core.store import Sort, Store
from tests.core.query.making import CLASSES, SORTS, path, value_of
from tests.core.query.queries import holds

EVERYTHING = (Query.ALL, parse("-is:copy"), parse("given:cat or given:dog"))


def in_order(items, sort):
    """Sort in plain Python: numbers before texts, equal ones by row, none last either way."""

    def key(item):
        value = value_of(item, sort.field)
        return (isinstance(value, str), value), item["row"]

    there = [item for item in items if value_of(item, sort.field) is not None]
    there.sort(key=key, reverse=sort.descending)
    rest = [item for item in items if value_of(item, sort.field) is None]
    rest.sort(key=lambda item: item["row"], reverse=sort.descending)
    return [item["id"] for item in there + rest]


def pages_forth(store, query, sort, limit):
    cursor = None
    for _ in range(20):
        page = store.browse(query, sort, cursor, limit)
        yield page
        cursor = page.next
        if cursor is None:
            return
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("few", [0, 2000], ids=["by index", "sorted"])
@pytest.mark.parametrize("field", SORTS)
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
def test_pages_partition_the_list_in_both_directions(
    filled, items, field, descending, few, monkeypatch
):
    monkeypatch.setattr("core.store.browse.FEW", few)
    sort = Sort(field, descending)
    for query, limit in itertools.product(EVERYTHING, (1, 3, 4, 12, 50)):
        expected = in_order([item for item in items if holds(query, item, CLASSES)], sort)
        pages = list(pages_forth(filled, query, sort, limit))
        ids = [[row["id"] for row in page.rows] for page in pages]
        assert ids == [expected[at : at + limit] for at in range(0, len(expected), limit)]
        assert pages[0].previous is None
        for before, page in itertools.pairwise(pages):
            back = filled.browse(query, sort, page.previous, limit)
            assert [row["id"] for row in back.rows] == [row["id"] for row in before.rows]
            assert filled.browse(query, sort, back.next, limit).rows == page.rows
    assert filled.match_ids(Query.ALL, sort) == in_order(items, sort)
    assert filled.match_ids(Query.ALL, sort, 5) == in_order(items, sort)[:5]


def test_without_an_order_the_most_suspect_come_first(filled, items):
    assert filled.match_ids() == in_order(items, Sort("suspicion"))
    assert Sort.parse("-suspicion") == Sort()
    assert str(Sort.parse("path")) == "path"
    assert str(Sort()) == "-suspicion"


def test_column_is_sorted_under_its_own_name(filled):
    assert filled.match_ids(sort=Sort("Site")) == filled.match_ids(sort=Sort("meta.site"))


def test_the_next_page_continues_after_the_cursor_when_items_have_left(store, ana):
    query, sort = parse("-verdict:any"), Sort("path", False)
    first = store.browse(query, sort, limit=2)
    for row in first.rows:
        ana.judge(row["path"])
    assert [row["path"] for row in store.browse(query, sort, first.next, 2).rows] == [
        "2.jpg",
        "3.jpg",
    ]


def test_page_before_one_that_has_become_the_first_is_the_first(store, ana):
    sort = Sort("path", False)
    second = store.browse(parse("-verdict:any"), sort, store.browse(sort=sort, limit=2).next, 2)
    ana.judge("0.jpg")
    back = store.browse(parse("-verdict:any"), sort, second.previous, 2)
    assert [row["path"] for row in back.rows] == ["1.jpg", "2.jpg"]
    assert back.previous is None


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(json.dumps)
    | st.builds(
        lambda side, place: json.dumps({"sort": "-suspicion", side: place}),
        st.sampled_from(["after", "before"]),
        st.lists(st.none() | st.integers() | st.floats() | st.text(), max_size=3)
        | st.tuples(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            st.just(item_id(path(0))),
        ).map(list),
    )
)
@settings(max_examples=200, deadline=None)
def test_any_cursor_from_an_address_is_a_place_or_is_refused(filled, text):
    try:
        page = filled.browse(cursor=text, limit=3)
    except QueryError as error:
        assert str(error) == "This page no longer exists; showing the first page."
    else:
        assert len(page.rows) <= 3


def test_cursor_of_another_order_is_refused(filled):
    cursor = filled.browse(sort=Sort("path"), limit=2).next
    with pytest.raises(QueryError, match="no longer exists"):
        filled.browse(sort=Sort("path", False), cursor=cursor)


@pytest.mark.parametrize("field", ["is", "note", "no such"])
def test_an_unknown_sort_is_refused(filled, field):
    with pytest.raises(QueryError):
        filled.browse(sort=Sort(field))


@pytest.mark.parametrize(
    "field", ["suspicion", "path", "given", "suggested", "judged", "meta.year"]
)
@pytest.mark.parametrize("side", ["after", "before"])
def test_no_page_sorts_the_whole_table(filled, monkeypatch, field, side):
    steps = []
    plain = Store._query

    def explained(self, sql, parameters=()):
        if " limit :left" in sql:
            steps.extend(
                row["detail"] for row in plain(self, f"explain query plan {sql}", parameters)
            )
        return plain(self, sql, parameters)

    sort = Sort(field)
    cursor = filled.browse(sort=sort, limit=4).next
    cursor = (
        filled.browse(sort=sort, cursor=cursor, limit=2).previous if side == "before" else cursor
    )
    monkeypatch.setattr(Store, "_query", explained)
    filled.browse(sort=sort, cursor=cursor, limit=4)
    assert steps
    assert not [step for step in steps if "TEMP B-TREE" in step]
