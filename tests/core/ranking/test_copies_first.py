"""Exact copies with different labels come first in the queue of a computed audit."""

import pytest

from core import pipeline
from core.audit import item_id
from core.ranking.live import LiveRanking
from core.review.queues.queue import Queue
from tests.core.making import Auditor, add_image

EMU, COPY = "13.jpg", "copy of 13.jpg"


@pytest.fixture
def copied_audit(computed, map_without_umap):
    """The audit of eighteen photographs, and one of them once more, under another label."""
    store = computed.store
    given = store.items([item_id(EMU)])[item_id(EMU)]["given"]
    add_image(computed, COPY, (computed.source.path / EMU).read_bytes())
    if given == "emu":
        table = computed.source.labels
        table.write_text(table.read_text().replace(f",{COPY},emu,", f",{COPY},lotus,"))
    pipeline.run(computed)
    return computed


def first(audit, count=2):
    return set(Queue().left(audit.store)[:count])


PAIR = {item_id(EMU), item_id(COPY)}


def test_the_pair_is_first_in_the_queue_of_suspects_whatever_the_evidence_says(copied_audit):
    assert first(copied_audit) == PAIR
    suspects = {row["id"] for row in copied_audit.store.suspects()}
    assert not suspects >= PAIR  # one of the two agrees with its label
    assert {row["id"] for row in copied_audit.store.ranking(2)} == PAIR


def test_re_ranking_keeps_the_pair_first_until_it_is_settled(copied_audit):
    ana = Auditor(copied_audit.store)
    ranking = LiveRanking(copied_audit, every=1)

    def rerank():
        ranking.notice()
        ranking.wait()
        assert ranking.trouble is None

    others = [one for one in Queue(everything=True).ids(copied_audit.store) if one not in PAIR]
    ana.judge(copied_audit.store.file_of(others[0])["path"], "none")
    rerank()
    assert first(copied_audit) == PAIR
    labels = {row["id"]: row["given"] for row in copied_audit.store.ranking()}
    ana.judge(EMU, "keep")
    rerank()
    assert first(copied_audit, 1) == {item_id(COPY)}
    ana.undo(EMU)
    ana.judge(EMU, "relabel", [labels[item_id(COPY)]])
    rerank()
    priorities = copied_audit.store.priorities()
    assert priorities[item_id(COPY)] <= 1


def test_a_later_fit_keeps_what_a_verdict_has_raised(copied_audit):
    Auditor(copied_audit.store).judge(EMU, "keep")
    copied_audit.store.set_fingerprint("evidence", "of an earlier version")
    pipeline.run(copied_audit)
    assert first(copied_audit, 1) == {item_id(COPY)}
