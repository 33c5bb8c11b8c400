"""Time of a page turn, and of one verdict on a thousand images, in Browse.

    python -m tests.benchmarks.browse_latency [--items 100000] [--turns 100] [--cache DIR]

Drives a real headless Chromium with software rendering on a synthetic audit of
which others have judged a fifth. A page turn counts from the ``keydown`` event
to a hundred thumbnails decoded and painted; a verdict from the click to the
text that it is done, undo and redo likewise. Beside it, in the same run, a page
of plain Streamlit parts that shows as many of the same thumbnails. Below: the
time of the store for a page, the first and the last ones.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from core.store import Sort, Store
from tests.benchmarks.latency import audit_of, heading, report, time_each
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.server import Server

# The grid names its first image in data-painted when all of them are decoded and painted.
PAINTED = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  return Boolean(roots.map((r) => r?.querySelector('.cells')).find(Boolean)?.dataset.painted)
}"""

WATCH_CELLS = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  const cells = roots.map((root) => root?.querySelector('.cells')).find(Boolean)
  window.times = []
  let painted = cells.dataset.painted
  document.addEventListener('keydown', () => { window.pressed = performance.now() }, true)
  // An answer of Python's that brings the same pictures names the same image again.
  new MutationObserver(() => {
    if (painted === cells.dataset.painted) return
    painted = cells.dataset.painted
    window.times.push(performance.now() - window.pressed)
  }).observe(cells, { attributes: true, attributeFilter: ['data-painted'] })
}"""

# A plain page has turned when a hundred pictures other than before are decoded and painted.
WATCH_PLAIN = """() => {
  window.times = []
  const images = () => [...document.querySelectorAll('[data-testid=stImage] img')]
  let first = images()[0].src, looking = false
  document.addEventListener('keydown', () => { window.pressed = performance.now() }, true)
  const look = async () => {
    const shown = images()
    if (looking || shown.length < 100 || shown[0].src === first) return
    looking = true
    await Promise.all(shown.map((image) => image.decode().catch(() => {})))
    requestAnimationFrame(() => requestAnimationFrame(() => {
      window.times.push(performance.now() - window.pressed)
      first = images()[0].src
      looking = false
    }))
  }
  new MutationObserver(look).observe(document.body,
    { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] })
}"""

# Milliseconds from the last click or key until a text stands in the grid.
WATCH_WORDS = """() => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  const grid = roots.map((root) => root?.querySelector('.browse')).find(Boolean)
  for (const kind of ['keydown', 'click']) {
    document.addEventListener(kind, () => { window.acted = performance.now() }, true)
  }
  window.after = (selector, text) => new Promise((done) => {
    const since = window.acted
    const look = () => {
      if (!grid.querySelector(selector)?.textContent.includes(text)) return
      observer.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - since)))
    }
    const observer = new MutationObserver(look)
    observer.observe(grid, { subtree: true, childList: true, characterData: true })
    look()
  })
}"""

MOST_PLAIN_TURNS = 50
STEPS = ("preview of 1,000", "verdict on 1,000", "its undo", "its redo")


def open_browse(page: Page, address: str, query: str = "") -> float:
    """Open Browse as Ana; return the milliseconds until its pictures are painted."""
    page.context.add_cookies([{"name": "second_look_auditor", "value": "Ana", "url": address}])
    started = time.perf_counter()
    page.goto(f"{address}/browse?q={query}")
    page.wait_for_function(PAINTED, timeout=60_000)
    return 1000 * (time.perf_counter() - started)


def decide_for_all(page: Page) -> dict[str, float]:
    """Decide for all that match, after the sample; undo and redo it; return the times."""

    def after(text: str, selector: str = ".notice") -> float:
        return float(page.evaluate("([s, t]) => window.after(s, t)", [selector, text]))

    page.evaluate(WATCH_WORDS)
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Select all").click()
    page.get_by_role("button", name="None fits").click()
    times = {STEPS[0]: after("Look at 8", "dialog")}
    page.get_by_role("button", name="Look at 8 of them first").click()
    for _ in range(8):
        page.keyboard.press("Space")
    page.get_by_role("button", name="Decide for all").click()
    times[STEPS[1]] = after("Decided: ")
    page.wait_for_timeout(500)
    page.keyboard.press("z")
    times[STEPS[2]] = after("Taken back")
    page.wait_for_timeout(500)
    page.keyboard.press("Shift+Z")
    times[STEPS[3]] = after("Decided again")
    return times


def time_pages(store: Store, sort: Sort, pages: int) -> list[float]:
    """Return what each page of a hundred takes, one after the other, in milliseconds."""
    times, cursor = [], None
    query: Any = store.parse_query("")
    for _ in range(pages):
        started = time.perf_counter()
        cursor = store.browse(query, sort, cursor, 100).next
        times.append(1000 * (time.perf_counter() - started))
        if cursor is None:
            break
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--bulks", type=int, default=5)
    parser.add_argument("--pause-ms", type=int, default=600, help="between two page turns")
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        audit_of(options.items, options.cache, Path(name), options.items // 5) as audit,
        sync_playwright() as playwright,
    ):
        scratch, store = Path(name), audit.store
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        heading(f"Browse, {options.items:,} images, ms")
        with Server(home=scratch / "home", log=scratch / "log") as server:
            open_browse(page, server.address)
            report("opened, to 100 thumbnails painted", [open_browse(page, server.address)])
            page.wait_for_timeout(2000)
            turn = [lambda: page.keyboard.press("n")] * options.turns
            times = time_each(page, WATCH_CELLS, turn, options.pause_ms)
            report("page turn, to 100 thumbnails painted", times)
            bulks = []
            for number in range(options.bulks):
                open_browse(page, server.address, f"given:%22class {number:03}%22")
                page.wait_for_timeout(1000)
                bulks.append(decide_for_all(page))
            for step in STEPS if bulks else ():
                report(step, [times[step] for times in bulks])
        os.environ["PLAIN_BROWSE_IMAGES"] = str(audit.folder / "thumbs")
        plain = "tests/benchmarks/plain_browse.py"
        with Server(script=plain, log=scratch / "plain log") as server:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(server.address)
            page.locator("[data-testid=stImage] img").nth(99).wait_for(timeout=60_000)
            page.wait_for_timeout(2000)
            turn = [lambda: page.keyboard.press("n")] * min(options.turns, MOST_PLAIN_TURNS)
            report("plain st.image of 100", time_each(page, WATCH_PLAIN, turn, options.pause_ms))
        browser.close()
        for field in ("-suspicion", "path", "given"):
            times = time_pages(store, Sort.parse(field), options.items // 100)
            report(f"store: the first 50 pages by {field}", times[:50])
            report(f"store: the last 50 pages by {field}", times[-50:])


if __name__ == "__main__":
    main()
