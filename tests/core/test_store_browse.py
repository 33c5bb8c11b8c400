"""Filters mean what they mean in plain Python, pages follow each other, the table is kept."""

import itertools
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.browse.query import Query, QueryError, parse
from core.browse.tree import Term, Text
from core.export.table import decisions
from core.store import Sort, Store
from core.store_browse_schema import COLUMNS as KEPT
from core.store_browse_schema import FILLED
from tests.core.browse.queries import holds, queries, terms
from tests.core.making import Auditor, file_found

CLASSES = ("cat", "dog", "maine coon", "c*t")
LABELS = ("cat", "cat", "dog", "dog", "maine coon", "c*t", None, "cat", "dog", "cat", "cat", "dog")
SITES = ("north", "North", "a%b", "a_b", "a\\b", "", "any", "ü x", "a,b", 'say "so"', "1", "2")
YEARS = (
    "1990",
    "2000",
    "02000",
    "1990.5",
    "n/a",
    "",
    "2026-11-24",
    "2026-11",
    "5",
    "-3",
    "0",
    " 7",
)
VERDICTS = (
    ("0", "keep", ()),
    ("1", "relabel", ("dog",)),
    ("2", "ambiguous", ("dog", "cat")),
    ("3", "none", ()),
    ("4", "bad image", ()),
    ("5", "unsure", ()),
)


def path(number):
    return f"{'abx'[number % 3]}/Bild {number}.{'PNG' if number % 2 else 'jpg'}"


def fields(number):
    return {"path": path(number), "label": LABELS[number] or "", "site": SITES[number],
            "year": YEARS[number], "my column": SITES[-number], "note": "noted"}  # fmt: skip


def score(number, suspicion, suggested_id, **more):
    p_given = 1 - suspicion
    return {"item_id": item_id(path(number)), "suspicion": suspicion, "p_given": p_given,
            "suggested_id": suggested_id, "p_suggested": 0.4} | more  # fmt: skip


def fill(store):
    """Twelve items, most of them scored, half of them judged, one changed since."""
    store.set_settings({"columns": list(fields(0))})
    store.replace_listing(
        {"id": item_id(path(n)), "path": path(n), "label": LABELS[n], "position": n,
         "fields": fields(n)}
        for n in range(12)
    )  # fmt: skip
    store.record_files(
        [
            file_found(path(n), f"{n:02}")
            | {"width": 10 * (n % 3), "note": "Ünter 1.jpg" if n % 4 == 1 else None}
            for n in range(11)
        ],
        {item_id(path(11)): "it is a web page"},
    )
    ids = {name: key for key, name in store.class_names().items()}
    suspicions = (0.0, 0.25, 0.5, 0.5, 0.5, 1.0, None, 0.9, 0.9, 0.75, 0.8)
    store.replace_scores(
        score(n, suspicion, ids[CLASSES[(n + 1) % 4]])
        for n, suspicion in enumerate(suspicions)
        if suspicion is not None
    )
    ana, ben = Auditor(store, "Ana"), Auditor(store, "Ben")
    for auditor, (number, verdict, labels) in zip(
        [ana, ana, ben, ben, ana, ben], VERDICTS, strict=1
    ):
        auditor.judge(path(int(number)), verdict, labels)
    ana.judge(path(7), "relabel", ["dog"])
    ben.judge(path(7), "keep")
    ana.judge(path(8))
    ana.undo(path(8))
    ana.judge(path(9))
    store.record_files([file_found(path(9), "another")], {})
    store.pass_over("Ana", [item_id(path(10))])
    store.replace_findings(
        {"kind": kind, "position": position, "group_id": item_id(path(number)), "score": 1.0,
         "item_id": item_id(path(number)), "exact": None, "split": None}
        for kind, numbers in (("duplicates", (0, 1, 5)), ("conflicts", (1,)), ("outliers", (6,)))
        for position, number in enumerate(numbers)
    )  # fmt: skip


FLAGS = {
    "suspect": {7, 8, 9, 10, 5},
    "judged": {0, 1, 2, 3, 4, 5, 7},
    "copy": {0, 1, 5},
    "conflict": {1},
    "leak": set(),
    "outlier": {6},
    "outdated": {9},
    "unlabelled": {6},
    "unreadable": {11},
    "disputed": {7},
    "skipped": {10},
}

FINAL = {0: ["cat"], 1: ["dog"], 2: ["dog", "cat"], 3: [], 4: []}


def facts(store):
    """What is known of the items, from the queries that other pages ask."""
    known = store.items([item_id(path(n)) for n in range(12)])
    current = store.current_verdicts()
    items = []
    for n in range(12):
        item = known[item_id(path(n))]
        decided = current.get(item["id"], {"verdict": None, "at": None, "auditor": None})
        suspect = item["p_suggested"] is not None and item["p_suggested"] > item["p_given"]
        given = [item["given"]] if item["given"] else []
        items.append(
            item
            | {key: decided[key] for key in ("verdict", "auditor")}
            | {"judged": decided["at"], "fields": fields(n)}
            | {"suggested": item["suggested"] if suspect else None}
            | {"final": FINAL.get(n, given)}
            | {"flags": {flag for flag, numbers in FLAGS.items() if n in numbers}}
        )
    return items


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("browse") / "audit.db")
    fill(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def items(filled):
    return facts(filled)


LEAVES = terms(
    names=CLASSES,
    columns=("site", "year", "my column"),
    years=(1990.0, 2000.0, 0.0, 5.0),
    flags=tuple(FLAGS),
)


@given(queries(LEAVES))
@settings(max_examples=300, deadline=None)
def test_sql_finds_what_plain_python_finds(filled, items, query):
    wanted = {item["id"] for item in items if holds(query, item, CLASSES)}
    found = filled.match_ids(query)
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert filled.match_count(query) == len(wanted)
    assert {row["id"] for row in filled.bulk_rows(query)} == wanted


def test_the_flags_of_the_tests_are_those_of_the_store(filled):
    for flag, numbers in FLAGS.items():
        found = filled.match_ids(Term("is", (Text.of(flag),)))
        assert set(found) == {item_id(path(n)) for n in numbers}, flag


def test_skipped_means_by_somebody_or_by_one_auditor(filled):
    query = parse("is:skipped")
    assert filled.match_count(query) == 1
    assert filled.match_count(query, "Ana") == 1
    assert filled.match_count(query, "Ben") == 0


def test_auditor_is_who_gave_the_verdict_that_stands(filled):
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


# -- order and pages -----------------------------------------------------------------------------

SORTS = (
    "suspicion", "path", "given", "suggested", "final", "verdict", "auditor", "judged", "width",
    "height", "meta.site", "meta.year",
)  # fmt: skip
EVERYTHING = (Query.ALL, parse("-is:copy"), parse("given:cat or given:dog"))


def value_of(item, field):
    if field == "final":
        return "|".join(item["final"]) or None
    if not field.startswith("meta."):
        return item[field]
    value = item["fields"][field.removeprefix("meta.")] or None
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


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
def test_pages_are_the_list_cut_up_in_both_directions(
    filled, items, field, descending, few, monkeypatch
):
    monkeypatch.setattr("core.store_browse.FEW", few)
    sort = Sort(field, descending)
    for query, limit in itertools.product(EVERYTHING, (1, 3, 4, 12, 50)):
        wanted = in_order([item for item in items if holds(query, item, CLASSES)], sort)
        pages = list(pages_forth(filled, query, sort, limit))
        ids = [[row["id"] for row in page.rows] for page in pages]
        assert ids == [wanted[at : at + limit] for at in range(0, len(wanted), limit)]
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


def test_page_goes_on_where_it_was_when_items_have_left(store, ana):
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
        assert str(error) == "This page is not there any more; the list begins anew."
    else:
        assert len(page.rows) <= 3


def test_cursor_of_another_order_is_refused(filled):
    cursor = filled.browse(sort=Sort("path"), limit=2).next
    with pytest.raises(QueryError, match="not there any more"):
        filled.browse(sort=Sort("path", False), cursor=cursor)


@pytest.mark.parametrize("field", ["is", "note", "no such"])
def test_order_that_there_is_not_is_refused(filled, field):
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


# -- rows, counts, queues ------------------------------------------------------------------------


def test_row_says_what_the_other_pages_say(filled, items):
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
    wanted = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    assert filled.value_counts(field, query) == wanted
    assert filled.value_counts(field, query, 2) == wanted[:2]


def test_query_is_a_queue_of_ranked_items_by_priority(filled):
    filled.set_priorities({item_id(path(0)): 0.95})
    ids = filled.query_ids("given:cat")
    assert ids == [item_id(path(n)) for n in (0, 7, 10, 9, 1)]
    assert set(filled.query_ids("")) == {row["id"] for row in filled.ranking()}
    with pytest.raises(QueryError):
        filled.query_ids("given:catt")
    filled.set_priorities({item_id(path(0)): 0.0})


# -- splits --------------------------------------------------------------------------------------


def test_split_is_that_of_the_column(tmp_path):
    store = Store(tmp_path / "audit.db")
    store.set_settings({"columns": ["path", "Split"], "splits": ["test", "train"]})
    store.replace_listing(
        {"id": item_id(name), "path": name, "label": "cat", "position": n,
         "fields": {"path": name, "Split": split}}
        for n, (name, split) in enumerate(zip("abcd", ["Train ", "test", "", "TRAIN"], strict=True))
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


def test_split_is_that_of_the_folder(tmp_path):
    store = Store(tmp_path / "audit.db")
    store.set_settings({"columns": ["path", "label"], "splits": ["test", "train"]})
    store.replace_listing(
        {"id": item_id(name), "path": name, "label": "cat", "position": n, "fields": {}}
        for n, name in enumerate(["train/a", "Test/b", "else/c", "d"])
    )
    assert store.value_counts("split") == [("test", 1), ("train", 1)]
    assert [row["path"] for row in store.browse(store.parse_query("split:train")).rows] == [
        "train/a"
    ]
    store.close()


# -- the table is kept ---------------------------------------------------------------------------


def kept(store):
    columns = store._query(f"select {KEPT} from browse order by row")
    values = store._query("select * from column_values order by name, row")
    return [list(row.values()) for row in columns], [list(row.values()) for row in values]


def made_anew(store):
    with store.transaction() as db:
        rows = [list(row) for row in db.execute(f"{FILLED} order by items.row").fetchall()]
    values = []
    for name in sorted(row["name"] for row in store._query("select name from browsed_columns")):
        known = store.input_values(name)
        order = {row["id"]: row["row"] for row in store._query("select id, row from items")}
        for found in sorted(known, key=order.__getitem__):
            values.append([name, order[found], known[found] or None])
    return rows, values


ACTIONS = st.one_of(
    st.tuples(st.just("list"), st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(
        [("cat", "1"), ("dog", "1"), ("dog", "x"), (None, "")]))),
    st.tuples(st.just("judge"), st.sampled_from("abcdef"), st.sampled_from(["keep", "none"])),
    st.tuples(st.just("undo"), st.just(None)),
    st.tuples(st.just("redo"), st.just(None)),
    st.tuples(st.just("change"), st.sampled_from("abcdef"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("score"), st.sets(st.sampled_from("abcdef")), st.floats(0, 1)),
    st.tuples(st.just("rule"), st.sampled_from(["latest", "majority", "adjudicated"])),
    st.tuples(st.just("read"), st.sampled_from(["site", "other"])),
)  # fmt: skip


def act(store, auditor, action, *values):
    auditor.seq += 1
    number = {"session": "s", "seq": auditor.seq, "auditor": "Ana"}
    listed = {row["path"]: row["id"] for row in store.listed_files()}
    if action == "list":
        store.replace_listing(
            {"id": item_id(name), "path": name, "label": label, "position": n,
             "fields": {"site": site, "other": name}}
            for n, (name, (label, site)) in enumerate(values[0].items())
        )  # fmt: skip
    elif action == "judge" and values[0] in listed:
        auditor.judge(values[0], values[1])
    elif action == "undo" and store.latest_action("Ana"):
        store.undo_action(**number)
    elif action == "redo" and store.undone_items("Ana"):
        store.redo_action(**number)
    elif action == "change" and values[0] in listed:
        store.record_files([file_found(values[0], values[1]) | {"width": int(values[1])}], {})
    elif action == "score":
        classes = list(store.class_names())
        store.replace_scores(
            {"item_id": listed[name], "suspicion": values[1], "p_given": 1 - values[1],
             "suggested_id": classes[0] if classes else None, "p_suggested": values[1] / 2}
            for name in sorted(values[0]) if name in listed
        )  # fmt: skip
    elif action == "rule":
        store.set_final_rule(values[0])
    elif action == "read":
        store.value_counts(f"meta.{values[0]}")


@given(st.lists(ACTIONS, max_size=12))
@settings(max_examples=60, deadline=None)
def test_table_is_always_what_it_is_copied_from(actions):
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        store.set_settings({"columns": ["site", "other"]})
        auditor = Auditor(store, "Ana", "s")
        act(store, auditor, "list", {"a": ("cat", "1"), "b": ("dog", "x")})
        for action in actions:
            act(store, auditor, *action)
            rows, values = kept(store)
            wanted_rows, wanted_values = made_anew(store)
            assert rows == wanted_rows
            assert [[name, row, text] for name, row, _, text in values] == wanted_values
        store.close()


def test_audit_of_an_earlier_version_is_browsed(filled, tmp_path):
    """Opened by this version, it gets the table, filled."""
    store = Store(tmp_path / "audit.db")
    fill(store)
    before = kept(store)[0]
    with store.transaction() as db:
        for row in db.execute("select name from sqlite_master where name like 'browse_%'"
                              " and type = 'trigger'").fetchall():  # fmt: skip
            db.execute(f"drop trigger {row[0]}")
        for table in ("browse", "browsed_columns", "column_values", "gates"):
            db.execute(f"drop table {table}")
        db.execute("delete from _sqlite_migrations where name = 'm007_browse'")
    store.close()
    again = Store(tmp_path / "audit.db")
    assert kept(again)[0] == before
    again.close()
