"""Uploads wait beside the audits, until one takes them or nobody wants them any more."""

import os

import pytest

from core import lifecycle
from core.audit import AuditError
from core.ingest.readers import SourceError, source_of
from core.uploads import SECONDS_TO_WAIT, receive
from tests.core.ingest.test_unpacking import FILES, everything, zipped


def test_upload_moves_into_its_audit_and_is_deleted_with_it(tmp_path):
    upload = receive(tmp_path, "pets.zip", zipped(FILES))
    folder = upload.unpacked.folder
    audit = lifecycle.create(tmp_path, "pets", source_of(folder))
    upload.give_to(audit)
    now = upload.path_in(audit, folder)
    assert now == audit.folder / "uploaded" / "pets"
    assert everything(audit.folder / "uploaded") == FILES
    audit.move_source(source_of(now))
    assert lifecycle.delete(audit, "pets") == []
    assert not audit.folder.exists()


def test_upload_that_is_gone_is_said(tmp_path):
    upload = receive(tmp_path, "pets.zip", zipped(FILES))
    audit = lifecycle.create(tmp_path, "pets", source_of(upload.unpacked.folder))
    upload.discard()
    with pytest.raises(AuditError, match="cannot be used"):
        upload.give_to(audit)
    audit.store.close()


def test_uploads_that_nothing_came_of_are_deleted_after_a_day(tmp_path):
    old = receive(tmp_path, "old.zip", zipped(FILES))
    fresh = receive(tmp_path, "fresh.zip", zipped(FILES))
    before = old.place.stat().st_mtime - SECONDS_TO_WAIT - 60
    os.utime(old.place, (before, before))
    receive(tmp_path, "new.zip", zipped(FILES))
    assert not old.place.exists()
    assert fresh.place.exists()


def test_refused_upload_leaves_nothing(tmp_path):
    with pytest.raises(SourceError):
        receive(tmp_path, "bad.zip", zipped({"../out.jpg": b"x"}))
    assert list((tmp_path / ".uploads").iterdir()) == []
