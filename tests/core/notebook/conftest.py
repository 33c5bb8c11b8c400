"""Audits in a notebook: a computed one, and one that was never computed."""

import pytest

from core.audit import Audit as FolderAudit
from core.ingest.readers import source_of
from core.notebook import Audit
from tests.core.making import Auditor, records


@pytest.fixture
def audit(ranked):
    """The computed audit of eighteen photographs."""
    audit = Audit(ranked.folder)
    yield audit
    audit.store.close()


@pytest.fixture
def unranked(tmp_path):
    """An audit whose items are listed and nothing else."""
    (tmp_path / "images" / "cat").mkdir(parents=True)
    (tmp_path / "images" / "cat" / "a.jpg").write_bytes(b"")
    made = FolderAudit.create(tmp_path / "unranked", source_of(tmp_path / "images"))
    made.store.replace_listing(records({"cat/a.jpg": "cat"}))
    made.store.close()
    audit = Audit(tmp_path / "unranked")
    yield audit
    audit.store.close()


@pytest.fixture
def ana(audit):
    return Auditor(audit.store, "Ana")
