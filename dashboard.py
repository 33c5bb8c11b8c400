"""The dashboard: ``streamlit run dashboard.py [-- AUDIT_FOLDER ...]``.

An ASGI app over ``pages/shell.py``, with one route of its own for images.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.ingest import images
from core.ingest.files import UnreadableImage, path_inside, read_file
from core.store import StoreUnavailable
from pages.parts.app.context import library, show_unavailable

HEADERS = {
    # The URL holds the hash of the content, so the response never changes.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def serve_image(request: Request) -> Response:
    """Serve an image by audit, item and content hash; no path comes from the browser."""
    content_hash = request.path_params["content_hash"]
    try:
        audit = library().audit(request.path_params["audit"])
        file = audit.store.file_of(request.path_params["item"]) if audit else None
    except StoreUnavailable:
        return PlainTextResponse("The audit cannot be read at present.", status_code=503)
    if audit is None or file is None or file["content_hash"] != content_hash:
        return PlainTextResponse("There is no such image.", status_code=404)
    if request.path_params["size"] == "thumb":
        thumbnail = audit.thumbnail_file(content_hash)
        # Small: read in one go, where a streamed file goes from thread to thread.
        with suppress(FileNotFoundError):
            return Response(thumbnail.read_bytes(), media_type="image/jpeg", headers=HEADERS)
    try:
        contents = read_file(path_inside(audit.source.path, file["path"]))
        if contents.hash != content_hash:
            return PlainTextResponse("The image has changed on disk.", status_code=410)
        data = contents.data
        media_type = images.BROWSER_FORMATS.get(file["format"])
        if media_type is None:
            data = images.thumbnail(images.decode(data), images.VIEW_SIZE)
    except UnreadableImage as error:
        return PlainTextResponse(f"The image cannot be shown: {error}.", status_code=410)
    return Response(data, media_type=media_type or "image/jpeg", headers=HEADERS)


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
app = st.App(
    "pages/shell.py",
    routes=[image_route],
    lifespan=lifespan,
    on_script_error=show_unavailable,
)
