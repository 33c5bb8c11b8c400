import shutil
import sqlite3

import pytest

from core.store import Store, StoreError, StoreUnavailable
from core.store.connection import BECAUSE


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "audit").mkdir()
    return tmp_path / "audit"


@pytest.fixture
def opened(folder):
    store = Store(folder / "audit.db")
    store.set_settings({"before": 1})
    yield store
    store.close()


def move(folder):
    folder.rename(folder.with_name("moved"))


def replace(folder):
    move(folder)
    shutil.copytree(folder.with_name("moved"), folder)


def lose_the_log(folder):
    (folder / "audit.db-wal").unlink()


TAKEN_AWAY = [shutil.rmtree, move, replace, lose_the_log]


@pytest.mark.parametrize("take_away", TAKEN_AWAY)
def test_nothing_is_stored_in_files_that_nobody_would_find(opened, folder, take_away):
    take_away(folder)
    with pytest.raises(StoreUnavailable, match="was deleted, moved or replaced") as refusal:
        opened.set_settings({"after": 2})
    assert len(str(refusal.value)) < 300
    with pytest.raises(StoreUnavailable, match="was deleted, moved or replaced"):
        opened.setting("before")
    assert not opened.is_in_place


@pytest.mark.parametrize("take_away", TAKEN_AWAY)
def test_what_is_taken_away_while_it_is_written_is_not_stored(opened, folder, take_away):
    with pytest.raises(StoreUnavailable), opened.transaction() as db:
        db.execute("update settings set value = 2")
        take_away(folder)


def test_what_comes_back_is_written_to_again(opened, folder):
    move(folder)
    with pytest.raises(StoreUnavailable):
        opened.set_settings({"after": 2})
    folder.with_name("moved").rename(folder)
    opened.set_settings({"after": 3})
    again = Store(folder / "audit.db")
    assert again.setting("after") == 3
    again.close()


def test_a_read_of_a_database_that_is_gone_makes_no_file(opened, folder):
    shutil.rmtree(folder)
    folder.mkdir()
    with pytest.raises(StoreUnavailable):
        opened.setting("before")
    assert list(folder.iterdir()) == []


def test_a_closed_store_says_so(opened, folder):
    opened.close()
    for use in (lambda: opened.setting("before"), lambda: opened.set_settings({"after": 2})):
        with pytest.raises(StoreUnavailable):
            use()


def fill(store):
    """Let the database not grow any more, and write until that shows."""
    with store.transaction() as db:
        db.execute("pragma max_page_count = 1")
    for number in range(1000):
        store.set_settings({f"{number}": "x" * 4000})


def test_on_a_full_disk_nothing_is_stored_and_everything_once_there_is_room(opened):
    with pytest.raises(StoreUnavailable, match="cannot be used now: the disk is full"):
        fill(opened)
    assert opened.setting("before") == 1
    with opened.transaction() as db:
        db.execute("pragma max_page_count = 1000000")
    opened.set_settings({"after": "x" * 100_000})
    assert len(opened.setting("after")) == 100_000


def test_a_locked_database_is_unavailable_and_then_not(opened):
    with opened.transaction() as db:
        db.execute("pragma busy_timeout = 10")
    other = sqlite3.connect(opened.path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreUnavailable, match="another program is using it"):
        opened.set_settings({"after": 2})
    other.execute("rollback")
    opened.set_settings({"after": 2})
    other.close()


def test_a_mistake_of_this_program_is_no_trouble_of_the_disk(opened):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), opened.transaction() as db:
        db.execute("select 1 from no_such")
    assert all(reason for reason in BECAUSE.values())
    assert issubclass(StoreUnavailable, StoreError)


def test_a_transaction_within_another_is_an_error_and_no_wait_for_ever(opened):
    with pytest.raises(RuntimeError, match="within another"), opened.transaction():
        opened.set_settings({"within": 1})
    assert opened.setting("within") is None
    opened.set_settings({"after": 1})
    assert opened.setting("after") == 1
