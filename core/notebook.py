"""An audit for a notebook: what is in it as pandas frames.

``from core import Audit`` gives the class of this module. It is the audit of
`core.audit` with methods that read all rooms; frames are indexed by item id, so
that they join, and a column has the name of its field in Browse's queries.

The examples, which the tests run, are of a small audit: nine photographs of a
lotus and nine of an emu, of which ``12.jpg`` is labeled lotus. Ana has relabeled
it and kept another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from core import audit
from core.audit import AuditError
from core.export import corrections
from core.export.destination import check_destination
from core.export.writers import WRITERS
from core.findings import FINDINGS
from core.ingest.readers import source_of
from core.query.parse import Query
from core.store import Row, Sort
from core.terms import CLASS_SEPARATOR
from core.text import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "AuditError"]

ITEM = (
    "path", "given", "suggested", "final", "suspicion", "verdict", "auditor", "judged", "split",
    "width", "height", "note",
)  # fmt: skip
SUSPECT = ("path", "given", "suggested", "suspicion", "p_given", "p_suggested")
VERDICT = ("path", "given", "final", "labels", "verdict", "auditor", "judged", "rule", "changed")
LOG = (
    "judged", "auditor", "item", "path", "given", "verdict", "labels", "classes", "stream", "role",
    "undoes", "redoes",
)  # fmt: skip
FINDING = ("kind", "group", "path", "given", "split", "match", "score")
NEIGHBOR = ("path", "given", "suspicion", "similarity", "copy")


class Audit(audit.Audit):
    """An audit that answers in pandas frames.

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
        roots: Iterable[str | Path] = (),
        reader: str | None = None,
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
            A CSV with the columns ``path`` and ``label``, or an export of ours.
        label_column : str, optional
            Its column that holds the labels.
        roots : iterable of str or Path, optional
            Folders that links among the images may lead to.
        reader : str, optional
            Of `core.ingest.readers.READERS`; an existing audit keeps its own.
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
        source = source_of(_path(images), table, label_column, map(_path, roots), reader)
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

    def suspects(self, n: int | None = None) -> pd.DataFrame:
        """Return the labels that are probably wrong, in the queue's order.

        Reviewed ones are among them; ``query("is:suspect -verdict:any")`` leaves them out.

        Parameters
        ----------
        n : int, optional
            Only the first `n`.

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``suggested``, ``suspicion``,
            ``p_given`` and ``p_suggested``, the probabilities of those two labels.

        Raises
        ------
        AuditError
            When the audit is not ranked yet.

        Examples
        --------
        >>> audit.suspects()[["path", "given", "suggested"]]
                            path  given suggested
        id
        12b9395fbacb7e08  12.jpg  lotus       emu
        """
        if not self.is_ranked:
            raise AuditError(f"The audit in {self.folder} is not ranked yet; compute it first.")
        return _by_item(self.store.suspects(n), SUSPECT)

    def items(self) -> pd.DataFrame:
        """Return everything that is listed, by path, with the columns of `query`.

        Examples
        --------
        >>> audit.items().groupby("given").size()
        given
        emu       8
        lotus    10
        dtype: int64
        """
        return self._matching(Query.ALL, Sort("path", descending=False))

    def query(
        self, query: str = "", sort: str = "-suspicion", n: int | None = None
    ) -> pd.DataFrame:
        """Return the items that meet a query of Browse.

        Parameters
        ----------
        query : str
            Such as ``"given:cat suspicion:>0.8"``; see README, *Browse*.
        sort : str
            A field, with ``-`` before it for descending.
        n : int, optional
            Only the first `n`.

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``suggested`` (missing where
            the evidence sides with the given label), ``final``, ``suspicion``,
            ``verdict``, ``auditor``, ``judged`` (time in UTC), ``split``,
            ``width``, ``height`` and ``note``.

        Raises
        ------
        QueryError
            When the query cannot be understood; it says what and where.

        Examples
        --------
        >>> audit.query("given:lotus verdict:any")[["path", "final", "verdict", "auditor"]]
                            path  final  verdict auditor
        id
        12b9395fbacb7e08  12.jpg    emu  relabel     Ana
        5659abc79cc807b5  00.jpg  lotus     keep     Ana
        """
        return self._matching(self.store.parse_query(query), Sort.parse(sort), n)

    def classes(self) -> pd.DataFrame:
        """Return how many ranked items each given label has, the most suspects first.

        Returns
        -------
        DataFrame
            Indexed by label: ``items``, ``suspects`` and ``reviewed``.

        Examples
        --------
        >>> audit.classes()
               items  suspects  reviewed
        given
        lotus     10         1         2
        emu        8         0         0
        """
        columns = ("items", "suspects", "reviewed")
        return _frame(self.store.class_summary(), columns, index="given")

    def confusions(self) -> pd.DataFrame:
        """Return which label is suspected to be which, the most frequent pair first.

        Returns
        -------
        DataFrame
            ``given``, ``suggested``, ``count`` of the suspects, and ``reviewed`` of them.

        Examples
        --------
        >>> audit.confusions()
           given suggested  count  reviewed
        0  lotus       emu      1         1
        """
        return _frame(self.store.confusions(), ("given", "suggested", "count", "reviewed"))

    def findings(self, kind: str | None = None) -> pd.DataFrame:
        """Return duplicates, conflicting labels, leakage and outliers.

        Parameters
        ----------
        kind : str, optional
            Of `core.findings.FINDINGS`; all of them when left out.

        Returns
        -------
        DataFrame
            Indexed by item id, a group in a row and the surest first: ``kind``,
            ``group`` (equal for copies), ``path``, ``given``, ``split``,
            ``match`` (``exact`` or ``near``) and ``score``.

        Raises
        ------
        AuditError
            When there is no such kind, or nothing was looked for yet.

        Examples
        --------
        >>> len(audit.findings("duplicates"))
        0
        """
        if kind is not None and kind not in FINDINGS:
            raise AuditError(f"There is no finding {kind!r}; there are {', '.join(FINDINGS)}.")
        if self.store.fingerprint("findings") is None:
            raise self._lacks("findings")
        kinds = FINDINGS if kind is None else [kind]
        rows = [
            row | {"group": row["group_id"]} for one in kinds for row in self.store.findings(one)
        ]
        return _by_item(rows, FINDING)

    def embedding(self, whitened: bool = False) -> pd.DataFrame:
        """Return the embedding of every item that has one.

        A frame, so that rows are found by id and scikit-learn takes it as it
        is; it is held in memory, 0.5 GB for 100,000 images of 1280 entries.
        Where that is too much, map ``embeddings_file``, whose rows are those of
        ``store.embedded_items()``.

        Parameters
        ----------
        whitened : bool
            The half-whitened one, rows of unit length, in which neighbors are
            sought: products of rows are cosines.

        Returns
        -------
        DataFrame of float32 (n, d)
            Indexed by item id.

        Raises
        ------
        AuditError
            When it is not computed yet.

        Examples
        --------
        >>> audit.embedding().shape
        (18, 1280)
        >>> lotus = audit.query("given:lotus").index
        >>> audit.embedding(whitened=True).loc[lotus].shape
        (10, 17)
        """
        import pandas as pd

        if whitened:
            table = self._neighbor_table()
            return pd.DataFrame(table.vectors.astype(np.float32), _index(table.ids.tolist()))
        if not self.embeddings_file.exists():
            raise self._lacks("embeddings")
        items = self.store.embedded_items()
        stored = np.load(self.embeddings_file, mmap_mode="r", allow_pickle=False)
        vectors = stored[[item.row for item in items]].astype(np.float32)
        return pd.DataFrame(vectors, _index([item.id for item in items]))

    def projection(self) -> pd.DataFrame:
        """Return the map: two coordinates for every item that has an embedding.

        Returns
        -------
        DataFrame
            Indexed by item id: ``x`` and ``y``.

        Raises
        ------
        AuditError
            When it is not computed yet.

        Examples
        --------
        >>> audit.projection().columns.tolist()
        ['x', 'y']
        """
        import pandas as pd

        if not self.map_file.exists():
            raise self._lacks("map")
        return pd.read_parquet(self.map_file).set_index("id")

    def neighbors_of(self, item_id: str, k: int = 9) -> pd.DataFrame:
        """Return the nearest neighbors of an item, nearest first.

        Parameters
        ----------
        item_id : str
        k : int
            At most so many; 100 are stored (50 of more than 200,000 images).

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``suspicion``,
            ``similarity`` (cosine of the half-whitened embeddings) and ``copy``:
            whether it is a duplicate or near-duplicate of the item.

        Raises
        ------
        AuditError
            When neighbors are not computed yet, or not of this item.

        Examples
        --------
        >>> suspect = audit.suspects().index[0]
        >>> audit.neighbors_of(suspect, k=3)["given"].tolist()
        ['emu', 'emu', 'emu']
        """
        table = self._neighbor_table()
        found = np.flatnonzero(table.ids == item_id)
        if not len(found):
            raise AuditError(f"There are no neighbors of an item {item_id!r} in this audit.")
        nearest = table.indices[found[0], :k]
        ids = table.ids[nearest].tolist()
        items, groups = self.store.items(ids), self.store.copy_groups([item_id, *ids])
        rows = [
            items[one]
            | {
                "similarity": float(similarity),
                "copy": one in groups and groups[one] == groups.get(item_id),
            }
            for one, similarity in zip(ids, table.similarities[found[0], :k], strict=True)
            if one in items
        ]
        return _by_item(rows, NEIGHBOR)

    def verdicts(self) -> pd.DataFrame:
        """Return the verdict that decides each reviewed item, the latest first.

        Where several people have judged an item, it is the one that the audit's
        rule chooses; `log` has all of them.

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``final`` (classes joined by
            ``|`` where several fit; missing where none does), ``labels`` (the same
            as a list), ``verdict``, ``auditor``, ``judged`` (time in UTC),
            ``rule`` (how the final label came about) and ``changed``: whether it
            is another than the given one.

        Examples
        --------
        >>> audit.verdicts()[["path", "given", "final", "verdict", "rule"]]
                            path  given  final  verdict          rule
        id
        5659abc79cc807b5  00.jpg  lotus  lotus     keep  only verdict
        12b9395fbacb7e08  12.jpg  lotus    emu  relabel  only verdict
        """
        rows = corrections.decisions(self.store)
        return _by_item([row | {"final": row["final"] or None} for row in rows], VERDICT)

    def log(self) -> pd.DataFrame:
        """Return the whole log of verdicts, oldest first: what was undone and who disagreed too.

        Returns
        -------
        DataFrame
            Indexed by the number of the row: ``judged`` (time in UTC),
            ``auditor``, ``item`` (its id), ``path``, ``given`` (the label at the
            time), ``verdict`` (an ``undo`` is a row too), ``labels``
            (joined by ``|``), ``classes`` (the same as a list), ``stream``,
            ``role``, and ``undoes`` and ``redoes``: the number of the row that it
            takes back or gives again.

        Examples
        --------
        >>> audit.log()[["auditor", "path", "verdict", "labels"]]
               auditor    path  verdict labels
        number
        1          Ana  12.jpg  relabel    emu
        2          Ana  00.jpg     keep
        """
        rows = [
            row
            | {
                "number": row["id"],
                "item": row["item_id"],
                "labels": CLASS_SEPARATOR.join(row["labels"]),
                "classes": row["labels"],
            }
            for row in self.store.log()
        ]
        frame = _frame(rows, LOG, index="number")
        return frame.astype({"undoes": "Int64", "redoes": "Int64"})

    def corrected(self) -> pd.DataFrame:
        """Return what `export` writes: the input's columns, then the final label and its origin.

        Every value is a text, as in a CSV.

        Examples
        --------
        >>> audit.corrected()[["path", "label", "final_label"]].query("label != final_label")
              path  label final_label
        12  12.jpg  lotus         emu
        """
        import pandas as pd

        columns = corrections.columns(self.store)
        return pd.DataFrame(list(corrections.rows(self.store)), columns=columns)

    def export(self, path: str | Path, format: str = "csv") -> int:
        """Write the corrected labels to a file, whole or not at all.

        Parameters
        ----------
        path : str or Path
        format : str
            Of `core.export.writers.WRITERS`.

        Returns
        -------
        int
            The number of rows.

        Raises
        ------
        AuditError
            When there is no such format, or `path` is a file that the audit reads.

        Examples
        --------
        >>> audit.export("corrected.csv")
        18
        """
        if format not in WRITERS:
            raise AuditError(f"There is no format {format!r}; there are {', '.join(WRITERS)}.")
        check_destination(self, _path(path))
        return WRITERS[format].write(self.store, _path(path))

    def _neighbor_table(self) -> audit.NeighborTable:
        if self.store.fingerprint("neighbors") is None:
            raise self._lacks("neighbors")
        return self.neighbors()

    def _matching(self, query: Query, sort: Sort, n: int | None = None) -> pd.DataFrame:
        return _by_item(self.store.match_rows(query, sort, n), ITEM)

    def _lacks(self, what: str) -> AuditError:
        return AuditError(f"The audit in {self.folder} has no {what} yet; compute it first.")


def _path(path: str | Path) -> Path:
    return Path(path).expanduser()


def _text(value: str | Path | None) -> str | None:
    return None if value is None else str(value)


def _index(ids: Sequence[str]) -> pd.Index:
    import pandas as pd

    return pd.Index(ids, name="id")


def _by_item(rows: Iterable[Row], columns: Sequence[str]) -> pd.DataFrame:
    return _frame(rows, columns, index="id")


def _frame(rows: Iterable[Row], columns: Sequence[str], index: str | None = None) -> pd.DataFrame:
    """Return `columns` of the rows, and one more as the index; ``at`` is the time `judged`."""
    import pandas as pd

    requested = [*columns] if index is None else [index, *columns]
    keys = ["at" if name == "judged" else name for name in requested]
    frame = pd.DataFrame([[row[key] for key in keys] for row in rows], columns=requested)
    if "judged" in requested:
        frame["judged"] = pd.to_datetime(frame["judged"], utc=True)
    return frame if index is None else frame.set_index(index)
