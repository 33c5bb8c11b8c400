"""The server that the pages come from."""

import json
import socket
import urllib.request
from types import SimpleNamespace

import pytest

import dashboard
from core.audit import item_id
from core.audit.library import Library
from tests.browser.server import Server


def test_accepted_connections_of_the_running_server_have_tcp_nodelay(tmp_path):
    script = "tests/browser/connection_options.py"
    with (
        Server(script=script, home=tmp_path) as server,
        urllib.request.urlopen(f"{server.address}/api/connections") as response,
    ):
        options = json.load(response)
    assert options
    assert all(options)


@pytest.mark.parametrize("is_root", [True, False])
def test_image_is_served_from_the_roots_alone(computed, monkeypatch, tmp_path, is_root):
    (tmp_path / "store").mkdir()
    image = computed.source.path / "03.jpg"
    image.rename(tmp_path / "store" / "ab12")
    image.symlink_to(tmp_path / "store" / "ab12")
    if is_root:
        computed.move_source(computed.source.with_roots([tmp_path / "store"]))
    file = computed.store.file_of(item_id("03.jpg"))
    path = {"audit": computed.id, "item": item_id("03.jpg"), "size": "full"}
    request = SimpleNamespace(path_params=path | {"content_hash": file["content_hash"]})
    monkeypatch.setattr(dashboard, "library", lambda: Library(computed.folder.parent))
    response = dashboard.serve_image(request)
    assert response.status_code == (200 if is_root else 410)
    assert (response.body == image.read_bytes()) == is_root


def test_sockets_of_other_kinds_are_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        pass
    with socket.socket(socket.AF_UNIX) as other:
        dashboard.set_tcp_nodelay()
        assert other.fileno() >= 0
    assert closed.fileno() < 0
