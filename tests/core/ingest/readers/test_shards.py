"""WebDataset shards, and Parquet with image bytes as Hugging Face writes it."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.unpacking import layout, unpack
from tests.core.ingest.packing import hugging_face, picture, pictures, put, tarred, zipped


def read(path, folder):
    source = source_of(path)
    notes = unpack(source, folder)
    listing = read_source(layout(source, folder))
    return (
        source.format,
        {r.path: (r.label, r.split, (folder / r.path).read_bytes()) for r in listing.records},
        [*notes, *listing.notes],
        listing,
    )


def shard(path, labels, ending="cls"):
    files = {}
    for number, label in enumerate(labels):
        files[f"{number:06}.jpg"] = picture(number)
        files[f"{number:06}.{ending}"] = label if isinstance(label, bytes) else label.encode()
    return tarred(path, files)


# -- WebDataset ------------------------------------------------------------------------------


def test_shards_of_a_folder_are_read_sample_by_sample(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    shard(folder / "pets-train-000000.tar", ["0", "1"])
    shard(folder / "pets-train-000001.tar", ["1"])
    shard(folder / "pets-val-000000.tar", ["0"])
    name, found, _, _ = read(folder, tmp_path / "unpacked")
    assert name == "webdataset"
    assert found == {
        "pets-train-000000/000000.jpg": ("0", "train", picture(0)),
        "pets-train-000000/000001.jpg": ("1", "train", picture(1)),
        "pets-train-000001/000000.jpg": ("1", "train", picture(0)),
        "pets-val-000000/000000.jpg": ("0", "val", picture(0)),
    }


def test_label_in_json_and_its_other_fields_are_read(tmp_path):
    labels = [json.dumps({"label": name, "age": 3, "tags": ["x"]}) for name in ("cat", "dog")]
    _, found, _, listing = read(shard(tmp_path / "a.tar", labels, "json"), tmp_path / "unpacked")
    assert [label for label, *_ in found.values()] == ["cat", "dog"]
    assert listing.columns == ["path", "label", "age"]
    assert listing.records[0].fields["age"] == "3"


def test_samples_without_an_image_are_counted(tmp_path):
    path = tarred(
        tmp_path / "a.tar",
        {
            "a/1.jpg": picture(), "a/1.cls": b"cat", "a/2.cls": b"dog",
            "b/1.png": b"x", "b/1.cls": b"cat",
        },
    )  # fmt: skip
    _, found, notes, _ = read(path, tmp_path / "unpacked")
    assert [*found] == ["a/a/1.jpg", "a/b/1.png"]
    assert notes[0] == "1 sample has no image."


def test_tar_of_class_folders_is_no_shard(tmp_path):
    path = tarred(tmp_path / "a.tar", pictures("cat/1.jpg", "dog/1.jpg") | {"cat/1.json": b"{}"})
    assert source_of(path).format == "tar"
    folder = put(tmp_path / "folder", pictures("cat/1.jpg", "dog/1.jpg"))
    tarred(folder / "backup.tar", pictures("cat/1.jpg"))
    assert source_of(folder).format == "class-folders"


def test_hostile_names_in_a_shard_are_refused(tmp_path):
    path = tarred(
        tmp_path / "a.tar",
        {"1.jpg": b"x", "1.cls": b"a", "../2.jpg": b"x", "../2.cls": b"b"},
    )
    with pytest.raises(SourceError, match="leads out of its folder"):
        unpack(source_of(path), tmp_path / "unpacked")
    assert not (tmp_path / "2.jpg").exists()


# -- Parquet ---------------------------------------------------------------------------------


def test_data_set_of_hugging_face_is_read_row_by_row(tmp_path):
    repo = tmp_path / "repo"
    rows = [(picture(n), f"IMG_{n}.jpg", n % 2) for n in range(70)]
    hugging_face(repo / "data" / "train-00000-of-00002.parquet", rows[:66])
    hugging_face(repo / "data" / "train-00001-of-00002.parquet", rows[66:68])
    hugging_face(repo / "data" / "test-00000-of-00001.parquet", [(*rows[68][:2], -1), rows[69]])
    (repo / "README.md").write_text("x")
    name, found, _, listing = read(repo, tmp_path / "unpacked")
    assert (name, len(found)) == ("image-parquet", 70)
    for n in range(66):
        path = f"train-00000-of-00002/{n:06}.jpg"
        assert found[path] == (("cat", "dog")[n % 2], "train", picture(n))
    assert found["test-00000-of-00001/000000.jpg"] == (None, "test", picture(68))
    assert found["test-00000-of-00001/000001.jpg"] == ("dog", "test", picture(69))
    assert listing.columns == ["path", "label", "split", "file", "row"]
    assert listing.records[0].fields["file"] in ("IMG_68.jpg", "IMG_0.jpg")


def test_one_parquet_file_is_read(tmp_path):
    path = hugging_face(
        tmp_path / "pets.parquet", [(picture(1), None, 0), (picture(2, "PNG"), None, 1)]
    )
    found = inspect(source_of(path))
    assert (found.reader, found.classes, found.splits) == (
        "image-parquet",
        {"cat": 1, "dog": 1},
        {},
    )
    assert sorted(sample.path for sample in found.samples) == ["pets/000000.jpg", "pets/000001.png"]


def test_rows_without_an_image_and_with_several_labels_are_counted(tmp_path):
    table = pa.table(
        {
            "img": pa.array([picture(1), None, picture(2), picture(3)], pa.binary()),
            "labels": pa.array([["cat"], ["cat"], ["cat", "dog"], []], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    _, found, notes, _ = read(tmp_path / "a.parquet", tmp_path / "unpacked")
    assert [label for label, *_ in found.values()] == ["cat", None, None]
    assert notes[0] == "1 row has no image."
    assert notes[1].startswith("1 image has several labels and will be unlabeled, first a/000002")


def test_parquet_without_images_is_no_image_parquet(tmp_path):
    pq.write_table(pa.table({"path": ["1.jpg"], "label": ["a"]}), tmp_path / "metadata.parquet")
    put(tmp_path, pictures("cat/1.jpg"))
    assert source_of(tmp_path).format != "image-parquet"


@pytest.mark.parametrize("name", ["data/train-0.parquet", "pets.parquet"])
def test_zip_of_parquet_is_unpacked_twice(tmp_path, name):
    rows = [(picture(1), "1.jpg", 0), (picture(2), "2.jpg", 1)]
    inner = hugging_face(tmp_path / "a.parquet", rows).read_bytes()
    source = source_of(zipped(tmp_path / "a.zip", {name: inner, ".hidden": b"x"}))
    unpack(source, tmp_path / "unpacked")
    listing = read_source(layout(source, tmp_path / "unpacked"))
    assert [record.label for record in listing.records] == ["cat", "dog"]
    assert {one.name for one in tmp_path.iterdir()} == {"a.zip", "a.parquet", "unpacked"}


def test_tar_of_shards_is_unpacked_twice(tmp_path):
    inner = {f"train-{n}.tar": shard(tmp_path / "x.tar", ["0", "1"]).read_bytes() for n in "01"}
    source = source_of(tarred(tmp_path / "a.tar", inner))
    unpack(source, tmp_path / "unpacked")
    assert len(read_source(layout(source, tmp_path / "unpacked")).records) == 4
