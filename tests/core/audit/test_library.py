import shutil
import sqlite3
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


def reasons(library):
    return {entry.name: entry.reason for entry in library.listing() if entry.audit is None}


def rewritten(home, name, content):
    (home / name).mkdir(exist_ok=True)
    (home / name / "audit.db").write_bytes(content)


def test_audit_that_cannot_be_opened_is_listed_with_the_reason(home):
    rewritten(home, "unset", b"")
    rewritten(home, "rotten", b"this is no database at all")
    whole = (home / "zebra" / "audit.db").read_bytes()
    rewritten(home, "cut off", whole[: len(whole) // 2])
    library = Library(home)
    assert names(library) == ["ant", "zebra"]
    assert [entry.name for entry in library.listing()] == [
        "ant", "cut off", "rotten", "unset", "zebra",
    ]  # fmt: skip
    found = reasons(library)
    assert "never set up" in found["unset"]
    assert "it is not a database" in found["rotten"]
    assert "it is damaged or cut off" in found["cut off"]
    assert all(len(reason) < 300 for reason in found.values())


def test_audit_of_a_newer_version_is_listed_with_the_reason_and_not_touched(home):
    path = home / "zebra" / "audit.db"
    with sqlite3.connect(path) as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('second_look', 'm999_later', '')"
        )
        db.execute("create view later_view as select 1 as one")
    db.close()
    library = Library(home)
    assert names(library) == ["ant"]
    assert "newer version of Second Look (m999_later); update this one" in reasons(library)["zebra"]
    with sqlite3.connect(path) as db:
        assert db.execute("select one from later_view").fetchall() == [(1,)]
    db.close()


def test_copy_with_the_same_id_is_listed_with_the_reason(home):
    shutil.copytree(home / "ant", home / "ant (copy)")
    library = Library(home)
    assert names(library) == ["ant", "zebra"]
    assert "a copy of “ant”" in reasons(library)["ant (copy)"]
    assert library.audit(library.audits()[0].id).name == "ant"


def test_audit_that_is_damaged_while_it_is_open_closes_with_the_reason(home):
    library = Library(home)
    known = library.audits()[0]
    path = home / "ant" / "audit.db"
    known.store.close()
    with path.open("r+b") as file:
        file.write(b"this is no database at all")
    (entry, _) = library.listing()
    assert (entry.audit, entry.known_id) == (None, known.id)
    assert library.find(known.id) == entry
    assert library.audit(known.id) is None


def test_audit_that_was_repaired_opens_again(home):
    path = home / "ant" / "audit.db"
    whole = path.read_bytes()
    rewritten(home, "ant", b"this is no database at all")
    library = Library(home)
    assert names(library) == ["zebra"]
    path.write_bytes(whole)
    assert names(library) == ["ant", "zebra"]


def test_audit_that_was_replaced_by_another_is_not_taken_for_it(home, tmp_path):
    library = Library(home)
    before = library.audits()[0]
    assert library.is_open(before)
    shutil.rmtree(home / "ant")
    assert not library.is_open(before)
    Audit.create(home / "ant", source_of(tmp_path / "source")).store.close()
    now = library.audits()[0]
    assert now.id != before.id
    assert library.find(before.id) is None
    assert library.audit(before.id) is None


def test_audit_is_found_by_its_name_and_after_a_move_by_its_id(home):
    library = Library(home)
    known = library.find("ant").audit
    (home / "ant").rename(home / "moth")
    assert library.find("ant") is None
    assert library.find(known.id).name == "moth"


def test_folder_asked_for_without_an_audit_is_listed_with_the_reason(home, tmp_path):
    library = Library(home, [tmp_path / "gone"])
    assert reasons(library) == {"gone": f"There is no audit in {(tmp_path / 'gone').resolve()}."}


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
