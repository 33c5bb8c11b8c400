"""The dashboard: ``streamlit run dashboard.py [-- AUDIT_FOLDER ...]``.

An ASGI app over ``pages/shell.py``, with routes of its own for images and for the map.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from pages.parts.app.context import show_unavailable
from pages.parts.app.image_route import serve_image
from pages.parts.map.published import ROUTE, serve_published


def warm_up() -> None:
    """Import what the pages need, then keep the collector from walking over it again."""
    for module in (
        "pandas",
        "altair",
        "core.charts.overview_charts",
        "core.jobs",
        "core.review.desk.cards",
    ):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


def set_tcp_nodelay() -> None:
    """Set TCP_NODELAY where the server listens; accepted connections inherit it.

    Uvicorn writes the head and the body of an answer apart. Without the option
    the body waits until the browser has acknowledged the head, which it puts
    off for 40 ms. asyncio sets the option on a connection whose socket says
    ``proto == IPPROTO_TCP``, but Streamlit binds its socket with ``proto`` 0
    (``streamlit.web.server.starlette.starlette_server._bind_socket``), which
    connections inherit too. The same fault of uvicorn's own bound sockets is
    https://github.com/Kludex/uvicorn/issues/3149.

    Neither Streamlit's options nor the ASGI scope and lifespan lead to a socket
    or a transport, and the server is bound before this module is imported;
    hence the search. It can go once Streamlit binds with IPPROTO_TCP.
    """
    for found in [found for found in gc.get_objects() if type(found) is socket.socket]:
        is_open = found.fileno() >= 0 and found.family in (socket.AF_INET, socket.AF_INET6)
        if is_open and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Warm up beside the first visit, not before it."""
    set_tcp_nodelay()
    task = asyncio.create_task(asyncio.to_thread(warm_up))
    yield
    await task


allowed_hosts = Middleware(
    TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]
)
image_route = Route(
    "/api/images/{audit}/{item}/{content_hash}/{size}", serve_image, middleware=[allowed_hosts]
)
map_route = Route(ROUTE, serve_published, middleware=[allowed_hosts])
app = st.App(
    "pages/shell.py",
    routes=[image_route, map_route],
    lifespan=lifespan,
    on_script_error=show_unavailable,
)
