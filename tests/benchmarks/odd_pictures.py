"""Odd pictures among the demo's photographs: found, false, seconds; CleanVision beside.

Run from the repository's root::

    python -m tests.benchmarks.odd_pictures [--photographs 400] [--each 8]

Photographs of the demo are written to a folder, and of each kind some that were changed: dark,
bright, blurred, gray, of an odd size or shape, without information, placeholders, exact and near
duplicates. Both tools read the same files. A file counts as found when its own kind is named, as
false when another kind is named of a photograph that was left as it was. Marks of one class only
(a border, a size, a watermark), for which CleanVision has no kind, are counted by class: of so many
classes that were marked, and of all others.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from core.findings import FINDINGS, class_marks, examine
from core.findings.pixel_table import PixelTable
from core.ingest.images import load
from core.ingest.pixel_measures import measured
from core.neighbors import HalfWhitening, nearest
from core.store import EmbeddedItem
from tests.benchmarks.data_sets import contents_of

Change = Callable[[Image.Image, int], Image.Image]


def placeholder(_: Image.Image, number: int) -> Image.Image:
    """Draw what a web server sends for a picture that it does not have."""
    card = Image.new("RGB", (300 + number, 220), (238, 238, 238))
    ImageDraw.Draw(card).text((60, 95), "Image not found", fill=(120, 120, 120), font_size=24)
    return card


def two_grays(image: Image.Image, _: int) -> Image.Image:
    """Keep little of an image: a soft stripe."""
    card = Image.new("RGB", image.size, (90, 90, 90))
    ImageDraw.Draw(card).rectangle((0, 0, image.width // 3, image.height), fill=(120, 110, 100))
    return card


PLANTED: dict[str, tuple[str, str | None, Change]] = {
    "dark": ("too-dark", "dark", lambda im, n: ImageEnhance.Brightness(im).enhance(0.2)),
    "bright": ("too-bright", "light", lambda im, n: im.point(lambda v: 205 + v // 5)),
    "blurred": ("blurs", "blurry", lambda im, n: im.filter(ImageFilter.GaussianBlur(4))),
    "gray": ("grays", "grayscale", lambda im, n: im.convert("L")),
    "odd size": ("odd-sizes", "odd_size", lambda im, n: im.resize((24 + n, 18 + n))),
    "odd shape": ("odd-shapes", "odd_aspect_ratio", lambda im, n: im.resize((700, 60 + n))),
    "low information": ("uninformative", "low_information", two_grays),
    "placeholder": ("blanks", "low_information", placeholder),
    "exact duplicate": ("duplicates", "exact_duplicates", lambda im, n: im),
    "near duplicate": ("duplicates", "near_duplicates", lambda im, n: im.reduce(2)),
}
"""What is planted: our kind, CleanVision's, and how it is made."""

MARKS: dict[str, Change] = {
    "white border": lambda im, n: ImageOps.expand(im, 8, "white"),
    "one size": lambda im, n: im.resize((256, 192)),
    "watermark": lambda im, n: watermarked(im),
}


def watermarked(image: Image.Image) -> Image.Image:
    """Put a bar with a name into the lower right corner."""
    image = image.copy()
    width, height = image.size
    box = (round(0.7 * width), round(0.88 * height), width - 6, height - 6)
    draw = ImageDraw.Draw(image)
    draw.rectangle(box, fill="white")
    draw.text(box[:2], "PHOTO CO", fill="black", font_size=max(8, round(0.05 * height)))
    return image


def encoded(image: Image.Image) -> bytes:
    """Encode an image as JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    """Decode an image."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def planted(photographs: list[bytes], each: int) -> dict[str, tuple[bytes, str | None]]:
    """Return files by name, with what was planted; None of those that were left as they were."""
    files: dict[str, tuple[bytes, str | None]] = {
        f"{number:04}.jpg": (data, None) for number, data in enumerate(photographs)
    }
    at = 0
    for kind, (_, _, change) in PLANTED.items():
        for number in range(each):
            data = photographs[at]
            made = data if kind == "exact duplicate" else encoded(change(opened(data), number))
            files[f"{kind} {number}.jpg".replace(" ", "-")] = made, kind
            original = f"{at:04}.jpg"
            if "duplicate" in kind:
                files[original] = data, kind
            else:  # a changed photograph takes its place: it would be a copy of it
                del files[original]
            at += 1
    return files


def ours(files: dict[str, tuple[bytes, str | None]]) -> dict[str, set[str]]:
    """Return the names by kind; the pixels alone propose copies, as no network is run."""
    names = list(files)
    rows, thumbnails, items = [], [], []
    for number, name in enumerate(names):
        picture = load(files[name][0], name)
        rows.append(_measures(files[name][0]))
        thumbnails.append(picture.thumbnail)
        content = blake2b(files[name][0]).hexdigest()
        items.append(EmbeddedItem(name, number, 0, content))
    table = PixelTable.of(rows, len(rows))
    graph = nearest(HalfWhitening().fit_transform(table.gray().reshape(len(rows), -1)))
    examined = examine(items, graph, table, thumbnails.__getitem__)
    return {
        name: {names[row] for finding in kind.find(examined) for row in finding.rows}
        for name, kind in FINDINGS.items()
        if name not in ("outliers", class_marks.FINDING.name)
    }


def cleanvision(folder: Path) -> dict[str, set[str]]:
    """Return the names by kind of CleanVision."""
    from cleanvision import Imagelab

    lab = Imagelab(data_path=str(folder), verbose=False)
    lab.find_issues(n_jobs=1, verbose=False)
    return {
        kind: {Path(name).name for name in lab.issues.index[lab.issues[f"is_{kind}_issue"]]}
        for kind in {kind for _, kind, _ in PLANTED.values() if kind}
    }


def score(
    files: dict[str, tuple[bytes, str | None]], named: dict[str, set[str]], kinds: dict[str, str]
) -> dict[str, tuple[int, int, int]]:
    """Return for each planted kind those found, planted, and false."""
    untouched = {name for name, (_, kind) in files.items() if kind is None}
    scores = {}
    for kind, name in kinds.items():
        own = {file for file, (_, planted_as) in files.items() if planted_as == kind}
        found = named.get(name, set())
        scores[kind] = len(own & found), len(own), len(untouched & found)
    return scores


def _measures(data: bytes) -> dict[str, object]:
    picture = load(data, "")
    size = {"width": picture.width, "height": picture.height}
    return size | measured(picture.image)._asdict()


def marks(photographs: list[bytes], classes: list[str]) -> None:
    """Print in how many marked classes a mark is found, and in how many that were not marked."""
    names = sorted(set(classes))
    as_they_are = [_measures(data) for data in photographs]
    items = [EmbeddedItem(str(n), n, names.index(label), str(n)) for n, label in enumerate(classes)]
    graph = nearest(np.eye(len(items), 8, dtype=np.float32), 1)
    for title, change in MARKS.items():
        found = false = 0
        marked = names[::5]
        for one in marked:
            rows = [
                _measures(encoded(change(opened(data), 0))) if label == one else known
                for data, label, known in zip(photographs, classes, as_they_are, strict=True)
            ]
            table = PixelTable.of(rows, len(rows))
            kinds = class_marks.find(examine(items, graph, table))
            hit = {classes[finding.rows[0]] for finding in kinds}
            found += one in hit
            false += len(hit - {one})
        print(f"{title} | found in {found} of {len(marked)} classes |"
              f" false in {false} of {len(marked) * (len(names) - 1)}", flush=True)  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--no-marks", action="store_true")
    options = parser.parse_args()
    paths, classes, contents = contents_of("demo", None)
    order = np.random.default_rng(0).permutation(len(paths))
    everything = list(contents)
    files = planted([everything[row] for row in order[: options.photographs]], options.each)
    started = time.perf_counter()
    named = ours(files)
    seconds = time.perf_counter() - started
    ours_scored = score(files, named, {kind: own for kind, (own, _, _) in PLANTED.items()})
    folder = Path(tempfile.mkdtemp())
    try:
        for name, (data, _) in files.items():
            (folder / name).write_bytes(data)
        theirs: dict[str, tuple[int, int, int]] = {}
        started = time.perf_counter()
        try:
            found = cleanvision(folder)
            theirs = score(files, found, {kind: k or "" for kind, (_, k, _) in PLANTED.items()})
        except ImportError:
            print("CleanVision is not installed")
        their_seconds = time.perf_counter() - started
    finally:
        shutil.rmtree(folder)
    print(f"{len(files)} files | Second Look: found, false | CleanVision: found, false")
    for kind, (hit, planted_count, false) in ours_scored.items():
        other = f"{theirs[kind][0]} of {planted_count}, {theirs[kind][2]}" if theirs else ""
        print(f"{kind} | {hit} of {planted_count}, {false} | {other}")
    print(f"seconds, reading included | {seconds:.1f} | {their_seconds:.1f}", flush=True)
    if not options.no_marks:
        marks(everything, classes)


if __name__ == "__main__":
    main()
