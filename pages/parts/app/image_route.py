"""Serves images by audit, item and content hash; no path comes from the browser.

A picture that cannot be served is refused with a sentence that browser parts show as it
is, see ``pages/parts/shared/pictures.js``; a status of 500 and more is no reason, but a
server to be asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.arrays.atomic import atomic_write
from core.audit import Audit
from core.ingest import browser_pictures
from core.ingest.crop_pictures import load_pictures
from core.ingest.crops import crop_hash, file_of
from core.ingest.files import Contents, UnreadableImage, path_inside, read_file
from core.ingest.images import Picture
from core.store import Row, StoreUnavailable
from pages.parts.app.context import library

HEADERS = {
    # The URL holds the hash of the content, so the response never changes.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
UNKNOWN, REPLACED, GONE, UNDECODABLE = 404, 409, 410, 415


class Refused(Exception):
    """A picture that is not served: the status, and the reason as a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Served(NamedTuple):
    """The bytes of a picture and their media type."""

    data: bytes
    media_type: str


def serve_image(request: Request) -> Response:
    """Serve an image in one of `SIZES`."""
    place = request.path_params
    try:
        served = _served(place["audit"], place["item"], place["content_hash"], place["size"])
    except StoreUnavailable as error:
        return PlainTextResponse(str(error), 503, headers={"Cache-Control": "no-store"})
    except Refused as refused:
        headers = HEADERS | {"Cache-Control": "no-store"}
        return PlainTextResponse(str(refused), refused.status, headers=headers)
    return Response(served.data, media_type=served.media_type, headers=HEADERS)


def _served(audit_id: str, item_id: str, content_hash: str, size: str) -> Served:
    audit = library().audit(audit_id)
    file = audit.store.file_of(item_id) if audit else None
    if audit is None or file is None or size not in SIZES:
        raise Refused(UNKNOWN, "The image is no longer in the audit.")
    if file["content_hash"] != content_hash:
        raise Refused(UNKNOWN, "The image was analyzed again since it was shown; reload the page.")
    try:
        return SIZES[size](audit, file)
    except UnreadableImage as error:
        raise Refused(UNDECODABLE, f"The image cannot be shown: {error}.") from None


def _thumbnail(audit: Audit, file: Row) -> Served:
    # Small: read in one go, where a streamed file goes from thread to thread.
    stored = audit.thumbnail_file(file["content_hash"])
    with suppress(OSError):
        return Served(stored.read_bytes(), browser_pictures.JPEG)
    thumbnail = _picture(file, _read(audit, file)).thumbnail
    _store(stored, thumbnail)
    return Served(thumbnail, browser_pictures.JPEG)


def _picture(file: Row, contents: Contents) -> Picture:
    (picture,) = load_pictures(contents.data, file_of(file), [file["region"]])
    if isinstance(picture, UnreadableImage):
        raise picture
    return picture


def _full(audit: Audit, file: Row) -> Served:
    contents = _read(audit, file)
    media_type = browser_pictures.type_as_it_lies(contents.data)
    return Served(contents.data, media_type) if media_type else _view(audit, file, contents)


def _view(audit: Audit, file: Row, contents: Contents | None = None) -> Served:
    contents = contents or _read(audit, file)
    stored = audit.view_file(contents.hash)
    try:
        view = stored.read_bytes()
    except OSError:
        view = browser_pictures.view(contents.data)
        _store(stored, view)
    return Served(view, browser_pictures.view_type(view))


def _crop(audit: Audit, file: Row) -> Served:
    if file["region"] is None:
        return _full(audit, file)
    cut = browser_pictures.encoded(_picture(file, _read(audit, file)).image)
    return Served(cut, browser_pictures.view_type(cut))


SIZES: dict[str, Callable[[Audit, Row], Served]] = {
    "thumb": _thumbnail,
    "full": _full,
    "view": _view,
    "crop": _crop,
}
"""``full`` is the whole file also of an item that is a crop of it, ``crop`` the item alone;
``view`` is made from the file in any case, for browsers that cannot show the file itself."""


def _read(audit: Audit, file: Row) -> Contents:
    """Return the bytes that were analyzed, never those of a file that took their place."""
    source = audit.contents
    try:
        contents = read_file(path_inside(source.path, file_of(file), source.roots))
    except UnreadableImage as error:
        raise Refused(GONE, f"The image cannot be shown: {error}.") from None
    if crop_hash(contents.hash, file["region"]) != file["content_hash"]:
        raise Refused(
            REPLACED, "The image file was replaced since it was analyzed; run the audit again."
        )
    return contents


def _store(path: Path, data: bytes) -> None:
    with suppress(OSError):  # a full disk takes nothing from what is shown
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as partial:
            partial.write_bytes(data)
