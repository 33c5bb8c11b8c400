"""The report says what the pages say: Overview, Agreement, Export."""

from collections import Counter

import pytest

from core.audit import item_id
from core.charts.agreement_charts import pairs_frame
from core.charts.overview_charts import progress_frame
from core.export import corrections
from core.export.report.section import Subject
from core.export.report.sections import (
    auditors_agree,
    confused_pairs,
    discovery,
    other_findings,
    result,
    unreviewed,
    worst_classes,
)
from core.review.agreement.measures import report
from core.review.queues.queue import Queue
from tests.core.export.report.making import audit_of_rows, judge

NAMES = ("cat", "dog", "emu")


@pytest.fixture
def reviewed(tmp_path):
    """Sixty items, twelve of them reviewed by Ana and six by Ben as well, who differs on two."""
    audit, paths = audit_of_rows(tmp_path, NAMES)
    verdicts = {path: ("relabel", ["emu"]) for path in paths[48:54]}
    verdicts |= dict.fromkeys(paths[54:57], "keep") | {paths[57]: "none", paths[58]: "unsure"}
    verdicts[paths[59]] = ("ambiguous", ["cat", "emu"])
    judge(audit, paths, verdicts)
    judge(audit, paths, dict.fromkeys(paths[52:58], "keep"), "Ben", "second")
    return Subject(audit)


def test_result_is_what_overview_and_export_say(reviewed):
    store, found = reviewed.store, result.facts(reviewed)
    judged = store.judged_ids()
    to_do = [one for one in Queue().ids(store) if one not in judged]
    decided = corrections.decisions(store)
    assert found.counts == store.counts()
    assert found.to_do == len(to_do)
    assert found.changed == sum(row["changed"] for row in decided)
    overview = progress_frame(store.verdict_counts(), len(to_do))
    assert found.progress == overview.to_dict("records")
    values = [figure.value for figure in result.figures(found)]
    assert values == ["60", str(store.counts()["suspects"]), "12", str(found.errors)]


def test_classes_and_pairs_are_those_of_overview_and_export(reviewed):
    store = reviewed.store
    worst, pairs = worst_classes.facts(reviewed), confused_pairs.facts(reviewed)
    summary = {row["given"]: row for row in store.class_summary()}
    for row in worst.rows:
        assert summary[row["given"]].items() <= row.items()
    errors = [row["errors"] for row in worst.rows]
    assert errors == sorted(errors, reverse=True)
    assert sum(errors) == result.facts(reviewed).errors
    assert sum(row["to_do"] for row in worst.rows) == reviewed.to_do
    assert sum(row["to_do"] for row in pairs.rows) == reviewed.to_do

    relabeled = Counter(
        (row["given"], row["final"])
        for row in corrections.decisions(store)
        if row["verdict"] == "relabel" and row["changed"]
    )
    assert {(r["given"], r["other"]): r["corrected"] for r in pairs.rows if r["corrected"]} == (
        relabeled
    )
    overview = {(row["given"], row["suggested"]): row["count"] for row in store.confusions()}
    suspects = {(r["given"], r["other"]): r["suspects"] for r in pairs.rows if r["suspects"]}
    assert suspects.items() <= overview.items()


def test_pair_that_is_corrected_again_and_again_comes_first(reviewed):
    rows = confused_pairs.facts(reviewed).rows
    assert rows[0]["corrected"] == max(row["corrected"] for row in rows) > 1
    items = confused_pairs.facts(reviewed).pictures[0]
    assert [one["verdict"] for one in items][: rows[0]["corrected"]].count("relabel") == (
        rows[0]["corrected"]
    )


def test_agreement_is_that_of_its_page(reviewed):
    store, found = reviewed.store, auditors_agree.facts(reviewed)
    measured = report(store.second_log())
    assert found.whole == measured.whole
    assert found.whole.items > 0
    assert found.pairs == pairs_frame(measured).to_dict("records")
    assert found.disputes == (len(store.disputed_ids()), 0)
    assert found.disputes.images > 0


def test_adjudication_resolves_a_disagreement(reviewed):
    store = reviewed.store
    path = store.items(store.disputed_ids()[:1])[store.disputed_ids()[0]]["path"]
    judge(reviewed.audit, [], {path: "keep"}, "Cleo", "adjudication")
    disputes, all_of_them = Subject(reviewed.audit).disputes, len(store.disputed_ids())
    assert (disputes.unresolved, disputes.resolved) == (all_of_them - 1, 1)
    assert unreviewed.facts(Subject(reviewed.audit)).unresolved == disputes.unresolved


def test_curve_ends_where_the_result_does(reviewed):
    found, whole = discovery.facts(reviewed), result.facts(reviewed)
    assert found.total == (whole.counts["reviewed"], whole.errors)
    assert (found.latest, found.errors_of_latest) == (12, whole.errors)


def test_curve_of_many_reviews_says_how_the_last_fifty_went(tmp_path):
    audit, paths = audit_of_rows(tmp_path, NAMES)
    for number, path in enumerate(paths):
        judge(audit, paths, {path: "none" if number < 20 else "keep"})
    found = discovery.facts(Subject(audit))
    assert (found.total, found.latest, found.errors_of_latest) == ((60, 20), 50, 10)


def test_what_was_not_reviewed_adds_up(reviewed):
    found = unreviewed.facts(reviewed)
    assert sum(row["images"] for row in found.bands) == reviewed.counts["ranked"]
    assert sum(row["reviewed"] for row in found.bands) == reviewed.counts["reviewed"]
    assert found.unsure == reviewed.store.verdict_counts().get("unsure", 0)
    assert found.untouched == []


def test_findings_are_those_of_overview(demo):
    store, found = demo.store, other_findings.facts(Subject(demo))
    counts = store.finding_counts()
    assert {one.kind: (one.count, one.reviewed) for one in found.found} == {
        kind: (row["count"], row["reviewed"]) for kind, row in counts.items()
    }
    for one in found.found:
        ids = [item["id"] for item in one.pictures]
        assert ids == store.finding_ids(one.kind)[: len(ids)]
        assert 0 < len(ids) <= other_findings.MOST_PICTURES
        if one.kind != "outliers":  # groups are shown whole
            groups = Counter(row["group_id"] for row in store.findings(one.kind))
            shown = Counter(row["group_id"] for row in store.findings(one.kind, limit=len(ids)))
            most = other_findings.MOST_PICTURES
            assert all(size == min(groups[group], most) for group, size in shown.items())


def test_nothing_is_said_before_anything_is_reviewed(tmp_path):
    audit, _ = audit_of_rows(tmp_path, NAMES)
    subject = Subject(audit)
    assert discovery.facts(subject) is None
    assert auditors_agree.facts(subject) is None
    assert result.facts(subject).errors == 0


def test_moment_is_one_item_after_the_other(reviewed):
    assert reviewed.items([item_id("059.jpg"), "gone", item_id("000.jpg")]) == [
        reviewed.store.items([item_id(path)])[item_id(path)] for path in ("059.jpg", "000.jpg")
    ]


def test_pairs_and_classes_in_which_nothing_is_wrong_or_left_are_not_shown(tmp_path):
    audit, paths = audit_of_rows(tmp_path, NAMES)
    judge(audit, paths, dict.fromkeys(paths, "keep"))
    subject = Subject(audit)
    assert worst_classes.facts(subject) is None
    assert confused_pairs.facts(subject) is None
    assert result.facts(subject).to_do == 0
