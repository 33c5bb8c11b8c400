"""The app in Streamlit's own test harness, over a small audit or any other."""

from pathlib import Path

import pytest
from streamlit import config
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from pages.parts.app import context

ROOT = Path(__file__).parents[2]
SHELL = str(ROOT / "pages" / "shell.py")


@pytest.fixture(scope="session")
def components():
    """The browser parts of installed packages: to look for them takes as long as a page."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@pytest.fixture
def app_over(monkeypatch, components):
    """Return the app over the audits in a home folder, not yet run."""

    def make(home):
        monkeypatch.setenv("SECOND_LOOK_HOME", str(home))
        # The harness has no browser, and answers with a mock when asked for its cookies.
        monkeypatch.setattr(context, "_name_in_browser", lambda: "")
        context.library.cache_clear()
        context._live_ranking.clear()
        context._cards.clear()
        # The harness reads no settings; the app's own is to leave out this walk over all objects.
        config.set_option("runner.postScriptGC", False)
        app = AppTest.from_file(SHELL, default_timeout=60)
        app._bidi_component_manager = components
        return app

    yield make
    for audit in context.library().audits():
        audit.store.close()
    context.library.cache_clear()


@pytest.fixture
def small_app(app_over, computed):
    """The app over eighteen photographs, not yet run."""
    return app_over(computed.folder.parent)


def opened(app, page):
    """Open a page by its own address."""
    app.switch_page(page).run()
    assert not app.exception
    return app
