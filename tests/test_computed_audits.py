"""The cache of computed audits: never half of one, and not more than a few."""

import os

import pytest

from tests import computed_audits
from tests.computed_audits import STATES_CACHED, cached


def note(folder):
    (folder / "note").write_text("made")


def test_what_was_made_is_not_made_again(tmp_path):
    folder = cached(tmp_path, note)
    (folder / "note").write_text("of the first time")
    assert cached(tmp_path, note) == folder
    assert (folder / "note").read_text() == "of the first time"


def test_what_was_cut_off_is_never_used(tmp_path):
    def half(folder):
        (folder / "note").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached(tmp_path, half)

    def half(folder):
        (folder / "note").write_text("whole")

    assert (cached(tmp_path, half) / "note").read_text() == "whole"


def test_another_state_of_the_code_is_made_anew_and_old_ones_are_removed(tmp_path, monkeypatch):
    folders = []
    for age in range(STATES_CACHED + 1, 0, -1):
        monkeypatch.setattr(computed_audits, "_hash_of_all_that_counts", lambda age=age: str(age))
        folders.append(cached(tmp_path, note))
        os.utime(tmp_path / str(age), (1000 - age, 1000 - age))
    cached(tmp_path, note)
    assert [folder.exists() for folder in folders] == [False, *[True] * STATES_CACHED]


def test_a_change_in_what_counts_changes_the_hash(tmp_path, monkeypatch):
    monkeypatch.setattr(computed_audits, "ROOT", tmp_path)
    monkeypatch.setattr(computed_audits, "MADE_FROM", (tmp_path / "core",))
    (tmp_path / "core").mkdir()
    hashes = set()
    for text in ("one", "other"):
        (tmp_path / "core" / "module.py").write_text(text)
        hashes.add(computed_audits._hash_of_all_that_counts())
    (tmp_path / "core" / "module.py").rename(tmp_path / "core" / "renamed.py")
    hashes.add(computed_audits._hash_of_all_that_counts())
    assert len(hashes) == 3
