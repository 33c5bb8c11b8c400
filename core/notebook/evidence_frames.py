"""What is listed and computed in an audit, as frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core import audit
from core.audit import AuditError
from core.findings import FINDINGS
from core.notebook.frames import frame_by_item, frame_of, index_of
from core.query.parse import Query
from core.search.example_search import ExampleSearch
from core.store import Sort

if TYPE_CHECKING:
    import pandas as pd

ITEM = (
    "path", "given", "suggested", "final", "suspicion", "verdict", "auditor", "judged", "split",
    "width", "height", "note",
)  # fmt: skip
SUSPECT = ("path", "given", "suggested", "suspicion", "p_given", "p_suggested")
FINDING = ("kind", "group", "path", "given", "split", "match", "score", "note")
HIT = ("path", "given", "suspicion", "score")
NEIGHBOR = ("path", "given", "suspicion", "similarity", "copy")


class EvidenceFrames(audit.Audit):
    """An audit whose items, evidence, findings and neighbors are read as frames."""

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
        return frame_by_item(self.store.suspects(n), SUSPECT)

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
            When the query is not valid; the message names the mistake.

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
        return frame_of(self.store.class_summary(), columns, index="given")

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
        return frame_of(self.store.confusions(), ("given", "suggested", "count", "reviewed"))

    def findings(self, kind: str | None = None) -> pd.DataFrame:
        """Return duplicates, conflicting labels, leakage, outliers and odd pictures.

        Parameters
        ----------
        kind : str, optional
            Of `core.findings.FINDINGS`; all of them when left out.

        Returns
        -------
        DataFrame
            Indexed by item id, a group in a row and the surest first: ``kind``,
            ``group`` (equal for copies), ``path``, ``given``, ``split``,
            ``match`` (``exact``, ``near`` or ``similar``), ``score`` and ``note``; see
            `Store.findings`.

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
        return frame_by_item(rows, FINDING)

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
            return pd.DataFrame(table.vectors.astype(np.float32), index_of(table.ids.tolist()))
        if not self.embeddings_file.exists():
            raise self._lacks("embeddings")
        items = self.store.embedded_items()
        stored = np.load(self.embeddings_file, mmap_mode="r", allow_pickle=False)
        columns = next(iter(self.layer_widths), None)  # further layers lie after these
        vectors = stored[[item.row for item in items], :columns].astype(np.float32)
        return pd.DataFrame(vectors, index_of([item.id for item in items]))

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
        return pd.read_parquet(self.map_file, columns=["id", "x", "y"]).set_index("id")

    def search(
        self,
        like: Sequence[str],
        unlike: Sequence[str] = (),
        query: str = "",
        n: int = 50,
    ) -> pd.DataFrame:
        """Return the items that look like some and not like others, the best match first.

        Parameters
        ----------
        like, unlike : sequence of str
            Ids of examples and counterexamples.
        query : str
            Only items that meet it; ``"is:unlabeled"`` is the unlabeled pool.
        n : int
            At most so many.

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``suspicion`` and ``score``,
            which is 1 for what is as the examples are and 0 for an average item.

        Raises
        ------
        AuditError
            When nothing is embedded, or an example is not there.

        Examples
        --------
        >>> suspect = audit.suspects().index[0]
        >>> audit.search([suspect], n=3)["given"].tolist()
        ['emu', 'emu', 'emu']
        """
        hits = ExampleSearch(self).find(like, unlike, n, self.store.parse_query(query))
        items = self.store.items([hit.id for hit in hits])
        return frame_by_item([items[hit.id] | {"score": hit.score} for hit in hits], HIT)

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
        return frame_by_item(rows, NEIGHBOR)

    def _neighbor_table(self) -> audit.NeighborTable:
        if self.store.fingerprint("neighbors") is None:
            raise self._lacks("neighbors")
        return self.neighbors()

    def _matching(self, query: Query, sort: Sort, n: int | None = None) -> pd.DataFrame:
        return frame_by_item(self.store.match_rows(query, sort, n), ITEM)

    def _lacks(self, what: str) -> AuditError:
        return AuditError(f"The audit in {self.folder} has no {what} yet; compute it first.")
