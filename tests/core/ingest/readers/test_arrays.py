"""Images and labels in arrays: npz, and the idx files of MNIST and its kin."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.ingest.array_images import ArrayImages
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.unpacking import layout, unpack
from tests.core.ingest.packing import idx

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (12, 6, 5), dtype=np.uint8)
COLORS = RNG.integers(0, 256, (4, 6, 5, 3), dtype=np.uint8)


def read(path, folder):
    """Label, split and pixels of every item of arrays that are unpacked into `folder`."""
    source = source_of(path)
    unpack(source, folder)
    return {
        r.path: (r.label, r.split, np.asarray(Image.open(folder / r.path)))
        for r in read_source(layout(source, folder)).records
    }


def refusal(path, tmp_path):
    with pytest.raises(SourceError) as error:
        unpack(source_of(path), tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()
    assert len(str(error.value)) <= 300
    return str(error.value)


def test_npz_of_keras_is_read_item_by_item(tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez_compressed(
        path, x_train=GRAY, y_train=np.arange(12) % 3, x_test=GRAY[:2], y_test=[2, 1]
    )
    found = read(path, tmp_path / "unpacked")
    assert len(found) == 14
    for index in range(12):
        label, split, pixels = found[f"train/{index:05}.png"]
        assert (label, split) == (str(index % 3), "train")
        assert np.array_equal(pixels, GRAY[index])
    assert [found[f"test/0000{index}.png"][:2] for index in (0, 1)] == [
        ("2", "test"),
        ("1", "test"),
    ]


def test_index_of_an_item_is_a_column(tmp_path):
    np.savez(tmp_path / "a.npz", x=COLORS, y=["cat", "dog", "cat", "dog"])
    source = source_of(tmp_path / "a.npz")
    unpack(source, tmp_path / "unpacked")
    listing = read_source(layout(source, tmp_path / "unpacked"))
    assert listing.columns == ["path", "label", "index"]
    assert listing.records[3].fields == {"path": "images/00003.png", "label": "dog", "index": "3"}


@pytest.mark.parametrize(
    ("arrays", "labels"),
    [
        ({"train_images": COLORS, "train_labels": np.array([[0], [1], [1], [0]])}, "0110"),
        ({"X": COLORS, "y": np.eye(4)[[3, 1, 2, 0]]}, "3120"),
        ({"images": COLORS, "labels": np.array([b"a", b"b", b"b", b"a"])}, "abba"),
        ({"data": COLORS, "target": np.array([0, 1, 1, 0]), "target_names": ["n", "p"]}, "nppn"),
        ({"arr_0": COLORS, "arr_1": np.array([1.0, 0.0, 1.0, 0.0])}, "1010"),
        ({"x_val": COLORS, "y_val": np.array([True, False, True, False])}, None),
    ],
)
def test_arrays_of_many_names_are_known(tmp_path, arrays, labels):
    np.savez(tmp_path / "a.npz", **arrays)
    found = list(read(tmp_path / "a.npz", tmp_path / "unpacked").values())
    assert [label for label, *_ in found] == (
        [*labels] if labels else ["True", "False", "True", "False"]
    )
    for (*_, pixels), item in zip(found, COLORS, strict=True):
        assert np.array_equal(pixels, item)


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(5, 9), st.integers(5, 9)),
    channels=st.sampled_from([None, 1, 3, 4]),
    first=st.booleans(),
    dtype=st.sampled_from(["u1", "f4", "f8", "?"]),
)
def test_pixels_come_back_whatever_the_order_of_axes(shape, channels, first, dtype):
    n, h, w = shape
    pixels = np.random.default_rng(1).integers(0, 256, (n, h, w, channels or 1), dtype=np.uint8)
    stored = pixels > 127 if dtype == "?" else pixels / 255 if dtype != "u1" else pixels
    if channels is None:
        stored = stored[..., 0]
    elif first:
        stored = np.moveaxis(stored, 3, 1)
    stored = np.ascontiguousarray(stored).astype(dtype)
    images = ArrayImages("x", stored.shape, stored.dtype)
    expected = np.where(pixels > 127, 255, 0) if dtype == "?" else pixels
    for data, item in zip(images.read(io.BytesIO(stored.tobytes())), expected, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))).reshape(item.shape), item)


def test_rows_of_pixels_are_square_images():
    flat = COLORS[:, :5].transpose(0, 3, 1, 2).reshape(4, -1)
    images = ArrayImages("x", flat.shape, flat.dtype)
    first = next(images.read(io.BytesIO(np.ascontiguousarray(flat).tobytes())))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(first))), COLORS[0, :5])


def test_idx_files_are_read_item_by_item(tmp_path):
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    labels = np.arange(12) % 10
    for split, ending in (("train", ""), ("train", ".gz"), ("t10k", ".gz")):
        idx(folder / f"{split}-images-idx3-ubyte{ending}", GRAY)
        idx(folder / f"{split}-labels-idx1-ubyte{ending}", labels)
    found = read(tmp_path, tmp_path.with_name("unpacked"))
    assert len(found) == 24
    for index in range(12):
        for part, split in (("train", "train"), ("t10k", "test")):
            label, given_split, pixels = found[f"{part}/{index:05}.png"]
            assert (label, given_split) == (str(labels[index]), split)
            assert np.array_equal(pixels, GRAY[index])


def test_one_idx_file_is_read_with_its_labels(tmp_path):
    idx(tmp_path / "train-images-idx3-ubyte.gz", GRAY)
    idx(tmp_path / "train-labels-idx1-ubyte.gz", np.arange(12) % 10)
    found = inspect(source_of(tmp_path / "train-images-idx3-ubyte.gz"))
    assert (found.reader, found.items, found.splits) == ("idx", 12, {"train": 12})
    assert len(found.samples) == 6


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"x_train": COLORS, "y_train": [1, 2]}, "y_train holds 2 labels for 4 images in x_train"),
        ({"x": COLORS, "y": np.full((4, 3), 2)}, "y has several numbers an image, other than 0"),
        ({"x": np.array([{}, {}], dtype=object), "y": [0, 1]}, "Python objects, which are never"),
        ({"x": COLORS, "y": np.array([{}] * 4, dtype=object)}, "Python objects, which are never"),
        ({"x": np.zeros((4, 7)), "y": np.zeros(4)}, "x of shape (4, 7) holds no images"),
        (
            {"embeddings": np.zeros((4, 7))},
            "it has no arrays x_train and y_train, or x and y; it has",
        ),
        ({"x": np.asfortranarray(GRAY), "y": np.zeros(12)}, "save np.ascontiguousarray of it"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, arrays, reason):
    np.savez(tmp_path / "a.npz", **arrays)
    assert reason in refusal(tmp_path / "a.npz", tmp_path)


@pytest.mark.timeout(20)
def test_arrays_that_say_they_are_huge_are_refused_unread(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, shape in (("x", (10**7, 1000, 1000)), ("y", (10**7,))):
            buffer = io.BytesIO()
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(buffer, header)
            archive.writestr(f"{name}.npy", buffer.getvalue() + b"x")
    assert "x holds 1 bytes, not an array of shape" in refusal(tmp_path / "a.npz", tmp_path)
    with gzip.open(tmp_path / "train-images-idx3-ubyte.gz", "wb") as file:
        file.write(bytes([0, 0, 8, 3]) + np.array([10**9, 1000, 1000], ">u4").tobytes())
    idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(3))
    assert "1,000,000,000 files" in refusal(tmp_path / "train-images-idx3-ubyte.gz", tmp_path)


def test_cut_off_idx_file_is_refused(tmp_path):
    idx(tmp_path / "train-images-idx3-ubyte", GRAY)
    idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(12))
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    assert "holds 359 bytes, not an array of shape (12, 6, 5)" in refusal(path, tmp_path)
    idx(tmp_path / "train-images-idx3-ubyte.gz", GRAY)
    path.unlink()
    packed = tmp_path / "train-images-idx3-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:200])
    assert str(packed) in refusal(packed, tmp_path)


def test_damaged_idx_file_is_refused_by_its_sum(tmp_path):
    path = idx(tmp_path / "train-images-idx3-ubyte.gz", GRAY)
    idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(12))
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    assert "cannot be read (CRC check failed" in refusal(path, tmp_path)
