"""Finds the images that this version decodes otherwise than the one that embedded them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from core.audit import EMBEDDED_ANEW, Audit
from core.embedding.choice import EmbeddingChoice
from core.embedding.reading import map_ahead, workers
from core.ingest.crops import file_of
from core.ingest.files import UnreadableImage, path_inside
from core.ingest.images import has_other_colors, known_formats
from core.store import Row
from core.versions import DECODING_VERSION

DECODED_BY = "decoding"
FILES_AHEAD = 64


def forget_decoded_otherwise(audit: Audit, choice: EmbeddingChoice) -> None:
    """Forget the embeddings and thumbnails of images that are decoded otherwise now.

    Once after each change of ``DECODING_VERSION``, the beginning of every file is
    read for it. Version 2 applies color profiles: images without one, or with that
    of sRGB, are what they were, and so are their embeddings. Embeddings that were
    given to the audit are nobody's to make anew.

    Parameters
    ----------
    audit : Audit
    choice : EmbeddingChoice
    """
    store = audit.store
    if store.setting(DECODED_BY) == DECODING_VERSION:
        return
    embedded = [file for file in store.listed_files() if file["embedded_hash"]]
    source = audit.contents.path
    checked = map_ahead(
        lambda file: (file, _is_decoded_otherwise(source, file)), embedded, workers(), FILES_AHEAD
    )
    changed = [file for file, is_changed in checked if is_changed]
    for file in changed:
        audit.thumbnail_file(file["embedded_hash"]).unlink(missing_ok=True)
        audit.view_file(file["embedded_hash"]).unlink(missing_ok=True)
    if changed and not choice.embeddings:
        # First, as a run that is cut off after it finds no embeddings to forget.
        store.set_settings({EMBEDDED_ANEW: DECODING_VERSION})
        store.forget_embeddings([file["id"] for file in changed])
    store.set_settings({DECODED_BY: DECODING_VERSION})


def _is_decoded_otherwise(source: Path, file: Row) -> bool:
    try:
        path = path_inside(source, file_of(file))
        if not path.is_file():
            return False
        with Image.open(path, formats=known_formats()) as image:
            return has_other_colors(image)
    except (UnreadableImage, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False  # it is read again in any case, and refused with its reason
