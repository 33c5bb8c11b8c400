"""Takes embeddings and predictions that were computed elsewhere into an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np

from core.arrays.row_file import write_rows
from core.audit import WIDTHS, Audit, fingerprint
from core.embedding.choice import EmbeddingChoice, file_hash
from core.embedding.given.given_arrays import ItemKey, read_embeddings, read_predictions
from core.embedding.reading import by_file, map_ahead, needs_reading, read_items, workers
from core.store import Row

FILES_PER_COMMIT = 256
FILES_AHEAD = 32


def take_embeddings(
    audit: Audit, choice: EmbeddingChoice, update: Callable[[int, int], None]
) -> bool:
    """Take the embeddings of the file in `choice`, and read the images for their thumbnails.

    Items need not be images: a file that is none, or is missing, is noted and
    keeps its embedding.

    Parameters
    ----------
    audit : Audit
    choice : EmbeddingChoice
        With ``embeddings``.
    update : callable
        Called with items done and items in all.

    Returns
    -------
    bool
        False when there was nothing to do.

    Raises
    ------
    GivenFileError
        When the file does not fit the items; then nothing was changed.
    """
    assert choice.embeddings is not None
    store = audit.store
    items = store.wanted_rows()
    key = _key("embeddings", choice.embeddings, items)
    if store.fingerprint("embeddings") != key or not audit.embeddings_file.exists():
        vectors = read_embeddings(Path(choice.embeddings), _keys_of(items), _in_order(audit))
        store.forget_embeddings()
        audit.predictions_file.unlink(missing_ok=True)
        write_rows(audit.embeddings_file, _rows(items), vectors)
        store.set_settings({"embedding": choice.to_setting(), WIDTHS: None})
        store.set_fingerprint("embeddings", key)
    files = store.listed_files()
    folder = audit.contents.path
    pending = [file for file in files if needs_reading(folder, file)]
    if not pending:
        return False
    done = len(files) - len(pending)
    update(done, len(files))
    found = map_ahead(lambda files: _found(audit, files), by_file(pending), workers(), FILES_AHEAD)
    for group in _groups(chain.from_iterable(found)):
        store.record_files(group, {})
        done += len(group)
        update(done, len(files))
    return True


def take_predictions(audit: Audit, choice: EmbeddingChoice) -> None:
    """Take the predictions of the file in `choice`, when it or the items have changed.

    Raises
    ------
    GivenFileError
        When the file does not fit the items; then nothing was changed.
    """
    assert choice.predictions is not None
    store = audit.store
    items = store.wanted_rows()
    names = store.listed_class_names()
    key = fingerprint(_key("predictions", choice.predictions, items), names)
    if store.fingerprint("predictions") == key and audit.predictions_file.exists():
        return
    given = read_predictions(Path(choice.predictions), _keys_of(items), _in_order(audit), names)
    write_rows(audit.predictions_file, _rows(items), given.probabilities)
    store.set_settings({"prediction_classes": given.classes, "embedding": choice.to_setting()})
    store.set_fingerprint("predictions", key)


def _key(kind: str, file: str, items: list[Row]) -> str:
    return fingerprint(kind, file_hash(Path(file)), [item["id"] for item in items])


def _keys_of(items: list[Row]) -> list[ItemKey]:
    return [ItemKey(item["id"], item["path"]) for item in items]


def _rows(items: list[Row]) -> np.ndarray:
    return np.array([item["row"] for item in items], dtype=np.intp)


def _in_order(audit: Audit) -> bool:
    """Whether the input has an order of its own, so that rows may come without names."""
    return audit.contents.labels is not None


def _found(audit: Audit, files: list[Row]) -> list[Row]:
    return [
        read.found | ({"note": f"no picture: {read.failure}"} if read.failure else {})
        for read in read_items(audit, files)
    ]


def _groups(found: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(found, FILES_PER_COMMIT)):
        yield group
