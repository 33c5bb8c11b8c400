"""Time to draw the map, to drag it, to select with a lasso, to change color and filter.

    python -m tests.benchmarks.map_drawing [--cache DIR] [--items 10000 100000 1000000]

Drives a real headless Chromium with software rendering on audits that only look
computed, see `tests.drawn_audits`. First paint counts from the start of a page's
load, Streamlit's own start included (about 0.7 s of it); frames are those of the
browser while the map is dragged with the mouse; a lasso counts from the release of
the mouse, to the points that change on the screen and to the ids that are stored and
in the address; a color from the click to the painted map, once its bytes are here. The
exact point-in-polygon search is timed apart, in Python. Beside it, in the same run and
for as many points as it can bear, the same map as an Altair chart in plain Streamlit
and, where it is installed, as one of plotly.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from core.audit import Audit
from core.structure.map_points import map_points
from core.structure.selections import ids_in_polygon
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.server import Server
from tests.drawn_audits import drawn_audit

SCRIPT = "tests/benchmarks/plain_map.py"
MOST_ALTAIR = 100_000
MOST_SECONDS = 90_000
FRAMES = """() => {
  window.frames_seen = []
  window.is_watching = true
  let before = performance.now()
  const see = (now) => {
    window.frames_seen.push(now - before)
    before = now
    if (window.is_watching) requestAnimationFrame(see)
  }
  requestAnimationFrame(see)
}"""
MAP = """[...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.map'))
  .find(Boolean)"""
# Milliseconds from an event of the page until the map says something else of itself.
WATCH = f"""([event, name]) => {{
  const map = {MAP}
  window.after = new Promise((resolve) => {{
    window.addEventListener(event, () => {{
      const began = performance.now(), before = map.dataset[name]
      const watch = new MutationObserver(() => {{
        if (map.dataset[name] === before) return
        watch.disconnect()
        resolve(performance.now() - began)
      }})
      watch.observe(map, {{ attributes: true }})
    }}, {{ capture: true, once: true }})
  }})
}}"""
STORED = """() => { window.stored = new Promise((resolve) => {
  window.addEventListener('pointerup', () => {
    const began = performance.now(), before = new URLSearchParams(location.search).get('sel')
    const look = () => new URLSearchParams(location.search).get('sel') !== before
      ? resolve(performance.now() - began) : setTimeout(look, 2)
    look()
  }, { capture: true, once: true })
}) }"""
PLAIN_PAINTED = """(selector) => new Promise((resolve) => {
  const look = () => document.querySelector(selector)
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
    : setTimeout(look, 5)
  look()
})"""
LASSO = ((0.3, 0.3), (0.55, 0.25), (0.7, 0.45), (0.5, 0.5), (0.6, 0.7), (0.35, 0.65))


def main() -> None:
    """Measure, and print a table for each number of points."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cache", type=Path, help="where audits are kept for the next run")
    options = parser.parse_args()
    assert CHROMIUM, "there is no chromium on this machine"
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = options.cache or Path(scratch)
        for n in options.items:
            audit = _audit(folder, n)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            print(f"\n{n:,} points | median ms | slowest | of", flush=True)
            measure_map(page, audit, options.runs)
            measure_polygon(audit, options.runs)
            if n <= MOST_ALTAIR:
                measure_plain(page, audit, "altair", options.runs)
            if importlib.util.find_spec("plotly"):
                measure_plain(page, audit, "plotly", options.runs)
            browser.close()
            audit.store.close()


def measure_map(page: Page, audit: Audit, runs: int) -> None:
    """Measure the page Map."""
    with Server(audit.folder) as server:
        first = []
        for _ in range(runs + 1):
            page.goto(f"{server.address}/map")
            page.locator(".map[data-first]").wait_for(timeout=MOST_SECONDS)
            first.append(float(page.locator(".map").get_attribute("data-first") or 0))
            page.locator(".map[data-ready]").wait_for(timeout=MOST_SECONDS)
        tell("first paint, cold server", first[:1])
        tell("first paint after page load", first[1:])
        page.wait_for_timeout(1500)
        tell("a frame while dragging", _drag(page, ".stage"))
        shown, stored = [], []
        page.keyboard.press("l")
        for number in range(runs):
            page.wait_for_timeout(1500)
            page.evaluate(STORED)
            page.evaluate(WATCH, ["pointerup", "selected"])
            _outline(page, 0.02 * number)
            shown.append(page.evaluate("window.after"))
            stored.append(page.evaluate("window.stored"))
        tell("lasso to points on screen", shown)
        tell("lasso to ids stored, in the address", stored)
        page.keyboard.press("Escape")
        page.wait_for_timeout(1500)
        tell("color, bytes to be fetched", _recolor(page, ["Suspicion", "Given label"]))
        tell("color, bytes here", _recolor(page, ["Suspicion", "Given label"] * runs))
        isolate = [_timed(page, lambda at=at: _row(page, at)) for at in (1, 1, 2, 2, 3)]
        tell("category isolated in the legend", isolate)


def measure_polygon(audit: Audit, runs: int) -> None:
    """Measure the exact search for the points in an outline."""
    points = map_points(audit)
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        found = ids_in_polygon(points, LASSO)
        times.append(1000 * (time.perf_counter() - started))
    tell(f"polygon to {len(found):,} ids, in Python", times)


def measure_plain(page: Page, audit: Audit, kind: str, runs: int) -> None:
    """Measure the same map as a chart."""
    os.environ |= {"PLAIN_MAP_AUDIT": str(audit.folder), "PLAIN_MAP_KIND": kind}
    selector = {
        "altair": "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg",
        "plotly": ".js-plotly-plot .main-svg",
    }[kind]
    with Server(script=SCRIPT) as server:
        first = []
        for _ in range(runs + 1):
            page.goto(server.address)
            page.set_default_timeout(MOST_SECONDS)
            first.append(page.evaluate(PLAIN_PAINTED, selector))
        tell(f"{kind}: first paint, cold server", first[:1])
        tell(f"{kind}: first paint after page load", first[1:])
        page.wait_for_timeout(2500)
        tell(f"{kind}: a frame while a box is dragged", _drag(page, selector))


def tell(name: str, times: list[float]) -> None:
    """Print a row."""
    print(f"{name} | {statistics.median(times):.0f} | {max(times):.0f} | {len(times)}", flush=True)


def _audit(folder: Path, n: int) -> Audit:
    """Return an audit of so many items, made or as it was kept."""
    place = folder / f"d{n}"
    return Audit(place) if place.exists() else drawn_audit(place, n, max(20, min(200, n // 500)))


def _box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return dict(found)


def _drag(page: Page, selector: str, steps: int = 60) -> list[float]:
    """Return the times of the frames while the mouse drags."""
    box = _box(page, selector)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6)
    page.evaluate(FRAMES)
    for step in range(steps):
        page.mouse.move(x + 2 * step * (-1) ** (step // 20), y + step)
        page.wait_for_timeout(16)
    times: list[float] = page.evaluate("() => { is_watching = false; return frames_seen }")
    page.mouse.up()
    return times[2:]


def _outline(page: Page, shift: float) -> None:
    box = _box(page, ".stage")
    places = [
        (box["x"] + (x + shift) * box["width"], box["y"] + y * box["height"]) for x, y in LASSO
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def _recolor(page: Page, titles: list[str]) -> list[float]:
    return [
        _timed(page, lambda title=title: page.get_by_role("button", name=title).click())
        for title in titles
    ]


def _row(page: Page, at: int) -> None:
    page.locator(".legend .row").nth(at).click()


def _timed(page: Page, act: Callable[[], Any]) -> float:
    """Return the milliseconds from the click of `act` to the painted map."""
    page.wait_for_timeout(700)
    page.evaluate(WATCH, ["click", "painted"])
    act()
    return float(page.evaluate("window.after"))


if __name__ == "__main__":
    main()
