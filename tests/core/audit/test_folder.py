import pytest

from core.audit import Audit, AuditError
from core.ingest.readers import source_of


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


def created(folder, source, labels=None):
    audit = Audit.create(folder, source_of(source, labels))
    audit.store.close()
    return audit


def test_created_audit_is_opened_again(tmp_path, source):
    first = created(tmp_path / "audit", source)
    again = created(tmp_path / "audit", source)
    opened = Audit(tmp_path / "audit")
    assert first.id == again.id == opened.id
    assert (opened.source.path, opened.source.labels, opened.name) == (source, None, "audit")
    opened.store.close()


def test_audits_of_one_source_have_different_ids(tmp_path, source):
    assert created(tmp_path / "a", source).id != created(tmp_path / "b", source).id


def test_folder_of_an_audit_may_be_empty_or_lie_deep(tmp_path, source):
    (tmp_path / "empty").mkdir()
    created(tmp_path / "empty", source)
    created(tmp_path / "new" / "deep", source)
    assert (tmp_path / "new" / "deep" / "audit.db").is_file()


def test_source_is_kept_as_an_absolute_path(tmp_path, source, monkeypatch):
    monkeypatch.chdir(tmp_path)
    created(tmp_path / "audit", source.relative_to(tmp_path))
    audit = Audit(tmp_path / "audit")
    assert audit.source.path == source
    audit.store.close()


def test_moved_audit_is_the_same_audit(tmp_path, source):
    first_id = created(tmp_path / "audit", source).id
    (tmp_path / "audit").rename(tmp_path / "moved")
    moved = Audit(tmp_path / "moved")
    assert (moved.id, moved.name) == (first_id, "moved")
    moved.store.close()


def test_folder_without_an_audit_cannot_be_opened(tmp_path):
    with pytest.raises(AuditError, match="There is no audit in"):
        Audit(tmp_path)
    assert not list(tmp_path.iterdir())


def test_audit_of_another_source_is_refused(tmp_path, source):
    created(tmp_path / "audit", source)
    (tmp_path / "other").mkdir()
    with pytest.raises(AuditError, match="another source"):
        Audit.create(tmp_path / "audit", source_of(tmp_path / "other"))


def test_audit_with_another_table_is_refused(tmp_path, source):
    created(tmp_path / "audit", source)
    with pytest.raises(AuditError, match="another source"):
        Audit.create(tmp_path / "audit", source_of(source, tmp_path / "labels.csv"))


def test_folder_with_other_files_is_refused(tmp_path, source):
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "notes.txt").touch()
    with pytest.raises(AuditError, match="holds other files"):
        Audit.create(tmp_path / "audit", source_of(source))
    assert [path.name for path in (tmp_path / "audit").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("inside", [".", "audit", "a/b"])
def test_folder_inside_the_source_is_refused(source, inside):
    with pytest.raises(AuditError, match="outside the source"):
        Audit.create(source / inside, source_of(source))
    assert not list(source.iterdir())


def test_folder_inside_the_source_by_a_link_is_refused(tmp_path, source):
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(AuditError, match="outside the source"):
        Audit.create(tmp_path / "link" / "audit", source_of(source))


def test_file_in_place_of_a_folder_is_refused(tmp_path, source):
    (tmp_path / "audit").touch()
    with pytest.raises(AuditError, match="is a file"):
        Audit.create(tmp_path / "audit", source_of(source))


@pytest.mark.parametrize(
    "content", [b"this is no database at all", b"SQLite format 3\0" + b"x" * 99]
)
def test_database_that_is_damaged_is_told(tmp_path, content):
    (tmp_path / "audit.db").write_bytes(content)
    with pytest.raises(AuditError, match="cannot be opened"):
        Audit(tmp_path)


def test_audit_that_was_never_set_up_is_told(tmp_path):
    (tmp_path / "audit.db").touch()
    with pytest.raises(AuditError, match="never set up"):
        Audit(tmp_path)
