"""Seconds and peak memory of giving annotations back, each format in a process of its own.

    python -m tests.benchmarks.annotation_exporting [--rows 1000000] [--formats own-coco,...]

A file of so many annotations is audited (its images do not exist, nothing is computed), every
hundredth label changed, and exported, manifest and changes included: the file is read anew,
compared with the audit, patched and, what was patched, read back. Beside each, in the same run,
what a script takes that reads the same file with Python's own library, changes the same labels
and writes all of it: nothing is compared, and the file comes out formatted otherwise.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from core.audit import Audit
from core.export.exporting import export
from core.export.writers import WRITERS
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.store import Decision
from core.terms import Verdict
from tests.benchmarks.measuring import in_a_process, peak, print_export

CLASSES = [f"class {number}" for number in range(100)]
INPUTS = {
    "own-coco": "coco.json", "own-label-studio": "tasks.json", "own-cvat": "images.xml",
    "json coco": "coco.json", "json tasks": "tasks.json", "ElementTree": "images.xml",
    "label-studio": "tasks.json", "cvat": "images.xml",
}  # fmt: skip
RIVALS = ("json coco", "json tasks", "ElementTree")
BOXES = 10
"""To an image of COCO."""
EVERY = 100
AT_ONCE = 100_000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default=",".join(INPUTS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS, metavar=("STEP", "NAME", "DIR"))
    options = parser.parse_args()
    if options.one:
        step, name, place = options.one
        print(json.dumps(made(name, Path(place), options.rows) if step == "make" else
                         measured(name, Path(place))))  # fmt: skip
        return
    with tempfile.TemporaryDirectory() as scratch:
        print(f"{options.rows:,} annotations, every {EVERY}th changed | s | CPU s | MB at most")
        for name in options.formats.split(","):
            folder = Path(scratch) / INPUTS[name]
            which = [name, str(folder), "--rows", str(options.rows)]
            if not folder.is_dir():
                in_a_process(__spec__.name, "--one", "make", *which)
            print_export(name, in_a_process(__spec__.name, "--one", "measure", *which))


def made(name: str, folder: Path, rows: int) -> dict[str, float]:
    """Write the file of annotations, and make an audit of it in which labels are changed."""
    (folder / "images").mkdir(parents=True)
    path = folder / INPUTS[name]
    with path.open("w", encoding="utf-8") as file:
        file.writelines(pieces(path.name, rows))
    audit = Audit.create(folder / "audit", source_of(folder / "images", path))
    list_items(audit)
    ids = [row["id"] for row in audit.store.listed_files()]
    for start in range(0, len(ids), AT_ONCE):
        audit.store.add_action(
            session="benchmark",
            seq=start,
            auditor="Ana",
            decisions=[
                Decision(one, Verdict.RELABEL, (CLASSES[start % len(CLASSES)],))
                for one in ids[start : start + AT_ONCE : EVERY]
            ],
        )
    audit.store.close()
    return {"items": len(ids)}


def pieces(name: str, rows: int) -> Iterator[str]:
    """Yield the text of a file of annotations, an annotation a line."""
    if name == "coco.json":
        yield '{"images": [\n'
        images = range(0, rows, BOXES)
        yield ",\n".join(
            f'{{"id": {n}, "file_name": "{n:07}.jpg", "width": 640, "height": 480}}' for n in images
        )
        yield '\n], "annotations": [\n'
        for n in range(rows):
            box = [n % BOXES * 60, n % 97, 50, 40]
            yield (
                f'{{"id": {n}, "image_id": {n // BOXES * BOXES}, "category_id": {n % 100},'
                f' "bbox": {box}, "area": 2000, "iscrowd": 0}}{"," if n < rows - 1 else ""}\n'
            )
        categories = [{"id": n, "name": one} for n, one in enumerate(CLASSES)]
        yield f'], "categories": {json.dumps(categories)}}}\n'
    elif name == "tasks.json":
        for n in range(rows):
            result = {"from_name": "kind", "to_name": "image", "type": "choices",
                      "value": {"choices": [CLASSES[n % 100]]}}  # fmt: skip
            task = {
                "id": n,
                "data": {"image": f"{n:07}.jpg"},
                "annotations": [{"result": [result]}],
            }
            yield ("[" if n == 0 else ",\n") + json.dumps(task)
        yield "]\n"
    else:
        yield "<annotations>\n<version>1.1</version>\n"
        for n in range(rows):
            yield f'<image id="{n}" name="{n:07}.jpg" width="640" height="480">\n'
            yield f'  <tag label="{CLASSES[n % 100]}" source="manual"></tag>\n</image>\n'
        yield "</annotations>\n"


def measured(name: str, folder: Path) -> dict[str, float]:
    """Export, and return seconds, seconds of the CPU and megabytes at most."""
    wall, cpu = time.perf_counter(), time.process_time()
    if name in RIVALS:
        by_a_script(folder / INPUTS[name], folder / f"out {name}")
    else:
        audit = Audit(folder / "audit")
        export(audit, WRITERS[name], folder / f"out {name}")
        audit.store.close()
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": peak(),
    }


def by_a_script(path: Path, out: Path) -> None:
    """Read a file with Python's own library, change every hundredth label, and write it."""
    if path.suffix == ".xml":
        tree = ElementTree.parse(path)
        for tag in tree.getroot().findall("image/tag")[::EVERY]:
            tag.set("label", CLASSES[0])
        tree.write(out, encoding="utf-8")
        return
    found = json.loads(path.read_bytes())
    if isinstance(found, dict):
        for one in found["annotations"][::EVERY]:
            one["category_id"] = 0
    else:
        for task in found[::EVERY]:
            task["annotations"][0]["result"][0]["value"]["choices"] = [CLASSES[0]]
    out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
