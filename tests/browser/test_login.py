"""A login from its button to the name on a verdict, and out again."""

from tests.browser.desk_driver import wait_for_image, wait_until_saved
from tests.browser.login_provider import login_provider
from tests.browser.server import Server

SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "a long and random text for a test"
client_id = "second-look"
client_secret = "secret"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def test_name_on_a_verdict_is_that_of_the_login(page, computed, tmp_path, monkeypatch):
    store = computed.store
    secrets = tmp_path / "secrets.toml"
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    with login_provider({"name": "Ana Lima", "email": "ana@x.example"}) as provider:
        secrets.write_text(SECRETS.format(provider=provider))
        with Server(computed.folder) as server:
            page.goto(f"{server.address}/map")
            page.get_by_role("heading", name="Log in to review").wait_for()
            assert page.locator("[data-testid=stVegaLiteChart]").count() == 0
            page.get_by_role("button", name="Log in").click()
            page.get_by_role("heading", name="of 18 labels is suspect").wait_for()
            page.get_by_text("audit · Ana Lima").wait_for()

            page.goto(f"{server.address}/review?everything=1")
            item = wait_for_image(page)
            page.keyboard.press("k")
            wait_until_saved(page)
            assert store.current_verdicts()[item]["auditor"] == "Ana Lima"

            page.get_by_role("button", name="Log out").click()
            page.get_by_role("heading", name="Log in to review").wait_for()
