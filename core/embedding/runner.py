"""Embeds the images of an audit: every file is read once, nothing is computed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import slices
from core.arrays.row_file import RowFile
from core.audit import WIDTHS, Audit
from core.embedding.backbone import Backbone, load_backbone
from core.embedding.choice import EmbeddingChoice
from core.embedding.network import BackboneError
from core.embedding.reading import (
    FileRead,
    by_file,
    map_ahead,
    needs_reading,
    read_items,
    workers,
)
from core.ingest import images
from core.store import Row

IMAGES_PER_COMMIT = 128
IMAGES_IN_FIRST_COMMIT = 16
"""Few, so that progress shows at once."""

LARGEST = float(np.finfo(np.float16).max)

IMAGES_AHEAD = 16
"""For each thread, how many images may be done before the oldest is taken from it."""


class Vectors(NamedTuple):
    """What a network computes for one image: float16 (d,), and float16 (K,) or None.

    The embedding is followed by the further layers, where any are taken.
    """

    embedding: NDArray[np.float16]
    predictions: NDArray[np.float16] | None


class PreparedImage(NamedTuple):
    """An image that was read.

    Attributes
    ----------
    found : dict
        See `FileRead`.
    row : int
        Of its embedding.
    failure : str or None
        Why it could not be used.
    vectors : Vectors or None
        What is to be written; None when that is on disk or yet to be computed.
    pixels : uint8 array (height, width, 3) or None
        The network's input, when it is yet to be computed.
    """

    found: Row
    row: int
    failure: str | None
    vectors: Vectors | None = None
    pixels: NDArray[np.uint8] | None = None


def embed_images(audit: Audit, choice: EmbeddingChoice, update: Callable[[int, int], None]) -> bool:
    """Embed every listed image whose content has no embedding yet.

    A file is read when its size or time of change differs from what is
    recorded, or when it has no embedding; files that could not be read are
    tried again. Content that was embedded before, under whatever name, is not
    embedded again. Rows are on disk before the database records them, so that
    an interrupted run resumes where it stopped.

    Parameters
    ----------
    audit : Audit
    choice : EmbeddingChoice
        Whose backbone is used; with another than before, everything is embedded again.
    update : callable
        Called with images done and images in all.

    Returns
    -------
    bool
        False when there was nothing to do.

    Raises
    ------
    BackboneError
        When the backbone cannot be used; then nothing was changed.
    """
    store = audit.store
    key = _key(audit, choice)
    backbone = None
    if store.fingerprint("embeddings") != key:
        backbone = load_backbone(choice)  # may fail, hence before anything is forgotten
        store.forget_embeddings()
        audit.embeddings_file.unlink(missing_ok=True)
        audit.predictions_file.unlink(missing_ok=True)
        # Where no layers were asked for, everything stays as it is in audits of earlier versions.
        widths = list(backbone.shape.widths) if choice.has_layers else None
        store.set_settings({"embedding": choice.to_setting(), WIDTHS: widths})
        store.set_fingerprint("embeddings", key)
    elif not audit.embeddings_file.exists():
        store.forget_embeddings()
    files = store.listed_files()
    folder = audit.contents.path
    pending = [file for file in files if needs_reading(folder, file)]
    if not pending:
        return False
    done = len(files) - len(pending)
    update(done, len(files))
    run = _EmbeddingRun(
        audit, backbone or load_backbone(choice), pending, predicts=not choice.predictions
    )
    try:
        for group in run.groups():
            run.commit(group)
            done += len(group)
            update(done, len(files))
    finally:
        run.close()
    return True


def _key(audit: Audit, choice: EmbeddingChoice) -> str:
    """Return the backbone's key; a file that is gone matters only when it is needed again."""
    try:
        return choice.backbone_key()
    except BackboneError:
        known = audit.store.fingerprint("embeddings")
        if known is None or EmbeddingChoice.of(audit) != choice:
            raise
        return known


class _EmbeddingRun:
    """The embedding of a list of files; `predicts`: the network's predictions are stored, too."""

    def __init__(
        self, audit: Audit, backbone: Backbone, files: Sequence[Row], predicts: bool
    ) -> None:
        self.audit = audit
        self.engine = backbone.engine
        self.shape = backbone.shape
        self.files = files
        count = audit.store.row_count()
        self.embeddings = RowFile(audit.embeddings_file, count, sum(self.shape.widths))
        self.predictions: RowFile | None = None
        if predicts and self.shape.n_outputs == audit.store.counts()["classes"]:
            self.predictions = RowFile(audit.predictions_file, count, self.shape.n_outputs)
        self.embedded_before = {file["id"] for file in files if file["embedded_hash"]}
        # The row of a file that is read again may be overwritten before it is copied.
        self.known = audit.store.embedded_rows(without=self.embedded_before)

    def groups(self) -> Iterator[list[PreparedImage]]:
        """Yield the images in order, in groups that are committed at once."""
        threads = workers()
        ahead = max(IMAGES_AHEAD * threads, 2 * self.engine.batch)
        read = map_ahead(self._prepare, by_file(self.files), threads, ahead)
        prepared = chain.from_iterable(read)
        size = IMAGES_IN_FIRST_COMMIT
        while group := list(islice(prepared, size)):
            yield group
            size = max(IMAGES_PER_COMMIT, self.engine.batch)

    def _prepare(self, files: Sequence[Row]) -> list[PreparedImage]:
        """Read the items of one file; embed them, too, where the engine takes single images."""
        reads = read_items(self.audit, files, max(self.shape.height, self.shape.width))
        return [self._prepared(*pair) for pair in zip(files, reads, strict=True)]

    def _prepared(self, file: Row, read: FileRead) -> PreparedImage:
        if read.picture is None:
            return PreparedImage(read.found, file["row"], read.failure)
        content = read.found["content_hash"]
        if file["embedded_hash"] == content:
            return PreparedImage(read.found, file["row"], None)
        if content in self.known:
            return PreparedImage(read.found, file["row"], None, self._copied(self.known[content]))
        pixels = images.network_input(read.picture.image, self.shape.height, self.shape.width)
        if self.engine.batch > 1:
            return PreparedImage(read.found, file["row"], None, pixels=pixels)
        (vectors,) = self._embed([pixels])
        return PreparedImage(read.found, file["row"], None, vectors)

    def _copied(self, row: int) -> Vectors:
        predictions = None if self.predictions is None else self.predictions.read(row)
        return Vectors(self.embeddings.read(row), predictions)

    def _embed(self, pixels: Sequence[NDArray[np.uint8]]) -> list[Vectors]:
        outputs = self.engine.run(np.stack(pixels))
        # A network may give numbers that float16 cannot hold; infinities would spread from there.
        embeddings = np.clip(np.nan_to_num(outputs.embeddings), -LARGEST, LARGEST)
        embeddings = embeddings.astype(np.float16)
        if outputs.predictions is None or self.predictions is None:
            return [Vectors(embedding, None) for embedding in embeddings]
        predictions = outputs.predictions.astype(np.float16)
        return [Vectors(*pair) for pair in zip(embeddings, predictions, strict=True)]

    def commit(self, group: Sequence[PreparedImage]) -> None:
        """Write the rows of `group`, then record them in the database."""
        store = self.audit.store
        fresh = [one for one in group if one.vectors is not None or one.pixels is not None]
        # Cut off after this, a row must not pass for the embedding of what the file was before.
        rewritten = {one.found["id"] for one in fresh} & self.embedded_before
        store.forget_embeddings(sorted(rewritten))
        for one, vectors in self._computed(fresh):
            self.embeddings.write(one.row, vectors.embedding)
            if self.predictions is not None and vectors.predictions is not None:
                self.predictions.write(one.row, vectors.predictions)
        self.embeddings.flush()
        if self.predictions is not None:
            self.predictions.flush()
        store.record_files(
            [one.found for one in group if one.failure is None],
            {one.found["id"]: one.failure for one in group if one.failure is not None},
        )

    def close(self) -> None:
        """Close the files of rows."""
        self.embeddings.close()
        if self.predictions is not None:
            self.predictions.close()

    def _computed(self, fresh: Sequence[PreparedImage]) -> Iterator[tuple[PreparedImage, Vectors]]:
        yield from ((one, one.vectors) for one in fresh if one.vectors is not None)
        waiting = [one for one in fresh if one.pixels is not None]
        for part in slices(len(waiting), self.engine.batch):
            batch = waiting[part]
            pixels = [one.pixels for one in batch if one.pixels is not None]
            yield from zip(batch, self._embed(pixels), strict=True)
