"""The short form of ``python -m tests.benchmarks.table_reading``: what is measured is right."""

import pytest

from tests.benchmarks.table_reading import KINDS, make_images, measured, refused, write

ROWS, FILES = 3000, 1000


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    return make_images(tmp_path_factory.mktemp("large") / "images", FILES)


@pytest.mark.parametrize(
    ("kind", "what"),
    [*((kind, "listing") for kind in KINDS), ("csv", "inspect"), ("parquet", "storing")],
)
def test_all_rows_are_read(images, tmp_path, kind, what):
    found = measured(what, images, write(tmp_path / "labels", kind, ROWS))
    assert found["items"] == ROWS
    assert found["memory"] > 0


def test_what_is_no_table_is_refused_in_a_short_sentence(tmp_path):
    found = {name: sentence for name, _, sentence in refused(tmp_path)}
    assert found.keys() == {"60,000 columns", "JSON on one line"}
    assert all(len(sentence) <= 300 for sentence in found.values())
