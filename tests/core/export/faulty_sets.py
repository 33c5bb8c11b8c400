"""Small data sets with everything in them that exports elsewhere lose, in many formats.

Each maker writes a data set into a folder and returns where it lies; what is in it is
said by `entries` alone, never by the readers.
"""

import csv
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.core.ingest.boxes_making import (
    voc_object,
    write_coco,
    write_image,
    write_text,
    write_voc,
)
from tests.core.ingest.packing import hugging_face, idx, picture, put, tarred, zipped

CLASSES = ("cat", "dog", "a|b", "two\nlines", "\u00e9t\u00e9", "e\u0301te\u0301", "CON", "Cat")
"""Among them two that look alike, and two that some systems take for one."""

NEW_CLASS = "neu/alt: \U0001f426 100%25"
"""One that no data set has, with all that a folder cannot be called."""

DAMAGED, MISSING = "damaged", "missing"


@dataclass
class Entry:
    """An image as the input has it."""

    path: str
    label: str | None
    split: str | None = None
    state: str = ""
    region: tuple[int, int, int, int] | None = None


@dataclass
class DataSet:
    """A data set: where it lies, how it is read, and what is in it."""

    path: Path
    entries: list[Entry]
    labels: Path | None = None
    classes: tuple[str, ...] = CLASSES
    new_class: str = NEW_CLASS
    options: dict[str, str] = field(default_factory=dict)


def content(number, entry):
    if entry.state == DAMAGED:
        return b"\xff\xd8 no picture at all"
    return picture(number * 5 + 1, "PNG")


def files(entries):
    """Bytes by path, each file another; none of those that are missing."""
    there = [one for one in entries if one.state != MISSING]
    return {one.path: content(number, one) for number, one in enumerate(there)}


def listed(classes=CLASSES, splits=("train", "val", "holdout", None)):
    """The same names in every class and split, and items that are hard to keep."""
    found = [
        Entry(f"{split or 'rest'}/{number}/{name}", label, split)
        for split in splits
        for number, label in enumerate(classes)
        for name in ("0.png", "1.png")
    ]
    found += [
        Entry("x/0.png", None, splits[0]),
        Entry("x/1.png", None, splits[-1]),
        Entry("y/-rf $(echo 'x').png", classes[0], splits[0]),
        Entry("y/broken.png", classes[1], splits[0], DAMAGED),
        Entry("y/gone.png", classes[0], splits[0], MISSING),
    ]
    return found


# -- tables --------------------------------------------------------------------------------------


def table(folder, delimiter=",", name="labels.csv"):
    entries = listed()
    put(folder / "images", files(entries))
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["path", "label", "split", "note"])
        for one in entries:
            writer.writerow([one.path, one.label or "", one.split or "", "of no import"])
    return DataSet(folder / "images", entries, folder / name)


def tabs(folder):
    return table(folder, "\t", "labels.tsv")


def lines(folder):
    entries = listed()
    put(folder / "images", files(entries))
    rows = [{"path": e.path, "label": e.label, "split": e.split, "n": 1.50} for e in entries]
    write_text(folder, "labels.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    return DataSet(folder / "images", entries, folder / "labels.jsonl")


def parquet(folder):
    entries = listed()
    put(folder / "images", files(entries))
    columns = {name: [getattr(e, name) for e in entries] for name in ("path", "label", "split")}
    pq.write_table(pa.table(columns), folder / "labels.parquet", row_group_size=20)
    return DataSet(folder / "images", entries, folder / "labels.parquet")


def label_map(folder):
    entries = listed(splits=("train", "val"))
    put(folder / "images", files(entries))
    for one in entries:
        one.split = one.split if one.path[0] in "tv" else None  # folders alone say it
    text = json.dumps({e.path: e.label for e in entries}, indent=1)
    write_text(folder, "labels.json", text)
    return DataSet(folder / "images", entries, folder / "labels.json")


def metadata(folder):
    entries = [e for e in listed(splits=("train", "val")) if e.path[0] not in "xy"]
    put(folder / "set", files(entries))
    for split in ("train", "val"):
        with (folder / "set" / split / "metadata.csv").open("w", encoding="utf-8", newline="") as f:
            rows = [
                (e.path.removeprefix(f"{split}/"), e.label) for e in entries if e.split == split
            ]
            csv.writer(f).writerows([("file_name", "label"), *rows])
    return DataSet(folder / "set", entries)


def cvat(folder):
    entries = listed(splits=("train", "val", "holdout"))
    put(folder / "images", files(entries))
    lines = [
        f"  <image id='{n}' name={in_quotes(e.path)} subset={in_quotes(e.split)}>"
        + (f"<tag source='manual' label={in_quotes(e.label)}/>" if e.label else "")
        + "</image>\n"
        for n, e in enumerate(entries)
    ]
    write_text(folder, "labels.xml", f"<annotations>\n{''.join(lines)}</annotations>\n")
    return DataSet(folder / "images", entries, folder / "labels.xml")


def in_quotes(text):
    return quoteattr(text, {"\n": "&#10;"})


def tasks(folder):
    entries = [e for e in listed() if e.state != MISSING]
    put(folder / "images", files(entries))
    found = [
        {"data": {"image": f"/data/local-files/?d={quote(e.path)}", "split": e.split}, "id": n,
         "annotations": [answer(e.label)] if e.label else [], "agreement": 1.50}
        for n, e in enumerate(entries)
    ]  # fmt: skip
    write_text(folder, "tasks.json", json.dumps(found, indent=1))
    return DataSet(folder / "images", entries, folder / "tasks.json")


def answer(label):
    value = {"choices": [label]}
    return {"id": 1, "result": [{"from_name": "kind", "to_name": "image", "value": value}]}


# -- folders -------------------------------------------------------------------------------------


def in_folders(pattern, splits, extra=()):
    entries = [
        Entry(pattern.format(split=split, label=label, name=name), label, split)
        for split in splits
        for label in CLASSES
        for name in ("0.png", "1.png")
    ]
    return [*entries, *extra]


def class_folders(folder):
    extra = [
        Entry("loose.png", None),
        Entry("cat/broken.png", "cat", None, DAMAGED),
        Entry("cat/below/0.png", "cat"),
        Entry("dog/below/0.png", "dog"),
    ]
    entries = in_folders("{label}/{name}", [None], extra)
    put(folder / "set", files(entries))
    write_text(folder / "set", "README.md", "read me")
    write_text(folder / "set", "manifest.json", '{"of": "somebody else"}')
    write_text(folder / "set", "files.csv", "somebody else's")
    return DataSet(folder / "set", entries)


def nested_folders(folder):
    entries = [
        Entry(f"{label}/{name}", label)
        for label in ("birds/emu", "birds/ibis", "fish")
        for name in ("0.png", "1.png")
    ]
    put(folder / "set", files(entries))
    return DataSet(folder / "set", entries, classes=("birds/emu", "birds/ibis", "fish"),
                   options={"nested_classes": "yes"})  # fmt: skip


def split_folders(folder):
    extra = [Entry("train/loose.png", None, "train"), Entry("val/cat/below/0.png", "cat", "val")]
    entries = in_folders("{split}/{label}/{name}", ["train", "val"], extra)
    put(folder / "set", files(entries))
    return DataSet(folder / "set", entries)


def splits_in_classes(folder):
    entries = in_folders("{label}/{split}/{name}", ["train", "val"], [Entry("loose.png", None)])
    put(folder / "set", files(entries))
    return DataSet(folder / "set", entries)


# -- packed --------------------------------------------------------------------------------------


def zip_of_folders(folder):
    made = split_folders(folder)
    found = {f"set/{path}": data for path, data in files(made.entries).items()}
    zipped(folder / "set.zip", found | {"set/notes.txt": b"notes"}, zipfile.ZIP_DEFLATED)
    for one in made.entries:
        one.path = f"set/{one.path}"
    return DataSet(folder / "set.zip", made.entries)


def tar_of_folders(folder):
    made = class_folders(folder)
    return DataSet(tarred(folder / "set.tar.gz", files(made.entries), "w:gz"), made.entries)


def zip_of_table(folder):
    entries = [e for e in listed() if e.state != MISSING]
    text = "path,label,split\n" + "".join(
        f'{json.dumps(e.path)},"{e.label or ""}",{e.split or ""}\n' for e in entries
    )
    held = {f"images/{path}": data for path, data in files(entries).items()}
    for one in entries:
        one.path = f"images/{one.path}"
    zipped(folder / "set.zip", held | {"labels.csv": text.encode()})
    return DataSet(folder / "set.zip", entries, folder / "labels.csv")


def shards(folder):
    entries = []
    for split in ("train", "val"):
        members, of_split = [], []
        for number, label in enumerate([*CLASSES, None, *CLASSES]):
            entry = Entry(f"{split}-00/{number:04}.png", label, split)
            of_split.append(entry)
            data = content(len(entries) + number, entry)
            if number % 3 == 0:
                said = [] if label is None else [(f"{number:04}.cls", f"{label}\n".encode())]
            else:
                text = f'{{"b": 1.50,  "label": {json.dumps(label)}, "a": [1,2]}}'
                said = [(f"{number:04}.json", text.encode())]
            picture_ = (f"{number:04}.png", data)
            members += [*said, picture_] if number % 2 else [picture_, *said]
        entries += of_split
        (folder / "set").mkdir(exist_ok=True)
        tarred(folder / "set" / f"{split}-00.tar", members)
    return DataSet(folder / "set", entries)


def packed_parquet(folder):
    entries = []
    for split in ("train", "test"):
        rows = [(picture(len(entries) * 5 + n, "PNG"), f"{n}.png", n % 3) for n in range(9)]
        (folder / "set").mkdir(exist_ok=True)
        hugging_face(folder / "set" / f"{split}-00.parquet", rows, ("cat", "dog", "a|b"))
        entries += [
            Entry(f"{split}-00/{n:06}.png", ("cat", "dog", "a|b")[n % 3], split) for n in range(9)
        ]
    return DataSet(folder / "set", entries, classes=("cat", "dog", "a|b"))


def npz(folder):
    images = np.random.default_rng(0).integers(0, 256, (12, 4, 4), np.uint8)
    labels, names = np.arange(12) % 3, np.array(["cat", "dog", "a|b"])
    np.savez(folder / "set.npz", x_train=images[:8], y_train=labels[:8],
             x_test=images[8:], y_test=labels[8:], classes=names)  # fmt: skip
    entries = [
        Entry(f"{split}/{n:05}.png", str(names[label]), split)
        for split, of_split in (("train", labels[:8]), ("test", labels[8:]))
        for n, label in enumerate(of_split)
    ]
    return DataSet(folder / "set.npz", entries, classes=("cat", "dog", "a|b"))


def idx_arrays(folder):
    (folder / "set").mkdir()
    entries = []
    for split, name, ending in (("train", "train", ""), ("test", "t10k", ".gz")):
        images = np.random.default_rng(len(name)).integers(0, 256, (6, 4, 4), np.uint8)
        labels = (np.arange(6) % 3).astype(np.uint8)
        idx(folder / "set" / f"{name}-images-idx3-ubyte{ending}", images)
        idx(folder / "set" / f"{name}-labels-idx1-ubyte{ending}", labels)
        entries += [
            Entry(f"{name}/{n:05}.png", str(label), split) for n, label in enumerate(labels)
        ]
    return DataSet(folder / "set", sorted(entries, key=lambda e: e.path), classes=("0", "1", "2"),
                   new_class="7")  # fmt: skip


# -- boxes ---------------------------------------------------------------------------------------

BOXES = (("a/1.png", 0, (10, 20, 30, 40)), ("a/1.png", 1, (50, 20, 20, 20)),
         ("b/1.png", 1, (10, 20, 30, 40)), ("b/1.png", 2, (0, 0, 9, 9)),
         ("b/1.png", 0, (60, 50, 30, 20)))  # fmt: skip


def box_entries(classes, prefix=""):
    return [Entry(prefix + path, classes[at], None, region=region) for path, at, region in BOXES]


def coco(folder):
    classes = ("cat", "a|b", "\u00e9t\u00e9")
    for path in ("a/1.png", "b/1.png"):
        write_image(folder / "set", path)
    images = {1: "a/1.png", 2: "b/1.png"}
    ids = {name: key for key, name in images.items()}
    boxes = [(n, ids[path], at + 1, box) for n, (path, at, box) in enumerate(BOXES, start=1)]
    write_coco(folder / "set", "annotations.json", images, boxes, classes)
    return DataSet(folder / "set", box_entries(classes), classes=classes)


def voc(folder):
    classes = ("cat", "dog", "a|b")
    for path, name in (("a/1.png", "1"), ("b/1.png", "2")):
        write_image(folder / "set" / "JPEGImages", f"{name}.png")
        objects = [
            voc_object(classes[at], (x + 1, y + 1, x + w, y + h))
            for of, at, (x, y, w, h) in BOXES
            if of == path
        ]
        write_voc(folder / "set" / "Annotations", f"{name}.xml", f"{name}.png", *objects)
    entries = box_entries(classes)
    for one in entries:
        one.path = f"JPEGImages/{'1' if one.path[0] == 'a' else '2'}.png"
    return DataSet(folder / "set", entries, classes=classes)


def yolo(folder):
    classes = ("cat", "dog", "a|b")
    entries = box_entries(classes, "train/images/")
    for one in entries:
        one.path = one.path.replace("/a/1.", "/a.").replace("/b/1.", "/b.")
        one.split = "train"
    for path in ("a", "b"):
        write_image(folder / "set", f"train/images/{path}.png")
        rows = [
            f"{at} {(x + w / 2) / 100} {(y + h / 2) / 80} {w / 100} {h / 80}\n"
            for of, at, (x, y, w, h) in BOXES
            if of[0] == path
        ]
        write_text(folder / "set", f"train/labels/{path}.txt", "".join(rows))
    write_text(folder / "set", "data.yaml", "nc: 3\nnames: [cat, 'dog', \"a|b\"]  # three\n")
    return DataSet(folder / "set", entries, classes=classes)


def box_table(folder):
    classes = ("cat", "dog", "a|b")
    for path in ("a/1.png", "b/1.png"):
        write_image(folder / "set", path)
    rows = [f"{path},{x},{y},{x + w},{y + h},{classes[at]}\n" for path, at, (x, y, w, h) in BOXES]
    write_text(folder / "set", "boxes.csv", "filename,xmin,ymin,xmax,ymax,class\n" + "".join(rows))
    return DataSet(folder / "set", box_entries(classes), classes=classes)


DATA_SETS = {
    maker.__name__: maker
    for maker in (
        table, tabs, lines, parquet, label_map, metadata, class_folders, nested_folders,
        split_folders, splits_in_classes, zip_of_folders, tar_of_folders, zip_of_table, shards,
        packed_parquet, npz, idx_arrays, coco, voc, yolo, box_table, cvat, tasks,
    )
}  # fmt: skip

READ_AS = {
    "table": {"csv"}, "tabs": {"csv"}, "lines": {"jsonl"}, "parquet": {"parquet"},
    "label_map": {"label-map"}, "metadata": {"metadata"},
    "class_folders": {"class-folders"}, "nested_folders": {"class-folders"},
    "split_folders": {"split-folders"}, "splits_in_classes": {"splits-in-classes"},
    "zip_of_folders": {"zip", "split-folders"}, "tar_of_folders": {"tar", "class-folders"},
    "zip_of_table": {"zip", "csv"}, "shards": {"webdataset", "unpacked"},
    "packed_parquet": {"image-parquet", "unpacked"}, "npz": {"npz", "unpacked"},
    "idx_arrays": {"idx", "unpacked"}, "coco": {"coco"}, "voc": {"voc"},
    "box_table": {"box-table"}, "yolo": {"yolo"}, "cvat": {"cvat"},
    "tasks": {"label-studio"},
}  # fmt: skip
"""The readers of each, by name."""
