"""What the browser tests do with the map, in words."""

import time

from core.structure.layout_files import positions
from core.structure.map_points import STEPS, quantized

MARGIN = 26
BORDER = 1


class MapDriver:
    """The map of a page.

    Parameters
    ----------
    page : Page
    audit : Audit
        Whose map it shows.
    """

    def __init__(self, page, audit, layout="umap"):
        ids, xy = positions(audit, layout)
        self.page = page
        self.selection = "nothing"
        self.places = dict(zip(ids.tolist(), (quantized(xy) / STEPS).tolist(), strict=True))

    @property
    def map(self):
        return self.page.locator(".map")

    def wait(self):
        """Wait until all of it is there, and painted."""
        self.page.locator(".map[data-ready][data-painted]").wait_for(timeout=30_000)
        return self

    def wait_for_selected(self, count):
        """Wait until so many are selected here, and the address names another selection."""
        self.page.locator(f".map[data-selected='{count}']").wait_for()
        self.selection = self.page.wait_for_function(
            """before => {
              const now = new URLSearchParams(location.search).get('sel') ?? 'nothing'
              return now !== before && now
            }""",
            arg=self.selection,
        ).json_value()

    def wait_for_ids(self, store, ids):
        """Wait until the address names the selection of just these items."""
        deadline = time.monotonic() + 20
        while (found := self.selected(store)) != ids:
            assert time.monotonic() < deadline, f"{len(found)} are selected, not {len(ids)}"
            self.page.wait_for_timeout(50)

    def place_of(self, item):
        """Where a point is on the page while the whole map is seen."""
        return self.place(*self.places[item])

    def place(self, x, y):
        """Where a place of the map is on the page while the whole map is seen."""
        box = self.page.locator(".stage").bounding_box()
        xs, ys = zip(*self.places.values(), strict=True)
        scale = min(
            (box["width"] - 2 * (MARGIN + BORDER)) / (max(xs) - min(xs)),
            (box["height"] - 2 * (MARGIN + BORDER)) / (max(ys) - min(ys)),
        )
        return (
            box["x"] + box["width"] / 2 + (x - (max(xs) + min(xs)) / 2) * scale,
            box["y"] + box["height"] / 2 - (y - (max(ys) + min(ys)) / 2) * scale,
        )

    def drag(self, *corners):
        """Press the mouse at the first place of the map, go over the others, let go."""
        first, *others = [self.place(*corner) for corner in corners]
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in others:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def hover(self, item):
        x, y = self.place_of(item)
        self.page.mouse.move(x + 30, y + 30)
        self.page.mouse.move(x, y)

    def selected(self, store):
        """The ids of the selection that the address names."""
        name = self.page.evaluate("() => new URLSearchParams(location.search).get('sel')")
        return set(store.match_ids(store.parse_query(f"selection:{name}"))) if name else set()

    def wait_for_pixels(self, color, more_than):
        """Wait until more pixels of the points than that have about a color."""
        deadline = time.monotonic() + 20
        while (count := self.pixels(color)) <= more_than:
            assert time.monotonic() < deadline, f"{count} pixels are {color}"

    def pixels(self, color):
        """How many pixels of the points have about a color."""
        wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        return self.page.locator(".map").evaluate(
            """(map, wanted) => {
              const from = map.querySelector('.points')
              const canvas = new OffscreenCanvas(from.width, from.height)
              const context = canvas.getContext('2d')
              return new Promise((resolve) => requestAnimationFrame(() => {
                map.querySelector('[data-do=fit]').click()
                requestAnimationFrame(() => {
                  context.drawImage(from, 0, 0)
                  const { data } = context.getImageData(0, 0, from.width, from.height)
                  let count = 0
                  for (let at = 0; at < data.length; at += 4) {
                    count += data[at + 3] > 200
                      && wanted.every((value, axis) => Math.abs(data[at + axis] - value) < 12)
                  }
                  resolve(count)
                })
              }))
            }""",
            wanted,
        )
