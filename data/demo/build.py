"""Cut the demo data set from Caltech-101 and plant wrong labels in it.

Run once, when the demo was made::

    python data/demo/build.py caltech101.tar

The draw is seeded, so the same archive gives the same files. Images keep the
archive's bytes under neutral names: a path must not give the true class away.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tarfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from core.embedding.backbone import load_backbone  # noqa: E402
from core.ingest.images import decode, network_input  # noqa: E402

SEED = 20_24
CLASSES = (
    "crocodile crocodile_head cougar_body cougar_face Leopards wild_cat ketch schooner ferry"
    " lobster crayfish scorpion crab flamingo flamingo_head ibis emu gerenuk okapi kangaroo"
    " llama water_lilly lotus sunflower electric_guitar mandolin dalmatian"
).split()
MOST_PER_CLASS = 70
WRONG_SHARE = 0.06
CONFUSIONS = (("lobster", "crayfish"), ("ibis", "emu"))


def main(archive: str) -> None:
    """Write images, ``labels.csv``, ``truth.csv`` and ``origins.csv`` beside this file."""
    rng = np.random.default_rng(SEED)
    with tarfile.open(archive) as tar:
        chosen = _choose(tar.getnames(), rng)
        blobs = [tar.extractfile(name).read() for name in chosen]  # type: ignore[union-attr]
    truth = np.array([name.split("/")[1] for name in chosen])
    labels = _plant(truth, _embed(blobs), rng)
    paths = [f"images/{number:04}.jpg" for number in range(len(chosen))]

    shutil.rmtree(HERE / "images", ignore_errors=True)
    (HERE / "images").mkdir()
    for path, blob in zip(paths, blobs, strict=True):
        (HERE / path).write_bytes(blob)
    _write("labels.csv", ("path", "label"), zip(paths, labels, strict=True))
    _write("truth.csv", ("path", "label"), zip(paths, truth, strict=True))
    _write("origins.csv", ("path", "caltech101"), zip(paths, chosen, strict=True))
    print(f"{len(paths)} images, {(labels != truth).sum()} wrong labels")


def _choose(names: list[str], rng: np.random.Generator) -> list[str]:
    """Draw up to MOST_PER_CLASS images a class, in shuffled order over all classes."""
    chosen: list[str] = []
    for label in CLASSES:
        images = sorted(n for n in names if n.split("/")[1:2] == [label] and n.endswith(".jpg"))
        chosen += list(rng.permutation(images)[:MOST_PER_CLASS])
    return [str(name) for name in rng.permutation(chosen)]


def _embed(blobs: list[bytes]) -> np.ndarray:
    """Return unit-length raw embeddings (n, d)."""
    backbone = load_backbone()
    blocks = []
    for start in range(0, len(blobs), 64):
        batch = blobs[start : start + 64]
        pixels = np.stack([network_input(decode(blob), backbone.input_size) for blob in batch])
        blocks.append(backbone.embed(pixels))
    embeddings = np.concatenate(blocks)
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def _plant(truth: np.ndarray, embeddings: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return labels of which WRONG_SHARE are wrong, a third by each of three ways."""
    labels = truth.copy()
    third = round(len(truth) * WRONG_SHARE / 3)
    similarities = embeddings @ embeddings.T
    systematic: list[int] = []
    for source, target in CONFUSIONS:
        members = np.flatnonzero(truth == source)
        drawn = rng.choice(members, third // 2, replace=False)
        labels[drawn] = target
        systematic += drawn.tolist()
    rest = rng.permutation(np.setdiff1d(np.arange(len(truth)), systematic))
    for item in rest[:third]:
        labels[item] = rng.choice([name for name in CLASSES if name != truth[item]])
    for item in rest[third : 2 * third]:
        other = np.where(truth == truth[item], -np.inf, similarities[item])
        labels[item] = truth[other.argmax()]
    return labels


def _write(name: str, header: tuple[str, ...], rows: object) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1])
