"""The server's settings: each still exists in this Streamlit, and the safe ones are set."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())


def options(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@pytest.mark.parametrize("name", [name for name, _ in options(CONFIG)])
def test_option_exists(name):
    assert name in config._config_options_template


def test_the_server_is_closed_to_other_machines_and_sends_nothing():
    settings = dict(options(CONFIG))
    assert settings["server.address"] == "127.0.0.1"
    assert settings["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert settings["server.enableXsrfProtection"] is True
    assert settings["server.enableStaticServing"] is False
    assert settings["browser.gatherUsageStats"] is False
    assert settings["client.showErrorLinks"] is False
    assert settings["runner.postScriptGC"] is False
