"""The short form of ``python -m tests.benchmarks.store``."""

from tests.benchmarks.store import measured
from tests.core.making import verdict_log


def test_every_operation_is_timed_and_leaves_the_audit_valid(computed, tmp_path):
    with computed.store.transaction() as db:
        db.execute("update items set split = case when row % 2 then 'train' else 'test' end")
    counts = computed.store.counts()
    times = dict(measured(computed, tmp_path, times=1))
    assert all(len(each) >= 1 and min(each) > 0 for each in times.values())
    assert {"opening", "splits", "current_verdicts", "awaits_second", "replace_scores"} <= set(
        times
    )
    assert len(verdict_log(computed.store)) == len(times["add_action, one item"]) == 20
    assert computed.store.counts() == counts | {"reviewed": 18}
