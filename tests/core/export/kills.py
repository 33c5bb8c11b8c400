"""Exports that are killed at any moment: what lies there is the old one or the new one, whole."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from core.audit import Audit
from core.export.destination import check_destination
from core.export.exporting import export
from core.export.manifest_files import MANIFEST, manifest_beside
from core.export.writers import WRITERS
from tests.core.export.faulty_sets import table
from tests.core.export.round_trips import Round

STOPPED = "the old one"
DONE = "the new one"


def _export(folder: str, format: str, path: str, ready: Connection) -> None:
    audit = Audit(Path(folder))
    ready.send(True)
    export(audit, WRITERS[format], Path(path), who="Ana")


def kill_exports(format: str, kills: int, folder: Path, seed: int = 0) -> Counter[str]:
    """Kill exports of one format over an older one, each at a random moment.

    Returns
    -------
    Counter
        How often the old export was left, and how often the new one.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    rng, left = random.Random(seed), Counter[str]()
    (folder / "in").mkdir()
    round_ = Round.begin(table(folder / "in"), folder / "audit", seed)
    audit, writer = round_.audit, WRITERS[format]
    path = folder / f"export{writer.suffix_of(audit)}"
    export(audit, writer, path, who="Ana")
    for number in range(kills):
        old = content_of(path)
        round_.decide()
        wanted = folder / f"new {number}{writer.suffix_of(audit)}"
        begun = time.monotonic()
        export(audit, writer, wanted, who="Ana")
        took = time.monotonic() - begun
        new = content_of(wanted)
        ready, theirs = context.Pipe(duplex=False)
        arguments = str(audit.folder), format, str(path), theirs
        process = context.Process(target=_export, args=arguments)
        process.start()
        ready.recv()
        time.sleep(rng.uniform(0, 2 * took))
        process.kill()
        process.join()
        found = content_of(path)
        assert found in (old, new), f"{format}: neither the old export nor the new one"
        left[DONE if found == new else STOPPED] += 1
        check_destination(audit, path, writer.is_folder(audit))  # it can be replaced nevertheless
        check_manifest(path, found == new)
    export(audit, writer, path, who="Ana")
    assert content_of(path) == content_of(wanted)
    audit.store.close()
    return left


def content_of(path: Path) -> dict[str, bytes]:
    """What an export holds, its manifest apart, in which the time stands."""
    if not path.is_dir():
        return {"": path.read_bytes()}
    return {
        str(one.relative_to(path)): one.read_bytes()
        for one in path.rglob("*")
        if one.is_file() and one.name != MANIFEST
    }


def check_manifest(path: Path, is_new: bool) -> None:
    """A manifest is never cut off, and one of a file says whose it is."""
    place = path / MANIFEST if path.is_dir() else manifest_beside(path)
    manifest = json.loads(place.read_text())
    assert manifest["files"]
