"""Bytes for the map's browser part, at addresses that nobody can guess.

A page publishes what its visitor may see, and sends the address through the
visitor's own connection; the route then asks no more. The same bytes have the same
address as long as the server runs, so that the browser keeps them. What is made
is made when it is first fetched, and kept while there is room.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.audit import AuditError
from core.query.tree import QueryError
from core.store import StoreError

ROUTE = "/api/map/{name}"
MOST_ADDRESSES = 4096
MOST_BYTES = 192 * 1024 * 1024
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
IMMUTABLE = {"Cache-Control": "private, max-age=31536000, immutable"}
PASSING = {"Cache-Control": "no-store"}

Made = bytes | memoryview


class Answer(NamedTuple):
    """What an address answers with that depends on what is asked; it is not kept."""

    make: Callable[[Mapping[str, str]], Made]
    media_type: str = "application/json"


Publishable = Callable[[], Made] | Answer

_secret = secrets.token_bytes(32)
_lock = threading.Lock()
_published: OrderedDict[str, Publishable] = OrderedDict()
_made: OrderedDict[str, Made] = OrderedDict()


def publish(what: Publishable, *identity: object) -> str:
    """Return the address at which the server gives `what` from now on.

    Parameters
    ----------
    what : callable or Answer
        Makes the bytes.
    *identity : object
        What they depend on, the visitor where they do: it must differ
        whenever the bytes do.
    """
    key = "\x1f".join(map(str, identity)).encode()
    name = hashlib.blake2b(key, key=_secret, digest_size=16).hexdigest()
    with _lock:
        _published[name] = what
        _published.move_to_end(name)
        while len(_published) > MOST_ADDRESSES:
            _published.popitem(last=False)
    return ROUTE.format(name=name)


def serve_published(request: Request) -> Response:
    """Serve what was published under a name."""
    name = request.path_params["name"]
    what = _published.get(name)
    if what is None:
        return _refusal("This was shown by a server that has been restarted; reload the page.", 404)
    try:
        if isinstance(what, Answer):
            made = what.make(request.query_params)
            return Response(bytes(made), headers=HEADERS | PASSING, media_type=what.media_type)
        return Response(
            bytes(_kept(name, what)),
            headers=HEADERS | IMMUTABLE,
            media_type="application/octet-stream",
        )
    except (AuditError, StoreError, QueryError, sqlite3.DatabaseError) as error:
        return _refusal(str(error), 410)


def _kept(name: str, make: Callable[[], Made]) -> Made:
    with _lock:
        if name in _made:
            _made.move_to_end(name)
            return _made[name]
    made = make()
    with _lock:
        _made[name] = made
        while len(_made) > 1 and sum(map(len, _made.values())) > MOST_BYTES:
            _made.popitem(last=False)
    return made


def _refusal(reason: str, status: int) -> Response:
    return PlainTextResponse(reason, status, headers=HEADERS | PASSING)
