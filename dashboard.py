"""The dashboard: ``streamlit run dashboard.py [-- AUDIT_FOLDER ...]``.

An ASGI app over ``pages/shell.py``, with one route of its own for images.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from core import images
from core.image_files import UnreadableImage, path_inside, read_file
from pages.parts.context import library

HEADERS = {
    # An address holds the hash of the content, so what it answers never changes.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def serve_image(request: Request) -> Response:
    """Serve an image by audit, item and content hash; no path comes from the browser."""
    audit = library().audit(request.path_params["audit"])
    content_hash = request.path_params["content_hash"]
    file = audit.store.file_of(request.path_params["item"]) if audit else None
    if audit is None or file is None or file["content_hash"] != content_hash:
        return PlainTextResponse("There is no such image.", status_code=404)
    if request.path_params["size"] == "thumb":
        thumbnail = audit.thumbnail_file(content_hash)
        if thumbnail.exists():
            return FileResponse(thumbnail, media_type="image/jpeg", headers=HEADERS)
    try:
        contents = read_file(path_inside(audit.source, file["path"]))
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
    for module in ("pandas", "altair", "core.charts", "core.jobs", "core.review.cards"):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Warm up beside the first visit, not before it."""
    task = asyncio.create_task(asyncio.to_thread(warm_up))
    yield
    await task


allowed_hosts = Middleware(
    TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"]
)
image_route = Route(
    "/api/images/{audit}/{item}/{content_hash}/{size}", serve_image, middleware=[allowed_hosts]
)
app = st.App("pages/shell.py", routes=[image_route], lifespan=lifespan)
