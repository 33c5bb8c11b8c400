"""Filters in SQL agree with their meaning in plain Python."""

import pytest
from hypothesis import given, settings

from core.audit import item_id
from core.export.corrections import decisions
from core.query.parse import QueryError, parse
from core.query.tree import Term, Text
from core.review.queues.queue import Queue
from core.store import Sort, Store
from tests.core.query.making import CLASSES, FLAGS, SORTS, fields, path, value_of
from tests.core.query.queries import holds, queries, terms

LEAVES = terms(
    names=CLASSES,
    columns=("site", "year", "my column"),
    years=(1990.0, 2000.0, 0.0, 5.0),
    flags=tuple(FLAGS),
)


@given(queries(LEAVES))
@settings(max_examples=300, deadline=None)
def test_sql_finds_what_plain_python_finds(filled, items, query):
    expected = {item["id"] for item in items if holds(query, item, CLASSES)}
    found = filled.match_ids(query)
    assert len(found) == len(set(found))
    assert set(found) == expected
    assert filled.match_count(query) == len(expected)
    assert {row["id"] for row in filled.bulk_rows(query)} == expected
    for few in (0, 100):  # looked for along the index of the sort, or found first
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("core.store.browse.FEW", few)
            assert {row["id"] for row in filled.browse(query).rows} == expected


def test_the_flags_of_the_tests_are_those_of_the_store(filled):
    for flag, numbers in FLAGS.items():
        found = filled.match_ids(Term("is", (Text.of(flag),)))
        assert set(found) == {item_id(path(n)) for n in numbers}, flag


def test_skipped_means_by_somebody_or_by_one_auditor(filled):
    query = parse("is:skipped")
    assert filled.match_count(query) == 1
    assert filled.match_count(query, "Ana") == 1
    assert filled.match_count(query, "Ben") == 0


def test_auditor_is_the_one_of_the_current_verdict(filled):
    found = filled.match_ids(filled.parse_query("auditor:ben"))
    assert set(found) == {item_id(path(n)) for n in (2, 3, 5, 7)}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("given:catt", "There is no class 'catt'. Did you mean 'cat'? (column 7)"),
        ("-(final:dog,dgo)", "There is no class 'dgo'. Did you mean 'dog'? (column 13)"),
        ("auditor:Bne", "Nobody called 'Bne' has judged here. Did you mean 'Ben'? (column 9)"),
        ("split:train", "Nothing in this audit says which split an image belongs to."),
    ],
)
def test_name_that_is_not_in_the_audit_is_explained(filled, query, message):
    with pytest.raises(QueryError) as caught:
        filled.parse_query(query)
    assert str(caught.value) == message
    with pytest.raises(QueryError):
        filled.match_count(parse(query))


def test_column_that_is_gone_is_explained(filled):
    with pytest.raises(QueryError, match="no column 'gone'"):
        filled.match_count(Term("meta.gone", (Text.of("x"),)))


def test_class_is_found_in_any_case_unless_it_is_there_exactly(store):
    store.replace_listing(
        {"id": item_id(f"{n}.jpg"), "path": f"{n}.jpg", "label": label, "position": n, "fields": {}}
        for n, label in enumerate(["Yak", "yak", "Zebu"])
    )
    assert store.match_count(store.parse_query("given:yak")) == 1
    assert store.match_count(store.parse_query("given:YAK")) == 2
    assert store.match_count(store.parse_query("given:zebu")) == 1
    assert store.match_count(store.parse_query("given:Y*")) == 2


# -- rows, counts, queues ------------------------------------------------------------------------


def test_rows_agree_with_the_other_pages(filled, items):
    rows = {row["id"]: row for row in filled.browse().rows}
    decided = {row["id"]: row["final"] for row in decisions(filled)}
    for item in items:
        row = rows[item["id"]]
        for key in ("path", "content_hash", "given", "suggested", "suspicion", "verdict", "note"):
            assert row[key] == item[key]
        assert row["at"] == item["judged"]
        assert row["auditor"] == item["auditor"]
        assert (row["final"] or "") == decided.get(item["id"], item["given"] or "")
    assert rows[item_id(path(0))]["fields"] is None
    assert rows[item_id(path(11))]["fields"] == fields(11)


@pytest.mark.parametrize("field", [*SORTS, "path", "note", "site"])
def test_values_are_counted(filled, items, field):
    query = parse("-given:cat")
    counts = {}
    for item in items:
        if item["given"] != "cat":
            if field in ("site", "meta.site", "meta.year"):
                value = item["fields"][field.removeprefix("meta.")] or None
            else:
                value = value_of(item, field)
            if value is not None:
                counts[value] = counts.get(value, 0) + 1
    expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    assert filled.value_counts(field, query) == expected
    assert filled.value_counts(field, query, 2) == expected[:2]


def test_query_is_a_queue_of_ranked_items_by_priority(filled):
    filled.set_priorities({item_id(path(0)): 0.95})
    ids = filled.query_ids("given:cat")
    assert ids == [item_id(path(n)) for n in (0, 7, 10, 9, 1)]
    assert set(filled.query_ids("")) == {row["id"] for row in filled.ranking()}
    with pytest.raises(QueryError):
        filled.query_ids("given:catt")
    filled.set_priorities({item_id(path(0)): 0.0})


def test_queue_of_a_query_from_an_address_is_what_it_finds_or_empty(filled):
    queue = Queue.from_params({"query": "given:CAT   -verdict:any"})
    assert queue.title(filled) == "given:CAT -verdict:any"
    assert queue.ids(filled) == filled.query_ids("given:cat -verdict:any") != []
    wrong = Queue.from_params({"query": "giben:cat"})
    assert wrong.title(filled) == "There is no field 'giben'. Did you mean 'given'? (column 1)"
    assert wrong.ids(filled) == []


# -- splits --------------------------------------------------------------------------------------


def test_items_are_found_counted_and_sorted_by_split(tmp_path):
    store = Store(tmp_path / "audit.db")
    splits = {"a": "train", "b": "test", "c": None, "d": "train"}
    store.replace_listing(
        {"id": item_id(name), "path": name, "label": "cat", "position": n, "fields": {},
         "split": split}
        for n, (name, split) in enumerate(splits.items())
    )  # fmt: skip
    found = store.browse(store.parse_query("split:TRAIN"), Sort("path", False)).rows
    assert [(row["path"], row["split"]) for row in found] == [("a", "train"), ("d", "train")]
    assert store.match_count(store.parse_query("-split:any")) == 1
    assert store.value_counts("split") == [("train", 2), ("test", 1)]
    by_split = [row["path"] for row in store.browse(sort=Sort("split", False)).rows]
    assert by_split == ["b", "a", "d", "c"]
    with pytest.raises(QueryError, match=r"There is no split 'trian'\. Did you mean 'train'"):
        store.parse_query("split:trian")
    store.close()
