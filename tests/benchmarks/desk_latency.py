"""Time from a key press on the desk to the next image painted.

    python -m tests.benchmarks.desk_latency [--items 100000] [--presses 300] [--cache DIR]

Drives a real headless Chromium with software rendering. Without ``--items`` the
audit is the demo, else a synthetic one of which others have judged a fifth.
Beside the desk it times, in the same run, the way most Streamlit apps would do
it: a plain page with ``st.image`` and a button that has a shortcut. A press
counts from the ``keydown`` event to the new image decoded and two animation
frames after it; another class is typed, and counts from the Enter.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from tests.benchmarks.latency import audit_of, heading, report, time_each
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.desk_driver import sign_in, wait_until_saved
from tests.browser.server import Server

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

MIXED = ("k", " ", "another class", "n", "z", "y", "k", "ArrowRight", " ", "u")
"""Keep, accept, type a class, none fits, undo, redo, keep, skip, accept, unsure."""


@contextmanager
def opened(options: argparse.Namespace, scratch: Path) -> Iterator[Audit]:
    """Yield the audit that the options ask for, in ``scratch/home``."""
    if options.items:
        with audit_of(options.items, options.cache, scratch, options.items // 5) as audit:
            yield audit
        return
    folder = scratch / "home" / "demo"
    if options.audit:
        shutil.copytree(options.audit, folder)
    else:
        pipeline.run(Audit.create(folder, source_of(DEMO, DEMO / "labels.csv")))
    yield Audit(folder)


def pressing(page: Page, key: str) -> Callable[[], None]:
    """Return what presses `key`, or types the name of another class."""

    def type_a_class() -> None:
        page.keyboard.press("/")
        page.keyboard.type("a")
        page.wait_for_timeout(50)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

    return type_a_class if key == "another class" else lambda: page.keyboard.press(key)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=100)
    parser.add_argument("--pause-ms", type=int, default=250, help="between two presses")
    parser.add_argument("--items", type=int, help="a synthetic audit of that size")
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    parser.add_argument("--audit", type=Path, help="a computed audit; the demo without it")
    options = parser.parse_args()
    os.environ["PLAIN_REVIEW_IMAGES"] = str(DEMO / "images")
    with (
        tempfile.TemporaryDirectory() as name,
        opened(options, Path(name)) as audit,
        sync_playwright() as playwright,
    ):
        scratch = Path(name)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        before = audit.store.log_id()
        heading(f"key press to next image, {audit.store.counts()['items']:,} images, ms")
        with Server(home=scratch / "home", log=scratch / "log") as server:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            sign_in(page, server.address, path="review?everything=1")
            page.wait_for_timeout(2000)
            keep = [pressing(page, "k")] * options.presses
            times = time_each(page, WATCH_DESK, keep, options.pause_ms)
            report("Second Look's desk", times)
            wait_until_saved(page)
            stored = audit.store.log_id() - before
            mixed = [
                pressing(page, key)
                for key in itertools.islice(itertools.cycle(MIXED), options.presses)
            ]
            page.evaluate("() => { window.times = [] }")
            times = time_each(page, "() => {}", mixed, options.pause_ms)
            report("the same, keys of all kinds", times)
            wait_until_saved(page)
        plain = "tests/benchmarks/plain_review.py"
        with Server(script=plain, log=scratch / "log") as server:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.address)
            page.locator("[data-testid=stImage] img").first.wait_for()
            page.wait_for_timeout(2000)
            keep = [pressing(page, "k")] * options.presses
            times = time_each(page, WATCH_PLAIN, keep, options.pause_ms)
            report("plain st.image and st.button", times)
        print(f"verdicts of the desk on disk: {stored} of {options.presses}")
        browser.close()


if __name__ == "__main__":
    main()
