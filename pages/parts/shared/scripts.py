"""The scripts and styles of browser parts: files put together, with the terms they share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from core import terms
from core.detectors.methods import MEMBERS

SHARED = Path(__file__).parent


def script(parts: Sequence[Path]) -> str:
    """Return one script of `parts`, which begins with the constant ``TERMS``.

    Titles, keys and texts of verdicts and roles are in there, see
    `core.terms.for_browser`, and those of pool members as ``members``; no file
    in JavaScript repeats them.
    """
    members = {name: [member.title, member.about] for name, member in MEMBERS.items()}
    shared = json.dumps(terms.for_browser() | {"members": members}, ensure_ascii=False)
    return "\n".join([f"const TERMS = {shared}", *(part.read_text() for part in parts)])


def style(parts: Sequence[Path]) -> str:
    """Return one style sheet of `parts`."""
    return "\n".join(part.read_text() for part in parts)
