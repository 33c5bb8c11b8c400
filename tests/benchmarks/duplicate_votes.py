"""Whose votes count once: average precision by what detectors take for copies.

Run from the repository's root::

    python -m tests.benchmarks.duplicate_votes [--cifar TAR] [--caltech TAR] [--cache FOLDER]

Detectors count a group of copies once among an item's neighbors and hold it out together. The
same rankings are made with groups of nearly identical embeddings (*wide*, the default), with
copies verified by their pixels, and with none.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score

from core.detectors import METHODS
from core.findings.pixel_table import PixelTable
from core.findings.verified_copies import find_copies
from core.neighbors import group_pairs
from tests.benchmarks.copies import pictures_of
from tests.benchmarks.data_sets import ROWS, SOURCES, contents_of

NAMES = ("demo", "human-9", "human-40", "cells-200", "caltech-confused-10", "caltech-cells")


def main() -> None:
    """Print a row for each set of labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, metavar="TAR")
    parser.add_argument("--caltech", type=Path, metavar="TAR")
    parser.add_argument("--cache", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    archives = {"demo": None, "cifar": options.cifar, "caltech": options.caltech}
    print("average precision | wide | verified | none")
    for name, archive in archives.items():
        rows = [ROWS[row] for row in NAMES if ROWS[row].source == name]
        if archive is None and name != "demo":
            continue
        source = SOURCES[name](archive, options.cache)
        pictures = pictures_of(list(contents_of(name, archive)[2]))
        table = PixelTable.of((row for row, _ in pictures), len(pictures))
        thumbnails = [thumbnail for _, thumbnail in pictures]
        copies = find_copies(source.features.graph, table, thumbnails.__getitem__)
        n = len(source.truth)
        groups = {
            "wide": source.features.groups,
            "verified": group_pairs(*copies.pairs.T, n),
            "none": np.arange(n, dtype=np.int32),
        }
        for row in rows:
            data = row.labeled(source, 0)
            precisions = []
            for kind in groups.values():
                features = data.features._replace(groups=kind)
                ranking = METHODS["pool"].rank(features, data.given, data.n_classes)
                wrong = data.given != data.truth
                precisions.append(average_precision_score(wrong, ranking.suspicion))
            print(f"{row.title} | " + " | ".join(f"{one:.3f}" for one in precisions), flush=True)


if __name__ == "__main__":
    main()
