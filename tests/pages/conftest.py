"""The app over a small audit, for pages that do not need the demo's."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.app import context
from tests.pages.test_pages import SHELL


@pytest.fixture
def small_app(computed, monkeypatch):
    """The app over eighteen photographs, not yet run."""
    monkeypatch.setenv("SECOND_LOOK_HOME", str(computed.folder.parent))
    # The harness has no browser, and answers with a mock when asked for its cookies.
    monkeypatch.setattr(context, "_name_in_browser", lambda: "")
    context.library.cache_clear()
    context._live_ranking.clear()
    context._cards.clear()
    yield AppTest.from_file(SHELL, default_timeout=60)
    for audit in context.library().audits():
        audit.store.close()
    context.library.cache_clear()
