"""Data sets of annotations as tools write them, audited, corrected and given back."""

import hashlib
import json
import shutil
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from PIL import Image

from core.audit import Audit
from core.export.exporting import export
from core.export.writers import writer_of
from core.ingest.readers import read_source, source_of
from core.ingest.readers.coco import coco_files
from core.pipeline import list_items
from tests.core.making import Auditor

WIDTH, HEIGHT = 40, 30
OURS = ("manifest.json", "changes.csv")
BOXES = ((2, 3, 12, 13), (15, 5, 35, 25), (0, 0, 39, 29))
"""Edges; of a file with several items, each has the next."""


class Item(NamedTuple):
    """An item of a data set: its file, which of its boxes (None for the whole), its label."""

    file: str
    box: int | None
    label: str | None


class Style(NamedTuple):
    """How a tool writes: what a person would see in an editor."""

    indent: int | None = None
    ascii: bool = True
    end: str = "\n"
    encoding: str = "utf-8"


@cache
def picture(seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def write_pictures(folder, items):
    for number, file in enumerate(dict.fromkeys(item.file for item in items)):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(picture(number))


def put(path, text, style):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace("\n", style.end).encode(style.encoding))
    return path


def dumped(value, style):
    return json.dumps(value, indent=style.indent, ensure_ascii=style.ascii)


def by_split(items):
    """Items by the first folder of their file."""
    found = {}
    for item in items:
        found.setdefault(item.file.split("/")[0], []).append(item)
    return found


def write_coco(folder, items, classes, style):
    ids = {name: at for at, name in enumerate(classes, start=1)}
    for split, some in by_split(items).items():
        files = {file: at for at, file in enumerate(dict.fromkeys(one.file for one in some), 10)}
        found = {
            "info": {"description": "a | b"},
            "images": [
                {"id": at, "file_name": file.split("/", 1)[1], "width": WIDTH, "height": HEIGHT}
                for file, at in files.items()
            ],
            "annotations": [
                {"id": at, "image_id": files[one.file], "category_id": ids.get(one.label, 0)}
                | ({} if one.box is None else {"bbox": coco_box(one.box), "segmentation": [[1.50]]})
                for at, one in enumerate(some)
            ],
            "categories": [{"id": at, "name": name} for name, at in ids.items()],
        }
        put(folder / f"annotations/instances_{split}.json", dumped(found, style), style)
    return source_of(folder)


def coco_box(at):
    left, top, right, bottom = BOXES[at]
    return [left, top, right - left, bottom - top]


def write_voc(folder, items, classes, style):
    for file, some in by_file(items).items():
        split, name = file.split("/")
        new = "\n\t" if style.indent else ""
        objects = "".join(
            f"{new}<object>{new}<name>{escape(one.label or '')}</name><pose>a &amp; b</pose>"
            + "<bndbox>{}</bndbox></object>".format(
                "".join(
                    f"<{edge}>{value + (edge[1:] == 'min')}</{edge}>"
                    for edge, value in zip(
                        ("xmin", "ymin", "xmax", "ymax"), BOXES[one.box], strict=True
                    )
                )
            )
            for one in some
        )
        text = f"<annotation>{new}<filename>{name}</filename>{objects}\n</annotation>"
        put(folder / split / "Annotations" / f"{Path(name).stem}.xml", text, style)
    return source_of(folder)


def by_file(items):
    found = {}
    for item in items:
        found.setdefault(item.file, []).append(item)
    return found


def write_yolo(folder, items, classes, style):
    ids = {name: at for at, name in enumerate(classes)}
    for file, some in by_file(items).items():
        lines = []
        for one in some:
            left, top, right, bottom = BOXES[one.box]
            x, y = (left + right) / 2 / WIDTH, (top + bottom) / 2 / HEIGHT
            sides = (right - left) / WIDTH, (bottom - top) / HEIGHT
            lines.append(f"{ids.get(one.label, 99)} {x:.8f} {y:.8f} {sides[0]:.8f} {sides[1]:.8f}")
        name = file.replace("images/", "labels/").rsplit(".", 1)[0]
        put(folder / f"{name}.txt", "\n".join(lines) + "\n" * (style.indent is None), style)
    names = json.dumps(list(classes), ensure_ascii=False)
    text = f"train: train/images\nnc: {len(classes)}\nnames: {names}  # ours\n"
    put(folder / "data.yaml", text, style._replace(encoding="utf-8"))
    return source_of(folder)


def write_tasks(folder, items, classes, style):
    tasks = [
        {
            "id": at,
            "data": {"image": f"/data/local-files/?d={one.file}"},
            "annotations": [
                {
                    "id": at,
                    "result": [
                        {
                            "from_name": "kind",
                            "to_name": "image",
                            "type": "choices",
                            "value": {"choices": [one.label]},
                        }
                    ],
                    "was_cancelled": False,
                    "lead_time": 1.50,
                }
            ]
            if one.label
            else [],
            "predictions": [],
        }
        for at, one in enumerate(items)
    ]
    return with_labels(folder, "tasks.json", dumped(tasks, style), style)


def write_rows(folder, items, classes, style):
    rows = [
        {
            "image": one.file,
            "choice": one.label or "",
            "annotator": 1,
            "annotation_id": at,
        }
        for at, one in enumerate(items)
    ]
    return with_labels(folder, "rows.json", dumped(rows, style), style)


def write_label_map(folder, items, classes, style):
    return with_labels(
        folder, "labels.json", dumped({one.file: one.label for one in items}, style), style
    )


def write_cvat(folder, items, classes, style):
    new = "\n    " if style.indent else ""
    images = "".join(
        f"\n  <image id='{at}' name={quoteattr(one.file)} width='{WIDTH}' height='{HEIGHT}'>"
        + (f"{new}<tag source='manual' label={in_quotes(one.label)}></tag>" if one.label else "")
        + "\n  </image>"
        for at, one in enumerate(items)
    )
    names = "".join(f"<label><name>{escape(name)}</name></label>" for name in classes)
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>'
        f"\n  <meta><task><labels>{names}</labels></task></meta>{images}\n</annotations>\n"
    )
    return with_labels(folder, "annotations.xml", text, style)


def in_quotes(text):
    return '"' + escape(text, {'"': "&quot;", "\n": "&#10;"}) + '"'


def with_labels(folder, name, text, style):
    (folder / "images").mkdir(exist_ok=True)
    return source_of(folder, put(folder / name, text, style))


MAKERS = {
    "coco": write_coco,
    "voc": write_voc,
    "yolo": write_yolo,
    "tasks": write_tasks,
    "rows": write_rows,
    "label-map": write_label_map,
    "cvat": write_cvat,
}
WITH_BOXES = ("coco", "voc", "yolo")


class Round:
    """A data set that is audited and given back.

    Parameters
    ----------
    folder : Path
        The data set.
    source : Source
    """

    def __init__(self, folder, source):
        self.folder, self.source = folder, source
        self.audit = Audit.create(folder.with_name(f"{folder.name} audit"), source)
        list_items(self.audit)
        self.before = contents(folder)
        self.auditor = Auditor(self.audit.store)

    def given_back(self, name="own", choices=None, to=None):
        """Export; return the exported files by where they lie in the data set."""
        writer = writer_of(self.audit, name)
        suffix = writer.suffix_of(self.audit)
        to = to or self.folder.with_name(f"{self.folder.name} export{suffix}")
        export(self.audit, writer, to, choices)
        self.audit.store.close()
        assert contents(self.folder) == self.before
        if to.is_dir():
            found = contents(to)
            return {name: found[name] for name in found if name not in OURS}
        (file,) = [self.source.labels] if self.source.labels else coco_files(self.folder)
        return {file.relative_to(self.folder).as_posix(): to.read_bytes()}

    def next(self, files):
        """Return the data set with exported files in the place of its own, audited anew."""
        folder = self.folder.with_name(f"{self.folder.name}+")
        shutil.copytree(self.folder, folder)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        labels = self.source.labels
        where = None if labels is None else folder / labels.relative_to(self.folder)
        return Round(folder, source_of(folder, where))


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def labels(source):
    """Label and split of each item, by the content of its file and its region."""
    found = {}
    for record in read_source(source).records:
        data = (source.path / record.file).read_bytes()
        key = hashlib.sha256(data).hexdigest(), record.region
        assert key not in found
        found[key] = record.label, record.split
    return found


def paths(source):
    """Label of each item by its path."""
    return {record.path: record.label for record in read_source(source).records}
