"""Re-ranking beside the dashboard, on a computed audit of eighteen photographs."""

import time

import numpy as np
import pytest

from core import jobs
from core.audit import Audit
from core.ranking import live as live_ranking
from core.ranking.live import VERDICTS_AT_FIT, LiveRanking, load_evidence
from core.review import class_changes
from core.review.queues.queue import Queue
from core.store import Order
from tests.core.making import Auditor

EVERYTHING = Queue(everything=True)


def review(audit, count, verdict="none", auditor="Ana"):
    """Judge the first `count` that nobody has judged; return their ids."""
    ana, judged = Auditor(audit.store, auditor, f"{auditor} {time.monotonic()}"), []
    for item in EVERYTHING.ids(audit.store):
        if item not in audit.store.judged_ids() and len(judged) < count:
            ana.judge(audit.store.file_of(item)["path"], verdict)
            judged.append(item)
    return judged


def work(ranking):
    ranking.notice()
    ranking.wait()
    return ranking.audit.store.order()


def test_nothing_happens_before_enough_verdicts(ranked):
    review(ranked, 3)
    assert work(LiveRanking(ranked, every=4)) == Order(None, 0)


def test_verdicts_change_the_priority_of_unreviewed_items_only(ranked):
    store = ranked.store
    before, suspicion = store.priorities(), {r["id"]: r["suspicion"] for r in store.ranking()}
    judged = review(ranked, 4)
    assert work(LiveRanking(ranked, every=4)) == Order(store.fingerprint("evidence"), 4)
    after = store.priorities()
    assert {item: after[item] for item in judged} == {item: before[item] for item in judged}
    assert any(after[item] != before[item] for item in after.keys() - set(judged))
    assert {r["id"]: r["suspicion"] for r in store.ranking()} == suspicion


def test_re_ranking_repeats_after_as_many_more_verdicts(ranked):
    ranking = LiveRanking(ranked, every=4)
    review(ranked, 4)
    first = work(ranking)
    review(ranked, 3)
    assert work(ranking) == first
    review(ranked, 1)
    assert work(ranking).log_size == 8


def test_verdicts_of_the_check_stream_start_no_re_ranking(ranked):
    ana = Auditor(ranked.store)
    for item in EVERYTHING.ids(ranked.store)[:6]:
        ana.judge(ranked.store.file_of(item)["path"], "none", stream="check")
    assert work(LiveRanking(ranked, every=4)) == Order(None, 0)


def test_far_down_the_queue_priorities_are_not_written(ranked, monkeypatch):
    monkeypatch.setattr(live_ranking, "_QUEUE_TOP", 1)
    store, before = ranked.store, ranked.store.priorities()
    review(ranked, 4)
    ranking = LiveRanking(ranked, every=4)
    work(ranking)
    priority = ranking._reranker.update(store.trusted_labels())
    ids, left = ranking._reranker.evidence.ids.tolist(), ranking._reranker.is_left()
    top = max(priority[left])
    for row, item in enumerate(ids):
        if left[row] and max(priority[row], before[item]) < top:
            assert store.priorities()[item] == before[item]
    first = ids[int(np.flatnonzero(left)[priority[left].argmax()])]
    assert store.priorities()[first] == pytest.approx(top, abs=0.02)


def test_two_servers_compute_the_same_order(ranked):
    other = Audit(ranked.folder)
    early = LiveRanking(ranked, every=2)
    for _ in range(4):
        review(ranked, 2)
        work(early)
    first = ranked.store.priorities()
    with other.store.transaction() as db:
        db.execute("update scores set priority = null")
    other.store.set_order("", 0)
    work(LiveRanking(other, every=2))
    left = first.keys() - ranked.store.judged_ids().keys()
    again = other.store.priorities()
    assert [again[i] for i in left] == pytest.approx([first[i] for i in left], abs=0.02)
    other.store.close()


def test_new_evidence_is_loaded_at_once(ranked):
    ranking = LiveRanking(ranked, every=4)
    review(ranked, 4)
    work(ranking)
    ranked.store.replace_scores(
        [
            {"item_id": item.id, "suspicion": 0.5, "p_given": 0.5, "suggested_id": 1}
            for item in ranked.store.embedded_items()
        ]
    )
    ranked.store.set_fingerprint("evidence", "new")
    assert work(ranking) == Order("new", 4)
    assert (ranking._reranker.evidence.suspicion == 0.5).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda store: class_changes.rename(store, "emu", "a much longer name", auditor="Ana"),
        lambda store: class_changes.merge(store, ["emu"], "lotus", auditor="Ana"),
    ],
)
def test_classes_that_were_changed_since_the_fit_are_what_they_are_now(ranked, change):
    ranking = LiveRanking(ranked, every=4)
    review(ranked, 4)
    work(ranking)
    change(ranked.store)
    review(ranked, 4, "keep")
    assert work(ranking).log_size == 8
    assert ranking.trouble is None
    evidence = load_evidence(ranked)
    given = {row["id"]: row["given"] for row in ranked.store.input_rows()}
    names = [evidence.classes[code] for code in evidence.given.tolist()]
    assert names == [given[item_id] for item_id in evidence.ids.tolist()]
    assert set(evidence.classes) == set(ranked.store.class_names().values())


def test_a_failure_is_reported_loses_no_verdict_and_is_not_retried_at_every_verdict(ranked, caplog):
    ranking = LiveRanking(ranked, every=2)
    written = ranked.evidence_file.read_bytes()
    ranked.evidence_file.write_bytes(b"not a table")
    judged = review(ranked, 2)
    assert work(ranking) == Order(None, 0)
    assert ranking.trouble.startswith("Your verdicts are saved")
    assert "could not be re-ranked" in caplog.text
    assert ranked.store.judged_ids().keys() == set(judged)
    caplog.clear()
    review(ranked, 1)
    work(ranking)
    assert caplog.text == ""
    ranked.evidence_file.write_bytes(written)
    review(ranked, 1)
    assert work(ranking).log_size == 4
    assert ranking.trouble is None


def test_a_failure_before_the_thread_starts_is_reported_too(ranked):
    ranking = LiveRanking(ranked, every=2)
    with ranked.store.transaction() as db:
        db.execute("insert or replace into settings values ('order', '[')")
    ranking.notice()
    assert ranking.trouble
    ranked.store.set_order("", 0)
    review(ranked, 2)
    assert work(ranking).log_size == 2


def test_only_one_thread_works_at_a_time(ranked):
    ranking = LiveRanking(ranked, every=2)
    review(ranked, 2)
    with ranking._working:
        ranking.notice()
    assert ranking._thread is None


def test_evidence_leaves_out_what_has_no_label(ranked):
    with ranked.store.transaction() as db:
        gone = ranked.store.embedded_items()[3].id
        db.execute("delete from scores where item_id = ?", [gone])
    table, evidence = ranked.neighbors(), load_evidence(ranked)
    assert evidence.ids.tolist() == [item for item in table.ids.tolist() if item != gone]
    for row, item in enumerate(evidence.ids.tolist()):
        near = table.indices[table.ids.tolist().index(item)]
        expected = [other for other in table.ids[near].tolist() if other != gone]
        found = evidence.indices[row]
        assert evidence.ids[found[found >= 0]].tolist() == expected
    norms = np.linalg.norm(np.asarray(evidence.vectors, np.float32), axis=1)
    assert np.allclose(norms, 1, atol=2e-3)


def test_votes_and_weights_are_those_of_the_fit_whatever_its_order(ranked):
    fit = ranked.evidence()
    votes, weights = np.arange(18) % 2, np.linspace(0.1, 1.5, 18)
    swapped = fit._replace(
        ids=fit.ids[::-1],
        classes=fit.classes[::-1],
        votes=1 - votes[::-1],
        weights=weights[::-1].astype(np.float32),
    )
    np.savez(ranked.evidence_file, **swapped._asdict())
    evidence = load_evidence(ranked)
    loaded = {
        item: (evidence.classes[vote], weight)
        for item, vote, weight in zip(
            evidence.ids.tolist(), evidence.votes.tolist(), evidence.weights, strict=True
        )
    }
    for item, vote, weight in zip(fit.ids.tolist(), votes.tolist(), weights, strict=True):
        assert loaded[item] == (fit.classes[vote], pytest.approx(weight))


def test_a_full_fit_is_started_after_a_hundred_verdicts(ranked):
    ana = Auditor(ranked.store)
    path = ranked.store.file_of(EVERYTHING.ids(ranked.store)[0])["path"]
    for _ in range(50):
        ana.judge(path, "none")
        ana.undo(path)
    before = ranked.store.latest_run()["id"]
    ranking = LiveRanking(ranked, every=100)
    work(ranking)
    deadline = time.monotonic() + 90
    while jobs.watch(ranked).is_active:
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    assert jobs.watch(ranked).state == "done"
    assert ranked.store.latest_run()["id"] == before + 1
    ranked.store.set_settings({VERDICTS_AT_FIT: 1})
    LiveRanking(ranked)._fit_if_due()
    assert not jobs.watch(ranked).is_active
