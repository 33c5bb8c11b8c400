"""Our own tables in every format: the same rows, read again by their readers and by others."""

import csv
import io
import json

import pandas as pd
import pytest

from core.audit import Audit, AuditError, item_id
from core.export.choices import ExportChoices
from core.export.exporting import content, export
from core.export.writers import WRITERS, offered_writers, writer_of
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.making import Auditor, write_table

ROWS = [["0.jpg", "a|b", "=1+1"], ["1.jpg", "a", "-x"], ["2.jpg", "b", "\tq"], ["3.jpg", "", "é\n"]]


@pytest.fixture
def audit(tmp_path):
    """Four items with notes that a spreadsheet would compute; three are judged."""
    (tmp_path / "images").mkdir()
    table = write_table(tmp_path / "in.csv", ["path", "label", "note"], *ROWS)
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "images", table))
    list_items(audit)
    ana = Auditor(audit.store)
    ana.judge("0.jpg", "ambiguous", ["a", "b"])
    ana.judge("1.jpg", "relabel", ["a|b"])
    ana.judge("2.jpg", "none")
    yield audit
    audit.store.close()


TABLES = ("csv", "tsv", "jsonl", "parquet")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_the_input_of_the_next_round(audit, tmp_path, name):
    out = tmp_path / f"out{WRITERS[name].suffix}"
    assert export(audit, WRITERS[name], out) == (4, 3, 0)
    again = read_source(source_of(tmp_path / "images", out))
    assert again.columns == ["path", "label", "note"]
    assert [record.label for record in again.records] == [None, "a|b", None, None]
    assert [[*record.fields.values()][:3] for record in again.records] == ROWS
    written = [out]
    for number in range(4):
        audit = Audit.create(
            tmp_path / f"round {number}", source_of(tmp_path / "images", written[-1])
        )
        list_items(audit)
        assert not any(writer.own_of for writer in offered_writers(audit).values())
        written.append(tmp_path / f"out {number}{out.suffix}")
        export(audit, WRITERS[name], written[-1])
        audit.store.close()
    again = read_source(source_of(tmp_path / "images", written[-1]))
    assert [record.label for record in again.records] == [None, "a|b", None, None]
    # Nothing grows: of the second round on, each is what the one before was.
    assert {path.read_bytes() for path in written[1:]} == {written[1].read_bytes()}


def test_tables_hold_the_same(audit, tmp_path):
    for name in TABLES:
        export(audit, WRITERS[name], tmp_path / name)
    frames = [
        pd.read_csv(tmp_path / "csv", dtype=str, keep_default_na=False),
        pd.read_csv(tmp_path / "tsv", sep="\t", dtype=str, keep_default_na=False),
        pd.read_json(tmp_path / "jsonl", lines=True, dtype=False).fillna(""),
        pd.read_parquet(tmp_path / "parquet").fillna(""),
    ]
    for frame in frames[2:]:
        frame["final_labels"] = [
            json.dumps(list(one), ensure_ascii=False) for one in frame["final_labels"]
        ]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame.astype(object), frames[0].astype(object))


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_formulas_are_texts_where_that_was_chosen(audit, name):
    def notes(choices):
        text = content(audit, WRITERS[name], choices=choices).decode()
        delimiter = "," if name == "csv" else "\t"
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [row["note"] for row in rows]

    assert notes(ExportChoices()) == [row[2] for row in ROWS]
    safe = ExportChoices(is_spreadsheet_safe=True)
    assert notes(safe) == ["'=1+1", "'-x", "'\tq", "é\n"]
    with pytest.raises(AuditError, match="has no option for spreadsheets"):
        content(audit, WRITERS["jsonl"], choices=safe)


def test_soft_labels_are_shared_where_several_fit(audit, tmp_path):
    export(audit, WRITERS["soft-labels"], tmp_path / "soft.csv")
    frame = pd.read_csv(tmp_path / "soft.csv", index_col="path")
    assert [*frame.columns] == ["split", "a", "a|b", "b"]
    assert frame[["a", "a|b", "b"]].fillna(-1).to_numpy().tolist() == [
        [0.5, 0, 0.5], [0, 1, 0], [-1, -1, -1], [-1, -1, -1],
    ]  # fmt: skip


def test_weights_are_shares_of_the_auditors(audit):
    Auditor(audit.store, "Ben").judge("0.jpg", "relabel", ["a"], role="second")
    Auditor(audit.store, "Cleo").judge("0.jpg", "ambiguous", ["a", "b"], role="adjudication")
    first = content(audit, WRITERS["soft-labels"]).decode().splitlines()[1]
    assert first == "0.jpg,,0.75,0,0.25"


def test_issues_have_the_columns_of_cleanlab(audit, tmp_path):
    assert "issues" not in offered_writers(audit)
    with pytest.raises(AuditError, match="have not been ranked yet; choose one of own-table, csv"):
        writer_of(audit, "issues")
    ids = {name: one for one, name in audit.store.class_names().items()}
    audit.store.replace_scores(
        {"item_id": item_id(path), "suspicion": 0.9, "p_given": p_given, "p_suggested": 0.6,
         "suggested_id": ids["b"], "is_suspect": p_given < 0.6}
        for path, p_given in (("0.jpg", 0.1), ("1.jpg", 0.7))
    )  # fmt: skip
    audit.store.set_fingerprint("evidence", "x")
    export(audit, writer_of(audit, "issues"), tmp_path / "issues.csv")
    frame = pd.read_csv(tmp_path / "issues.csv", keep_default_na=False)
    assert frame["is_label_issue"].tolist() == [True, True, True, False]
    assert frame["label_quality"].tolist() == ["0.100000", "0.700000", "", ""]
    assert frame["predicted_label"].tolist() == ["b", "a", "b", ""]
    assert frame["final_label"].tolist() == ["a|b", "a|b", "", ""]
