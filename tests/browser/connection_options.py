"""The dashboard's server, with a route that tells how its connections are set."""

import gc
import socket
from pathlib import Path

import streamlit as st
from starlette.responses import JSONResponse
from starlette.routing import Route

import dashboard


def is_accepted(each):
    if each.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    is_listening = each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return not is_listening and each.getsockname()[1] == st.get_option("server.port")


def connection_options(_):
    """Return TCP_NODELAY of every connection that the server has accepted."""
    sockets = [each for each in gc.get_objects() if type(each) is socket.socket]
    connections = [each for each in sockets if each.fileno() >= 0 and is_accepted(each)]
    options = [each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for each in connections]
    return JSONResponse(options)


app = st.App(
    Path(dashboard.__file__).parent / "pages" / "shell.py",
    routes=[Route("/api/connections", connection_options)],
    lifespan=dashboard.lifespan,
)
