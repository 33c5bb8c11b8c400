"""Sign-in: typed names, and logins as far as they can be tested without a provider."""

import pytest

from tests.core.making import Auditor
from tests.pages.conftest import opened

AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "a long and random text",
    "client_id": "second-look",
    "client_secret": "secret",
    "server_metadata_url": "https://login.example/.well-known/openid-configuration",
}


def labels(app):
    return [button.label for button in app.button]


def judge(computed, name):
    Auditor(computed.store, name).judge(computed.store.ranking(1)[0]["path"])


def test_names_of_those_who_reviewed_before_are_offered(small_app, computed):
    judge(computed, "Ben")
    judge(computed, "Ana Lima")
    opened(small_app, "review.py")
    assert labels(small_app)[:2] == ["Ana Lima", "Ben"]
    next(button for button in small_app.button if button.label == "Ben").click().run()
    assert not small_app.exception
    assert not small_app.title
    assert "Switch auditor" in labels(small_app)
    assert any("Ben" in caption.value for caption in small_app.caption)


def test_typed_name_is_that_of_a_known_auditor_but_for_case_and_spaces(small_app, computed):
    judge(computed, "Ana Lima")
    opened(small_app, "review.py")
    small_app.text_input[0].set_value("  ana  lima")
    next(button for button in small_app.button if button.label == "Start reviewing").click().run()
    assert not small_app.exception
    assert any("Ana Lima" in caption.value for caption in small_app.caption)
    assert not any("ana  lima" in caption.value for caption in small_app.caption)


def test_without_a_login_configured_nobody_is_asked_to_log_in(small_app):
    small_app.run()
    assert "Log in" not in labels(small_app)
    assert "suspect" in small_app.title[0].value


def test_with_a_login_configured_nothing_is_shown_before_it(small_app):
    small_app.user = {"is_logged_in": False}
    small_app.secrets["auth"] = AUTH
    small_app.run()
    assert not small_app.exception
    assert [title.value for title in small_app.title] == ["Log in to review"]
    assert labels(small_app) == ["Log in"]
    assert not small_app.text_input


def test_every_provider_has_its_button(small_app):
    small_app.user = {"is_logged_in": False}
    shared = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")}
    own = {key: value for key, value in AUTH.items() if key not in shared}
    small_app.secrets["auth"] = {
        **shared,
        "client_kwargs": {"prompt": "login"},
        "google": own,
        "okta": own,
    }
    small_app.run()
    assert not small_app.exception
    assert labels(small_app) == ["Log in with google", "Log in with okta"]


def test_a_missing_package_is_an_error_in_one_sentence(small_app, monkeypatch):
    monkeypatch.setattr("pages.parts.app.sign_in.find_spec", lambda name: None)
    small_app.user = {"is_logged_in": False}
    small_app.secrets["auth"] = AUTH
    small_app.run()
    assert not small_app.exception
    assert "streamlit[auth]" in small_app.error[0].value
    assert not small_app.button


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ana Lima", "email": "ana@x.example"}, "Ana Lima"),
        ({"name": " ", "email": "ana@x.example"}, "ana@x.example"),
        ({"sub": "4711"}, "4711"),
    ],
)
def test_name_of_a_login_is_not_typed(small_app, claims, name):
    small_app.session_state["auditor"] = "Another name"
    small_app.user = {"is_logged_in": True, **claims}
    small_app.secrets["auth"] = AUTH
    opened(small_app, "review.py")
    assert not small_app.text_input
    assert not small_app.title
    (caption,) = [caption for caption in small_app.caption if "audit" in caption.value]
    assert caption.value.replace("\\", "").endswith(f" · {name}")
    assert "Log out" in labels(small_app)
    assert "Switch auditor" not in labels(small_app)


def test_logging_out_ends_the_visit(small_app):
    small_app.user = {"is_logged_in": True, "name": "Ana"}
    small_app.secrets["auth"] = AUTH
    small_app.run()
    next(button for button in small_app.button if button.label == "Log out").click().run()
    assert not small_app.exception
    assert [title.value for title in small_app.title] == ["Log in to review"]
