"""The report, as those see it who get it by mail: opened from disk, without a network, printed."""

import re

import pytest

from core.export.report import write_report
from tests.core.export.report.making import HOSTILE, audit_of_rows, judge
from tests.core.making import Auditor

WIDTHS = (1440, 1024, 390)


@pytest.fixture
def reader(visitor):
    """A browser that is offline; what a page asks for or complains of is kept."""
    page = visitor(offline=True)
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url[:40]))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    return page


def check_widths(page):
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def background(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_report_is_downloaded_opened_offline_and_printed(page, small, reader, tmp_path):
    address, store = small
    ana, ben = Auditor(store), Auditor(store, "Ben")
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("00.jpg", "keep")
    ben.judge("12.jpg", "relabel", ["emu"], role="second")
    store.set_second_share(0.0)
    page.goto(f"{address}/export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (HTML)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".html"

    reader.goto(file.as_uri())
    assert reader.get_by_role("heading", level=1).inner_text().endswith("in 2 reviewed images")
    check_widths(reader)
    pictures = reader.evaluate(
        "Promise.all([...document.images].map((one) => one.decode().then(() => one.naturalWidth)))"
    )
    assert len(pictures) > 0 and all(pictures)
    table = reader.locator("#result .numbers")
    assert not table.is_visible()
    reader.locator("#result summary").click()
    table.wait_for()
    reader.locator("#result summary").click()
    light = background(reader)
    reader.emulate_media(color_scheme="dark")
    assert background(reader) != light

    printed = reader.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 1
    reader.emulate_media(media="print", color_scheme="dark")
    assert all(one.is_visible() for one in reader.locator(".numbers").all())
    assert not reader.locator("nav").is_visible()
    assert background(reader) == "rgba(0, 0, 0, 0)"
    assert reader.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in reader.asked)


def test_hostile_names_stay_names_and_within_the_page(reader, tmp_path):
    audit, paths = audit_of_rows(tmp_path, HOSTILE, is_hostile=True)
    verdicts = {path: ("relabel", [HOSTILE[at % 9 + 1]]) for at, path in enumerate(paths[:30])}
    judge(audit, paths, verdicts, HOSTILE[0])
    write_report(audit, tmp_path / "report.html")
    reader.goto((tmp_path / "report.html").as_uri())
    reader.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    check_widths(reader)
    assert reader.complaints == []
    assert len(reader.asked) == 1
