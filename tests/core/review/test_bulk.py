"""One verdict on many items: the plan, the sample, the action."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.audit import item_id
from core.query.parse import Query, QueryError, parse
from core.review import bulk
from core.store import Decision, Shown, Store, StoreError
from core.terms import Verdict
from tests.core.making import Auditor, file_found, gates, records
from tests.core.query.making import fill, path


@pytest.fixture
def store(tmp_path):
    """The twelve items of `making.fill`; 6, 8, 9, 10 and 11 are not judged."""
    store = Store(tmp_path / "audit.db")
    fill(store)
    yield store
    store.close()


def numbers(ids):
    known = {item_id(path(n)): n for n in range(12)}
    return sorted(known[each] for each in ids)


def skipped(plan):
    return {reason: numbers(ids) for reason, ids in plan.skipped.items()}


def give(store, plan, seq=1, **more):
    return bulk.apply(store, plan, session="s", seq=seq, auditor="Ana", **more)


def test_suggestions_are_planned_where_there_are_some(store):
    plan = bulk.plan(store, Query.ALL, Verdict.RELABEL, bulk.SUGGESTED)
    assert {numbers([d.item_id])[0]: (d.verdict, d.labels) for d in plan.decisions} == {
        8: ("relabel", ("c*t",)),
        9: ("relabel", ("dog",)),
        10: ("relabel", ("maine coon",)),
    }
    assert plan.changes == {
        ("dog", "relabel", ("c*t",)): 1,
        ("cat", "relabel", ("dog",)): 1,
        ("cat", "relabel", ("maine coon",)): 1,
    }
    assert skipped(plan) == {
        bulk.NO_SUGGESTION: [0, 1, 2, 3, 4, 6, 11],
        bulk.JUDGED: [5, 7],
    }


def test_plan_of_a_query_and_of_its_ids_is_the_same(store):
    query = parse("-verdict:any")
    by_ids = bulk.plan(store, store.match_ids(query), Verdict.NONE)
    assert by_ids == bulk.plan(store, query, Verdict.NONE)
    assert numbers(by_ids.ids) == [6, 8, 9, 10, 11]


def test_class_that_is_given_already_is_kept(store):
    plan = bulk.plan(store, Query.ALL, Verdict.RELABEL, ["cat"])
    verdicts = {numbers([d.item_id])[0]: (d.verdict, d.labels) for d in plan.decisions}
    assert verdicts == {
        6: ("relabel", ("cat",)),
        8: ("relabel", ("cat",)),
        9: ("keep", ()),
        10: ("keep", ()),
        11: ("relabel", ("cat",)),
    }
    assert plan.changes == {
        ("dog", "relabel", ("cat",)): 2,
        ("cat", "keep", ()): 2,
        (None, "relabel", ("cat",)): 1,
    }
    assert list(plan.changes.values()) == [2, 2, 1]


def on_screen(store, query):
    rows = store.browse(parse(query)).rows
    return {row["id"]: Shown(row["content_hash"], row["given"]) for row in rows}


def test_items_are_judged_again_only_when_asked(store):
    plan = bulk.plan(store, Query.ALL, Verdict.KEEP, again=True)
    assert skipped(plan) == {bulk.ALREADY: [0, 7], bulk.NO_LABEL: [6]}
    assert numbers(plan.ids) == [1, 2, 3, 4, 5, 8, 9, 10, 11]


def test_image_that_has_changed_since_it_was_shown_stays_out(store):
    shown = on_screen(store, "-verdict:any")
    store.record_files([file_found(path(8), "new")], {})
    plan = bulk.plan(store, shown, Verdict.NONE)
    assert skipped(plan) == {bulk.CHANGED: [8]}
    assert numbers(plan.ids) == [6, 9, 10, 11]


def test_label_that_has_changed_since_it_was_shown_stays_out(store):
    shown = on_screen(store, "-verdict:any")
    shown[item_id(path(9))] = Shown(shown[item_id(path(9))].content_hash, "yak")
    plan = bulk.plan(store, shown, Verdict.NONE)
    assert skipped(plan) == {bulk.CHANGED: [9]}


def test_label_that_changes_between_preview_and_approval_is_refused(store):
    plan = bulk.plan(store, [item_id(path(8))], Verdict.NONE)
    labels = {row["path"]: row["given"] for row in store.input_rows()}
    store.replace_listing(records(labels | {path(8): "another"}))
    with pytest.raises(StoreError, match="The label has changed"):
        give(store, plan)
    assert give(store, bulk.plan(store, [item_id(path(8))], Verdict.NONE))


def test_item_that_is_not_listed_stays_out(store):
    plan = bulk.plan(store, [item_id(path(8)), "no such item"], Verdict.NONE)
    assert plan.skipped == {bulk.GONE: ["no such item"]}
    assert numbers(plan.ids) == [8]


@pytest.mark.parametrize(
    ("verdict", "labels", "message"),
    [
        (Verdict.RELABEL, [], "needs one label"),
        (Verdict.RELABEL, ["catt"], "no class 'catt'"),
        (Verdict.AMBIGUOUS, ["cat"], "two or more"),
        (Verdict.KEEP, ["cat"], "takes no label"),
        (Verdict.KEEP, bulk.SUGGESTED, "takes no label"),
    ],
)
def test_labels_that_do_not_fit_are_refused(store, verdict, labels, message):
    with pytest.raises(StoreError, match=message):
        bulk.plan(store, Query.ALL, verdict, labels)


def test_query_that_names_what_is_not_there_is_refused(store):
    with pytest.raises(QueryError):
        bulk.plan(store, parse("given:catt"), Verdict.NONE)


# -- the sample ----------------------------------------------------------------------------------


def plan_of(size):
    ids = [f"{n:03}" for n in range(size)]
    return bulk.Plan(Verdict.NONE, tuple(Decision(i, "none") for i in ids), {}, {}, 0)


@given(st.integers(0, 40), st.integers(0, 2**32), st.integers(1, 10))
def test_sample_is_of_different_items_and_the_whole_set_when_that_is_small(size, seed, drawn):
    plan = plan_of(size)
    sample = bulk.draw(plan, seed, drawn)
    assert len(sample) == len(set(sample)) == min(size, drawn)
    assert set(sample) <= set(plan.ids)
    backwards = plan._replace(decisions=plan.decisions[::-1])
    assert bulk.draw(backwards, seed, drawn) == sample


def test_every_item_is_drawn_alike():
    times = dict.fromkeys(plan_of(20).ids, 0)
    for seed in range(2000):
        for drawn in bulk.draw(plan_of(20), seed):
            times[drawn] += 1
    assert all(abs(count - 800) < 110 for count in times.values())  # five standard deviations


def test_all_eight_right_say_at_least_69_percent():
    estimate, low, high = bulk.precision(8, 8)
    assert (estimate, high) == (1.0, 1.0)
    assert low == pytest.approx(0.05 ** (1 / 8))


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_hold_the_estimate_and_mirror_each_other(counts):
    agreed, drawn = counts
    estimate, low, high = bulk.precision(agreed, drawn)
    assert 0 <= low <= estimate <= high <= 1
    exact = binomtest(agreed, drawn).proportion_ci(0.9, method="exact")
    assert (low, high) == pytest.approx((exact.low, exact.high))
    wrong = bulk.precision(drawn - agreed, drawn)
    assert (1 - wrong.high, 1 - wrong.low) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("agreed", "drawn"), [(0, 0), (3, 2), (-1, 4)])
def test_share_that_is_none_is_refused(agreed, drawn):
    with pytest.raises(ValueError, match="no share"):
        bulk.precision(agreed, drawn)


# -- the action ----------------------------------------------------------------------------------


def test_what_was_planned_is_stored_without_what_was_found_wrong(store):
    plan = bulk.plan(store, parse("-verdict:any"), Verdict.NONE)
    wrong = plan.ids[0]
    verdict_ids = give(store, plan, without=[wrong], gate=(4, 3))
    assert len(verdict_ids) == 4
    judged = store.judged_ids()
    assert {judged.get(item) for item in plan.ids if item != wrong} == {"none"}
    assert wrong not in judged
    latest = store.latest_action("Ana")
    assert latest["count"] == 4
    (gate,) = gates(store)
    assert [gate[key] for key in ("action", "drawn", "agreed", "size")] == [
        latest["action"], 4, 3, 5,
    ]  # fmt: skip


def test_sent_twice_it_is_stored_once(store):
    plan = bulk.plan(store, parse("-verdict:any"), Verdict.NONE)
    once = give(store, plan, gate=(5, 5))
    size = store.log_id()
    assert give(store, plan, gate=(5, 5)) == once
    assert store.log_id() == size
    assert len(gates(store)) == 1


def test_who_was_slower_than_somebody_else_decides_nothing(store):
    plan = bulk.plan(store, parse("-verdict:any"), Verdict.NONE)
    Auditor(store, "Cleo").judge(path(8))
    before = store.log_id()
    with pytest.raises(StoreError):
        give(store, plan, gate=(5, 5))
    assert store.log_id() == before
    assert gates(store) == []


def test_picture_that_changes_meanwhile_stops_it_all(store):
    plan = bulk.plan(store, parse("-verdict:any"), Verdict.NONE)
    store.record_files([file_found(path(10), "new")], {})
    before = store.log_id()
    with pytest.raises(StoreError, match="changed"):
        give(store, plan)
    assert store.log_id() == before


def test_plan_without_images_is_refused(store):
    plan = bulk.plan(store, [item_id(path(8))], Verdict.NONE)
    with pytest.raises(StoreError, match="No image is left"):
        give(store, plan, without=plan.ids)


def test_a_thousand_verdicts_are_one_action_undone_and_redone_as_one(tmp_path):
    store = Store(tmp_path / "audit.db")
    paths = [f"{n:04}.jpg" for n in range(1000)]
    store.replace_listing(
        {"id": item_id(name), "path": name, "label": "cat", "position": n, "fields": {}}
        for n, name in enumerate([*paths, "dog.jpg"])
    )
    Auditor(store).judge("dog.jpg", "none")
    before = store.current_verdicts()
    given, judged = store.parse_query("path:0"), store.parse_query("verdict:keep")
    assert len(give(store, bulk.plan(store, given, Verdict.KEEP))) == 1000
    after = store.current_verdicts()
    assert store.latest_action("Ana")["count"] == 1000
    assert store.match_count(judged) == 1000

    undone = store.undo_action(session="s", seq=2, auditor="Ana")
    assert len(undone) == 1000
    assert store.current_verdicts() == before
    assert store.match_count(judged) == 0

    assert sorted(store.redo_action(session="s", seq=3, auditor="Ana")) == sorted(undone)
    assert store.latest_action("Ana")["count"] == 1000
    assert store.match_count(judged) == 1000
    assert {item: row["verdict"] for item, row in store.current_verdicts().items()} == {
        item: row["verdict"] for item, row in after.items()
    }
    store.close()


def test_image_whose_picture_was_not_shown_is_skipped_unless_it_is_marked_as_bad(store):
    with store.transaction() as db:
        db.table("items").update(item_id(path(9)), {"content_hash": "shown"})
    ((item, now),) = on_screen(store, f"path:{path(9)}").items()
    for content, reason in (("shown", None), (None, bulk.UNSEEN), ("another", bulk.CHANGED)):
        plan = bulk.plan(store, {item: now._replace(content_hash=content)}, Verdict.KEEP)
        assert skipped(plan) == ({} if reason is None else {reason: [9]})
    unseen = {item: now._replace(content_hash=None)}
    assert numbers(bulk.plan(store, unseen, Verdict.BAD_IMAGE).ids) == [9]


def test_suggestion_that_is_not_better_than_the_given_label_is_not_accepted(store):
    with store.transaction() as db:
        db.execute("update scores set is_suspect = 0 where item_id = ?", [item_id(path(9))])
    plan = bulk.plan(store, Query.ALL, Verdict.RELABEL, bulk.SUGGESTED)
    assert 9 in skipped(plan)[bulk.NO_SUGGESTION]
    assert numbers(plan.ids) == [8, 10]
