"""An export never overwrites what the audit reads, nor the audit itself."""

import pytest

from core.audit import AuditError
from core.export.destination import check_destination
from core.notebook import Audit


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("labels.csv", "the table that the labels come from"),
        ("link.csv", "the table that the labels come from"),
        ("source/00.jpg", "a file of the data set"),
        ("source/readme.txt", "a file of the data set"),
        ("audit/audit.db", "a file of the audit itself"),
        ("store/ab12", "a file of the data set"),
    ],
)
def test_file_that_the_audit_reads_is_not_overwritten(command, computed, place, words):
    home = computed.folder.parent
    (home / "link.csv").symlink_to("labels.csv")
    (home / "source" / "readme.txt").write_text("read me")
    (home / "store").mkdir()
    (home / "store" / "ab12").write_bytes(b"x")
    computed.move_source(computed.source.with_roots([home / "store"]))
    before = (home / place).read_bytes()
    outcome = command("export", computed.folder, "--to", home / place, "--rule", "majority")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert words in outcome.err
    assert (home / place).read_bytes() == before
    assert computed.store.final_rule() != "majority"
    with pytest.raises(AuditError, match=words):
        Audit.open(computed.folder).export(home / place)


def test_ready_made_embeddings_are_not_overwritten(computed, tmp_path):
    file = tmp_path / "vectors.npz"
    file.write_bytes(b"x")
    computed.store.set_settings({"embedding": {"embeddings": str(file)}})
    with pytest.raises(AuditError, match="an input of this audit"):
        check_destination(computed, file)


def test_older_export_and_new_files_may_lie_anywhere(command, computed):
    home = computed.folder.parent
    (home / "audit" / "exports").mkdir()
    for place in ("source/corrected.csv", "audit/exports/corrected.csv", "corrected.csv"):
        for _ in range(2):
            assert command("export", computed.folder, "--to", home / place).status == 0
    assert "note,path,label" in (home / "source" / "corrected.csv").read_text()


def test_report_never_replaces_an_export(command, computed, tmp_path):
    assert command("export", computed.folder, "--to", tmp_path / "out.csv").status == 0
    with pytest.raises(AuditError, match="is another kind of file"):
        check_destination(computed, tmp_path / "out.csv", marks=["Second Look report"])
