import shutil
from pathlib import Path

import pytest

from core.audit import Audit
from core.audit.library import Library, home_folder
from core.ingest.readers import source_of
from core.store import StoreUnavailable


@pytest.fixture
def home(tmp_path):
    (tmp_path / "source").mkdir()
    for name in ("zebra", "ant"):
        Audit.create(tmp_path / "home" / name, source_of(tmp_path / "source")).store.close()
    return tmp_path / "home"


def names(library):
    return [audit.name for audit in library.audits()]


def test_audits_of_the_home_folder_come_by_name(home):
    assert names(Library(home)) == ["ant", "zebra"]


def test_home_folder_that_is_missing_has_no_audits(tmp_path):
    assert names(Library(tmp_path / "missing")) == []


def test_other_folders_and_files_are_left_out(home):
    (home / "notes").mkdir()
    (home / "notes.txt").touch()
    assert names(Library(home)) == ["ant", "zebra"]


def test_audit_that_cannot_be_opened_is_left_out(home):
    for name, content in (("unset", b""), ("rotten", b"this is no database at all")):
        (home / name).mkdir()
        (home / name / "audit.db").write_bytes(content)
    assert names(Library(home)) == ["ant", "zebra"]


def test_only_the_folders_asked_for_are_listed(home, tmp_path):
    Audit.create(tmp_path / "elsewhere", source_of(tmp_path / "source")).store.close()
    assert names(Library(home, [tmp_path / "elsewhere"])) == ["elsewhere"]


def test_audit_is_opened_once(home):
    library = Library(home)
    assert library.audits()[0] is library.audits()[0]


def test_audit_is_found_by_its_id(home):
    library = Library(home)
    known = library.audits()[1]
    assert Library(home).audit(known.id).folder == known.folder
    assert library.audit(known.id) is known


def test_unknown_id_finds_nothing(home):
    assert Library(home).audit("0123456789ab") is None


def test_audit_made_later_is_found(home, tmp_path):
    library = Library(home)
    library.audits()
    late = Audit.create(home / "late", source_of(tmp_path / "source"))
    assert library.audit(late.id).name == "late"


def test_deleted_audit_is_gone(home):
    library = Library(home)
    library.audits()
    shutil.rmtree(home / "ant")
    assert names(library) == ["zebra"]


def test_home_folder_is_taken_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path))
    assert home_folder() == tmp_path
    monkeypatch.setenv("SECOND_LOOK_HOME", "")
    assert home_folder() == Path.home() / "second-look"


def test_audit_whose_folder_was_replaced_is_opened_anew(home):
    library = Library(home)
    before = library.audits()[0]
    shutil.move(home / "ant", home.with_name("old"))
    shutil.copytree(home.with_name("old"), home / "ant")
    after = library.audits()[0]
    assert (after.id, after.store.is_in_place) == (before.id, True)
    assert after is not before
    assert library.audit(before.id) is after
    assert library.current(before) is after


def test_audit_that_is_away_is_unavailable_until_it_is_back(home):
    library = Library(home)
    ant, zebra = library.audits()
    shutil.move(home / "ant", home.with_name("away"))
    for _ in range(2):
        assert names(library) == ["zebra"]
        with pytest.raises(StoreUnavailable, match="was deleted, moved or replaced"):
            library.current(ant)
    shutil.copytree(home / "zebra", home / "ant")
    with pytest.raises(StoreUnavailable):
        library.current(ant)
    shutil.rmtree(home / "ant")
    shutil.move(home.with_name("away"), home / "ant")
    assert library.current(ant).id == ant.id
    assert library.current(zebra) is zebra
