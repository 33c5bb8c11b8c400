"""The server that the pages come from."""

import json
import socket
import urllib.request

import dashboard
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


def test_sockets_of_other_kinds_are_left_alone():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        pass
    with socket.socket(socket.AF_UNIX) as other:
        dashboard.set_tcp_nodelay()
        assert other.fileno() >= 0
    assert closed.fileno() < 0
