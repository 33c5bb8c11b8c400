"""Audits are made, renamed, put away and deleted, and nothing that is not theirs goes with them."""

import pytest

from core import lifecycle
from core.audit import Audit, AuditError
from core.audit.library import Library
from core.ingest.readers import source_of
from core.jobs import JobRefused, run_lock
from core.store import StoreUnavailable


@pytest.fixture
def source(tmp_path):
    image = tmp_path / "source" / "cat" / "1.jpg"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"an image")
    return source_of(tmp_path / "source")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def audit(home, source):
    audit = lifecycle.create(home, "pets", source)
    yield audit
    audit.store.close()


def filled(audit):
    """What the steps write, as far as names matter."""
    for name in ("embeddings.npy", "evidence.npz", "job.log"):
        (audit.folder / name).write_bytes(b"x")
    for name in ("thumbs", "neighbors", "uploaded"):
        (audit.folder / name / "ab").mkdir(parents=True)
        (audit.folder / name / "ab" / "1").write_bytes(b"x")
    (audit.folder / f"map.{'0' * 32}.partial.parquet").write_bytes(b"x")


# -- made ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("pets", "pets"),
        ("pets, round 2", "pets-round-2"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "audit"),
        ("動物", "動物"),
        ("😀", "audit"),
        ("a" * 80, "a" * 60),
    ],
)
def test_folder_is_called_like_the_audit_and_lies_in_the_home_folder(home, source, name, folder):
    audit = lifecycle.create(home, name, source)
    assert (audit.folder.parent, audit.folder.name, audit.name) == (home, folder, name)
    audit.store.close()


def test_folder_that_is_taken_is_left_alone(home, source):
    (home / "pets").mkdir(parents=True)
    (home / "pets" / "letter.txt").write_text("mine")
    audit = lifecycle.create(home, "pets", source)
    assert audit.folder.name == "pets-2"
    assert (home / "pets" / "letter.txt").read_text() == "mine"
    audit.store.close()


def test_audit_that_cannot_be_made_leaves_no_folder(home, source):
    inside = source.path / "home"
    with pytest.raises(AuditError, match="must lie outside the source"):
        lifecycle.create(inside, "pets", source)
    assert list(inside.iterdir()) == []


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "two\x1b[2Jlines", "PETS"])
def test_name_that_cannot_be_taken_is_refused(home, source, name):
    with pytest.raises(AuditError):
        lifecycle.create(home, name, source, taken=["Pets"])
    assert not home.exists()


# -- renamed -------------------------------------------------------------------------------------


def test_renamed_audit_keeps_its_folder_and_its_address(audit, home):
    lifecycle.rename(audit, "  cats   and dogs ")
    (entry,) = Library(home).listing()
    assert (entry.name, entry.known_id, entry.folder.name) == ("cats and dogs", audit.id, "pets")
    assert Library(home).find("cats and dogs").known_id == audit.id


def test_audit_of_an_earlier_version_is_called_like_its_folder(home, source):
    Audit.create(home / "old", source).store.close()
    assert [entry.name for entry in Library(home).listing()] == ["old"]


# -- put away ------------------------------------------------------------------------------------


def test_archived_audit_is_listed_as_such_and_comes_back(audit, home):
    library = Library(home)
    lifecycle.archive(audit)
    assert [entry.is_archived for entry in library.listing()] == [True]
    assert library.audit(audit.id) is not None
    lifecycle.restore(audit)
    assert [entry.is_archived for entry in library.listing()] == [False]


def test_audit_at_work_is_neither_archived_nor_deleted(audit, monkeypatch):
    monkeypatch.setattr("core.jobs.SECONDS_TO_WAIT_FOR_LOCK", 0)
    other = Audit(audit.folder)
    with run_lock(other):
        for action in (lambda: lifecycle.archive(audit), lambda: lifecycle.delete(audit, "pets")):
            with pytest.raises(JobRefused, match="computed already"):
                action()
    assert audit.store.setting("archived") is None
    assert audit.store.is_in_place
    other.store.close()


# -- deleted -------------------------------------------------------------------------------------


def test_deleted_audit_is_gone_and_its_source_is_not(audit, home, source):
    filled(audit)
    assert lifecycle.delete(audit, " pets ") == []
    assert list(home.iterdir()) == []
    assert (source.path / "cat" / "1.jpg").read_bytes() == b"an image"


@pytest.mark.parametrize("typed", ["", "pet", "Pets", "delete"])
def test_another_name_deletes_nothing(audit, typed):
    with pytest.raises(AuditError, match="Type the name"):
        lifecycle.delete(audit, typed)
    assert audit.store.setting("id") == audit.id


def test_what_others_have_put_into_the_folder_stays(audit):
    filled(audit)
    (audit.folder / "notes").mkdir()
    (audit.folder / "notes" / "1.txt").write_text("mine")
    (audit.folder / "corrected.csv").write_text("mine")
    left = lifecycle.delete(audit, "pets")
    assert [path.name for path in left] == ["corrected.csv", "notes"]
    assert sorted(path.name for path in audit.folder.iterdir()) == ["corrected.csv", "notes"]
    assert (audit.folder / "notes" / "1.txt").read_text() == "mine"


def test_links_in_the_folder_are_removed_and_not_followed(audit, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "1.jpg").write_bytes(b"mine")
    (audit.folder / "thumbs").symlink_to(outside)
    (audit.folder / "views").mkdir()
    (audit.folder / "views" / "ab").symlink_to(outside)
    (audit.folder / "embeddings.npy").symlink_to(outside / "1.jpg")
    assert lifecycle.delete(audit, "pets") == []
    assert (outside / "1.jpg").read_bytes() == b"mine"


def test_source_that_was_moved_into_the_folder_stays(audit, home):
    (audit.folder / "images" / "cat").mkdir(parents=True)
    (audit.folder / "images" / "cat" / "1.jpg").write_bytes(b"mine")
    audit.move_source(source_of(audit.folder / "images"))
    assert [path.name for path in lifecycle.delete(audit, "pets")] == ["images"]
    assert (audit.folder / "images" / "cat" / "1.jpg").read_bytes() == b"mine"


def test_audit_that_was_replaced_meanwhile_is_not_deleted(audit, home, source):
    other = lifecycle.create(home, "other", source)
    other.store.close()
    audit.folder.rename(home / "before")
    other.folder.rename(audit.folder)
    with pytest.raises(StoreUnavailable):
        lifecycle.delete(audit, "pets")
    assert Audit(audit.folder).id == other.id
    assert Audit(home / "before").id == audit.id


def test_library_lists_a_new_audit_and_forgets_a_deleted_one(audit, tmp_path, source):
    library = Library(tmp_path / "home", [audit.folder])
    made = lifecycle.create(tmp_path / "home", "more", source)
    library.add(made.folder)
    assert [entry.name for entry in library.listing()] == ["more", "pets"]
    (opened,) = [one for one in library.audits() if one.name == "more"]
    lifecycle.delete(opened, "more")
    library.forget(opened)
    assert [entry.name for entry in library.listing()] == ["pets"]
    made.store.close()


def test_last_opening_is_remembered(audit, home):
    assert Library(home).listing()[0].opened == ""
    lifecycle.note_opened(audit)
    assert Library(home).listing()[0].opened.startswith("20")
