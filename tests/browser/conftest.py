"""A real Chromium and a real server, one of each for all tests of a worker."""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser.server import Server

CHROMIUM = shutil.which("chromium")
CHROMIUM_ARGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
    " --disable-sync --no-first-run"
).split()

VIEW = {"viewport": {"width": 1440, "height": 900}}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="there is no chromium on this machine"))


@pytest.fixture(scope="session")
def playwright():
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "CI must have Debian's chromium"
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    """Return the one Chromium of all tests; if it dies, those that follow have another."""
    started = []

    def running():
        if not started or not started[-1].is_connected():
            started.append(playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS))
        return started[-1]

    yield running
    for browser in started:
        browser.close()


class SharedContext:
    """The context of each test's first visitor, who finds it as if nobody had been there.

    What the browser has loaded and compiled of Streamlit stays in it, which is a third
    of the time that a page takes; cookies and whatever pages have stored are cleared.
    """

    def __init__(self, chromium):
        self.chromium = chromium
        self.context = None
        self.origins = set()

    def new_page(self):
        if self.context is None or not self.context.browser.is_connected():
            self.context = self.chromium().new_context(**VIEW)
        page = self.context.new_page()
        page.on("framenavigated", lambda frame: self.origins.add(frame.url))
        return page

    def clear(self):
        if self.context is None or not self.context.browser.is_connected():
            return
        for page in self.context.pages:
            page.close()
        page = self.context.new_page()
        session = self.context.new_cdp_session(page)
        for origin in {"/".join(url.split("/")[:3]) for url in self.origins}:
            stored = "cookies,indexeddb,local_storage,service_workers"
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": stored})
        self.origins.clear()
        self.context.clear_cookies()
        page.close()


@pytest.fixture(scope="session")
def shared_context(chromium):
    return SharedContext(chromium)


@pytest.fixture
def visitor(chromium, shared_context):
    """Open a page of a fresh visitor: cookies and what pages store are their own."""
    contexts, pages, errors = [], [], []

    def arrive(**options):
        if options or pages:
            contexts.append(chromium().new_context(**VIEW | options))
            page = contexts[-1].new_page()
        else:
            page = shared_context.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    shared_context.clear()
    assert not errors


@pytest.fixture
def page(visitor):
    """A page of a fresh visitor, whose errors fail the test."""
    return visitor()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server of all tests that do not need one of their own; see `Server.show`."""
    with Server(home=tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def address(server, demo_folder):
    """The address of a dashboard on the demo, a copy of the test's own."""
    return server.show(demo_folder)


@pytest.fixture
def small(server, computed):
    """The address of a dashboard on eighteen photographs, and their store."""
    return server.show(computed.folder), computed.store
