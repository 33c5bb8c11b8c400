"""Rounds of export, import and review: nothing is lost, nothing doubles, nothing grows.

`python -m tests.core.export.rounds --rounds N` plays N rounds of every data set of
`faulty_sets` in every format that it can be written as; ``--kills N`` kills exports
instead, see `tests.core.export.kills`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from core.export.filing import NOT_WRITTEN
from core.export.writers import WRITERS
from tests.core.export.faulty_sets import DATA_SETS
from tests.core.export.kills import kill_exports
from tests.core.export.round_trips import (
    Round,
    everything,
    fitting,
    made_by,
    out_and_in,
    source_back,
)

NUMBER = len("~10")
"""What a name may grow by, once: the number that tells it from another."""


class Size(NamedTuple):
    """What must not grow from one round to the next."""

    items: int
    columns: int
    files: int
    longest_name: int


def size_of(listing, path) -> Size:
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    files = [one for one in files if one.name != NOT_WRITTEN]
    longest = max(len(one.name) for one in files)
    return Size(len(listing.records), len(listing.columns), len(files), longest)


def play(name: str, format: str, rounds: int, folder: Path, seed: int) -> str:
    """Play rounds of a data set in a format; return what went wrong, empty for nothing."""
    (folder / "in").mkdir(parents=True)
    made = DATA_SETS[name](folder / "in")
    before = everything(folder / "in")
    writer, sizes = WRITERS[format], list[Size]()
    round_ = Round.begin(made, folder / "audit 0", seed)
    for number in range(rounds):
        round_.decide()
        scratch = folder / f"round {number}"
        scratch.mkdir()
        path = scratch / f"out{writer.suffix_of(round_.audit)}"
        wrong, source, listing = out_and_in(round_, writer, path, scratch)
        sizes.append(size_of(listing, made_by(path, scratch)))
        if not wrong and number + 1 < rounds:
            again = folder / f"again {number}"
            again.mkdir()
            source = source_back(round_.audit, writer, path, again)
            following = round_.next(source, listing, folder / f"audit {number + 1}")
            round_.audit.store.close()
            round_ = following
            if why := writer.why_not(round_.audit):
                wrong = f"cannot be written again: {why}"
        if wrong:
            round_.audit.store.close()
            return f"round {number + 1}: {wrong}"
    round_.audit.store.close()
    if everything(folder / "in") != before:
        return "the originals were touched"
    return grown(sizes[1:])


def grown(sizes: list[Size]) -> str:
    """Say what has grown since the first of these rounds."""
    for size in sizes[1:]:
        first = sizes[0]
        # Items may be left out by the choices; which of them should be there was compared before.
        is_larger = size.items > first.items or size.columns != first.columns
        if is_larger or size.files > first.files:
            return f"grew: {first} became {size}"
        if size.longest_name > first.longest_name + NUMBER:
            return f"names grew: {first} became {size}"
    return ""


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each data set with each format that it can be written as."""
    for name, maker in DATA_SETS.items():
        with tempfile.TemporaryDirectory() as scratch:
            (Path(scratch) / "in").mkdir()
            round_ = Round.begin(maker(Path(scratch) / "in"), Path(scratch) / "audit", 0)
            formats = [writer.name for writer in fitting(round_.audit)]
            round_.audit.store.close()
        yield from ((name, format) for format in formats)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=0, help="kill so many exports of each format")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.kills:
        return kill_all(options.kills, options.seed)
    wrong, played, begun = 0, 0, time.monotonic()
    for name, some in groupby(pairs(), lambda pair: pair[0]):
        formats = [format for _, format in some]
        for format in formats:
            with tempfile.TemporaryDirectory() as scratch:
                found = play(name, format, options.rounds, Path(scratch), options.seed)
            played += 1
            wrong += bool(found)
            if found:
                print(f"{name} as {format}: {found}")
        print(f"{name}: {', '.join(formats)}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{played} pairs of data set and format, {options.rounds} rounds each: {wrong} wrong"
          f" ({seconds:.0f} s).")  # fmt: skip
    return int(wrong > 0)


def kill_all(kills: int, seed: int) -> int:
    for format in ("csv", "folders", "webdataset", "imagefolder"):
        with tempfile.TemporaryDirectory() as scratch:
            counts = kill_exports(format, kills, Path(scratch), seed)
        told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        print(f"{format}: {kills} exports killed, left behind: {told}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
