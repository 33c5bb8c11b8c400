"""The server that the pages come from."""

import json
import socket
import urllib.error
import urllib.request

import dashboard
from core.audit import Audit, item_id
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
        assert answer(thumb.format("gone")) == (404, "There is no such image.")
        computed.folder.rename(computed.folder.with_name("moved"))
        assert answer(thumb.format(computed.id)) == (200, "image/jpeg")
        (other.folder / "restored").write_bytes(b"this is no database at all")
        (other.folder / "restored").replace(other.folder / "audit.db")
        code, text = answer(thumb.format(other.id))
        assert code in (404, 410)
        assert len(text) < 300
        assert answer(thumb.format(computed.id)) == (200, "image/jpeg")
    other.store.close()
