"""Images a second from file to float16 row, first row, and peak memory.

Run from the repository's root::

    python -m tests.benchmarks.embedding [FOLDER ...] [--images 1500] [--rounds 3]
    python -m tests.benchmarks.embedding --memory 1000 10000 50000
    python -m tests.benchmarks.embedding --layers

The first embeds the images of each FOLDER, the demo's when there is none, and
large photographs made of them, with the same weights in the same run: with
Second Look (reading, hashing, thumbnails and the database included), with a
careful ONNX Runtime script (a pool of threads decodes ahead of batches of 8 or
of 32), with a plain one, and with `model.predict`. The second embeds as many
small images in a process of its own and prints the most memory it ever held.
The third runs every bundled network with and without its further layers, image
by image in turn, and prints what they cost in time and on disk, and what the
graph costs in 256 and in 512 directions.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.audit import Audit
from core.demo import DEMO
from core.embedding.backbones.efficientnet_lite import LITE0, VARIANTS, build
from core.embedding.choice import EmbeddingChoice
from core.embedding.engine import OnnxEngine, least_cosine
from core.embedding.runner import embed_images
from core.ingest.images import EXTENSIONS
from core.ingest.readers import source_of
from core.ingest.readers.class_folders import read_folder
from core.neighbors import HalfWhitening, nearest
from core.neighbors.whitening import Part
from tests.core.making import records

SIZE = 224
LARGE_PHOTOGRAPHS = 120
LARGE_SIZE = (4000, 3000)
PREDICTED_ALONE = 60
"""Images given to `model.predict` one by one, which is too slow for more."""


def decoded(path: Path, size: int = SIZE) -> NDArray[np.uint8]:
    """Decode and resize as a script would."""
    with Image.open(path) as image:
        resized = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
        return np.asarray(resized)


def second_look(files: Sequence[Path], scratch: Path) -> NDArray[np.float16]:
    """Embed as an audit does."""
    root = Path(os.path.commonpath([file.parent for file in files]))
    audit = Audit.create(scratch / "audit", source_of(root))
    paths = [str(file.relative_to(root)) for file in files]
    audit.store.replace_listing(records(dict.fromkeys(paths, "x")))
    embed_images(audit, EmbeddingChoice(), lambda done, total: None)
    rows = {item["path"]: item["row"] for item in audit.store.wanted_rows()}
    embeddings = np.load(audit.embeddings_file)[[rows[path] for path in paths]]
    audit.store.close()
    return embeddings


def onnxruntime_session() -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
    """Return ONNX Runtime with its own settings, all cores to a call."""
    import onnxruntime

    session = onnxruntime.InferenceSession(LITE0.onnx_file, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["embedding"], {"pixels": pixels})[0]


def onnxruntime_ahead(batch: int) -> Callable[[Sequence[Path], Path], NDArray[np.float16]]:
    """Return a script whose threads decode ahead of the network."""

    def embed(files: Sequence[Path], scratch: Path) -> NDArray[np.float16]:
        run = onnxruntime_session()
        rows = np.lib.format.open_memmap(
            scratch / "rows.npy", mode="w+", dtype=np.float16, shape=(len(files), 1280)
        )
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            coming = _ahead(pool, files, 4 * batch)
            for start in range(0, len(files), batch):
                pixels = np.stack(list(itertools.islice(coming, batch)))
                rows[start : start + len(pixels)] = run(pixels)
        rows.flush()
        return rows

    return embed


def _ahead(pool: ThreadPoolExecutor, files: Sequence[Path], ahead: int) -> Iterator[np.ndarray]:
    waiting = []
    for file in files:
        waiting.append(pool.submit(decoded, file))
        if len(waiting) > ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def onnxruntime_plain(files: Sequence[Path], scratch: Path) -> NDArray[np.float16]:
    """Decode a batch, run it, decode the next."""
    run = onnxruntime_session()
    rows = [
        run(np.stack([decoded(file) for file in files[start : start + 32]])).astype(np.float16)
        for start in range(0, len(files), 32)
    ]
    return np.concatenate(rows)


def predict_batches(files: Sequence[Path], scratch: Path) -> NDArray[np.float16]:
    """Decode everything, then `model.predict`."""
    model = build(LITE0)
    pixels = np.stack([decoded(file) for file in files])
    return model.predict(pixels, batch_size=32, verbose=0)["embedding"].astype(np.float16)


def predict_alone(files: Sequence[Path], scratch: Path) -> NDArray[np.float16]:
    """Call `model.predict` on one image after the other."""
    model = build(LITE0)
    few = files[:PREDICTED_ALONE]
    rows = [model.predict(decoded(file)[None], verbose=0)["embedding"] for file in few]
    return np.concatenate(rows).astype(np.float16)


SYSTEMS = {
    "Second Look": second_look,
    "onnxruntime, decoding ahead, 8": onnxruntime_ahead(8),
    "onnxruntime, decoding ahead, 32": onnxruntime_ahead(32),
    "onnxruntime, one after the other": onnxruntime_plain,
    "model.predict, batches of 32": predict_batches,
    "model.predict, image by image": predict_alone,
}
BASELINES = [name for name in SYSTEMS if "ahead" in name]


def compare(title: str, files: Sequence[Path], rounds: int) -> None:
    """Print one table."""
    rates: dict[str, list[float]] = {name: [] for name in SYSTEMS}
    results: dict[str, NDArray[np.float16]] = {}
    for number, (name, embed) in itertools.product(range(rounds), SYSTEMS.items()):
        if number and name.startswith("model.predict"):
            continue  # once will do: they are several times slower
        with tempfile.TemporaryDirectory() as scratch:
            started = time.perf_counter()
            results[name] = np.array(embed(files, Path(scratch)))
            seconds = time.perf_counter() - started
        rates[name].append(len(results[name]) / seconds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max(medians[name] for name in BASELINES)
    exact = results["onnxruntime, one after the other"]
    print(f"\n{title}: {len(files):,} images, {rounds} rounds, median")
    print(f"{'':<36}{'images/s':>9}{'of the best onnxruntime':>25}{'least cosine':>14}")
    for name, median in medians.items():
        cosine = least_cosine(results[name], exact[: len(results[name])])
        print(f"{name:<36}{median:>9.0f}{median / best:>25.2f}{cosine:>14.5f}", flush=True)
    forward(files, rounds)


def forward(files: Sequence[Path], rounds: int) -> None:
    """Print the network alone, on pixels in memory."""
    from core.embedding.backbone import load_backbone

    pixels = np.stack([decoded(file) for file in files[:128]])
    engine, run = load_backbone().engine, onnxruntime_session()
    ours: list[float] = []
    theirs: dict[int, list[float]] = {1: [], 8: [], 32: []}
    for _ in range(rounds):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            started = time.perf_counter()
            list(pool.map(lambda one: engine.run(one[None]), pixels))
            ours.append(len(pixels) / (time.perf_counter() - started))
        for batch, values in theirs.items():
            started = time.perf_counter()
            for start in range(0, len(pixels), batch):
                run(pixels[start : start + batch])
            values.append(len(pixels) / (time.perf_counter() - started))
    theirs_text = ", ".join(f"{statistics.median(v):.0f} in {b}s" for b, v in theirs.items())
    print(f"network alone: Second Look {statistics.median(ours):.0f}; onnxruntime {theirs_text}")


def large_photographs(folder: Path) -> list[Path]:
    """Write photographs as a camera would, 12 megapixels each."""
    originals = sorted((DEMO / "images").glob("*.jpg"))[:LARGE_PHOTOGRAPHS]
    for file in originals:
        with Image.open(file) as image:
            large = image.convert("RGB").resize(LARGE_SIZE, Image.Resampling.BICUBIC)
            large.save(folder / file.name, quality=92)
    return sorted(folder.glob("*.jpg"))


def first_row() -> None:
    """Print the seconds from the start of the command to the first row on disk."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "audit"
            command = [sys.executable, "-m", "core", "audit", str(DEMO)]
            command += ["--labels", str(DEMO / "labels.csv"), "--into", str(folder)]
            started = time.perf_counter()
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            while not (folder / "embeddings.npy").exists():
                time.sleep(0.01)
            audit = Audit(folder)
            while not audit.store.embedded_items():
                time.sleep(0.01)
            seconds.append(time.perf_counter() - started)
            process.kill()
            process.wait()
            audit.store.close()
    print(f"\nfirst rows on disk: {statistics.median(seconds):.1f} s after the command's start")


def small_images(folder: Path, count: int) -> None:
    """Write `count` images of 64 pixels a side, no two alike."""
    rng = np.random.default_rng(0)
    for number in range(count):
        target = folder / str(number % 10) / f"{number:06}.jpg"
        target.parent.mkdir(exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        coarse.resize((64, 64)).save(target)


def embed_here(source: str, into: str) -> None:
    """Embed and print the peak memory of this process in MB."""
    audit = Audit.create(Path(into), source_of(Path(source)))
    listing = read_folder(audit.source)
    audit.store.replace_listing(records({r.path: r.label for r in listing.records}))
    del listing
    embed_images(audit, EmbeddingChoice(), lambda done, total: None)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def memory(counts: Sequence[int]) -> None:
    """Print the peak memory by number of images."""
    print(f"{'images':>9}{'peak memory, MB':>18}{'images/s':>10}")
    for count in counts:
        scratch = Path(tempfile.mkdtemp())
        try:
            (scratch / "source").mkdir()
            small_images(scratch / "source", count)
            code = "from tests.benchmarks.embedding import embed_here; import sys;"
            code += " embed_here(*sys.argv[1:])"
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", code, str(scratch / "source"), str(scratch / "audit")],
                capture_output=True,
                check=True,
                text=True,
            )
            rate = count / (time.perf_counter() - started)
            print(f"{count:>9,}{float(done.stdout):>18.0f}{rate:>10.0f}", flush=True)
        finally:
            shutil.rmtree(scratch)


def layers(rounds: int) -> None:
    """Print the cost of further layers, of the better network, and of more directions."""
    files = sorted((DEMO / "images").glob("*.jpg"))[:64]
    heads = ("images/s", "with layers", "ratio of medians", "bytes a row", "with layers")
    print(f"{'':<22}" + "".join(f"{head:>18}" for head in heads))
    for variant in VARIANTS.values():
        alone, several = (OnnxEngine(variant.onnx_file, flag) for flag in (False, True))
        pixels = [decoded(file, variant.input_size)[None] for file in files]
        seconds = _paired([alone.run, several.run], pixels, rounds)
        medians = [statistics.median(one) for one in seconds]
        width, further = alone.run(pixels[0]).embeddings.shape[1], sum(variant.widths)
        cells = [f"{1 / one:.1f}" for one in medians]
        cells += [f"{medians[1] / medians[0]:.3f}", f"{2 * width}", f"{2 * (width + further)}"]
        print(f"{variant.name:<22}" + "".join(f"{cell:>18}" for cell in cells), flush=True)
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((10_000, 1904), np.float32).astype(np.float16)
    print(f"\n{'10,000 rows, CPU s':<22}{'half-whitening':>18}{'graph':>18}")
    for n_components, widths in ((256, (1280,)), (512, (1280, 320, 192, 112))):
        parts = [Part(width) for width in widths]
        started = time.process_time()
        vectors = HalfWhitening(n_components, parts=parts).fit(rows).transform_to(None, rows)
        middle = time.process_time()
        nearest(vectors)
        cells = [f"{middle - started:.1f}", f"{time.process_time() - middle:.1f}"]
        title = f"{sum(widths)} into {n_components}"
        print(f"{title:<22}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


def _paired(
    runs: Sequence[Callable[[NDArray[np.uint8]], object]],
    pixels: Sequence[NDArray[np.uint8]],
    rounds: int,
) -> list[list[float]]:
    """Time each of `runs` on one image after the other, in turn; the first round warms up."""
    seconds: list[list[float]] = [[] for _ in runs]
    for number, image in itertools.product(range(rounds + 1), pixels):
        order = range(len(runs)) if number % 2 else reversed(range(len(runs)))
        for which in order:
            started = time.process_time()
            runs[which](image)
            if number:
                seconds[which].append(time.process_time() - started)
    return seconds


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders of images")
    parser.add_argument("--images", type=int, default=1500, help="of each folder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", nargs="+", type=int, metavar="N")
    parser.add_argument("--layers", action="store_true", help="what further layers cost")
    options = parser.parse_args()
    if options.layers:
        layers(options.rounds)
        return
    if options.memory:
        memory(options.memory)
        return
    for folder in options.folders or [DEMO / "images"]:
        files = sorted(f for f in folder.resolve().rglob("*") if f.suffix.lower() in EXTENSIONS)
        chosen = random.Random(0).sample(files, min(options.images, len(files)))
        compare(folder.name, chosen, options.rounds)
    with tempfile.TemporaryDirectory() as scratch:
        compare("photographs of 12 megapixels", large_photographs(Path(scratch)), options.rounds)
    first_row()


if __name__ == "__main__":
    main()
