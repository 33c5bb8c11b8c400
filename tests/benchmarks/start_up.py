"""Time from ``streamlit run`` to the first paint of Overview on an existing audit.

    python -m tests.benchmarks.start_up [--runs 5] [--audit DIR]

Beside it, in the same run: Streamlit's own "hello" of one heading, which is
the floor for any Streamlit app on this machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.server import Server


def seconds_to_heading(browser: Browser, script: str, folder: Path, log: Path) -> float:
    """Start a server, open its first page and wait for a heading to be painted."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    started = time.perf_counter()
    with Server(folder, script=script, log=log) as server:
        page.goto(server.address)
        page.locator("[data-testid=stMain] h1").first.wait_for()
        page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        seconds = time.perf_counter() - started
    page.close()
    return seconds


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--audit", type=Path, help="a computed audit; the demo without it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = options.audit or Path(scratch) / "demo"
        if options.audit is None:
            pipeline.run(Audit.create(folder, source_of(DEMO, DEMO / "labels.csv")))
        hello = Path(scratch) / "hello.py"
        hello.write_text("import streamlit as st\nst.title('Hello')\n")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        scripts = {"Second Look, Overview": "dashboard.py", "a heading alone": str(hello)}
        seconds: dict[str, list[float]] = {name: [] for name in scripts}
        for _ in range(options.runs):
            for name, script in scripts.items():
                seconds[name].append(
                    seconds_to_heading(browser, script, folder, Path(scratch) / "log")
                )
        print(f"{'streamlit run to first paint, s':<34} {'runs':>5} {'median':>8} {'max':>8}")
        for name, values in seconds.items():
            print(
                f"{name:<34} {len(values):>5} {statistics.median(values):>8.2f} {max(values):>8.2f}"
            )
        browser.close()


if __name__ == "__main__":
    main()
