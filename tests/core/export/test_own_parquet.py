"""The input's own Parquet is given back with nothing but the column of the labels changed."""

import io
import json

import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from core.audit import Audit, AuditError
from core.export.choices import ExportChoices
from core.export.exporting import export
from core.export.writers import writer_of
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.making import Auditor

FEATURES = {
    "info": {
        "features": {
            "path": {"dtype": "string", "_type": "Value"},
            "label": {"names": ["cat", "dog", "emu"], "_type": "ClassLabel"},
        }
    }
}


@pytest.fixture
def begin(listed, tmp_path):
    (tmp_path / "images").mkdir()

    def make(table, **manner):
        path = tmp_path / "labels.parquet"
        parquet.write_table(table, path, **manner)
        return listed(source_of(tmp_path / "images", path))

    return make


def given_back(audit, to, choices=None):
    export(audit, writer_of(audit, "own"), to, choices)
    return to


def shape(path):
    """What a file says of itself, the sizes of its columns left out."""
    with parquet.ParquetFile(path) as file:
        metadata = file.metadata
        groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
        columns = [
            [(c.path_in_schema, c.compression, c.has_dictionary_page, c.is_stats_set,
              c.has_column_index)
             for c in (group.column(n) for n in range(group.num_columns))]
            for group in groups
        ]  # fmt: skip
        return (
            file.schema_arrow, file.schema_arrow.metadata, metadata.format_version,
            [group.num_rows for group in groups], columns,
        )  # fmt: skip


def test_schema_metadata_and_row_groups_stay(begin, tmp_path):
    table = pa.table(
        {
            "path": [f"{n}.jpg" for n in range(6)],
            "label": pa.array(["cat", "dog", "cat", None, "dog", "cat"]).dictionary_encode(),
            "score": pa.array([0.1, None, 3, 4, 5, 6], pa.float32()),
            "blob": [b"\0\1"] * 6,
            "when": pa.array([1, 2, 3, 4, 5, 6], pa.timestamp("us", "UTC")),
        }
    ).replace_schema_metadata({"mine": "kept"})
    codecs = {"path": "zstd", "label": "gzip", "score": "none", "blob": "snappy", "when": "snappy"}
    audit = begin(
        table, row_group_size=4, compression=codecs, use_dictionary=["label"],
        write_statistics=["path"], version="2.4", write_page_index=True,
    )  # fmt: skip
    ana = Auditor(audit.store)
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("3.jpg", "relabel", ["cat"])
    ana.judge("4.jpg", "none")
    out = given_back(audit, tmp_path / "out.parquet")
    assert shape(out) == shape(tmp_path / "labels.parquet")
    found = parquet.read_table(out)
    assert found.drop(["label"]).equals(table.drop(["label"]))
    assert found["label"].to_pylist() == ["dog", "dog", "cat", "cat", None, "cat"]
    left_out = ExportChoices({"none": "leave-out"})
    found = parquet.read_table(given_back(audit, tmp_path / "less.parquet", left_out))
    assert found["path"].to_pylist() == [f"{n}.jpg" for n in (0, 1, 2, 3, 5)]


def hugging_face(labels):
    table = pa.table({"path": [f"{n}.jpg" for n in range(len(labels))],
                      "label": pa.array(labels, pa.int64())})  # fmt: skip
    return table.replace_schema_metadata({"huggingface": json.dumps(FEATURES)})


def test_numbers_of_classes_stay(begin, tmp_path):
    audit = begin(hugging_face([0, 1, 2, 0]))
    assert [row["given"] for row in audit.store.input_rows()] == ["cat", "dog", "emu", "cat"]
    Auditor(audit.store).judge("0.jpg", "relabel", ["emu"])
    out = parquet.read_table(given_back(audit, tmp_path / "out.parquet"))
    assert out.schema.metadata == hugging_face([]).schema.metadata
    assert out["label"].to_pylist() == [2, 1, 2, 0]


def test_renamed_and_added_classes_are_in_the_list_of_names(begin, tmp_path):
    audit = begin(hugging_face([0, 1, 2, 0]))
    ids = {name: one for one, name in audit.store.class_names().items()}
    audit.store.add_class_change("rename", ids["cat"], auditor="Ana", text="feline")
    audit.store.add_class_change("merge", ids["emu"], auditor="Ana", other_id=ids["dog"])
    audit.store.add_class("yak", auditor="Ana")
    Auditor(audit.store).judge("1.jpg", "relabel", ["yak"])
    out = given_back(audit, tmp_path / "out.parquet")
    table = parquet.read_table(out)
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["label"] == {"names": ["feline", "dog", "emu", "yak"], "_type": "ClassLabel"}
    assert table["label"].to_pylist() == [0, 3, 1, 0]
    again = read_source(source_of(tmp_path / "images", out))
    assert [record.label for record in again.records] == ["feline", "yak", "dog", "feline"]


def test_label_that_is_no_value_of_the_column_is_refused(begin, tmp_path):
    audit = begin(pa.table({"path": ["0.jpg", "1.jpg"], "label": [3, 5]}))
    ana = Auditor(audit.store)
    ana.judge("0.jpg", "relabel", ["5"])
    assert parquet.read_table(given_back(audit, tmp_path / "1.parquet"))["label"].to_pylist() == [
        5,
        5,
    ]
    audit.store.add_class("yak", auditor="Ana")
    ana.judge("0.jpg", "relabel", ["yak"])
    with pytest.raises(AuditError, match="holds int64, which the class 'yak' is not"):
        given_back(audit, tmp_path / "2.parquet")


def test_files_with_the_images_in_them_are_given_back(tmp_path):
    def picture(n):
        buffer = io.BytesIO()
        Image.new("RGB", (4, 4), (n, n, n)).save(buffer, "PNG")
        return {"bytes": buffer.getvalue(), "path": f"{n}.png"}

    folder = tmp_path / "data"
    folder.mkdir()
    tables = {}
    for split, numbers in (("train", [0, 1, 2]), ("test", [3, 4])):
        tables[split] = pa.table({
            "image": [picture(n) if n != 1 else None for n in numbers],
            "label": pa.array([n % 2 for n in numbers], pa.int64()),
        }).replace_schema_metadata({"huggingface": json.dumps(FEATURES)})  # fmt: skip
        parquet.write_table(tables[split], folder / f"{split}-00000-of-00001.parquet")
    audit = Audit.create(tmp_path / "audit", source_of(folder))
    list_items(audit)
    paths = sorted(row["path"] for row in audit.store.input_rows())
    assert len(paths) == 4
    ana = Auditor(audit.store)
    ana.judge(next(path for path in paths if path.startswith("train") and "000002" in path),
              "relabel", ["dog"])  # fmt: skip
    ana.judge(next(path for path in paths if path.startswith("test") and "000000" in path), "none")
    export(audit, writer_of(audit, "own"), tmp_path / "out")
    for split, labels in (("train", [0, 1, 1]), ("test", [None, 0])):
        found = parquet.read_table(tmp_path / "out" / f"{split}-00000-of-00001.parquet")
        assert found["label"].to_pylist() == labels
        assert found["image"].equals(tables[split]["image"])
    audit.store.close()
