"""Shards, arrays and archives given back: byte for byte as they came but for changed labels."""

import io
import json
import tarfile
import zipfile

import numpy as np
import pytest
import webdataset

from core.export.choices import ExportChoices, ExportError, Fate
from core.export.exporting import export
from core.export.writers import offered_writers, writer_of
from core.ingest.readers import source_of
from core.terms import Verdict
from tests.core.ingest.packing import idx, picture, pictures, put, tarred, zipped
from tests.core.making import Auditor


@pytest.fixture
def begin(listed):
    """Begin an audit of a packed data set."""
    return lambda path, **options: listed(source_of(path, **options))


def members_of(path):
    with tarfile.open(path) as archive:
        return [(one.name, archive.extractfile(one).read()) for one in archive if one.isfile()]


IMAGES = [picture(n, "PNG") for n in range(5)]


def shard(path, mode="w"):
    return tarred(path, [
        ("0.png", IMAGES[0]), ("0.cls", b" cat\n"), ("0.txt", b"a cat"),
        ("a/1.json", b'{"a": 1.50,\n "label" :"cat"}'), ("a/1.png", IMAGES[1]),
        ("2.png", IMAGES[2]), ("2.cls", b"dog"), ("2.json", '{"label": "dog", "ü": 1}'.encode()),
        ("3.png", IMAGES[3]),
        ("4.png", IMAGES[4]), ("4.json", b'{"label": 7}'),
    ], mode)  # fmt: skip


def test_only_the_members_that_say_a_changed_label_change(begin, tmp_path):
    audit = begin(shard(tmp_path / "set.tar"))
    judge = Auditor(audit.store).judge
    judge("set/0.png", "relabel", ["dog"])
    judge("set/a/1.png", "none")
    judge("set/3.png", "relabel", ["dog"])
    export(audit, writer_of(audit, "own"), tmp_path / "out.tar")
    found, before = members_of(tmp_path / "out.tar"), members_of(tmp_path / "set.tar")
    added = ("3.cls", b"dog")
    assert [one for one in found if one not in before] == [
        ("0.cls", b" dog\n"), ("a/1.json", b'{"a": 1.50,\n "label" :null}'), added,
    ]  # fmt: skip
    assert [name for name, _ in found if name != "3.cls"] == [name for name, _ in before]
    raw, old = (tmp_path / "out.tar").read_bytes(), (tmp_path / "set.tar").read_bytes()
    start = old.index(b"2.png")  # of the headers and contents between what was edited
    length = old.index(b"3.png") - start
    assert old[start : start + length] in raw


def test_every_member_that_says_the_label_is_edited(begin, tmp_path):
    audit = begin(shard(tmp_path / "set.tar"))
    judge = Auditor(audit.store).judge
    judge("set/2.png", "relabel", ["cat"])
    judge("set/4.png", "relabel", ["cat"])
    export(audit, writer_of(audit, "own"), tmp_path / "out.tar")
    found = dict(members_of(tmp_path / "out.tar"))
    assert (found["2.cls"], found["2.json"].decode()) == (b"cat", '{"label": "cat", "ü": 1}')
    assert found["4.json"] == b'{"label": "cat"}'


def test_sample_that_is_left_out_goes_with_all_its_members(begin, tmp_path):
    audit = begin(shard(tmp_path / "set.tar.gz", "w:gz"))
    Auditor(audit.store).judge("set/0.png", "bad image")
    writer = writer_of(audit, "own")
    choices = writer.choices.with_fates({Verdict.BAD_IMAGE: Fate.LEAVE_OUT})
    for name in ("one.tar.gz", "two.tar.gz"):
        export(audit, writer, tmp_path / name, choices)
    found = members_of(tmp_path / "one.tar.gz")
    assert found == [one for one in members_of(tmp_path / "set.tar.gz") if one[0][0] != "0"]
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()


def test_shard_that_changed_since_is_not_mixed_up(begin, tmp_path):
    audit = begin(shard(tmp_path / "set.tar"))
    Auditor(audit.store).judge("set/0.png", "relabel", ["dog"])
    tarred(tmp_path / "set.tar", [("0.png", IMAGES[0]), ("0.cls", b"emu")])
    with pytest.raises(ExportError, match="has changed since it was audited"):
        export(audit, writer_of(audit, "own"), tmp_path / "out.tar")
    assert not (tmp_path / "out.tar").exists()


# -- arrays ----------------------------------------------------------------------------------


def npz(path, **arrays):
    images = np.arange(6 * 16, dtype=np.uint8).reshape(6, 4, 4)
    np.savez_compressed(path, x_train=images, note=np.array(["kept"]), **arrays)
    return path


def test_arrays_of_labels_change_and_no_others(begin, tmp_path):
    names = np.array(["cat", "dog"])
    audit = begin(npz(tmp_path / "set.npz", y_train=np.array([0, 1, 0, 1, 0, 1]), classes=names))
    audit.store.add_class("a long name", auditor="Ana")
    Auditor(audit.store).judge("train/00001.png", "relabel", ["a long name"])
    Auditor(audit.store, "Ben").judge("train/00002.png", "relabel", ["dog"])
    export(audit, writer_of(audit, "own"), tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as found, np.load(tmp_path / "set.npz") as before:
        assert found.files == before.files
        assert found["y_train"].tolist() == [0, 2, 1, 1, 0, 1]
        assert found["y_train"].dtype == before["y_train"].dtype
        assert found["classes"].tolist() == ["cat", "dog", "a long name"]
        assert np.array_equal(found["x_train"], before["x_train"])


@pytest.mark.parametrize(
    ("labels", "new", "expected"),
    [
        (np.array(["cat", "dog"] * 3), "cat", ["cat", "cat"]),
        (np.array([b"cat", b"dog"] * 3), "a bird", [b"cat", b"a bird"]),
        (np.array([0, 1] * 3, np.float32), "0", [0.0, 0.0]),
        (np.array([[0], [1]] * 3, np.uint8), "0", [[0], [0]]),
        (np.eye(3, dtype=np.uint8)[[0, 1] * 3], "2", [[1, 0, 0], [0, 0, 1]]),
    ],
)
def test_labels_of_every_kind_are_replaced(begin, tmp_path, labels, new, expected):
    audit = begin(npz(tmp_path / "set.npz", y_train=labels))
    if new not in audit.store.offered_classes():
        audit.store.add_class(new, auditor="Ana")
    Auditor(audit.store).judge("train/00001.png", "relabel", [new])
    export(audit, writer_of(audit, "own"), tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as found:
        assert found["y_train"][:2].tolist() == expected
        assert found["y_train"][2:].tolist() == labels[2:].tolist()


def test_array_without_room_for_a_label_says_so(begin, tmp_path):
    audit = begin(npz(tmp_path / "set.npz", y_train=np.array([0, 1] * 3, np.uint8)))
    audit.store.add_class("emu", auditor="Ana")
    Auditor(audit.store).judge("train/00001.png", "relabel", ["emu"])
    with pytest.raises(ExportError, match="'emu' is no number from 0 to 255"):
        export(audit, writer_of(audit, "own"), tmp_path / "out.npz")
    Auditor(audit.store).undo("train/00001.png")
    Auditor(audit.store, "Ben").judge("train/00002.png", "bad image")
    left_out = ExportChoices(dict.fromkeys([Verdict.BAD_IMAGE], Fate.LEAVE_OUT))
    choices = writer_of(audit, "own").choices.with_fates(left_out.fates)
    with pytest.raises(ExportError):
        export(audit, writer_of(audit, "own"), tmp_path / "out.npz", choices)


def test_idx_labels_change_and_images_do_not(begin, tmp_path):
    images = np.arange(4 * 16, dtype=np.uint8).reshape(4, 4, 4)
    idx(tmp_path / "set-images-idx3-ubyte", images)
    idx(tmp_path / "set-labels-idx1-ubyte", np.array([1, 2, 1, 2], np.uint8))
    (tmp_path / "in").mkdir()
    for name in ("set-images-idx3-ubyte", "set-labels-idx1-ubyte"):
        (tmp_path / name).rename(tmp_path / "in" / name)
    audit = begin(tmp_path / "in")
    Auditor(audit.store).judge("set/00001.png", "relabel", ["1"])
    export(audit, writer_of(audit, "own"), tmp_path / "out")
    found = (tmp_path / "out" / "set-labels-idx1-ubyte").read_bytes()
    before = (tmp_path / "in" / "set-labels-idx1-ubyte").read_bytes()
    assert found == before[:8] + bytes([1, 1, 1, 2])
    name = "set-images-idx3-ubyte"
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "in" / name).read_bytes()


# -- archives --------------------------------------------------------------------------------


def test_zip_keeps_all_but_the_table_of_the_labels(begin, tmp_path):
    files = pictures("images/0.jpg", "images/1.jpg")
    table = b'"path";"label"\r\n"0.jpg";"cat"\r\n"1.jpg";"dog"\r\n'
    files |= {".hidden": b"h", "notes/read me.txt": b"notes", "labels.csv": table}
    path = zipped(tmp_path / "set.zip", files, zipfile.ZIP_DEFLATED)
    audit = begin(path, labels=tmp_path / "labels.csv")
    Auditor(audit.store).judge("images/0.jpg", "relabel", ["dog"])
    export(audit, writer_of(audit, "own"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive, zipfile.ZipFile(path) as before:
        assert archive.namelist() == before.namelist()
        assert archive.read("labels.csv") == table.replace(b'"cat"', b'"dog"')
        for found, old in zip(archive.infolist(), before.infolist(), strict=True):
            assert (found.date_time, found.compress_type) == (old.date_time, old.compress_type)
            if found.filename != "labels.csv":
                assert archive.read(found) == before.read(old)


def test_tar_of_class_folders_renames_the_members_that_move(begin, tmp_path):
    files = pictures("set/cat/0.jpg", "set/cat/1.jpg", "set/dog/0.jpg") | {"set/notes.txt": b"n"}
    audit = begin(tarred(tmp_path / "set.tar.xz", files, "w:xz"))
    paths = [row["path"] for row in audit.store.input_rows()]
    Auditor(audit.store).judge(paths[0], "relabel", ["dog"])
    export(audit, writer_of(audit, "own"), tmp_path / "out.tar.xz")
    found = dict(members_of(tmp_path / "out.tar.xz"))
    moved = {"set/dog/0~2.jpg": files["set/cat/0.jpg"]}
    assert found == {n: d for n, d in files.items() if n != "set/cat/0.jpg"} | moved


def test_archive_of_shards_is_refused_with_a_sentence(begin, tmp_path):
    inner = io.BytesIO(shard(tmp_path / "inner.tar").read_bytes())
    audit = begin(zipped(tmp_path / "set.zip", {"inner.tar": inner.getvalue()}))
    assert "own-zip" not in offered_writers(audit)
    with pytest.raises(ExportError, match="holds shards or arrays"):
        writer_of(audit, "own-zip")


def test_labels_beside_an_archive_are_given_back_as_that_table(begin, tmp_path):
    path = zipped(tmp_path / "set.zip", pictures("0.jpg", "1.jpg"))
    put(tmp_path, {"labels.csv": b"path,label\n0.jpg,cat\n1.jpg,dog\n"})
    audit = begin(path, labels=tmp_path / "labels.csv")
    assert writer_of(audit, "own").name == "own-table"
    with pytest.raises(ExportError, match=r"not in set\.zip but beside it"):
        writer_of(audit, "own-zip")


def test_webdataset_of_any_audit_names_its_shards_by_split(begin, tmp_path):
    source = put(tmp_path / "set", pictures("train/cat/0.jpg", "val/cat/0.jpg", "val/dog/1.jpg"))
    audit = begin(source)
    Auditor(audit.store).judge("val/dog/1.jpg", "ambiguous", ["cat", "dog"])
    export(audit, writer_of(audit, "webdataset"), tmp_path / "out")
    shards = sorted(one.name for one in (tmp_path / "out").glob("*.tar"))
    assert shards == ["train-000000.tar", "val-000000.tar"]
    found = dict(members_of(tmp_path / "out" / "val-000000.tar"))
    assert [*found] == ["000000.jpg", "000000.json", "000001.jpg", "000001.json"]
    assert json.loads(found["000000.json"]) == {"label": "cat", "file": "val/cat/0.jpg"}
    assert json.loads(found["000001.json"])["labels"] == ["cat", "dog"]
    assert json.loads(found["000001.json"])["weights"] == [0.5, 0.5]


def in_webdataset(path):
    """Key, image and what else is said of each sample, as the library reads it."""
    samples = webdataset.WebDataset(str(path), shardshuffle=False)
    return [
        {key: value for key, value in one.items() if key not in ("__url__", "__local_path__")}
        for one in samples
    ]


def test_library_reads_what_is_written(begin, tmp_path):
    audit = begin(shard(tmp_path / "set.tar"))
    Auditor(audit.store).judge("set/0.png", "relabel", ["dog"])
    export(audit, writer_of(audit, "own"), tmp_path / "own.tar")
    before, found = in_webdataset(tmp_path / "set.tar"), in_webdataset(tmp_path / "own.tar")
    assert found == [before[0] | {"cls": b" dog\n"}, *before[1:]]
    export(audit, writer_of(audit, "webdataset"), tmp_path / "general")
    (path,) = (tmp_path / "general").glob("*.tar")
    said = [(one["png"], json.loads(one["json"]).get("label")) for one in in_webdataset(path)]
    assert said == [*zip(IMAGES, ["dog", "cat", "dog", None, "7"], strict=True)]
