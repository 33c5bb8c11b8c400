"""The server that the pages come from."""

import socket

import dashboard


def test_connections_do_not_wait_between_the_parts_of_an_answer():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as other:
        dashboard.send_at_once()
        with socket.create_connection(server.getsockname()):
            connection, _ = server.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert other.fileno() >= 0
