"""An audit for a notebook: what is in it as pandas frames.

``from core import Audit`` gives the class of this module. It is the audit of
`core.audit` with methods that read all rooms; frames are indexed by item id, so
that they join, and a column has the name of its field in Browse's queries.

The examples, which the tests run, are of a small audit: nine photographs of a
lotus and nine of an emu, of which ``12.jpg`` is labeled lotus. Ana has relabeled
it and kept another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from core.audit import AuditError
from core.ingest.readers import source_of
from core.notebook.evidence_frames import EvidenceFrames
from core.notebook.verdict_frames import VerdictFrames
from core.text import counted

__all__ = ["Audit", "AuditError"]


class Audit(EvidenceFrames, VerdictFrames):
    """An audit whose methods return pandas frames.

    Parameters
    ----------
    folder : Path
        A folder that holds ``audit.db``; `open` takes a text as well.

    Raises
    ------
    AuditError
        When there is no audit in `folder`.
    """

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Open the audit in a folder, such as ``"~/second-look/pets"``.

        Raises
        ------
        AuditError
            When there is no audit in `folder`.

        Examples
        --------
        >>> Audit.open(folder)
        <Audit 'audit': 18 images, 2 classes, 1 suspect label, 2 reviewed>
        """
        return cls(_path(folder))

    @classmethod
    def compute(
        cls,
        images: str | Path,
        into: str | Path,
        labels: str | Path | None = None,
        *,
        label_column: str | None = None,
        path_column: str | None = None,
        id_column: str | None = None,
        encoding: str | None = None,
        roots: Iterable[str | Path] = (),
        reader: str | None = None,
        answers: Mapping[str, str] | None = None,
        backbone: str | Path | None = None,
        weights: str | Path | None = None,
        layer: str | None = None,
        pixels: str | None = None,
        embeddings: str | Path | None = None,
        predictions: str | Path | None = None,
        detector: str | None = None,
    ) -> Self:
        """Read a data set and compute everything, as ``python -m core audit`` does.

        Called again, it resumes: only what has changed is computed. Progress
        goes to stderr.

        Parameters
        ----------
        images : str or Path
            The folder of the images, one folder for each class unless there are `labels`.
        into : str or Path
            The audit's folder; it is made when missing.
        labels : str or Path, optional
            A table of paths and labels (CSV, Parquet, JSON Lines and others), or an export
            of ours.
        label_column, path_column, id_column : str, optional
            Its columns that hold the labels, the paths, and names without folder and ending.
        encoding : str, optional
            Of its text.
        roots : iterable of str or Path, optional
            Folders that links among the images may lead to.
        reader : str, optional
            Of `core.ingest.readers.READERS`; an existing audit keeps its own.
        answers : mapping of str to str, optional
            To what ``inspect`` asks, by the name of the question: ``classes_in`` and others.
        backbone, weights, layer, pixels, embeddings, predictions, detector : optional
            The options of the command. What is left out stays as it was.

        Raises
        ------
        SourceError, AuditError, BackboneError, GivenFileError, JobRefused
            When something does not fit or another process computes; the message
            is one sentence.

        Examples
        --------
        >>> Audit.compute(images, into=folder, labels=labels)
        <Audit 'audit': 18 images, 2 classes, 1 suspect label, 2 reviewed>
        """
        from core import pipeline

        folder = _path(into)
        table = None if labels is None else _path(labels)
        source = source_of(
            _path(images), table, label_column, map(_path, roots), reader, answers=answers
        )
        pipeline.compute(
            source,
            folder,
            detector,
            backbone=_text(backbone),
            weights=_text(weights),
            layer=layer,
            pixels=pixels,
            embeddings=_text(embeddings),
            predictions=_text(predictions),
        ).store.close()
        return cls(folder)

    def __repr__(self) -> str:
        counts = self.store.counts()
        return (
            f"<Audit {self.name!r}: {counted(counts['items'], 'image')},"
            f" {counted(counts['classes'], 'class', 'classes')},"
            f" {counted(counts['suspects'], 'suspect label')}, {counts['reviewed']:,} reviewed>"
        )


def _path(path: str | Path) -> Path:
    return Path(path).expanduser()


def _text(value: str | Path | None) -> str | None:
    return None if value is None else str(value)
