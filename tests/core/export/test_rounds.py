"""The export of one round is the input of the next, and nothing is lost on the way."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import Audit
from core.export import corrections
from core.ingest.own_export import final_labels, own_groups
from core.ingest.readers import SourceError, read_source, source_of
from core.pipeline import list_items
from core.terms import FINAL_COLUMNS, FINAL_LABELS
from tests.core.export.exports import csv_of
from tests.core.making import Auditor, read_table, write_table


@pytest.fixture
def begin(listed, tmp_path):
    """Begin a round: an audit of a table."""
    (tmp_path / "images").mkdir()
    return lambda table, label_column=None: listed(
        source_of(tmp_path / "images", table, label_column)
    )


@pytest.fixture
def table(tmp_path):
    labels = ["cat", "cat", "dog", "dog", "emu", ""]
    rows = [[f"{n}.jpg", label, f"note {n}"] for n, label in enumerate(labels)]
    return write_table(tmp_path / "labels.csv", ["path", "label", "note"], *rows)


def exported(audit, to):
    to.write_bytes(csv_of(audit.store))
    return {row["path"]: row for row in read_table(to)}


def given_labels(audit):
    return {row["path"]: row["given"] for row in audit.store.input_rows()}


# -- several labels and class names with their separator -----------------------------------------


def test_class_with_the_separator_and_an_ambiguous_answer_are_told_apart(begin, tmp_path):
    rows = [["0.jpg", "a|b"], ["1.jpg", "a"], ["2.jpg", "b"], ["3.jpg", "c"]]
    audit = begin(write_table(tmp_path / "in.csv", ["path", "label"], *rows))
    Auditor(audit.store).judge("1.jpg", "ambiguous", ["a", "b"])
    Auditor(audit.store, "Ben").judge("3.jpg", "relabel", ["a|b"])
    rows = exported(audit, tmp_path / "out.csv")
    assert {path: row["final_label"] for path, row in rows.items()} == {
        "0.jpg": "a|b", "1.jpg": "a|b", "2.jpg": "b", "3.jpg": "a|b",
    }  # fmt: skip
    assert {path: row["final_labels"] for path, row in rows.items()} == {
        "0.jpg": '["a|b"]', "1.jpg": '["a", "b"]', "2.jpg": '["b"]', "3.jpg": '["a|b"]',
    }  # fmt: skip


def test_final_query_does_not_take_several_labels_for_a_class_that_reads_like_them(begin, tmp_path):
    rows = [["0.jpg", "a|b"], ["1.jpg", "a"], ["2.jpg", "b"]]
    store = begin(write_table(tmp_path / "in.csv", ["path", "label"], *rows)).store
    Auditor(store).judge("1.jpg", "ambiguous", ["a", "b"])

    def found(query):
        return sorted(row["path"] for row in store.match_rows(store.parse_query(query)))

    assert found('final:"a|b"') == ["0.jpg"]
    assert found("final:a") == ["1.jpg"]
    assert found("final:b") == ["1.jpg", "2.jpg"]


def test_several_labels_are_a_change_though_they_read_like_the_given_one(begin, tmp_path):
    rows = [["0.jpg", "a|b"], ["1.jpg", "a"], ["2.jpg", "b"]]
    store = begin(write_table(tmp_path / "in.csv", ["path", "label"], *rows)).store
    Auditor(store).judge("0.jpg", "ambiguous", ["a", "b"])
    Auditor(store, "Ben").judge("0.jpg")
    assert store.changes_by_rule() == {"adjudicated": 0, "latest": 0, "majority": 0}
    (row,) = corrections.decisions(store)
    assert (row["final"], row["labels"], row["changed"]) == ("a|b", ["a|b"], False)
    Auditor(store, "Cleo").judge("0.jpg", "ambiguous", ["a", "b"], role="adjudication")
    (row,) = corrections.decisions(store)
    assert (row["final"], row["labels"], row["changed"]) == ("a|b", ["a", "b"], True)
    assert store.changes_by_rule()["latest"] == 0
    assert store.changes_by_rule()["majority"] == 0


def test_export_without_the_separator_in_a_class_name_is_as_it_was(begin, table, tmp_path):
    audit = begin(table)
    Auditor(audit.store).judge("0.jpg", "ambiguous", ["cat", "dog"])
    exported(audit, tmp_path / "out.csv")
    first, second = (tmp_path / "out.csv").read_text().splitlines()[:2]
    assert first == "path,label,note,final_label,verdict,auditor,time,rule"
    assert second.startswith("0.jpg,cat,note 0,cat|dog,ambiguous,Ana,")


letters = st.text(st.sampled_from("ab|\\\"',;\n\r\t[] é"), min_size=1, max_size=5)
names = st.lists(
    letters.filter(lambda name: name == name.strip()), min_size=3, max_size=6, unique=True
)


@given(names, st.data())
@settings(max_examples=25, deadline=None)
def test_labels_of_any_name_are_read_back_exactly(classes, data):
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "images").mkdir()
        rows = [[f"{n}.jpg", label] for n, label in enumerate(classes)]
        written = write_table(folder / "in.csv", ["path", "label"], *rows)
        audit = Audit.create(folder / "audit", source_of(folder / "images", written))
        list_items(audit)
        ana, expected = Auditor(audit.store), {}
        for path, label in rows:
            several = data.draw(st.sets(st.sampled_from(classes), max_size=3))
            expected[path] = several or {label}
            if len(several) > 1:
                ana.judge(path, "ambiguous", sorted(several))
            elif several and several != {label}:
                ana.judge(path, "relabel", list(several))
        assert {r["path"]: {*r["labels"]} for r in audit.store.input_rows()} == expected
        (folder / "out.csv").write_bytes(csv_of(audit.store))
        audit.store.close()
        with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
            header, *values = csv.reader(file)
        ours = [header[position] for position in own_groups(header)[-1]]
        table = [dict(zip(header, row, strict=True)) for row in values]
        assert {row["path"]: {*final_labels(row, ours)} for row in table} == expected
        if not any(len(several) == 1 for several in expected.values()):
            return  # nothing to audit
        again = read_source(source_of(folder / "images", folder / "out.csv"))
    single = {path: min(several) for path, several in expected.items() if len(several) == 1}
    assert {r.path: r.label for r in again.records if r.label is not None} == single


# -- rounds --------------------------------------------------------------------------------------


def test_next_round_takes_the_final_labels_and_says_so(begin, table, tmp_path):
    first = begin(table)
    Auditor(first.store).judge("0.jpg", "relabel", ["dog"])
    exported(first, tmp_path / "1.csv")
    second = begin(tmp_path / "1.csv")
    assert given_labels(second)["0.jpg"] == "dog"
    assert second.listing.columns == ["path", "label", "note"]
    (note,) = second.store.setting("source_notes")
    assert note.startswith(
        "This is an export of Second Look: labels are taken from final_label. 1 image"
    )


def test_five_rounds_keep_the_columns_and_every_answer(begin, table, tmp_path):
    verdicts = [
        ("0.jpg", "relabel", ["dog"], "dog"),
        ("1.jpg", "ambiguous", ["cat", "emu"], "cat|emu"),
        ("2.jpg", "none", [], ""),
        ("0.jpg", "relabel", ["cat"], "cat"),
        ("1.jpg", "relabel", ["emu"], "emu"),
    ]
    expected = {"0.jpg": "cat", "1.jpg": "cat", "2.jpg": "dog", "3.jpg": "dog", "4.jpg": "emu",
                "5.jpg": ""}  # fmt: skip
    for number, (path, verdict, labels, final) in enumerate(verdicts):
        audit = begin(table)
        given = given_labels(audit)
        assert {path: label or "" for path, label in given.items()} == {
            path: "" if "|" in label else label for path, label in expected.items()
        }
        auditor = f"Auditor {number}"
        Auditor(audit.store, auditor).judge(path, verdict, labels)
        table = tmp_path / f"round {number}.csv"
        rows = exported(audit, table)
        expected[path] = final
        assert list(rows["0.jpg"]) == ["path", "label", "note", *FINAL_COLUMNS]
        assert {path: row["final_label"] for path, row in rows.items()} == expected
        assert (rows[path]["verdict"], rows[path]["auditor"]) == (verdict, auditor)
        assert [row["label"] for row in rows.values()] == ["cat", "cat", "dog", "dog", "emu", ""]
        assert rows["3.jpg"]["verdict"] == ""
    assert (rows["2.jpg"]["verdict"], rows["2.jpg"]["auditor"]) == ("none", "Auditor 2")


def test_answer_of_an_earlier_round_survives_until_it_is_judged(begin, table, tmp_path):
    first = begin(table)
    Auditor(first.store).judge("0.jpg", "ambiguous", ["cat", "emu"])
    before = exported(first, tmp_path / "1.csv")["0.jpg"]
    second = begin(tmp_path / "1.csv")
    assert given_labels(second)["0.jpg"] is None
    assert exported(second, tmp_path / "2.csv")["0.jpg"] == before
    ben = Auditor(second.store, "Ben")
    ben.judge("0.jpg", "unsure")
    assert exported(second, tmp_path / "2.csv")["0.jpg"] == before
    ben.judge("0.jpg", "relabel", ["emu"])
    row = exported(second, tmp_path / "2.csv")["0.jpg"]
    assert (row["final_label"], row["verdict"], row["auditor"]) == ("emu", "relabel", "Ben")


def test_rounds_with_the_separator_in_a_class_name_keep_its_column(begin, tmp_path):
    rows = [["0.jpg", "a|b"], ["1.jpg", "a"], ["2.jpg", "b"]]
    table = write_table(tmp_path / "in.csv", ["path", "label"], *rows)
    for number, (path, labels) in enumerate([("0.jpg", ["a", "a|b"]), ("2.jpg", ["a"])]):
        audit = begin(table)
        Auditor(audit.store).judge(path, "ambiguous" if len(labels) > 1 else "relabel", labels)
        table = tmp_path / f"{number}.csv"
        rows = exported(audit, table)
    assert list(rows["0.jpg"]) == ["path", "label", *FINAL_COLUMNS, FINAL_LABELS]
    assert rows["0.jpg"]["final_labels"] == '["a", "a|b"]'
    assert (rows["2.jpg"]["final_label"], rows["2.jpg"]["final_labels"]) == ("a", '["a"]')


def test_column_of_the_input_that_is_called_like_ours_stays_through_rounds(begin, tmp_path):
    table = write_table(
        tmp_path / "in.csv", ["path", "label", "verdict"], ["0.jpg", "cat", "guilty"],
        ["1.jpg", "dog", "free"],
    )  # fmt: skip
    for number in range(3):
        audit = begin(table)
        Auditor(audit.store).judge("0.jpg", "keep")
        table = tmp_path / f"{number}.csv"
        row = exported(audit, table)["0.jpg"]
        assert list(row) == [
            "path", "label", "verdict", "final_label", "audit_verdict", "auditor", "time", "rule",
        ]  # fmt: skip
        assert (row["verdict"], row["audit_verdict"]) == ("guilty", "keep")


def test_export_that_an_earlier_version_doubled_is_read(begin, tmp_path):
    doubled = [*FINAL_COLUMNS, *(f"audit_{name}" for name in FINAL_COLUMNS)]
    header = ["path", "label", *doubled, *(f"audit_{name}" for name in FINAL_COLUMNS)]
    values = ["dog", "relabel", "Ana", "t", "only verdict"]
    table = write_table(
        tmp_path / "in.csv", header, ["0.jpg", "cat", *values, *values, "emu", *values[1:]]
    )
    audit = begin(table)
    assert given_labels(audit) == {"0.jpg": "emu"}
    assert audit.listing.columns == ["path", "label"]


def test_column_behind_ours_is_one_of_the_input(begin, table, tmp_path):
    first = begin(table)
    Auditor(first.store).judge("0.jpg", "relabel", ["dog"])
    rows = exported(first, tmp_path / "1.csv").values()
    write_table(
        tmp_path / "1.csv",
        [*next(iter(rows)), "checked"], *([*row.values(), "yes"] for row in rows),
    )  # fmt: skip
    second = begin(tmp_path / "1.csv")
    assert given_labels(second)["0.jpg"] == "dog"
    assert corrections.columns(second.store) == ["path", "label", "note", "checked", *FINAL_COLUMNS]


def test_final_label_that_was_edited_by_hand_counts_as_it_reads(begin, tmp_path):
    header = ["path", "label", *FINAL_COLUMNS, FINAL_LABELS]
    table = write_table(
        tmp_path / "in.csv", header,
        ["0.jpg", "a", "dog", "ambiguous", "Ana", "t", "only verdict", '["a", "b"]'],
        ["1.jpg", "a", "a|b", "", "", "", "", "no list"],
    )  # fmt: skip
    assert given_labels(begin(table)) == {"0.jpg": "dog", "1.jpg": "a|b"}


# -- the column of the labels --------------------------------------------------------------------


def test_label_column_is_taken_and_remembered(begin, tmp_path):
    table = write_table(tmp_path / "in.csv", ["path", "kind"], ["0.jpg", "cat"], ["1.jpg", "dog"])
    audit = begin(table, "kind")
    assert given_labels(audit) == {"0.jpg": "cat", "1.jpg": "dog"}
    source = source_of(tmp_path / "images", table)
    again = Audit.create(audit.folder, source)
    assert again.source.label_column == "kind"
    again.store.close()
    assert list(exported(audit, tmp_path / "out.csv")["0.jpg"]) == ["path", "kind", *FINAL_COLUMNS]
    assert given_labels(begin(tmp_path / "out.csv")) == {"0.jpg": "cat", "1.jpg": "dog"}


def test_label_column_can_be_the_first_rounds(begin, table, tmp_path):
    first = begin(table)
    Auditor(first.store).judge("0.jpg", "relabel", ["dog"])
    exported(first, tmp_path / "1.csv")
    second = begin(tmp_path / "1.csv", "label")
    assert given_labels(second)["0.jpg"] == "cat"
    assert second.store.setting("source_notes") == []
    assert corrections.columns(second.store) == ["path", "label", "note", *FINAL_COLUMNS]


def test_final_label_alone_is_no_export_of_ours_but_is_pointed_out(begin, tmp_path):
    table = write_table(
        tmp_path / "in.csv", ["path", "label", "final_label"], ["0.jpg", "cat", "dog"],
        ["1.jpg", "emu", "cat"],
    )  # fmt: skip
    audit = begin(table)
    assert given_labels(audit) == {"0.jpg": "cat", "1.jpg": "emu"}
    (note,) = audit.store.setting("source_notes")
    assert "--label-column final_label" in note
    audit = begin(table, "final_label")
    assert given_labels(audit) == {"0.jpg": "dog", "1.jpg": "cat"}
    assert corrections.columns(audit.store)[3:] == [
        "audit_final_label", "verdict", "auditor", "time", "rule",
    ]  # fmt: skip


def test_label_column_that_is_not_there_is_named(tmp_path, table):
    with pytest.raises(SourceError, match="has no column 'kind'"):
        read_source(source_of(tmp_path, table, "kind"))
    with pytest.raises(SourceError, match="--labels"):
        source_of(tmp_path, None, "kind")
