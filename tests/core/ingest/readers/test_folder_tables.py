"""Tables beside the images, found without --labels: Hugging Face's and Roboflow's (layout 4)."""

import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.pipeline import list_items
from tests.core.export.exports import write_csv
from tests.core.making import read_table


@pytest.fixture
def folder(tmp_path):
    """Make a folder of files: those with a text as content, others as empty images."""

    def make(*images, **texts):
        for path in images:
            (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / path).write_bytes(b"x")
        for path, text in texts.pop("files", {}).items():
            (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "set" / path).write_text(text, encoding="utf-8")
        return tmp_path / "set"

    return make


ROBOFLOW = {
    "train/_classes.csv": "filename, cat, dog\na.jpg, 1, 0\nb.jpg, 0, 1\nc.jpg, 1, 1\n",
    "valid/_classes.csv": "filename, cat, dog\na.jpg, 0, 1\n",
    "test/_classes.csv": "filename, cat, dog\nz.jpg, 1, 0\n",
}
IMAGES = ("train/a.jpg", "train/b.jpg", "train/c.jpg", "valid/a.jpg", "test/z.jpg", "test/y.jpg")


def test_roboflows_tables_of_classes_are_read_with_their_splits(folder):
    source = source_of(folder(*IMAGES, files=ROBOFLOW))
    found = inspect(source)
    assert (found.reader, found.items, found.unlabeled, found.missing) == ("metadata", 5, 1, 0)
    assert found.classes == {"cat": 2, "dog": 2}
    assert found.splits == {"train": 3, "test": 1, "valid": 1}
    assert found.left_out == {".csv": 3, ".jpg": 1}
    assert "test: 1 image of the folder is not in the table, such as y.jpg." in found.notes
    assert [one.because for one in found.questions] == [
        "2 columns of 0 and 1 are taken as the classes: cat, dog; --label-column NAME takes one"
        " column alone.",
        "1 image has several labels and will be unlabeled, first train/c.jpg: cat, dog; --one-label"
        " cat audits one label against the rest.",
    ]
    records = {record.path: record for record in read_source(source).records}
    assert {path: (one.label, one.split) for path, one in records.items()} == {
        "test/z.jpg": ("cat", "test"),
        "train/a.jpg": ("cat", "train"),
        "train/b.jpg": ("dog", "train"),
        "train/c.jpg": (None, "train"),
        "valid/a.jpg": ("dog", "valid"),
    }


def test_export_of_tables_in_several_folders_is_read_again(folder, tmp_path):
    source = source_of(folder(*IMAGES, files=ROBOFLOW))
    audit = Audit.create(tmp_path / "audit", source)
    listing = list_items(audit)
    write_csv(audit.store, tmp_path / "out.csv")
    audit.store.close()
    rows = read_table(tmp_path / "out.csv")
    assert [row["path"] for row in rows] == [record.path for record in listing.records]
    assert list(rows[0])[:4] == ["path", "filename", " cat", " dog"]
    again = read_source(source_of(source.path, tmp_path / "out.csv"))
    assert [(r.path, r.label) for r in again.records] == [
        (r.path, r.label) for r in listing.records
    ]


def rows_of(style, rows):
    if style == "csv":
        names = list(rows[0])
        return "\n".join([",".join(names), *(",".join(row[n] for n in names) for row in rows)])
    return "\n".join(map(json.dumps, rows))


ROWS = [{"file_name": "1.png", "label": "cat"}, {"file_name": "in/2.png", "label": "dog"}]


@pytest.mark.parametrize("style", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("below", ["", "train/"])
def test_hugging_faces_metadata_is_found_in_each_of_its_forms(folder, style, below):
    root = folder(f"{below}1.png", f"{below}in/2.png")
    if style == "parquet":
        parquet.write_table(pa.Table.from_pylist(ROWS), root / below / "metadata.parquet")
    else:
        (root / below / f"metadata.{style}").write_text(rows_of(style, ROWS), encoding="utf-8")
    source = source_of(root)
    assert source.format == "metadata"
    listing = read_source(source)
    assert {record.path: record.label for record in listing.records} == {
        f"{below}1.png": "cat", f"{below}in/2.png": "dog",
    }  # fmt: skip
    assert listing.notes[0] == f"Labels are read from {below}metadata.{style}."
    assert listing.records[0].fields["file_name"] == "1.png"


def test_numbers_of_class_labels_get_their_names(folder):
    features = {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    table = pa.table({"file_name": ["1.png", "2.png", "3.png"], "label": [1, 0, -1]})
    info = json.dumps({"info": {"features": features}})
    root = folder("1.png", "2.png", "3.png")
    parquet.write_table(
        table.replace_schema_metadata({"huggingface": info}), root / "metadata.parquet"
    )
    records = read_source(source_of(root)).records
    assert [(record.label, record.fields["label"]) for record in records] == [
        ("dog", "1"), ("cat", "0"), (None, "-1"),
    ]  # fmt: skip


def test_metadata_without_labels_leaves_them_to_the_folders(folder):
    files = {"metadata.csv": "file_name,text,size\ncat/1.png,a cat,3\n"}
    root = folder("cat/1.png", "dog/2.png", files=files)
    assert source_of(root).format == "class-folders"
    assert source_of(root, label_column="text").format == "metadata"
    (record,) = read_source(source_of(root, label_column="text")).records
    assert (record.path, record.label) == ("cat/1.png", "a cat")


def test_column_is_remembered_and_stays_when_the_folder_moves(folder, tmp_path):
    files = {"metadata.csv": "file_name,kind,label\n1.png,cat,x\n2.png,dog,y\n"}
    root = folder("1.png", "2.png", files=files)
    audit = Audit.create(tmp_path / "audit", source_of(root, label_column="kind"))
    audit.store.close()
    source = Audit(tmp_path / "audit").source
    assert source.options == {"label_column": "kind"}
    assert [record.label for record in read_source(source).records] == ["cat", "dog"]
    with pytest.raises(SourceError, match="give the table with --labels"):
        source_of(root, label_column="kind", reader="class-folders")


def test_audit_of_class_folders_stays_one_when_a_table_is_put_beside_them(folder, tmp_path):
    root = folder("cat/1.png", "dog/2.png")
    Audit.create(tmp_path / "audit", source_of(root)).store.close()
    folder(files={"metadata.csv": "file_name,label\ncat/1.png,x\ndog/2.png,y\n"})
    assert source_of(root).format == "metadata"
    audit = Audit.create(tmp_path / "audit", source_of(root))
    assert audit.source.format == "class-folders"
    audit.store.close()
