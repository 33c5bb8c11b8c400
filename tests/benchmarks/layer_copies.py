"""Which layers neighbors and near-duplicates are found best by.

Run from the repository's root::

    python -m tests.benchmarks.layer_copies [--backbone efficientnet_lite0] [--images 300]

Alters some of the demo's photographs, embeds all, and prints for the embedding
alone and for several layers: the share of altered copies that are grouped with
their original, by kind; the groups that hold different photographs; and how
many of the 10 nearest neighbors of an unaltered photograph are of its true class.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.embedding.backbone import load_backbone
from core.embedding.backbones.efficientnet_lite import VARIANTS
from core.embedding.choice import SEVERAL, EmbeddingChoice
from core.ingest.images import network_input
from core.neighbors import HalfWhitening, duplicate_groups, nearest
from core.neighbors.whitening import Part
from tests.benchmarks.data_sets import DEMO, _label_file

Alteration = Callable[[Image.Image], Image.Image]


def _jpeg(image: Image.Image) -> Image.Image:
    written = io.BytesIO()
    image.save(written, "jpeg", quality=30)
    return Image.open(written).convert("RGB")


def _cropped(image: Image.Image) -> Image.Image:
    width, height = image.size
    margins = round(0.05 * width), round(0.05 * height)
    return image.crop((*margins, width - margins[0], height - margins[1]))


ALTERATIONS: dict[str, Alteration] = {
    "JPEG 30": _jpeg,
    "half size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "cropped 5 %": _cropped,
    "flipped": ImageOps.mirror,
    "gray": lambda image: ImageOps.grayscale(image).convert("RGB"),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backbone", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--images", type=int, default=300, help="that are altered")
    options = parser.parse_args()
    truth = _label_file(DEMO / "truth.csv")
    pictures = [Image.open(DEMO / path).convert("RGB") for path in sorted(truth)]
    classes = np.array([truth[path] for path in sorted(truth)])
    altered = np.linspace(0, len(pictures) - 1, options.images).astype(int)
    heads = [*ALTERATIONS, "false groups", "of 10 nearest"]
    print(f"{'':<32}" + "".join(f"{head:>15}" for head in heads))
    for name in options.backbone:
        choice = EmbeddingChoice(name, layer=SEVERAL)
        copies = [alter(pictures[one]) for alter in ALTERATIONS.values() for one in altered]
        rows = _embedded([*pictures, *copies], choice)
        parts = [Part(width) for width in load_backbone(choice).shape.widths]
        for title, some in (("alone", parts[:1]), ("several", parts)):
            _print_row(f"{name}, {title}", rows, some, altered, classes)


def _embedded(pictures: list[Image.Image], choice: EmbeddingChoice) -> NDArray[np.float32]:
    backbone = load_backbone(choice)
    height, width = backbone.shape[:2]

    def embed(picture: Image.Image) -> NDArray[np.float32]:
        pixels = network_input(picture, height, width)
        return backbone.engine.run(pixels[None]).embeddings[0]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(embed, pictures)))


def _print_row(
    title: str,
    rows: NDArray[np.float32],
    parts: list[Part],
    altered: NDArray[np.intp],
    classes: NDArray[np.str_],
) -> None:
    n = len(classes)
    groups = duplicate_groups(nearest(HalfWhitening(parts=parts).fit_transform(rows)))
    found = groups[n:].reshape(len(ALTERATIONS), -1) == groups[altered]
    originals = np.concatenate([np.arange(n), np.tile(altered, len(ALTERATIONS))])
    n_mixed = sum(
        len(np.unique(originals[groups == group])) > 1
        for group in np.flatnonzero(np.bincount(groups) > 1)
    )
    graph = nearest(HalfWhitening(parts=parts).fit_transform(rows[:n]), 10)
    same = (classes[graph.indices] == classes[:, None]).sum(axis=1).mean()
    cells = [f"{share:.2f}" for share in found.mean(axis=1)] + [f"{n_mixed}", f"{same:.2f}"]
    print(f"{title:<32}" + "".join(f"{cell:>15}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
