"""Which planted copies are found, and which pairs are named that are none.

Run from the repository's root::

    python -m tests.benchmarks.copies [--cifar TAR] [--caltech TAR] [--cache FOLDER] [--each 30]

Of each set, `--each` images are copied for every kind of copy, no image twice, and written to
files. Second Look as it is, its embeddings alone (as before version 0.2), perceptual hashes of
`imagehash` (its pHash up to 0, which is how CleanVision tells copies, and up to 6 of 64 bits, its
dHash up to 4) and, of sets of up to 3,000 images, `fastdup`, as far as they are installed, name
pairs in the same set. Recall is by kind. A named pair of two classes is surely none; others
that were not planted may be copies that the set has, and are counted by themselves.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import find_copies
from core.ingest.images import load
from core.ingest.pixel_measures import measured
from core.neighbors import HalfWhitening, near_pairs, nearest
from tests.benchmarks.data_sets import contents_of, embeddings_of

SIBLINGS = ("Faces", "cougar", "crocodile", "flamingo")
"""Beginnings of classes of Caltech-101 that share photographs with another of that beginning."""

Pairs = set[tuple[int, int]]


def jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """Encode an image."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def resized(image: Image.Image, share: float) -> Image.Image:
    """Shrink an image."""
    return image.resize(
        [max(1, round(side * share)) for side in image.size], Image.Resampling.BICUBIC
    )


def cropped(image: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    """Cut a part with this share of the sides out of an image, anywhere."""
    width, height = (max(1, round(side * share)) for side in image.size)
    left, top = (
        int(rng.integers(0, a - b + 1)) for a, b in zip(image.size, (width, height), strict=True)
    )
    return image.crop((left, top, left + width, top + height))


Change = Callable[[Image.Image, np.random.Generator], bytes]
KINDS: dict[str, Change] = {
    "JPEG, quality 30": lambda image, _: jpeg(image, 30),
    "JPEG, quality 10": lambda image, _: jpeg(image, 10),
    "half size": lambda image, _: jpeg(resized(image, 0.5)),
    "gray": lambda image, _: jpeg(image.convert("L")),
    "mirrored": lambda image, _: jpeg(ImageOps.mirror(image)),
    "brighter by a quarter": lambda image, _: jpeg(
        image.point(lambda v: min(255, round(1.25 * v)))
    ),
    "crop of 95 % of the sides": lambda image, rng: jpeg(cropped(image, 0.95, rng)),
    "crop of 90 %": lambda image, rng: jpeg(cropped(image, 0.9, rng)),
    "crop of 80 %": lambda image, rng: jpeg(cropped(image, 0.8, rng)),
    "crop of 65 %": lambda image, rng: jpeg(cropped(image, 0.65, rng)),
    "crop of 85 %, mirrored, quality 50": lambda image, rng: jpeg(
        ImageOps.mirror(cropped(image, 0.85, rng)), 50
    ),
}


class Planted(NamedTuple):
    """A set with copies: its files, embeddings and classes, and which row is a copy of which."""

    files: list[bytes]
    embeddings: NDArray[np.float32]
    classes: list[str]
    copies: dict[str, list[tuple[int, int]]]


def planted(name: str, archive: Path | None, cache: Path | None, each: int) -> Planted:
    """Read a set and plant copies of every kind in it."""
    paths, classes, contents = contents_of(name, archive)
    files = list(contents)
    embeddings = embeddings_of(name, paths, files, cache)
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(files))[: each * len(KINDS)].reshape(len(KINDS), -1)
    copies: dict[str, list[tuple[int, int]]] = {}
    made: list[bytes] = []
    for kind, originals in zip(KINDS, chosen.tolist(), strict=True):
        for original in originals:
            copies.setdefault(kind, []).append((original, len(files) + len(made)))
            with Image.open(io.BytesIO(files[original])) as image:
                made.append(KINDS[kind](image.convert("RGB"), rng))
    of_copies = [classes[original] for pairs in copies.values() for original, _ in pairs]
    return Planted(
        files + made,
        np.concatenate([embeddings, embeddings_of(name, [], made, None)]),
        classes + of_copies,
        copies,
    )


# ---------------------------------------------------------------- methods


def second_look(data: Planted) -> Pairs:
    """Return pairs that are verified, without the reading of files, which an audit does anyway."""
    pictures = pictures_of(data.files)
    started = time.perf_counter()
    graph = nearest(HalfWhitening().fit_transform(data.embeddings))
    table = PixelTable.of((row for row, _ in pictures), len(pictures))
    copies = find_copies(graph, table, lambda row: pictures[row][1])
    print(f"(compared in {time.perf_counter() - started:.1f} s) ", end="")
    return set(map(tuple, copies.pairs[copies.is_verified].tolist()))


def pictures_of(files: list[bytes]) -> list[tuple[dict[str, object], bytes]]:
    """Return what is measured of files while they are decoded, and their thumbnails."""

    def read(file: bytes) -> tuple[dict[str, object], bytes]:
        picture = load(file, "")
        size = {"width": picture.width, "height": picture.height}
        return size | measured(picture.image)._asdict(), picture.thumbnail

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, files))


def embeddings_alone(data: Planted) -> Pairs:
    """Return pairs of nearly identical embeddings."""
    rows, columns, _ = near_pairs(nearest(HalfWhitening().fit_transform(data.embeddings)))
    return {(min(a, b), max(a, b)) for a, b in zip(rows.tolist(), columns.tolist(), strict=True)}


def hashes(name: str, at_most: int) -> Callable[[Planted], Pairs]:
    """Return a method: hashes of `imagehash` that differ in so many of 64 bits at most."""

    def pairs(data: Planted) -> Pairs:
        import imagehash

        function = getattr(imagehash, name)
        with ThreadPoolExecutor(2) as pool:
            bits = np.stack(list(pool.map(lambda f: _hashed(function, f), data.files)))
        signs = 2.0 * bits - 1
        found: Pairs = set()
        for at in range(0, len(signs), 2000):
            near = signs[at : at + 2000] @ signs.T >= 64 - 2 * at_most
            ones, others = np.nonzero(near)
            found.update(
                (a + at, b)
                for a, b in zip(ones.tolist(), others.tolist(), strict=True)
                if a + at < b
            )
        return found

    return pairs


def _hashed(function: Callable[[Image.Image], object], file: bytes) -> NDArray[np.float32]:
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(function(image).hash, np.float32).ravel()  # type: ignore[attr-defined]


def fastdup(data: Planted) -> Pairs:
    """Return the pairs whose similarity `fastdup` finds to be 0.9 or more, its default."""
    import fastdup as rival

    with tempfile.TemporaryDirectory() as scratch:
        images, work = Path(scratch) / "images", Path(scratch) / "work"
        images.mkdir()
        for row, file in enumerate(data.files):
            (images / f"{row:06}.jpg").write_bytes(file)
        job = rival.create(work_dir=str(work), input_dir=str(images))
        job.run(ccthreshold=0.9, threshold=0.9, num_threads=2, print_summary=False, verbose=False)
        frame = job.similarity()
        rows = frame[frame["distance"] >= 0.9][["filename_from", "filename_to"]].to_numpy()
    pairs = (sorted(int(Path(name).stem) for name in row) for row in rows)
    return {(a, b) for a, b in pairs if a != b}


METHODS: dict[str, Callable[[Planted], Pairs]] = {
    "Second Look": second_look,
    "embeddings alone": embeddings_alone,
    "pHash, equal (CleanVision)": hashes("phash", 0),
    "pHash, 6 of 64 bits": hashes("phash", 6),
    "dHash, 4 of 64 bits": hashes("dhash", 4),
    "fastdup": fastdup,
}
MOST_FOR_FASTDUP = 3_000


def report(name: str, data: Planted) -> None:
    """Print recall by kind, and the other pairs that each method names."""
    found: dict[str, Pairs] = {}
    for title, method in METHODS.items():
        if method is fastdup and len(data.files) > MOST_FOR_FASTDUP:
            continue
        started = time.perf_counter()
        print(f"{title}: ", end="", flush=True)
        try:
            found[title] = method(data)
        except ImportError:
            print("not installed")
            continue
        print(f"{time.perf_counter() - started:.1f} s", flush=True)
    print(f"\n{name}: {len(data.files):,} files | " + " | ".join(found))
    for kind, copies in data.copies.items():
        shares = (np.mean([pair in pairs for pair in copies]) for pairs in found.values())
        print(f"{kind} | " + " | ".join(f"{share:.2f}" for share in shares))
    others = {title: list(_others(data, pairs)) for title, pairs in found.items()}
    counts = (str(len(pairs)) for pairs in others.values())
    print("other pairs named | " + " | ".join(counts))
    false = (str(sum(_is_false(data, pair) for pair in pairs)) for pairs in others.values())
    print("of them surely none, as of two classes | " + " | ".join(false), flush=True)


def _others(data: Planted, pairs: Pairs) -> Iterator[tuple[int, int]]:
    """Yield pairs of images as they were: copies have copies of their own."""
    originals = len(data.files) - sum(map(len, data.copies.values()))
    return (pair for pair in pairs if pair[1] < originals)


def _is_false(data: Planted, pair: tuple[int, int]) -> bool:
    one, other = (data.classes[row] for row in pair)
    return one != other and not any(one.startswith(s) and other.startswith(s) for s in SIBLINGS)


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, metavar="TAR")
    parser.add_argument("--caltech", type=Path, metavar="TAR")
    parser.add_argument(
        "--cache", type=Path, metavar="FOLDER", help="keeps embeddings between runs"
    )
    parser.add_argument("--each", type=int, default=30, help="copies of each kind")
    options = parser.parse_args()
    archives = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}
    for name, archive in archives.items():
        if archive is not None or name == "demo":
            report(name, planted(name, archive, options.cache, options.each))


if __name__ == "__main__":
    main()
