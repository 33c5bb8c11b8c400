"""A login from its button to the name on a verdict, and out again; and nobody in another's name."""

from contextlib import contextmanager

import pytest

from core.audit import item_id
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.browser.login_provider import login_provider
from tests.browser.server import Server
from tests.core.making import verdict_log

SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "a long and random text for a test"
client_id = "second-look"
client_secret = "secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
ANA = {"name": "Ana Lima", "email": "ana@x.example"}
BEN = {"name": "Ben", "email": "ben@x.example"}
PLANT = """([audit, actions]) => localStorage.setItem(`second-look:${audit}:planted`,
  JSON.stringify(actions.map((action, seq) => ({ ...action, session: 'planted', seq }))))"""
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('second-look:')).length"


@pytest.fixture
def person():
    """The claims of whoever logs in next."""
    return dict(ANA)


@pytest.fixture
def address(computed, tmp_path, monkeypatch, person):
    with served(computed, tmp_path, monkeypatch, person) as address:
        yield address


@contextmanager
def served(computed, tmp_path, monkeypatch, person):
    secrets = tmp_path / "secrets.toml"
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    with login_provider(person) as provider:
        secrets.write_text(SECRETS.format(provider=provider))
        with Server(computed.folder) as server:
            yield server.address


def log_in(page, address):
    page.goto(address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="of 18 labels is suspect").wait_for()


def log_out(page):
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in to review").wait_for()


def planted(path, auditor, verdict="none", **more):
    action = {"item": item_id(path), "verdict": verdict, "labels": [], "content_hash": None}
    action |= {"given": "lotus"}  # of all that are planted here
    return action | {"auditor": auditor} | more


def test_name_on_a_verdict_is_that_of_the_login(page, computed, address):
    page.goto(f"{address}/map")
    page.get_by_role("heading", name="Log in to review").wait_for()
    assert page.locator("[data-testid=stVegaLiteChart]").count() == 0
    log_in(page, address)
    page.get_by_text("audit · Ana Lima").wait_for()

    page.goto(f"{address}/review?everything=1")
    item = wait_for_image(page)
    page.keyboard.press("k")
    wait_until_saved(page)
    assert computed.store.current_verdicts()[item]["auditor"] == "Ana Lima"
    log_out(page)


def test_what_another_left_in_the_browser_waits_for_their_login(page, computed, address, person):
    store = computed.store
    log_in(page, address)
    left = [planted("03.jpg", "Ben"), planted("04.jpg", "Ben", "keep", role="adjudication")]
    page.evaluate(PLANT, [computed.id, left])
    page.goto(f"{address}/review?everything=1")
    item = wait_for_image(page)
    note = page.locator(".left-over")
    assert note.inner_text() == (
        "2 actions of Ben, not saved yet, will be saved when Ben logs in with this browser."
    )
    press(page, "k", item)
    wait_until_saved(page)
    assert [row["item_id"] for row in verdict_log(store)] == [item]

    person.update(BEN)
    page.goto(address)
    log_out(page)
    log_in(page, address)
    page.goto(f"{address}/review?everything=1")
    wait_for_image(page)
    # Nobody disagrees about 04: that one is refused, with the reason, and not sent again.
    page.locator(".notice", has_text="does not wait for an adjudication by Ben").wait_for()
    wait_until_saved(page)
    assert store.current_verdicts()[item_id("03.jpg")]["auditor"] == "Ben"
    assert len(verdict_log(store)) == 2
    assert page.evaluate(KEPT) == 0
    assert page.locator(".left-over").is_hidden()


def test_without_a_login_what_ana_left_is_stored_as_hers_when_ben_signs_in(page, small):
    address, store = small
    sign_in(page, address, "Ben", path="review?everything=1")
    page.evaluate(PLANT, [store.setting("id"), [planted("03.jpg", "Ana")]])
    page.reload()
    wait_for_image(page)
    wait_until_saved(page)
    page.wait_for_function(KEPT.replace(".length", ".length === 0"))
    assert store.current_verdicts()[item_id("03.jpg")]["auditor"] == "Ana"
