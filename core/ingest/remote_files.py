"""The files of a URL by fsspec: listed, asked about and opened, and nothing else.

Credentials come from the environment alone, as each library documents it. Reading is
done in threads; nothing forks, as connections do not survive that.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from core.ingest.records import SourceError
from core.ingest.urls import EXTRAS, WEB, scheme_of, shown_url

VERSIONS = (
    "ETag", "etag", "generation", "md5Hash", "content_md5", "Content-MD5", "blob_id",
    "LastModified", "last_modified", "Last-Modified", "updated", "mtime", "created",
)  # fmt: skip
"""What file systems call that by which one state of a file is told from another, best first."""

CHUNK = 1 << 20
BLOCK = 8 << 20
"""Bytes that are asked for at a time, where a file is not sent as one stream."""

THREADS = 16
DEEPEST = 12
"""Folders in folders that are listed of a web server: its pages may link in circles."""

SECONDS_TO_CONNECT, SECONDS_OF_SILENCE = 30, 60

UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ServerTimeoutError", "SSLError")
DENIED = ("NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError")
"""Names of errors of libraries that need not be installed."""

TALKATIVE = (
    "adlfs", "aiobotocore", "aiohttp", "asyncio", "azure", "botocore", "fsspec", "gcsfs", "google",
    "huggingface_hub", "s3fs",
)  # fmt: skip

HINTS = {
    "s3": ", such as AWS_ACCESS_KEY_ID; FSSPEC_S3_ANON=true reads a public bucket without",
    "gs": ", such as GOOGLE_APPLICATION_CREDENTIALS",
    "gcs": ", such as GOOGLE_APPLICATION_CREDENTIALS",
    "az": ", such as AZURE_STORAGE_CONNECTION_STRING",
    "hf": ", such as HF_TOKEN",
}


class RemoteError(SourceError):
    """What cannot be listed or read now; the message is one clear sentence."""


class RemoteDenied(RemoteError):
    """What is not there, or may not be read: asking once more is of no use."""


class RemoteFile(NamedTuple):
    """A file of a URL.

    Attributes
    ----------
    path : str
        Below the URL; the file's name where the URL is of one file.
    name : str
        As its file system calls it.
    size : int or None
        Bytes, where that is known.
    version : str
        Tells one state of it from another; empty where nothing does.
    """

    path: str
    name: str
    size: int | None
    version: str

    @property
    def state(self) -> str:
        """What is remembered of it: where it has not changed, it is not fetched again."""
        return f"{self.size} {self.version}"


class RemoteFiles:
    """What lies at a URL.

    Parameters
    ----------
    url : str
        See `core.ingest.urls.checked_url`.

    Raises
    ------
    SourceError
        When a package is missing that reads it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.scheme = scheme_of(url)
        _keep_quiet()
        try:
            from fsspec.core import url_to_fs

            # An instance of its own, as others remember what they have listed.
            self._fs, self._root = url_to_fs(url, skip_instance_cache=True, **self._options())
        except ImportError:
            raise SourceError(_missing(self.scheme)) from None
        except Exception as error:
            raise explained(error, url) from None

    def _options(self) -> dict[str, Any]:
        if self.scheme not in WEB:
            return {}
        from aiohttp import ClientTimeout

        limits = ClientTimeout(
            total=None, sock_connect=SECONDS_TO_CONNECT, sock_read=SECONDS_OF_SILENCE
        )
        return {"client_kwargs": {"timeout": limits, "trust_env": True}}

    def listing(self) -> list[RemoteFile]:
        """Return every file below the URL, or the one that it is of, by path.

        Raises
        ------
        RemoteError
            When it cannot be listed, or there is nothing.
        """
        try:
            found = sorted(self._web() if self.scheme in WEB else self._stored())
        except RemoteError:
            raise
        except Exception as error:
            raise explained(error, self.url) from None
        if not found:
            page = "; it is a web page, not a file" if self.scheme in WEB else ""
            raise RemoteDenied(f"There are no files at {shown_url(self.url)}{page}.")
        return found

    def _stored(self) -> Iterator[RemoteFile]:
        found = self._fs.find(self._root, detail=True)
        if not found or list(found) == [self._root]:
            about = next(iter(found.values()), None) or self._fs.info(self._root)
            if about.get("type") == "file":
                yield _file(PurePosixPath(self._root).name, self._root, about)
            return
        below = f"{self._root}/"
        for name, about in found.items():
            if self.scheme == "s3":  # what was listed is not asked for again by each file
                self._fs.dircache[name] = [about]
            if about.get("type") == "file" and name.startswith(below) and name[-1] != "/":
                yield _file(name.removeprefix(below), name, about)

    def _web(self) -> Iterator[RemoteFile]:
        about = self._fs.info(self.url)
        if about.get("mimetype") != "text/html" and not self.url.endswith("/"):
            name = unquote(PurePosixPath(urlsplit(self.url).path).name) or "file"
            yield _file(name, self.url, about)
            return
        below = f"{self.url.rstrip('/')}/"
        names = [
            name
            for name in self._fs.find(self.url, maxdepth=DEEPEST)
            if name.startswith(below) and _is_plain(name.removeprefix(below))
        ]
        with ThreadPoolExecutor(THREADS) as pool:
            for name, about in zip(names, pool.map(self._fs.info, names), strict=True):
                yield _file(unquote(name.removeprefix(below)), name, about)

    def chunks(self, file: RemoteFile, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes of a file from `start` on; it is opened once.

        Raises
        ------
        RemoteError
            When it cannot be read to its end.
        """
        how: dict[str, Any] = {"block_size": BLOCK}
        if self.scheme in WEB:  # one stream; from its middle on, block by block
            # A size that is known, if only as none, is not asked for again.
            how = {"size": file.size or -1, "block_size": BLOCK if start else 0}
        try:
            with self._fs.open(file.name, "rb", **how) as opened:
                if start:
                    opened.seek(start)
                while chunk := opened.read(CHUNK):
                    yield chunk
        except Exception as error:
            raise explained(error, f"{self.url} ({file.path})") from None


def _is_plain(name: str) -> bool:
    """Tell whether a link of a web page is one to a file below it, not one that sorts the page."""
    return name[-1:] not in ("", "/") and not set(name) & set("?#") and ".." not in name.split("/")


def _file(path: str, name: str, about: Mapping[str, Any]) -> RemoteFile:
    size = about.get("size")
    version = next((str(about[key]) for key in VERSIONS if about.get(key)), "")
    return RemoteFile(path, name, int(size) if size is not None else None, version)


def _keep_quiet() -> None:
    """Let libraries not print what they have tried: the reason is told in one sentence."""
    for name in TALKATIVE:
        logging.getLogger(name).addHandler(logging.NullHandler())


def _missing(scheme: str) -> str:
    extra = EXTRAS[scheme]
    package = f'"fsspec[{extra}]"' if extra else "fsspec"
    return f"Reading {scheme}:// needs a package that is not installed: pip install {package}."


def explained(error: Exception, url: str) -> RemoteError:
    """Return the reason why a URL cannot be read, for whoever has given it."""
    shown = shown_url(url)
    # Some file systems call any failure a missing file.
    cause = error.__cause__ if isinstance(error, FileNotFoundError) else None
    reason = cause if cause is not None else error
    status, kind = getattr(reason, "status", None), type(reason).__name__
    is_missing = isinstance(reason, FileNotFoundError) or kind.startswith("NoSuch")
    if status == 404 or (status is None and is_missing):
        return RemoteDenied(f"There is nothing at {shown}.")
    if status in (401, 403) or isinstance(reason, PermissionError) or kind in DENIED:
        hint = HINTS.get(scheme_of(url), "")
        return RemoteDenied(
            f"{shown} may not be read; credentials are taken from the environment{hint}."
        )
    if status is not None:
        return RemoteError(f"The server of {shown} has answered with status {status}.")
    lost = (ConnectionError, TimeoutError, socket.gaierror)
    if isinstance(reason, lost) or kind in UNREACHABLE or "Connect" in kind or "Client" in kind:
        return RemoteError(f"The server of {shown} cannot be reached, or the connection was lost.")
    return RemoteError(f"{shown} cannot be read ({kind}: {reason}).")
