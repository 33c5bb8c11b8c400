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


@pytest.fixture
def visitor(chromium):
    """Open a page of a fresh visitor, whose cache and cookies are their own."""
    contexts, errors = [], []

    def arrive(**options):
        options = {"viewport": {"width": 1440, "height": 900}} | options
        context = chromium().new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
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
