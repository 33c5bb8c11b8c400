"""Time and memory of understanding and listing boxes, in each format that has them.

    python -m tests.benchmarks.box_listing [--boxes 100000] [--formats coco voc yolo box-table]

Ten boxes an image, image files of a few bytes: no image is decoded. For each format, seconds of
`inspect` and of listing into a new audit, and the peak memory of a process that did both.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.readers import source_of
from core.pipeline import list_items

BOXES_AN_IMAGE = 10
WIDTH, HEIGHT = 640, 480
NAMES = [f"class {number}" for number in range(80)]

Box = tuple[int, str, int, int, int, int]
"""Class, file, left, top, width, height."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--boxes", type=int, default=100_000)
    parser.add_argument("--formats", nargs="+", choices=list(WRITERS), default=list(WRITERS))
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return
    print(f"{options.boxes:,} boxes: inspect (s), list (s), peak memory (MB)")
    for name in options.formats:
        with tempfile.TemporaryDirectory() as scratch:
            make(Path(scratch) / "source", name, options.boxes)
            command = [sys.executable, "-m", "tests.benchmarks.box_listing", "--measure", scratch]
            done = subprocess.run(command, capture_output=True, check=True, text=True)
            found = json.loads(done.stdout)
            print(
                f"{found['reader']:10} {found['inspect']:6.1f} {found['list']:6.1f}"
                f" {found['peak']:6.0f}   ({found['items']:,} items)"
            )


def make(folder: Path, name: str, boxes: int) -> None:
    """Write a data set of `boxes` boxes in a format."""
    images = folder / "images"
    images.mkdir(parents=True)
    Image.new("RGB", (WIDTH, HEIGHT)).save(folder / "images" / "first.jpg", quality=1)
    data = (images / "first.jpg").read_bytes()
    (images / "first.jpg").unlink()
    rows = list(_boxes(boxes))
    for file in dict.fromkeys(row[1] for row in rows):
        (images / file).write_bytes(data)
    WRITERS[name](folder, rows)


def measured(scratch: Path) -> dict[str, object]:
    """Inspect and list the data set in a folder; return seconds, the peak in MB and counts."""
    source = source_of(scratch / "source")
    start = time.perf_counter()
    inspect(source)
    inspected = time.perf_counter()
    audit = Audit.create(scratch / "audit", source)
    listing = list_items(audit)
    listed = time.perf_counter()
    items = audit.store.counts()["items"]
    audit.store.close()
    assert items == len(listing.records)
    return {
        "reader": source.format,
        "inspect": inspected - start,
        "list": listed - inspected,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "items": items,
    }


def _boxes(count: int) -> Iterator[Box]:
    rng = random.Random(0)
    for number in range(count):
        left, top = rng.randrange(WIDTH - 40), rng.randrange(HEIGHT - 40)
        size = rng.randint(8, WIDTH - left - 1), rng.randint(8, HEIGHT - top - 1)
        file = f"{number // BOXES_AN_IMAGE:06}.jpg"
        yield rng.randrange(len(NAMES)), file, left, top, *size


def _write_coco(folder: Path, rows: list[Box]) -> None:
    files = {file: at for at, file in enumerate(dict.fromkeys(row[1] for row in rows))}
    polygon = [[float(number) for number in range(40)]]
    found = {
        "images": [
            {"id": at, "file_name": file, "width": WIDTH, "height": HEIGHT}
            for file, at in files.items()
        ],
        "annotations": [
            {"id": at, "image_id": files[file], "category_id": name, "iscrowd": 0,
             "bbox": box, "area": 1.5, "segmentation": polygon}
            for at, (name, file, *box) in enumerate(rows)
        ],
        "categories": [{"id": at, "name": name} for at, name in enumerate(NAMES)],
    }  # fmt: skip
    (folder / "annotations").mkdir()
    path = folder / "annotations" / "instances_train2017.json"
    path.write_text(json.dumps(found), encoding="utf-8")


def _write_voc(folder: Path, rows: list[Box]) -> None:
    (folder / "annotations").mkdir()
    for file, inside in _by_file(rows).items():
        objects = "".join(
            f"<object><name>{NAMES[name]}</name><difficult>0</difficult><bndbox><xmin>{left + 1}"
            f"</xmin><ymin>{top + 1}</ymin><xmax>{left + width}</xmax><ymax>{top + height}</ymax>"
            "</bndbox></object>"
            for name, _, left, top, width, height in inside
        )
        path = folder / "annotations" / Path(file).with_suffix(".xml")
        path.write_text(f"<annotation><filename>{file}</filename>{objects}</annotation>")


def _write_yolo(folder: Path, rows: list[Box]) -> None:
    (folder / "labels").mkdir()
    (folder / "data.yaml").write_text(f"names: {json.dumps(NAMES)}\n")
    for file, inside in _by_file(rows).items():
        lines = [
            f"{name} {(left + width / 2) / WIDTH:.6f} {(top + height / 2) / HEIGHT:.6f}"
            f" {width / WIDTH:.6f} {height / HEIGHT:.6f}\n"
            for name, _, left, top, width, height in inside
        ]
        (folder / "labels" / Path(file).with_suffix(".txt")).write_text("".join(lines))


def _write_table(folder: Path, rows: list[Box]) -> None:
    with (folder / "labels.csv").open("w", encoding="utf-8") as table:
        table.write("filename,width,height,class,xmin,ymin,xmax,ymax\n")
        for name, file, left, top, width, height in rows:
            edges = f"{left},{top},{left + width},{top + height}"
            table.write(f"{file},{WIDTH},{HEIGHT},{NAMES[name]},{edges}\n")


def _by_file(rows: list[Box]) -> dict[str, list[Box]]:
    found: dict[str, list[Box]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    return found


WRITERS: dict[str, Callable[[Path, list[Box]], None]] = {
    "coco": _write_coco,
    "voc": _write_voc,
    "yolo": _write_yolo,
    "box-table": _write_table,
}
"""What writes a data set, by the reader that reads it."""


if __name__ == "__main__":
    main()
