"""Pictures of every page, in both themes and two widths, to look at as a designer would.

    python -m tests.browser.screenshots FOLDER [--audit DIR]

The README's are those of ``1440-light``.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from core.review.queues.queue import Queue
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.server import Server
from tests.core.making import add_verdict

PAGES = "audits overview review browse map search detectors agreement export".split()
HEIGHTS = {"overview": 1240}


def review_some(audit: Audit, count: int = 24) -> None:
    """Decide on the first suspects as an agreeable auditor would, so that pages are not empty."""
    for seq, item_id in enumerate(Queue().ids(audit.store)[:count]):
        item = audit.store.items([item_id])[item_id]
        verdict = "keep" if seq % 4 == 3 else "relabel"
        labels = [item["suggested"]] if verdict == "relabel" else []
        add_verdict(
            audit.store,
            session="screenshots",
            seq=seq,
            item_id=item_id,
            auditor="Ana",
            verdict=verdict,
            labels=labels,
        )


def look_again(audit: Audit) -> None:
    """Let a second person judge half of that blind, and differ now and then."""
    audit.store.set_second_share(0.5)
    for seq, item_id in enumerate(audit.store.second_review_ids("Ben")):
        item = audit.store.items([item_id])[item_id]
        verdict = "keep" if seq % 4 == 3 else "relabel"
        add_verdict(
            audit.store,
            session="second look",
            seq=seq,
            item_id=item_id,
            auditor="Ben",
            verdict=verdict,
            labels=[item["suggested"]] if verdict == "relabel" else [],
            role="second",
        )


def take(page: Page, address: str, name: str, path: str, width: int, file: Path) -> None:
    """Open one page, let it settle and save it as JPEG."""
    page.set_viewport_size({"width": width, "height": HEIGHTS.get(name, 900)})
    page.goto(f"{address}/{path}")
    page.wait_for_timeout(3500)
    page.screenshot(path=file, type="jpeg", quality=82)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--audit", type=Path, help="a computed audit; the demo without it")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "demo"
        if options.audit:
            shutil.copytree(options.audit, folder)
        else:
            pipeline.run(Audit.create(folder, source_of(DEMO, DEMO / "labels.csv")))
        review_some(Audit(folder))
        look_again(Audit(folder))
        paths = {"overview": "", "search": f"search?like={Queue().ids(Audit(folder).store)[0]}"}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        with Server(folder, log=Path(scratch) / "log") as server:
            for theme in ("light", "dark"):
                context = browser.new_context(color_scheme=theme)
                cookie = {"name": "second_look_auditor", "value": "Ana", "url": server.address}
                context.add_cookies([cookie])
                for width in (1440, 1024):
                    for name in PAGES:
                        file = options.folder / f"{name}-{width}-{theme}.jpg"
                        path = paths.get(name, name)
                        take(context.new_page(), server.address, name, path, width, file)
        browser.close()


if __name__ == "__main__":
    main()
