"""Opening and computing an audit from a notebook."""

import pytest

from core.ingest.readers import SourceError
from core.notebook import Audit, AuditError


def test_a_folder_without_an_audit_is_an_error(tmp_path):
    with pytest.raises(AuditError, match="There is no audit in"):
        Audit.open(tmp_path)


def test_a_path_may_be_a_text_from_the_home_folder(ranked, monkeypatch):
    monkeypatch.setenv("HOME", str(ranked.folder.parent))
    audit = Audit.open(f"~/{ranked.folder.name}")
    assert audit.folder == ranked.folder
    audit.store.close()


def test_images_that_are_missing_are_an_error_and_make_no_audit(tmp_path):
    with pytest.raises(SourceError):
        Audit.compute(tmp_path / "nowhere", into=tmp_path / "audit")
    assert not (tmp_path / "audit").exists()


def test_an_unknown_detector_is_an_error(ranked):
    source = ranked.source
    with pytest.raises(SourceError, match="no detector 'oracle'"):
        Audit.compute(source.path, into=ranked.folder, labels=source.labels, detector="oracle")
