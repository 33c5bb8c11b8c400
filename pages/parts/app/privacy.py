"""Who can see these pages: the owner of this machine alone, or others too."""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st

from core.ingest.allowed_roots import RootedFolders, allowed_roots
from pages.parts.app.login import login_is_configured

LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


def is_private() -> bool:
    """Tell whether only people at this machine can be at the other end.

    The server is bound to it, answers to no other host name, as one behind a
    proxy does, and nobody logs in.
    """
    hosts = set(st.get_option("server.allowedHosts") or ["*"])
    is_local = st.get_option("server.address") in LOCAL and hosts <= LOCAL
    return is_local and not login_is_configured()


def shown_folders() -> RootedFolders:
    """Return the folders of this machine that pages may show; see `allowed_roots`."""
    return RootedFolders(allowed_roots(is_private()))


def takes_uploads() -> bool:
    """Tell whether data may be dropped into a page: its visitors are known, or were let in."""
    return is_private() or login_is_configured() or bool(shown_folders().roots)


def takes_urls() -> bool:
    """Tell whether a page may fetch what somebody names: with the rights of this machine's owner.

    Others would reach, through this server, what its network and its credentials do.
    """
    return is_private() and find_spec("fsspec") is not None
