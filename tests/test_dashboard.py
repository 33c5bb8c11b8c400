"""The server that the pages come from."""

import json
import socket
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest

import dashboard
from core.audit import Audit, item_id
from core.audit.library import Library
from pages.parts.app import image_route
from tests.browser.server import Server
from tests.conftest import copied


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
    monkeypatch.setattr(image_route, "library", lambda: Library(computed.folder.parent))
    response = image_route.serve_image(request)
    assert response.status_code == (200 if is_root else 410)
    assert (response.body == image.read_bytes()) == is_root


def test_sockets_of_other_kinds_are_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        pass
    with socket.socket(socket.AF_UNIX) as other:
        dashboard.set_tcp_nodelay()
        assert other.fileno() >= 0
    assert closed.fileno() < 0


def answer(address):
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_image_of_an_audit_that_is_gone_moved_or_damaged_is_no_other_audits(computed):
    other = Audit(copied(computed.folder, computed.folder.with_name("other")))
    image = item_id("12.jpg")
    content = computed.store.file_of(image)["content_hash"]
    with Server(home=computed.folder.parent) as server:
        thumb = f"{server.address}/api/images/{{}}/{image}/{content}/thumb"
        assert answer(thumb.format(computed.id)) == (200, "image/jpeg")
        assert answer(thumb.format(other.id)) == (200, "image/jpeg")
        assert answer(thumb.format("gone")) == (404, "The image is no longer in the audit.")
        computed.folder.rename(computed.folder.with_name("moved"))
        assert answer(thumb.format(computed.id)) == (200, "image/jpeg")
        (other.folder / "restored").write_bytes(b"this is no database at all")
        (other.folder / "restored").replace(other.folder / "audit.db")
        code, text = answer(thumb.format(other.id))
        assert code in (404, 410)
        assert len(text) < 300
        assert answer(thumb.format(computed.id)) == (200, "image/jpeg")
    other.store.close()
