"""The scripts and styles of browser parts: files put together, with the terms they share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from core import terms
from core.detectors.methods import MEMBERS
from pages.parts.shared.whole_page import PAGE_AGAIN

SHARED = Path(__file__).parent


def script(parts: Sequence[Path]) -> str:
    """Return one script of `parts`, which begins with the constant ``TERMS``.

    Titles, keys and texts of verdicts and roles are in there, see
    `core.terms.for_browser`, and those of pool members as ``members``, the event that asks for the
    whole page as ``page_again``; no file
    in JavaScript repeats them.
    """
    members = {name: [member.title, member.about] for name, member in MEMBERS.items()}
    own = {"members": members, "page_again": PAGE_AGAIN}
    shared = json.dumps(terms.for_browser() | own, ensure_ascii=False)
    return "\n".join([f"const TERMS = {shared}", *(part.read_text() for part in parts)])


def style(parts: Sequence[Path]) -> str:
    """Return one style sheet of `parts`."""
    return "\n".join(part.read_text() for part in parts)
