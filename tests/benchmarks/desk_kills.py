"""Kill the server again and again during a review, and check that nothing is lost.

    python -m tests.benchmarks.desk_kills [--kills 20] [--audit DIR] [--seed 0]

After each ``kill -9`` the server is started again on the same port; the page is
loaded again or finds it by itself. Every verdict must be in the log once, on
the item that was on screen, in the order in which it was given, and the auditor
goes on at the same item.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.desk_driver import sign_in
from tests.browser.killing import Sitting, random_keys, random_kills
from tests.browser.server import Server


def main() -> None:
    """Print the table; end with an error when anything was lost, doubled or moved."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--audit", type=Path, help="a computed audit; the demo without it")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    print(f"{'kill':>4} {'given':>6} {'unsaved':>8} {'offline':>8} {'back by':>8} {'s':>6}")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "audit"
        if options.audit:
            shutil.copytree(options.audit, folder)
        else:
            pipeline.run(Audit.create(folder, source_of(DEMO, DEMO / "labels.csv")))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.on("dialog", lambda dialog: dialog.accept())
        with Server(folder, log=Path(scratch) / "log") as server:
            first = sign_in(page, server.address, path="review?everything=1")
            sitting = Sitting(page, server, Audit(folder).store, first)
            for number, kill in enumerate(random_kills(options.kills, rng), start=1):
                started = time.monotonic()
                sitting.survive(kill, random_keys(rng))
                print(
                    f"{number:>4} {len(sitting.given):>6} {sitting.unsaved[-1]:>8}"
                    f" {kill.offline:>8} {'reload' if kill.reload else 'itself':>8}"
                    f" {time.monotonic() - started:>6.1f}"
                )
        browser.close()
    print(
        f"{len(sitting.given)} verdicts over {options.kills} kills,"
        f" {sum(sitting.unsaved)} of them not on disk when the server died:"
        " none lost, doubled, or on another item"
    )


if __name__ == "__main__":
    main()
