"""The short form of ``python -m tests.benchmarks.report_making``."""

from tests.benchmarks.report_making import WHAT, judge, measured, rows_only


def test_report_is_measured_beside_what_it_is_compared_with(tmp_path):
    audit = rows_only(tmp_path, 400)
    judge(audit.store, 80)
    assert audit.store.outcome()["errors"] > 0
    assert audit.store.second_log()
    audit.store.close()
    for what in WHAT:
        seconds, megabytes, _, cpu = measured(what, audit.folder)
        assert min(seconds, megabytes, cpu) > 0
