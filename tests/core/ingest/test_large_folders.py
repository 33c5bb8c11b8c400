"""The short form of ``tests/benchmarks/folder_reading.py``: the same sources, small."""

import pytest

from tests.benchmarks.folder_reading import KINDS, make, measured, of_many_entries, refused


@pytest.mark.parametrize("kind", KINDS)
def test_every_item_is_read(tmp_path, kind):
    source = make(tmp_path, kind, 200)
    for what in ("inspect", "listing"):
        assert measured(what, source)["items"] == 200


@pytest.mark.timeout(60)
def test_ten_million_entries_are_refused_unread(tmp_path, monkeypatch):
    path = of_many_entries(tmp_path / "many.zip", 10_000_000)
    monkeypatch.setattr("tests.benchmarks.folder_reading.hostile", lambda folder: [("many", path)])
    ((_, _, sentence),) = refused(tmp_path)
    assert sentence.endswith("it holds 10,000,000 files; no more than 2,000,000 are unpacked.")
