"""Every coloring says of each point what the audit's tables say of its item."""

import numpy as np
import pytest

from core.audit import AuditError, item_id
from core.structure.colorings import COLORINGS, NO_CODE, NO_VALUE, coloring, colorings
from core.terms import VERDICTS, Verdict
from tests.core.making import Auditor
from tests.core.structure.colorings.conftest import LABELS, SUGGESTED


def test_what_is_offered(audit):
    keys = [key for key, _ in colorings(audit)]
    assert keys == [
        "given", "suggested", "final", "agreement", "suspicion", "verdict", "split",
        "column:path", "column:label", "column:year", "column:size", "column:camera", "column:note",
    ]  # fmt: skip


def test_every_coloring_is_aligned_to_the_points(audit, ids, predictions):
    for key, title in colorings(audit):
        found = coloring(audit, key, ids, "Ana")
        assert (found.key, found.title) == (key, title)
        array = found.codes if found.kind == "categories" else found.values
        assert len(array) == len(ids)
        assert array.dtype == (np.uint16 if found.kind == "categories" else np.uint8)
        assert len(found.names) == len(found.counts)
        counts = np.bincount(found.codes, minlength=NO_CODE + 1)
        assert counts[: len(found.names)].tolist() == found.counts
        assert counts[len(found.names) : NO_CODE].sum() == 0
        assert found.without


def test_given_labels(audit, ids, by_path):
    found = coloring(audit, "given", ids)
    assert by_path(found) == {-1: None, **dict(enumerate(LABELS))}
    assert (found.names, found.counts) == (["cat", "dog", "emu"], [5, 4, 1])
    assert found.without == "No given label"


def test_suggested_labels(audit, ids, by_path):
    suggested = {number: SUGGESTED.get(f"{number}.jpg") for number in range(12)}
    assert by_path(coloring(audit, "suggested", ids)) == {-1: None, **suggested}


def test_final_labels_follow_verdicts(audit, ids, by_path):
    ana = Auditor(audit.store)
    ana.judge("1.jpg", "relabel", ["dog"])
    ana.judge("2.jpg", "bad image")
    final = by_path(coloring(audit, "final", ids))
    assert (final[0], final[1], final[2], final[10]) == ("cat", "dog", None, None)


def test_verdicts_in_the_order_of_their_registry(audit, ids, by_path):
    ana = Auditor(audit.store)
    ana.judge("1.jpg", "relabel", ["dog"])
    ana.judge("2.jpg", "keep")
    ana.judge("0.jpg", "keep")
    found = coloring(audit, "verdict", ids)
    assert found.names == [VERDICTS[Verdict.KEEP].title, VERDICTS[Verdict.RELABEL].title]
    assert found.counts == [2, 1]
    assert (by_path(found)[1], by_path(found)[3], found.without) == (
        VERDICTS[Verdict.RELABEL].title, None, "Not reviewed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("auditor", "is_hidden"), [("Cleo", True), ("", True), (None, False), ("Ana", False)]
)
def test_verdicts_that_wait_for_a_blind_second_review_do_not_show(
    audit, ids, by_path, auditor, is_hidden
):
    audit.store.set_second_share(1.0)
    Auditor(audit.store, "Ana").judge("1.jpg", "relabel", ["dog"])
    verdict = by_path(coloring(audit, "verdict", ids, auditor))[1]
    final = by_path(coloring(audit, "final", ids, auditor))[1]
    assert (verdict is None) == is_hidden
    assert (final == "cat") == is_hidden


def test_agreement_with_the_evidence_alone(audit, ids, by_path):
    found = coloring(audit, "agreement", ids)
    assert found.names == ["Label and evidence agree", "Evidence disagrees"]
    assert found.counts == [7, 3]
    assert by_path(found)[1] == "Evidence disagrees"
    assert by_path(found)[10] is None


def test_agreement_with_a_model(audit, ids, by_path, predictions):
    shown = by_path(coloring(audit, "agreement", ids))
    agree, evidence, model, both = (
        "Label and evidence agree", "Evidence disagrees", "Your model disagrees", "Both disagree",
    )  # fmt: skip
    assert shown == {
        0: agree, 1: evidence, 2: both, 3: model, 4: agree, 5: agree, 6: evidence, 7: agree,
        8: model, 9: agree, 10: None, 11: None, -1: None,
    }  # fmt: skip


def test_suspicion_from_nothing_to_one(audit, ids, by_path):
    found = coloring(audit, "suspicion", ids)
    shown = by_path(found)
    assert (found.low, found.high, found.kind) == (0, 1, "numbers")
    assert (shown[0], shown[5], shown[9], shown[10], shown[-1]) == (0, 127, 229, NO_VALUE, NO_VALUE)


def test_findings(audit, ids, by_path):
    rows = [
        {"kind": "outliers", "position": n, "group_id": item_id("1.jpg"), "item_id": item_id(path),
         "score": 1.0, "exact": None, "match": None, "note": None}
        for n, path in enumerate(("1.jpg", "4.jpg"))
    ]  # fmt: skip
    audit.store.replace_findings(rows)
    assert ("finding:outliers", "Outliers") in colorings(audit)
    found = coloring(audit, "finding:outliers", ids)
    assert (found.names, found.counts) == (["Outliers"], [2])
    assert by_path(found)[4] == "Outliers"


def test_columns_are_numbers_where_all_of_one_are_and_differ(audit, ids, by_path):
    size = coloring(audit, "column:size", ids)
    assert size.kind == "categories"  # twelve different numbers are not many
    camera = coloring(audit, "column:camera", ids)
    assert (camera.names, camera.counts) == (["camera 0", "camera 1"], [6, 5])
    assert by_path(camera)[3] is None
    assert coloring(audit, "column:note", ids).names == ["x%"]


def test_many_numbers_of_a_column_are_continuous(audit, ids, by_path, monkeypatch):
    monkeypatch.setattr("core.store.map_rows.FEW_NUMBERS", 5)
    year = coloring(audit, "column:year", ids)
    assert (year.kind, year.low, year.high) == ("numbers", 1990, 2001)
    shown = by_path(year)
    assert (shown[0], shown[11], shown[-1]) == (0, NO_VALUE - 1, NO_VALUE)
    assert coloring(audit, "column:camera", ids).kind == "categories"


def test_values_that_are_too_many_are_one(audit, ids):
    found = audit.store.rows_by_value("meta.path", most=3)
    assert [value is None for value, _ in found] == [False] * 3 + [True]
    assert len(found[-1][1]) == 9
    assert sorted(np.concatenate([rows for _, rows in found]).tolist()) == list(range(12))


def test_splits_only_where_there_are_some(audit, ids, by_path):
    found = coloring(audit, "split", ids)
    assert (found.names, found.counts, found.without) == (["train"], [8], "In no split")
    assert by_path(found)[9] is None


@pytest.mark.parametrize(
    "key",
    ["", "spiral", "finding:spiral", "column:spiral", "cluster:../x", "cluster:pca", "column"],
)
def test_what_is_not_there_is_one_sentence(audit, ids, key):
    with pytest.raises((AuditError, ValueError)) as error:
        coloring(audit, key, ids)
    assert len(str(error.value)) < 300
    assert type(error.value).__name__ in ("AuditError", "QueryError")


def test_every_kind_says_what_it_is(audit):
    assert next(iter(COLORINGS)) == "given"
    assert all(kind.name == name for name, kind in COLORINGS.items())


def test_no_points(audit):
    for key, _ in colorings(audit):
        found = coloring(audit, key, np.empty(0, "U16"))
        assert found.counts == []
