"""Blind means blind: what waits for an auditor's second review is, to them, not reviewed."""

import sqlite3
import time
from types import SimpleNamespace

import pytest

from core.audit import item_id
from core.export import corrections
from core.export.exporting import content
from core.export.unblinding import StillBlind
from core.export.writers import WRITERS
from core.query.fields import FIELDS
from core.query.parse import Query
from core.review import bulk
from core.review.queues.queue import Queue
from core.store import Sort, Store
from core.terms import Verdict
from tests.core.making import Auditor, records, verdict_log
from tests.core.query.making import LABELS, path

SHARE = 0.5
JUDGED = {
    0: ("keep", ()), 1: ("relabel", ("dog",)), 2: ("ambiguous", ("dog", "cat")), 3: ("none", ()),
    5: ("unsure", ()), 7: ("relabel", ("maine coon",)), 8: ("keep", ()), 9: ("bad image", ()),
    10: ("relabel", ("dog",)), 11: ("relabel", ("cat",)),
}  # fmt: skip
QUERIES = (
    "", "verdict:any", "-verdict:any", "verdict:relabel", "-verdict:relabel", "verdict:keep,unsure",
    "auditor:Ana", "-auditor:Ana", "auditor:any", "auditor:A*", "judged:>2020-01-01",
    "-judged:>2020-01-01", "judged:any", "final:cat", "final:dog", "-final:dog", "final:*o*",
    "final:any", "is:judged", "-is:judged", "is:disputed", "-is:disputed",
    "given:cat (verdict:none or final:dog)", "verdict:any or given:dog", "-(verdict:any final:cat)",
)  # fmt: skip
SORTS = [
    Sort(name, down) for name, field in FIELDS.items() if field.sortable and name != "split"
    for down in (True, False)
]  # fmt: skip


def judged(file, numbers):
    """A store of twelve items, of which Ana has judged those with these numbers."""
    store = Store(file)
    store.replace_listing(records({path(n): label for n, label in enumerate(LABELS)}))
    store.replace_scores(
        {"item_id": item_id(path(n)), "suspicion": n / 12, "p_given": 0.3, "p_suggested": 0.4,
         "is_suspect": True,
         "suggested_id": 1 + n % 3}
        for n in range(12)
    )  # fmt: skip
    ana = Auditor(store, "Ana")
    for number in numbers:
        ana.judge(path(number), *JUDGED[number])
        time.sleep(0.002)  # each at a time of its own: lists are compared in the order of times
    if 3 in numbers:
        Auditor(store, "Dora").judge(path(3), "keep")
    store.auditor_id("Dora")
    store.set_second_share(SHARE)
    return store


def shown(rows):
    return [
        {key: value for key, value in row.items() if key not in ("at", "awaits_second")}
        for row in rows
    ]


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """What Cleo may not see of the first was never given in the second."""
    folder = tmp_path_factory.mktemp("blind")
    full = judged(folder / "full.db", JUDGED)
    waiting = set(full.blind_ids("Cleo"))
    rest = [number for number in JUDGED if item_id(path(number)) not in waiting]
    assert 2 <= len(waiting) < len(JUDGED)
    bare = judged(folder / "bare.db", rest)
    yield full, bare
    full.close()
    bare.close()


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_what_is_found_and_shown_is_as_if_never_reviewed(stores, text, sort):
    full, bare = stores
    query = full.parse_query(text)
    assert shown(full.match_rows(query, sort, None, "Cleo")) == shown(bare.match_rows(query, sort))
    assert full.match_ids(query, sort, auditor="Cleo") == bare.match_ids(query, sort)
    assert full.match_ids(query, sort, 3, auditor="Cleo") == bare.match_ids(query, sort, 3)
    cursor = other = None
    for _ in range(6):
        page = full.browse(query, sort, cursor, 3, "Cleo")
        expected = bare.browse(query, sort, other, 3)
        assert shown(page.rows) == shown(expected.rows)
        cursor, other = page.next, expected.next
        assert (cursor is None) == (other is None)
        if cursor is None:
            break


def test_items_by_id_are_as_if_never_reviewed_and_in_the_order_that_is_asked_for(stores):
    full, bare = stores
    ids = bare.match_ids()[::-1]
    assert shown(full.rows_of(ids, "Cleo")) == shown(bare.rows_of(ids))
    assert [row["id"] for row in full.rows_of([ids[2], "gone", ids[0]])] == [ids[2], ids[0]]
    assert shown(full.rows_of(ids)) != shown(bare.rows_of(ids))


@pytest.mark.parametrize("text", QUERIES)
def test_counts_facets_and_queues_are_as_if_never_reviewed(stores, text):
    full, bare = stores
    query = full.parse_query(text)
    assert full.match_count(query, "Cleo") == bare.match_count(query)
    for field in ("verdict", "auditor", "final", "given", "suggested"):
        assert full.value_counts(field, query, auditor="Cleo") == bare.value_counts(field, query)
    assert full.query_ids(text, "Cleo") == bare.query_ids(text)
    assert Queue(query=text or "is:suspect").ids(full, "Cleo") == bare.query_ids(
        text or "is:suspect"
    )


def test_first_auditor_and_the_owner_see_what_there_is(stores):
    full, _ = stores
    everything = full.match_count(full.parse_query("verdict:any"))
    assert everything == len(JUDGED)
    assert full.match_count(full.parse_query("verdict:any"), "Ana") == everything


def test_visitor_without_a_name_sees_what_nobody_is_to_review_blind(stores):
    full, _ = stores
    assert full.blind_ids("") == full.blind_ids("Cleo")
    assert full.blind_ids(None) == []


@pytest.mark.parametrize("again", [False, True])
def test_bulk_verdict_tells_nothing_of_what_waits_and_leaves_it_alone(stores, again):
    full, _ = stores
    blind = set(full.blind_ids("Cleo"))
    for verdict, labels in [(Verdict.KEEP, ()), (Verdict.RELABEL, ["dog"]), (Verdict.NONE, ())]:
        plan = bulk.plan(full, Query.ALL, verdict, labels, again=again, auditor="Cleo")
        assert set(plan.skipped[bulk.BLIND]) == blind
        assert not blind & set(plan.ids)


def test_queues_of_unsure_and_disputed_images_leave_out_what_is_to_be_judged_blind(stores):
    full, _ = stores
    for queue in (Queue(unsure=True), Queue(disputed=True)):
        assert queue.ids(full, "Ana")
        assert not set(queue.ids(full, "Cleo")) & set(full.blind_ids("Cleo"))


# -- export, and a record of what was seen -------------------------------------------------------


@pytest.fixture
def first(store):
    """Ana has judged two, of which all get a second review."""
    store.set_second_share(1.0)
    ana = Auditor(store, "Ana")
    ana.judge("0.jpg", "none")
    ana.judge("1.jpg", "keep")
    return ana


def test_export_is_refused_while_second_reviews_are_to_be_done(store, first):
    for ask in (
        lambda: corrections.decisions(store, "Ben"),
        lambda: content(SimpleNamespace(store=store), WRITERS["csv"], "Ben"),
    ):
        with pytest.raises(StillBlind, match="2 images wait for a blind second review"):
            ask()
    assert len(corrections.decisions(store, "Ana")) == 2
    assert len(corrections.decisions(store)) == 2


def test_what_was_seen_is_recorded_and_reviewed_by_somebody_else(store, first):
    ids = store.blind_ids("Ben")
    store.reveal("Ben", ids)
    store.reveal("Ben", ids)
    assert [(row["auditor"], row["item_id"]) for row in store.unblinded()] == [
        ("Ben", item_id("0.jpg")), ("Ben", item_id("1.jpg")),
    ]  # fmt: skip
    assert store.blind_ids("Ben") == store.second_review_ids("Ben") == []
    assert store.awaits_second("Ben", ids) == set()
    assert len(corrections.decisions(store, "Ben")) == 2
    assert sorted(store.second_review_ids("Cleo")) == sorted(ids)


def test_what_was_seen_stays_seen_when_it_is_undone_and_redone(store, first):
    store.reveal("Ben", store.blind_ids("Ben"))
    first.undo("1.jpg")
    store.redo_action(session="again", seq=0, auditor="Ana")
    assert store.second_review_ids("Ben") == []


def test_record_of_what_was_seen_can_only_grow(store, first):
    store.reveal("Ben", store.blind_ids("Ben"))
    for statement in ("update unblinded set at = ''", "delete from unblinded"):
        with pytest.raises(sqlite3.IntegrityError), store.transaction() as db:
            db.execute(statement)


def test_new_verdicts_wait_again_after_an_export(store, first):
    store.reveal("Ben", store.blind_ids("Ben"))
    first.judge("2.jpg", "none")
    assert store.blind_ids("Ben") == [item_id("2.jpg")]


def test_remembered_ids_follow_every_verdict_and_the_rate(store, first):
    assert len(store.blind_ids("Ben")) == 2
    Auditor(store, "Ben").judge("0.jpg", "none", role="second")
    assert store.blind_ids("Ben") == [item_id("1.jpg")]
    store.set_second_share(0.0)
    assert store.blind_ids("Ben") == []
    assert len(verdict_log(store)) == 3
