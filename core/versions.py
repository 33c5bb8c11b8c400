"""Versions of what steps compute: part of the fingerprints by which a step is skipped.

Raise one when the same inputs give another output, and audits compute it again.
"""

from __future__ import annotations

PROGRAM_VERSION = "0.2.0"
"""Of the whole program, as in `pyproject.toml`."""

DECODING_VERSION = 2
"""Of the pixels that are made of image files; see `core.embedding.redecoding` for whose."""

METHOD_VERSION = 2
"""Of everything that is computed from embeddings."""

RANKING_VERSION = 2

EVIDENCE_VERSION = 3
"""Of the explanations beside the ranking, which does not depend on it."""

MAP_VERSION = 2
