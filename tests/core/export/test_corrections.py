import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.export.corrections import columns, decisions, rows
from core.ingest.readers import read_source, source_of
from core.store import Store
from core.terms import RULES
from tests.core.export.exports import csv_of
from tests.core.making import Auditor, records, verdict_log, write_table


def parsed(store):
    return {
        row["path"]: row for row in csv.DictReader(io.StringIO(csv_of(store).decode(), newline=""))
    }


def test_added_columns_come_after_the_inputs(store):
    store.set_settings({"columns": ["note", "path", "label"]})
    assert columns(store) == [
        "note", "path", "label", "final_label", "verdict", "auditor", "time", "rule",
    ]  # fmt: skip


def test_added_column_that_the_input_has_is_prefixed(store):
    store.set_settings({"columns": ["path", "label", "verdict"]})
    assert columns(store) == [
        "path", "label", "verdict", "final_label", "audit_verdict", "auditor", "time", "rule",
    ]  # fmt: skip


def test_export_has_one_row_for_each_of_the_input_in_its_order(store):
    assert [row[0] for row in rows(store)] == [f"{n}.jpg" for n in range(6)]


def test_final_labels_follow_the_verdicts(store, ana):
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("1.jpg", "ambiguous", ["cat", "emu"])
    ana.judge("2.jpg", "bad image")
    ana.judge("3.jpg", "keep")
    final = {path: row["final_label"] for path, row in parsed(store).items()}
    assert final == {
        "0.jpg": "dog", "1.jpg": "cat|emu", "2.jpg": "", "3.jpg": "dog",
        "4.jpg": "emu", "5.jpg": "",
    }  # fmt: skip


def test_judged_row_says_who_decided_and_when(store, ana):
    ana.judge("0.jpg", "none")
    row = parsed(store)["0.jpg"]
    assert (row["verdict"], row["auditor"]) == ("none", "Ana")
    assert row["time"] == verdict_log(store)[0]["at"]


def test_unjudged_row_says_nothing(store):
    row = parsed(store)["0.jpg"]
    assert (row["verdict"], row["auditor"], row["time"], row["rule"]) == ("", "", "", "")


def test_rule_decides_and_is_told(store, ana, ben):
    cleo, dan = Auditor(store, "Cleo"), Auditor(store, "Dan")
    ana.judge("0.jpg", "relabel", ["dog"])
    ben.judge("0.jpg", "relabel", ["dog"], role="second")
    dan.judge("0.jpg", "none")
    cleo.judge("0.jpg", "relabel", ["emu"], role="adjudication")
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("1.jpg")
    told = {}
    for rule in RULES:
        store.set_final_rule(rule)
        row = parsed(store)["0.jpg"]
        told[rule] = (row["final_label"], row["auditor"], row["rule"])
        assert parsed(store)["1.jpg"]["rule"] == "only verdict"
        assert {r["path"]: r["rule"] for r in decisions(store)}["0.jpg"] == row["rule"]
    assert told == {
        "adjudicated": ("emu", "Cleo", "adjudicated"),
        "latest": ("dog", "Ana", "latest of 4"),
        "majority": ("dog", "Ana", "majority 2 of 3"),
    }


def test_undone_verdict_is_not_exported(store, ana):
    ana.judge("0.jpg", "none")
    ana.undo("0.jpg")
    assert parsed(store)["0.jpg"]["final_label"] == "cat"


def test_quarantined_item_is_exported(store):
    store.record_files([], {item_id("0.jpg"): "the file is empty"})
    assert "0.jpg" in parsed(store)


def test_item_that_vanished_is_not_exported(store):
    store.replace_listing(records({"1.jpg": "cat"}))
    assert list(parsed(store)) == ["1.jpg"]


def test_file_is_written_as_utf8_with_line_feeds(store):
    store.replace_listing(records({"猫.jpg": "Übergröße"}))
    data = csv_of(store)
    assert b"\r" not in data
    assert "猫.jpg,Übergröße,Übergröße" in data.decode("utf-8")


def test_decisions_are_the_judged_items_the_latest_first(store, ana):
    ana.judge("0.jpg", "keep")
    ana.judge("2.jpg", "relabel", ["emu"])
    latest, first = sorted(decisions(store), key=lambda row: row["path"], reverse=True)
    assert (latest["given"], latest["final"], latest["changed"]) == ("dog", "emu", True)
    assert (first["given"], first["final"], first["changed"]) == ("cat", "cat", False)
    times = [row["at"] for row in decisions(store)]
    assert times == sorted(times, reverse=True)


values = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_exported_table_read_again_has_the_inputs_values_exactly(notes):
    with TemporaryDirectory() as name:
        folder = Path(name)
        table = [[a, f"{n}.jpg", "cat", b] for n, (a, b) in enumerate(notes)]
        given = write_table(folder / "in.csv", ["a", "path", "label", "b"], *table)
        listing = read_source(source_of(folder, given))
        store = Store(folder / "audit.db")
        store.set_settings({"columns": listing.columns})
        store.replace_listing(
            {"id": item_id(r.path), "path": r.path, "label": r.label, "fields": r.fields,
             "position": n}
            for n, r in enumerate(listing.records)
        )  # fmt: skip
        (folder / "out.csv").write_bytes(csv_of(store))
        again = read_source(source_of(folder, folder / "out.csv"))
        store.close()
    assert [list(record.fields.values())[:4] for record in again.records] == table
