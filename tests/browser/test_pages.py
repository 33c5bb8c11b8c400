"""Every page, opened by its own address, also on a server that nobody has visited; and charts."""

import urllib.request
from urllib.error import HTTPError

import pytest

from core.bakeoff.contenders import CONTENDERS, DEFAULT
from core.bakeoff.plan import Plan
from tests.browser.server import Server
from tests.pages.test_detectors import write_results

HEADINGS = {
    "": "of 18 labels",
    "audits": "Audits",
    "browse": "Browse",
    "review": "Who is reviewing?",
    "map": "Map",
    "detectors": "Detectors",
    "agreement": "No double review yet",
    "export": "Nothing to export yet",
}


def opens(page, address, path):
    """Whether a page is there, its links once, and nothing of it from elsewhere."""
    outside = []
    page.on("request", lambda r: outside.append(r.url) if "localhost" not in r.url else None)
    page.goto(f"{address}/{path}")
    page.get_by_role("heading", name=HEADINGS[path]).wait_for()
    for title in ("Audits", "Overview", "Review", "Map", "Detectors", "Agreement", "Export"):
        assert page.get_by_role("link", name=title, exact=True).count() == 1
    assert [url for url in outside if url.startswith("http")] == []


@pytest.mark.parametrize("path", HEADINGS)
def test_page_opens_by_its_address(page, small, path):
    opens(page, small[0], path)


@pytest.mark.parametrize("path", ["", "map"])
def test_page_opens_cold(page, computed, path):
    with Server(computed.folder) as server:
        opens(page, server.address, path)


def test_a_picture_of_the_overview_opens_on_the_desk(page, small):
    page.goto(small[0])
    page.locator(".gallery button").first.click()
    page.get_by_label("Your name").wait_for()
    assert "item=" in page.url


def test_a_click_in_the_confusion_map_opens_that_queue(page, small):
    page.goto(small[0])
    square = page.locator('[aria-roledescription="rect mark"]').first
    square.wait_for()
    square.click(force=True)
    page.get_by_label("Your name").wait_for()
    assert "given=" in page.url
    assert "suggested=" in page.url


def test_results_of_the_detectors_are_drawn(page, server, computed):
    write_results(computed, Plan())
    page.goto(f"{server.show(computed.folder)}/detectors")
    drawn = page.locator("[data-testid=stVegaLiteChart] svg")
    page.get_by_role("heading", name="All results").wait_for()
    drawn.nth(4).wait_for()
    assert drawn.count() == 5
    for chart in drawn.all()[:4]:
        assert CONTENDERS[DEFAULT].title in chart.text_content()


def test_image_route_answers_by_id_and_hash_only(server, computed):
    audit, address = computed, server.show(computed.folder)
    item = next(iter(audit.store.items([audit.store.ranking(1)[0]["id"]]).values()))
    right = f"api/images/{audit.id}/{item['id']}/{item['content_hash']}"
    for size in ("thumb", "full"):
        answer = urllib.request.urlopen(f"{address}/{right}/{size}")
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.read(2) == b"\xff\xd8"
    for wrong in (
        f"api/images/{audit.id}/{item['id']}/{'0' * 32}/thumb",
        f"api/images/0000/{item['id']}/{item['content_hash']}/thumb",
        f"api/images/{audit.id}/..%2f..%2faudit.db/{item['content_hash']}/full",
    ):
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(f"{address}/{wrong}")
        assert refused.value.code in (400, 404)
    foreign = urllib.request.Request(f"{address}/{right}/thumb", headers={"Host": "evil.example"})
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(foreign)
    assert refused.value.code == 400
