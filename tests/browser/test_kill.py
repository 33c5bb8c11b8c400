"""The server is killed while verdicts are on their way: nothing is lost, doubled or moved."""

import random

import pytest

from core.audit import Audit
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGS
from tests.browser.desk_driver import sign_in, wait_for_image
from tests.browser.killing import Kill, Sitting, random_keys
from tests.browser.server import Server

KILLS = [
    Kill(before=3, after_ms=0, hanging=0, offline=0, reload=True),
    Kill(before=1, after_ms=0, hanging=2, offline=0, reload=True),
    Kill(before=2, after_ms=15, hanging=1, offline=2, reload=True),
]


@pytest.fixture
def page(playwright):
    """A page in a Chromium of its own, as its connections are made to fail."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
    yield browser.new_page(viewport={"width": 1440, "height": 900})
    browser.close()


@pytest.fixture
def sitting(page, demo_folder):
    store = Audit(demo_folder).store
    page.on("dialog", lambda dialog: dialog.accept())  # "leave, with verdicts unsaved?"
    with Server(demo_folder) as server:
        first = sign_in(page, server.address)
        page.wait_for_load_state("networkidle")
        yield Sitting(page, server, store, first)
    store.close()


def test_a_server_killed_under_the_auditors_hands_costs_nothing(sitting):
    keys = random_keys(random.Random(0))
    for kill in KILLS:
        sitting.survive(kill, keys)
    assert len(sitting.given) == 11
    assert sitting.unsaved[1] >= 2 and sitting.unsaved[2] >= 1, "the server was to die too soon"


def test_a_page_finds_its_restarted_server_without_a_reload(sitting):
    keys = random_keys(random.Random(1))
    sitting.survive(Kill(before=2, after_ms=0, hanging=2, offline=0, reload=False), keys)
    assert len(sitting.given) == 4


def test_a_desk_of_which_the_restarted_server_has_not_heard_is_heard(sitting):
    """Where the page has run as a whole last, Streamlit's client does not ask for it again."""
    sitting.page.reload()
    assert wait_for_image(sitting.page) == sitting.at
    keys = random_keys(random.Random(2))
    sitting.survive(Kill(before=0, after_ms=0, hanging=2, offline=1, reload=False), keys)
    assert len(sitting.given) == 3


def test_a_grid_of_which_the_restarted_server_has_not_heard_is_heard(sitting):
    page, server = sitting.page, sitting.server
    page.goto(f"{server.address}/browse")
    page.locator(".cells[data-painted]").wait_for()
    server.hang()
    page.get_by_text("Next").first.click()
    page.get_by_text("Page 2").wait_for()
    server.kill()
    server.start()
    page.get_by_text("Next").first.click()
    page.get_by_text("Page 3").wait_for()
    page.locator(".cells:not([aria-busy])").wait_for(timeout=60_000)
