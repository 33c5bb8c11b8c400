"""Time from a key press on the page Search until the pictures of the answer are painted.

    python -m tests.benchmarks.search_latency [--items 100000] [--presses 30] [--cache DIR]

On a synthetic audit, in Chromium. Beside it, the time of the server alone for the same
searches: with what a query finds at hand, as the page has it, and asked for at each.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core.audit import Audit
from core.search.example_search import ExampleSearch
from tests.benchmarks.latency import audit_of, heading, report
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.server import Server

# Milliseconds from a press of a key on a result until other results are painted.
PRESSED = """key => new Promise((done) => {
  const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  const cells = roots.map((root) => root?.querySelector('.search .cells')).find(Boolean)
  const before = cells.dataset.painted, since = performance.now()
  const look = () => {
    if (cells.dataset.painted === before) return
    observer.disconnect()
    done(performance.now() - since)
  }
  const observer = new MutationObserver(look)
  observer.observe(cells, { attributes: true, attributeFilter: ['data-painted'] })
  const cell = cells.querySelectorAll('.cell')[2]
  cell.focus()
  cell.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }))
})"""
PAINTED = """() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot)
  .some((root) => root?.querySelector('.search .cells[data-painted]'))"""


def time_presses(page: Page, address: str, presses: int) -> list[float]:
    """Return the milliseconds of presses on a fresh page, by turns of ``+`` and ``-``."""
    page.goto(address)
    page.wait_for_function(PAINTED, timeout=60_000)
    times = []
    for press in range(presses):
        page.wait_for_timeout(600)
        times.append(float(page.evaluate(PRESSED, "+-"[press % 2])))
    return times


def time_searches(audit: Audit, presses: int, *, at_hand: bool) -> list[float]:
    """Return the milliseconds that searches with more and more examples take."""
    search = ExampleSearch(audit)
    ids, known, times = search.ids.tolist(), search.candidates(), []
    for press in range(1, presses + 1):
        started = time.perf_counter()
        candidates = known if at_hand else search.candidates()
        hits = search.find_among(candidates, ids[: press + 1 : 2], ids[1 : press + 1 : 2], 51)
        audit.store.rows_of([hit.id for hit in hits])
        times.append(1000 * (time.perf_counter() - started))
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--presses", type=int, default=30)
    parser.add_argument("--cache", type=Path, help="where the synthetic audit is cached")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        audit_of(options.items, options.cache, Path(name), options.items // 5) as audit,
        sync_playwright() as playwright,
    ):
        scratch = Path(name)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        heading(f"Search, {options.items:,} images, ms")
        with Server(home=scratch / "home", log=scratch / "log") as server:
            first = audit.store.match_ids(limit=1)[0]
            address = f"{server.address}/search?like={first}"
            report("+ or - to 50 pictures painted", time_presses(page, address, options.presses))
        browser.close()
        for title, at_hand in (("with its candidates", True), ("asking for them", False)):
            times = time_searches(audit, options.presses, at_hand=at_hand)
            report(f"the server alone, {title}", times)


if __name__ == "__main__":
    main()
