"""URLs as sources: which are taken, and that none of them holds a secret."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from urllib.request import url2pathname

from core.ingest.records import SourceError
from core.text import one_line, shortened

EXTRAS = {
    "s3": "s3", "gs": "gcs", "gcs": "gcs", "az": "abfs", "abfs": "abfs", "abfss": "abfs",
    "hf": "hf", "https": "http", "http": "http", "memory": "",
}  # fmt: skip
"""What URLs begin with, and the extra of fsspec that reads them; ``memory`` is of tests."""

WEB = ("http", "https")
ON_PAGES = tuple(name for name in EXTRAS if name != "memory")

HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
SECRETS = re.compile(
    "(^|[-_.])(sig|auth|pwd)($|[-_.])|signature|token|secret|passw|credential|access.?key|api.?key"
    "|^key$",
    re.IGNORECASE,
)
LONGEST = 2000
MOST_SHOWN = 120


def is_url(text: str) -> bool:
    """Tell whether a text is a URL and no path of this machine.

    Examples
    --------
    >>> is_url("s3://bucket/pets"), is_url("C:/pets"), is_url("/data/pets")
    (True, False, False)
    """
    return bool(HAS_SCHEME.match(text))


def place_of(text: str) -> Path | str:
    """Return what somebody has given as a source: a path, or a URL that was checked.

    Raises
    ------
    SourceError
        See `checked_url`.
    """
    if not is_url(text):
        return Path(text)
    if text.lower().startswith("file:"):
        return Path(url2pathname(urlsplit(text).path))
    return checked_url(text)


def checked_url(text: str) -> str:
    """Return a URL that can be fetched and remembered.

    Raises
    ------
    SourceError
        When it cannot be read, names nothing, or holds a password or a signature:
        what it holds is never repeated then.

    Examples
    --------
    >>> checked_url("s3://bucket/pets/")
    's3://bucket/pets'
    """
    text = text.strip()
    if len(text) > LONGEST or one_line(text) != text:
        raise SourceError("This URL is too long, or holds characters that no URL has.")
    try:
        parts = urlsplit(text)
        login = (parts.username, parts.password)
    except ValueError:
        raise SourceError("This is no URL that can be read.") from None
    scheme = parts.scheme
    if scheme not in EXTRAS or "::" in text:
        known = ", ".join(f"{name}://" for name in ON_PAGES)
        raise SourceError(f"This URL cannot be read; it begins with one of {known}.")
    if login[1] is not None or (login[0] is not None and not scheme.startswith("abfs")):
        raise SourceError(
            "The URL holds a user name or a password, which would be stored; leave it out:"
            " credentials are taken from the environment."
        )
    if any(SECRETS.search(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        raise SourceError(
            "The URL is signed or holds a key, which would be stored; give it without:"
            " credentials are taken from the environment."
        )
    if not parts.netloc:
        raise SourceError(f"{shown_url(text)} names no {_owner(scheme)}.")
    if scheme in WEB:
        return text.partition("#")[0].replace(" ", "%20")
    return text.rstrip("/")


def _owner(scheme: str) -> str:
    return "server" if scheme in WEB else "bucket"


def scheme_of(url: str) -> str:
    """Return what a URL begins with, such as ``s3``."""
    return urlsplit(url).scheme


def shown_url(url: str) -> str:
    """Return a URL as part of a sentence."""
    return shortened(url, MOST_SHOWN)


def name_in(url: str) -> str:
    """Return what the last part of a URL's path is called, for a name of the audit.

    Examples
    --------
    >>> name_in("https://example.org/data/pets.zip?download=1"), name_in("s3://bucket/pets")
    ('pets.zip', 'pets')
    """
    parts = urlsplit(url)
    return parts.path.rstrip("/").rpartition("/")[2] or parts.netloc
