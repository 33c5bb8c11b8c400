"""What was measured of pixels: stored by content, and read in the order of the items."""

import pytest
from PIL import Image

from core.audit import item_id
from core.findings.pixel_table import PixelTable
from core.ingest.pixel_measures import measured
from core.store import pixel_rows


def found(path, content, level=None):
    """What is recorded of a file, with the measures of a picture of one gray level."""
    pixels = None if level is None else measured(Image.new("RGB", (40, 30), (level,) * 3))
    return {
        "id": item_id(path), "content_hash": content, "width": 40, "height": 30, "pixels": pixels,
    }  # fmt: skip


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_measures_come_in_the_order_of_the_items(store, monkeypatch, at_once):
    monkeypatch.setattr(pixel_rows, "ROWS_AT_ONCE", at_once)
    files = [found("2.jpg", "c", 200), found("0.jpg", "a", 10), found("1.jpg", "b")]
    store.record_files(files, {})
    items = store.embedded_items()
    table = PixelTable.of(store.embedded_pixels(), len(items))
    assert [item.id for item in items] == [item_id(f"{n}.jpg") for n in range(3)]
    assert table["p99"].tolist()[::2] == [10, 200]
    assert table.has_sketch.tolist() == [True, False, True]
    assert table["width"].tolist() == [40, 40, 40]
    assert store.measured_count() == 2


def test_items_of_one_content_share_its_measures(store):
    store.record_files([found("0.jpg", "same", 50), found("1.jpg", "same", 50)], {})
    assert store.measured_count() == 1
    assert [row["p99"] for row in store.embedded_pixels()] == [50, 50]


def test_a_content_that_is_decoded_otherwise_is_measured_anew(store):
    store.record_files([found("0.jpg", "a", 50)], {})
    store.record_files([found("0.jpg", "a", 60)], {})
    assert [row["p99"] for row in store.embedded_pixels()] == [60]


def test_notes_of_findings_are_told_once(store):
    store.replace_findings(
        {
            "kind": "class-marks", "position": n, "group_id": item_id("0.jpg"),
            "item_id": item_id(f"{n}.jpg"), "score": 1, "exact": None, "match": None,
            "note": "white border" if n < 2 else "one size",
        }
        for n in range(3)
    )  # fmt: skip
    assert store.finding_notes("class-marks") == ["white border", "one size"]
    assert store.finding_notes("blanks") == []
