"""Stored layouts: what is written is read, old and damaged files, keys from an address."""

import numpy as np
import pandas as pd
import pytest

from core.audit import AuditError
from core.review import class_changes
from core.structure.laying_out import lay_out
from core.structure.layout_files import (
    DEFAULT,
    LayoutInfo,
    LayoutTable,
    layout,
    layout_file,
    layouts,
    positions,
    read_info,
    read_layout,
    write_layout,
)


@pytest.fixture
def table():
    return LayoutTable(
        np.array(["0123456789abcdef", "fedcba9876543210"]),
        np.array([[-1, 0.5], [1, -0.5]], np.float32),
        np.array([b"a" * 32, b"b" * 32]),
        np.array([1, 0], np.int32),
    )


def test_what_is_written_is_read(tmp_path, table):
    info = LayoutInfo("tsne", 3, 7, "net", 0.25, None, 4)
    file = tmp_path / "layouts" / "x.parquet"
    write_layout(file, info, table)
    read = read_layout(file)
    assert read_info(file) == info
    assert read.ids.dtype == "U16"
    for name, array in table._asdict().items():
        assert np.array_equal(getattr(read, name), array), name
    assert not list(tmp_path.rglob("*.partial*"))


def test_ids_and_contents_of_any_length_are_read(tmp_path, table):
    odd = table._replace(ids=np.array(["ab", "0123456789abcdef"]), contents=np.array([b"00", b""]))
    write_layout(tmp_path / "x.parquet", LayoutInfo(), odd)
    read = read_layout(tmp_path / "x.parquet")
    assert read.ids.tolist() == odd.ids.tolist()
    assert read.contents.tolist() == odd.contents.tolist()


def test_a_slice_of_a_longer_column_is_read_from_its_start(tmp_path):
    """Row groups are chunks of a column, whose texts begin within a buffer."""
    n = 3000
    ids = np.array([f"{number:016x}" for number in range(n)])
    frame = pd.DataFrame({"id": ids, "x": np.arange(n, dtype=float), "y": 0.0})
    frame.to_parquet(tmp_path / "x.parquet", index=False, row_group_size=700)
    assert np.array_equal(read_layout(tmp_path / "x.parquet").ids, ids)


def test_a_map_of_an_earlier_version_is_shown(audit):
    ids = sorted(audit.store.rows_by_id())
    frame = pd.DataFrame({"id": ids, "x": np.linspace(-1, 1, len(ids)), "y": 0.0})
    frame.to_parquet(audit.map_file, index=False)
    assert layouts(audit) == []  # it was not finished
    audit.store.set_fingerprint("map", "of an earlier version")
    (one,) = layouts(audit)
    assert (one.key, one.name, one.n, one.kept, one.is_stale) == (DEFAULT, "umap", 120, None, True)
    assert positions(audit)[0].tolist() == ids


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1 nothing of the kind PAR1"])
def test_a_damaged_file_is_no_layout(audit, damage):
    lay_out(audit)
    lay_out(audit, "pca")
    assert [one.key for one in layouts(audit)] == ["umap", "pca"]
    layout_file(audit, "pca").write_bytes(damage)
    assert [one.key for one in layouts(audit)] == ["umap"]
    with pytest.raises(AuditError, match="damaged"):
        positions(audit, "pca")


def test_a_file_cut_off_is_no_layout(audit):
    lay_out(audit, "pca")
    content = layout_file(audit, "pca").read_bytes()
    layout_file(audit, "pca").write_bytes(content[: len(content) // 2])
    assert read_layout(layout_file(audit, "pca")) is None
    assert layouts(audit) == []


def test_positions_that_are_no_numbers_are_damage(tmp_path, table):
    write_layout(tmp_path / "x.parquet", LayoutInfo(), table._replace(xy=table.xy * np.nan))
    assert read_layout(tmp_path / "x.parquet") is None


@pytest.mark.parametrize("key", ["../evidence", "a/b", "", "UMAP", "umap.", "umap\0"])
def test_a_key_names_no_other_file(audit, key):
    with pytest.raises(AuditError):
        layout(audit, key)
    with pytest.raises(AuditError):
        positions(audit, key)


def test_layouts_are_titled_and_in_order(audit):
    for arguments in (("pca", "c1"), ("pca", None, 2), ("pca",), ("umap",)):
        lay_out(audit, *arguments)
    assert [one.title for one in layouts(audit)] == ["UMAP", "PCA", "PCA, seed 2", "PCA of c1"]
    of_class = layout(audit, layouts(audit)[-1].key)
    assert (of_class.class_name, of_class.n, of_class.is_landmark) == ("c1", 29, False)


def test_a_layout_of_a_class_follows_its_name(audit):
    lay_out(audit, "pca", "c1")
    class_changes.rename(audit.store, "c1", "renamed", auditor="Ana")
    assert layouts(audit)[0].title == "PCA of renamed"
    class_changes.merge(audit.store, ["renamed"], "c2", auditor="Ana")
    assert layouts(audit) == []
