"""Frames of verdicts and corrected labels."""

import pandas as pd
import pytest

from core.export.writers import WRITERS
from core.notebook import AuditError
from tests.core.making import Auditor


def test_an_undo_is_a_row_of_the_log_and_its_verdict_decides_no_more(audit, ana):
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.undo("12.jpg")
    log = audit.log()
    assert list(log["verdict"]) == ["relabel", "undo"]
    first, undo = log.index
    assert log["undoes"].tolist() == [pd.NA, first]
    assert log["redoes"].isna().all()
    assert (log.loc[undo, "path"], log.loc[undo, "labels"]) == ("12.jpg", "")
    assert audit.verdicts().empty


def test_a_redo_is_a_row_of_the_log_that_names_the_undo(audit, ana):
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.undo("12.jpg")
    ana.seq += 1
    audit.store.add_redo(
        session=ana.session, seq=ana.seq, item_id=audit.items().query("path == '12.jpg'").index[0],
        auditor="Ana",
    )  # fmt: skip
    log = audit.log()
    assert log["redoes"].notna().tolist() == [False, False, True]
    assert list(audit.verdicts()["final"]) == ["emu"]


def test_the_log_has_every_auditor_and_verdicts_the_deciding_one(audit, ana):
    ana.judge("12.jpg", "relabel", ["emu"])
    Auditor(audit.store, "Ben").judge("12.jpg", "keep", role="second")
    assert list(audit.log()["auditor"]) == ["Ana", "Ben"]
    assert len(audit.verdicts()) == 1


def test_several_labels_that_fit_are_joined(audit, ana):
    ana.judge("12.jpg", "ambiguous", ["emu", "lotus"])
    assert list(audit.log()["labels"]) == ["emu|lotus"]


def test_without_verdicts_frames_are_empty_and_have_their_columns(audit):
    assert audit.log().empty
    assert audit.log().dtypes[["undoes", "redoes"]].tolist() == [pd.Int64Dtype()] * 2
    assert audit.verdicts().empty
    assert isinstance(audit.verdicts()["judged"].dtype, pd.DatetimeTZDtype)


def test_an_unknown_format_is_an_error_that_lists_those_there_are_and_writes_nothing(
    audit, tmp_path
):
    with pytest.raises(AuditError, match="no format 'xml'") as error:
        audit.export(tmp_path / "labels.xml", "xml")
    assert all(name in str(error.value) for name in WRITERS)
    assert not (tmp_path / "labels.xml").exists()


def test_the_file_that_is_exported_is_the_corrected_frame(audit, ana, tmp_path):
    ana.judge("12.jpg", "relabel", ["emu"])
    assert audit.export(tmp_path / "corrected.csv") == 18
    written = pd.read_csv(tmp_path / "corrected.csv", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(written, audit.corrected())
    assert written.set_index("path").loc["12.jpg", "final_label"] == "emu"
