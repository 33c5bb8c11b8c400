"""An export is proved: written again from its original and its decisions, byte for byte."""

import json

import pytest

from core.audit import Audit, AuditError
from core.export.choices import ExportChoices
from core.export.exporting import export
from core.export.file_hashes import hash_of
from core.export.replaying import replay
from core.export.writers import WRITERS, writer_of
from core.ingest.readers import source_of
from core.pipeline import list_items
from tests.core.export.faulty_sets import DATA_SETS
from tests.core.export.round_trips import Round
from tests.core.making import Auditor, file_found, write_table


@pytest.fixture
def audit(tmp_path):
    """Six items with files; five are decided, one by three people, and a class is renamed."""
    images = tmp_path / "images"
    images.mkdir()
    labels = ["cat", "dog", "cat", "emu", "dog", ""]
    for number in range(len(labels)):
        (images / f"{number}.jpg").write_bytes(b"picture %d" % number)
    rows = [[f"{n}.jpg", label, f"note {n}"] for n, label in enumerate(labels)]
    table = write_table(tmp_path / "labels.csv", ["path", "label", "note"], *rows)
    audit = Audit.create(tmp_path / "audit", source_of(images, table))
    list_items(audit)
    audit.store.record_files(
        [file_found(f"{n}.jpg", hash_of(images / f"{n}.jpg")) for n in range(len(labels))], {}
    )
    ids = {name: one for one, name in audit.store.class_names().items()}
    audit.store.add_class_change("rename", ids["emu"], auditor="Ana", text="rhea")
    ana = Auditor(audit.store)
    ana.judge("0.jpg", "relabel", ["dog"])
    Auditor(audit.store, "Ben").judge("0.jpg", "relabel", ["dog"], role="second")
    Auditor(audit.store, "Cleo").judge("0.jpg", "none", role="adjudication")
    ana.judge("1.jpg", "ambiguous", ["cat", "dog"])
    ana.judge("2.jpg", "keep")
    ana.judge("5.jpg", "relabel", ["rhea"])
    yield audit
    audit.store.close()


REPLAYED = ["own-table", "csv", "tsv", "jsonl", "parquet", "soft-labels"]


@pytest.mark.parametrize("name", REPLAYED)
def test_every_format_is_written_again_byte_for_byte(audit, tmp_path, name):
    for number, choices in enumerate((
        WRITERS[name].choices,
        ExportChoices({"ambiguous": "class:both", "none": "leave-out", "unreviewed": "empty"},
                      input_names=True),
    )):  # fmt: skip
        out = tmp_path / f"out {number}"
        export(audit, WRITERS[name], out, choices)
        found = replay(out, tmp_path / "images", audit=audit)
        assert (found.differences, found.remarks, found.files) == ([], [], 1)
        assert found.told == "Byte for byte the same: 1 file from 4 decisions."


@pytest.mark.parametrize("name", ["class_folders", "coco", "cvat", "metadata", "packed_parquet",
                                  "tasks", "voc", "yolo", "zip_of_folders",
                                  "zip_of_table"])  # fmt: skip
def test_every_input_is_written_again_byte_for_byte(tmp_path, name):
    (tmp_path / "in").mkdir()
    made = DATA_SETS[name](tmp_path / "in")
    begun = Round.begin(made, tmp_path / "audit", seed=3)
    begun.decide()
    writer = writer_of(begun.audit, "own")
    out = tmp_path / f"out{writer.suffix_of(begun.audit)}"
    export(begun.audit, writer, out)
    begun.audit.store.close()
    differences = replay(out, made.path, made.labels).differences
    # Its images were never read: the audit knows them by hashes that are made up.
    assert [one for one in differences if "that were decided" not in one] == []


def test_script_is_replayed_from_a_source_that_was_moved(audit, tmp_path):
    out = tmp_path / "out.sh"
    export(audit, WRITERS["folders-script"], out)
    (tmp_path / "images").rename(tmp_path / "moved")
    assert replay(out, tmp_path / "moved", tmp_path / "labels.csv").differences == []


def test_next_round_is_replayed(audit, tmp_path):
    export(audit, WRITERS["csv"], tmp_path / "round.csv")
    second = Audit.create(
        tmp_path / "second", source_of(tmp_path / "images", tmp_path / "round.csv")
    )
    list_items(second)
    Auditor(second.store).judge("4.jpg", "relabel", ["cat"])
    export(second, WRITERS["csv"], tmp_path / "round 2.csv")
    second.store.close()
    assert replay(tmp_path / "round 2.csv", tmp_path / "images").differences == []


def test_what_differs_is_named(command, audit, tmp_path):
    out, table = tmp_path / "out.csv", tmp_path / "labels.csv"
    export(audit, writer_of(audit, "own"), out)

    def found():
        outcome = command("replay", out, "--source", table)
        return outcome.status, outcome.out.splitlines()

    assert found() == (0, [])
    (tmp_path / "images" / "2.jpg").write_bytes(b"another")
    assert found() == (1, ["1 image that was decided has changed, such as 2.jpg."])
    (tmp_path / "images" / "2.jpg").unlink()
    assert found() == (1, ["1 image that was decided cannot be read, such as 2.jpg."])
    (tmp_path / "images" / "2.jpg").write_bytes(b"picture 2")
    before = table.read_bytes()
    table.write_bytes(before.replace(b"note 4", b"NOTE 4"))
    assert found() == (
        1, ["out.csv: line 6 is '4.jpg,dog,note 4' in the export, and '4.jpg,dog,NOTE 4' when"
            " written again."],
    )  # fmt: skip
    table.write_bytes(before.replace(b"2.jpg,cat", b"2.jpg,emu"))
    assert found()[1][0] == "1 row of the source was edited: 2.jpg is labeled 'emu', not 'cat'."
    table.write_bytes(before)
    out.write_bytes(out.read_bytes().replace(b"3.jpg", b"x.jpg"))
    assert found()[1] == [
        "out.csv was changed since it was exported.",
        "out.csv: line 5 is 'x.jpg,rhea,note 3' in the export, and '3.jpg,rhea,note 3' when"
        " written again.",
    ]


def test_what_has_changed_in_the_audit_is_remarked(command, audit, tmp_path):
    export(audit, writer_of(audit, "own"), tmp_path / "out.csv")
    audit.store.set_final_rule("latest")
    Auditor(audit.store, "Dan").judge("3.jpg", "none")
    outcome = command("replay", tmp_path / "out.csv", "--source", tmp_path / "images",
                      "--audit", audit.folder)  # fmt: skip
    assert outcome.status == 0
    assert outcome.err.splitlines() == [
        "The audit decides by the rule 'latest' now; this export by 'adjudicated'.",
        "1 decision of the audit is another by now.",
        "Byte for byte the same: 1 file from 4 decisions.",
    ]


def test_what_holds_the_evidence_is_not_replayed(audit, tmp_path):
    audit.store.set_fingerprint("evidence", "x")
    export(audit, WRITERS["issues"], tmp_path / "issues.csv")
    with pytest.raises(AuditError, match="it holds the evidence, not in the log"):
        replay(tmp_path / "issues.csv", tmp_path / "images")
    with pytest.raises(AuditError, match="There is no manifest"):
        replay(tmp_path / "labels.csv", tmp_path / "images")


def test_manifest_says_what_was_exported(audit, tmp_path):
    export(audit, WRITERS["csv"], tmp_path / "out.csv", who="Lea")
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["who"], manifest["rule"], manifest["estimate"]) == ("Lea", "adjudicated", None)
    assert manifest["counts"] == {
        "items": 6, "changed": 4, "unlabeled": 1, "several": 1, "left_out": 0,
        "by_verdict": {"none": 1, "ambiguous": 1, "keep": 1, "relabel": 1, "unreviewed": 2},
    }  # fmt: skip
    changes = (tmp_path / "out.csv.changes.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[1] for line in changes] == ["path", "0.jpg", "1.jpg", "3.jpg", "5.jpg"]
    assert changes[1].endswith(",cat,,none,Cleo|Ana|Ben," + changes[1].split(",")[7]
                               + ",adjudicated,looked at by hand,[]")  # fmt: skip
    assert changes[3].endswith(',emu,rhea,,,,,the class was renamed or merged,"[""rhea""]"')
