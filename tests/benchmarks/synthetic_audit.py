"""A computed audit of any size whose embeddings are drawn and whose images are real files.

    python -m tests.benchmarks.synthetic_audit --cache DIR [--items 100000] [--classes 100]

The files are a few hundred photographs of the demo, each many times: every item
has a file, a hash and a thumbnail of its own. Neighbors, evidence and findings
are computed as for any audit; only the map is drawn without UMAP.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from core import pipeline
from core.arrays.row_file import write_rows
from core.audit import Audit, fingerprint
from core.demo import DEMO
from core.embedding.choice import EmbeddingChoice
from core.embedding.given import taking
from core.ingest.files import content_hash
from core.ingest.readers import source_of
from core.jobs.steps import STEP_TITLES
from core.store import Row
from core.structure.layout_files import (
    LayoutInfo,
    LayoutTable,
    artifact_of,
    write_layout,
)
from core.versions import MAP_VERSION
from tests.benchmarks.synthetic import Clustered, clustered

PHOTOGRAPHS = 500
SIDE = 320
"""Pixels; a JPEG of this size is its own thumbnail."""
DIMENSION = 64
SPLITS = ("train", "train", "train", "validation", "test")
CAMERAS = ("Canon EOS 5D", "Nikon D90", "Pixel 7", "")
FILES_PER_FOLDER = 1000
COPIES = 0.01
"""Share of the items that lie exactly where another one does."""


def make(folder: Path, n: int = 100_000, classes: int = 100, random_state: int = 0) -> Audit:
    """Make an audit of `n` items in ``folder/home/synthetic``, or open the one that is there.

    Parameters
    ----------
    folder : Path
        Holds the images too; made when missing, and anew when it is for other
        parameters.
    """
    audit_folder = folder / "home" / "synthetic"
    recipe, settings = folder / "recipe.txt", f"{n} {classes} {random_state}"
    if recipe.exists() and recipe.read_text() == settings:
        return Audit(audit_folder)
    shutil.rmtree(folder, ignore_errors=True)
    drawn = _draw(folder, n, classes, random_state)
    names = [f"class {number:03}" for number in range(classes)]
    paths = [f"{at // FILES_PER_FOLDER:03}/{at:06}.jpg" for at in range(n)]
    _write_labels(folder, paths, [names[label] for label in drawn.given.tolist()])
    audit = Audit.create(audit_folder, source_of(folder / "images", folder / "labels.csv"))
    _list(audit)
    files = list(_write_files(audit, paths, drawn.truth.tolist()))
    _take_embeddings(audit, EmbeddingChoice(embeddings=str(folder / "embeddings.npy")), files)
    _draw_map(audit, drawn.truth, random_state)
    pipeline.run(audit)
    recipe.write_text(settings)
    return audit


def working_copy(audit: Audit, home: Path) -> Audit:
    """Return a copy in ``home/synthetic`` to give verdicts in; it shares the images."""
    copy = home / audit.folder.name
    audit.store.close()
    home.mkdir(parents=True, exist_ok=True)
    shutil.copytree(audit.folder, copy, ignore=shutil.ignore_patterns("thumbs"))
    (copy / "thumbs").symlink_to(audit.folder / "thumbs")
    return Audit(copy)


def _draw(folder: Path, n: int, classes: int, random_state: int) -> Clustered:
    folder.mkdir(parents=True)
    drawn = clustered(n, DIMENSION, classes, random_state=random_state)
    rng = np.random.default_rng(random_state)
    twins, originals = rng.permutation(n)[: 2 * int(COPIES * n)].reshape(2, -1)
    drawn.vectors[twins] = drawn.vectors[originals]
    np.save(folder / "embeddings.npy", drawn.vectors)
    return drawn


def _write_labels(folder: Path, paths: list[str], labels: list[str]) -> None:
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["path", "label", "split", "camera", "year"])
        for at, (path, label) in enumerate(zip(paths, labels, strict=True)):
            more = (SPLITS[at % len(SPLITS)], CAMERAS[at % len(CAMERAS)], 2005 + at % 20)
            table.writerow([path, label, *more])
    (folder / "images").mkdir()


def _list(audit: Audit) -> None:
    """Do the pipeline's first step only, so that items have their rows."""
    step = pipeline.STEPS[0]
    with (
        pipeline.recorded_run(audit.store, [step.name]) as progress,
        progress.step(step.name, STEP_TITLES[step.name], step.unit) as reporter,
    ):
        step.run(audit, reporter, EmbeddingChoice())


def _write_files(audit: Audit, paths: list[str], truth: list[int]) -> Iterator[Row]:
    """Write each item's image, of a photograph for its class; yield what is to be recorded."""
    photographs = [_photograph(file) for file in itertools.islice(_demo_images(), PHOTOGRAPHS)]
    each = max(1, len(photographs) // (max(truth) + 1))
    ids = {row["path"]: row["id"] for row in audit.store.wanted_rows()}
    for at, (path, label) in enumerate(zip(paths, truth, strict=True)):
        data, width, height = photographs[(label * each + at % each) % len(photographs)]
        # A comment in the file gives it bytes, and so a hash, of its own.
        data = data[:2] + b"\xff\xfe\x00\x0a" + f"{at:08}".encode() + data[2:]
        file = audit.source.path / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
        hashed = content_hash(data)
        thumbnail = audit.thumbnail_file(hashed)
        thumbnail.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, thumbnail)
        status = file.stat()
        yield {
            "id": ids[path],
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "content_hash": hashed,
            "format": "JPEG",
            "width": width,
            "height": height,
        }


def _demo_images() -> Iterator[Path]:
    return iter(sorted((DEMO / "images").glob("*.jpg")))


def _photograph(file: Path) -> tuple[bytes, int, int]:
    """Return a photograph as a JPEG that is `SIDE` pixels long, with its sides."""
    with Image.open(file) as opened:
        image = opened.convert("RGB")
    scale = SIDE / max(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=75)
    return buffer.getvalue(), image.width, image.height


def _take_embeddings(audit: Audit, choice: EmbeddingChoice, files: list[Row]) -> None:
    """Do what `core.embedding.given.taking` does, with files that need not be read any more."""
    assert choice.embeddings is not None
    store = audit.store
    rows = store.wanted_rows()
    vectors = np.load(choice.embeddings, allow_pickle=False).astype(np.float16)
    write_rows(audit.embeddings_file, np.array([item["row"] for item in rows]), vectors)
    store.record_files(files, {})
    store.set_settings({"embedding": choice.to_setting()})
    store.set_fingerprint("embeddings", taking._key("embeddings", choice.embeddings, rows))


def _draw_map(audit: Audit, truth: np.ndarray, random_state: int) -> None:
    """Scatter the items of each class around a point."""
    rng = np.random.default_rng(random_state)
    items = audit.store.embedded_items()
    at = {item["id"]: number for number, item in enumerate(audit.store.wanted_rows())}
    rows = truth[[at[item.id] for item in items]]
    centers = rng.uniform(-0.95, 0.95, (int(truth.max()) + 1, 2))
    points = np.clip(centers[rows] + rng.normal(0, 0.03, (len(items), 2)), -1, 1)
    info = LayoutInfo()
    ids = np.array([item.id for item in items], "U16")
    contents = np.array([item.content_hash for item in items], "S32")
    table = LayoutTable(ids, points.astype(np.float32), contents, rows.astype(np.int32))
    write_layout(audit.map_file, info, table)
    # As `made_from` will have it, once the neighbors are there.
    made_from = fingerprint(pipeline._fingerprint_of_images(audit, items), MAP_VERSION)
    audit.store.set_fingerprint(artifact_of(info.key), made_from)


def main() -> None:
    """Make one and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True, help="the folder to make it in")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--classes", type=int, default=100)
    options = parser.parse_args()
    started = time.monotonic()
    audit = make(options.cache, options.items, options.classes)
    print(f"{audit.folder}: {audit.store.counts()} in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
