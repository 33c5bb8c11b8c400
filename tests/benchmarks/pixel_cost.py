"""What measuring pixels costs while images are embedded: seconds of the CPU, paired.

Run from the repository's root::

    python -m tests.benchmarks.pixel_cost [--images 200] [--rounds 7]

The same images of the demo are embedded with and without it in turns, from file to row. The
machine may do other things: CPU time counts, and the median of the ratios of neighbors in time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from core.audit import Audit
from core.demo import DEMO
from core.embedding import reading
from core.embedding.choice import EmbeddingChoice
from core.embedding.runner import embed_images
from core.ingest.readers import source_of
from tests.core.making import records


def seconds(names: list[str], measuring: bool) -> float:
    """Return the CPU seconds of embedding these images of the demo in a new audit."""
    with tempfile.TemporaryDirectory() as scratch:
        audit = Audit.create(Path(scratch) / "audit", source_of(DEMO / "images"))
        audit.store.replace_listing(records(dict.fromkeys(names, "x")))
        measured = reading.measured if measuring else lambda image: None
        started = time.process_time()
        with patch.object(reading, "measured", measured):
            embed_images(audit, EmbeddingChoice(), lambda done, total: None)
        spent = time.process_time() - started
        audit.store.close()
    return spent


def main() -> None:
    """Print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    everything = sorted(file.name for file in (DEMO / "images").glob("*.jpg"))
    names = random.Random(0).sample(everything, options.images)
    seconds(names, True)
    pairs = []
    for turn in range(options.rounds):
        first = turn % 2 == 0
        spent = {which: seconds(names, which) for which in (first, not first)}
        pairs.append((spent[True], spent[False]))
        print(f"{spent[True]:.2f} s with, {spent[False]:.2f} s without", flush=True)
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"ratio, median of {len(pairs)}: {ratio:.3f}")


if __name__ == "__main__":
    main()
