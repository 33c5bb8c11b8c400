"""Uploads wait beside the audits, until one takes them or nobody wants them any more."""

import io
import os
import tempfile
from pathlib import Path

import pytest

from core import lifecycle
from core.audit import AuditError
from core.ingest.readers import SourceError, source_of
from core.ingest.waiting_data import SECONDS_TO_WAIT
from core.uploads import receive
from tests.core.ingest.packing import pictures
from tests.core.ingest.packing import zipped as write_zip

FILES = pictures("pets/cat/1.jpg", "pets/dog/2.jpg")


def zipped(files):
    """The bytes of a zip, as a browser sends them."""
    with tempfile.TemporaryDirectory() as folder:
        return io.BytesIO(write_zip(Path(folder) / "a.zip", files).read_bytes())


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_upload_moves_into_its_audit_and_is_deleted_with_it(tmp_path):
    upload = receive(tmp_path, "pets.zip", zipped(FILES))
    folder = upload.folder
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
    audit = lifecycle.create(tmp_path, "pets", source_of(upload.folder))
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
