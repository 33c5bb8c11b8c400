"""Time from a key press on the desk to the next image painted.

    python -m tests.benchmarks.desk_latency [--presses 100] [--audit DIR]

Drives a real headless Chromium with software rendering. Beside the desk it
times, in the same run, the way most Streamlit apps would do it: a plain page
with ``st.image`` and a button that has a shortcut. A press counts from the
``keydown`` event to the new image decoded and two animation frames after it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS, serving
from tests.browser.desk_driver import sign_in, wait_until_saved

WATCH_DESK = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  const desk = roots.map((root) => root?.querySelector('.desk')).find(Boolean)
  window.times = []
  document.addEventListener('keydown', () => { window.pressed = performance.now() }, true)
  // The desk sets data-item two frames after the decoded image was put in place.
  new MutationObserver(() => window.times.push(performance.now() - window.pressed))
    .observe(desk, { attributes: true, attributeFilter: ['data-item'] })
}"""

WATCH_PLAIN = """() => {
  window.times = []
  let last = document.querySelector('[data-testid=stImage] img').src
  document.addEventListener('keydown', () => { window.pressed = performance.now() }, true)
  const look = async () => {
    const image = document.querySelector('[data-testid=stImage] img')
    if (image && image.src !== last) {
      last = image.src
      await image.decode().catch(() => {})
      const painted = () => window.times.push(performance.now() - window.pressed)
      requestAnimationFrame(() => requestAnimationFrame(painted))
    }
  }
  new MutationObserver(look).observe(document.body,
    { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] })
}"""


def time_presses(page: Page, watch: str, key: str, presses: int, pause_ms: int) -> list[float]:
    """Press `key` again and again, each time after the last image is there and a pause."""
    page.evaluate(watch)
    for count in range(1, presses + 1):
        page.keyboard.press(key)
        page.wait_for_function("n => window.times.length >= n", arg=count, timeout=30_000)
        page.wait_for_timeout(pause_ms)
    times: list[float] = page.evaluate("window.times")
    return times


def report(name: str, times: list[float]) -> None:
    """Print one row."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    print(
        f"{name:<34} {len(times):>7} {statistics.median(times):>9.0f} {cuts[94]:>8.0f}"
        f" {max(times):>8.0f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=100)
    parser.add_argument("--pause-ms", type=int, default=250, help="between two presses")
    parser.add_argument("--audit", type=Path, help="a computed audit; the demo without it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "home" / "demo"
        if options.audit:
            shutil.copytree(options.audit, folder)
        else:
            pipeline.run(Audit.create(folder, DEMO, DEMO / "labels.csv"))
        os.environ["PLAIN_REVIEW_IMAGES"] = str(DEMO / "images")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        print(
            f"{'key press to next image, ms':<34} {'presses':>7}"
            f" {'median':>9} {'p95':>8} {'max':>8}"
        )
        with serving(home=folder.parent, log=(Path(scratch) / "log").open("w")) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sign_in(page, address, path="review?everything=1")
            page.wait_for_timeout(2000)
            times = time_presses(page, WATCH_DESK, "k", options.presses, options.pause_ms)
            report("Second Look's desk", times)
            wait_until_saved(page)
            stored = len(Audit(folder).store.judged_ids())
        plain = "tests/benchmarks/plain_review.py"
        with serving(script=plain, log=(Path(scratch) / "log").open("w")) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            page.locator("[data-testid=stImage] img").first.wait_for()
            page.wait_for_timeout(2000)
            times = time_presses(page, WATCH_PLAIN, "k", options.presses, options.pause_ms)
            report("plain st.image and st.button", times)
        print(f"verdicts of the desk on disk: {stored} of {options.presses}")
        browser.close()


if __name__ == "__main__":
    main()
