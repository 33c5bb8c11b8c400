"""Audits that many tests start from, computed once and cached for later runs.

They lie in the folder ``audits`` of pytest's cache, under a hash of everything
they are made from: a change in ``core/`` or ``data/`` computes them anew. The
workers of a run share them; whoever comes first computes, the others wait.
"""

import csv
import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

from filelock import FileLock
from PIL import Image

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from core.structure.projections import umap_layout

ROOT = Path(__file__).parents[1]
MADE_FROM = (ROOT / "core", ROOT / "data" / "demo", ROOT / "data" / "models", Path(__file__))
LIBRARIES = ("faiss-cpu", "numpy", "onnxruntime", "pillow", "scikit-learn", "scipy", "umap-learn")
STATES_CACHED = 3
"""One for now, one for the other branch, one for a run that has not ended yet."""


def cached(cache, make):
    """Return the folder that `make` has filled, now or in an earlier run; only copy from it."""
    state = cache / _hash_of_all_that_counts()
    state.mkdir(parents=True, exist_ok=True)
    os.utime(state)
    folder = state / make.__name__
    with FileLock(state / f"{make.__name__}.lock"):
        if not folder.exists():
            # A run that is cut off leaves a folder that nobody takes for a whole one.
            half = Path(tempfile.mkdtemp(dir=state, prefix="half-"))
            make(half)
            half.rename(folder)
    _remove_all_but_the_latest(cache)
    return folder


def _hash_of_all_that_counts():
    # An audit remembers the path of its images.
    digest = hashlib.blake2b(str(ROOT).encode(), digest_size=10)
    for place in MADE_FROM:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                content = hashlib.blake2b(file.read_bytes()).digest()
                digest.update(file.relative_to(ROOT).as_posix().encode() + content)
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()


def _remove_all_but_the_latest(cache):
    with FileLock(cache / "removing.lock"):
        states = [path for path in cache.iterdir() if path.is_dir()]
        states.sort(key=lambda state: state.stat().st_mtime, reverse=True)
        for state in states[STATES_CACHED:]:
            shutil.rmtree(state, ignore_errors=True)


def demo(folder):
    """The demo."""
    audit = Audit.create(folder / "demo", source_of(DEMO, DEMO / "labels.csv"))
    pipeline.run(audit)
    audit.store.close()


def crops(folder):
    """The photographs of `pictures` as boxes of three pictures, with COCO annotations.

    Box 13 is an emu labeled lotus.
    """
    with (DEMO / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    names = ["lotus", "emu"]
    chosen = [[row["path"] for row in truth if row["label"] == name][:9] for name in names]
    images, annotations = [], []
    (folder / "source" / "train2017").mkdir(parents=True)
    for number in range(3):
        canvas = Image.new("RGB", (900, 620), (150, 140, 120))
        images.append({"id": number, "file_name": f"{number}.jpg", "width": 900, "height": 620})
        for cell in range(6):
            at, kind = 6 * number + cell, cell % 2
            left, top = 20 + 290 * (cell % 3), 30 + 300 * (cell // 3)
            with Image.open(DEMO / chosen[kind][3 * number + cell // 2]) as photograph:
                photograph.thumbnail((240, 240))
                canvas.paste(photograph, (left, top))
                width, height = photograph.size
            label = 1 if at == 13 else kind + 1
            annotations.append(
                {"id": at, "image_id": number, "category_id": label, "iscrowd": 0,
                 "bbox": [left, top, width, height], "area": width * height}
            )  # fmt: skip
        canvas.save(folder / "source" / "train2017" / f"{number}.jpg", quality=92)
    categories = [{"id": kind + 1, "name": name} for kind, name in enumerate(names)]
    found = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "source" / "annotations").mkdir()
    path = folder / "source" / "annotations" / "instances_train2017.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    _run_with_a_plain_map(Audit.create(folder / "audit", source_of(folder / "source")))


def pictures(folder):
    """Nine photographs of a lotus and nine of an emu, one emu labeled lotus; two more columns."""
    with (DEMO / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    chosen = [
        row
        for name in ("lotus", "emu")
        for row in [row for row in truth if row["label"] == name][:9]
    ]
    (folder / "source").mkdir()
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["note", "path", "label", "größe"])
        for number, row in enumerate(chosen):
            shutil.copy(DEMO / row["path"], folder / "source" / f"{number:02}.jpg")
            label = "lotus" if number == 12 else row["label"]
            writer.writerow([f"seen, {number}", f"{number:02}.jpg", label, f"{number} m"])
    _run_with_a_plain_map(
        Audit.create(folder / "audit", source_of(folder / "source", folder / "labels.csv"))
    )


def _run_with_a_plain_map(audit):
    """Compute everything, the map without UMAP, which takes longer than all the rest."""
    with patch.object(umap_layout, "FEWEST_FOR_UMAP", 10**9):
        pipeline.run(audit)
    audit.store.close()
