"""Neighbors of a data set that changes: computed once, then updated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import Progress, RowWriter, slices
from core.neighbors.graph import Graph, build_graph
from core.neighbors.graph_folder import (
    WHITENING,
    GraphInfo,
    is_whole,
    map_arrays,
    read_info,
    replacing,
    tidy,
    write_info,
)
from core.neighbors.updating import update_graph
from core.neighbors.whitening import HalfWhitening

_LARGEST_UNSEEN = 0.1
"""Share of the items of a whitening that may be added or removed before it is fitted again."""


class EmbeddedItems(NamedTuple):
    """What neighbors are made from.

    Attributes
    ----------
    embeddings : float array (rows, d)
        In memory or mapped.
    rows : int array (n,)
        The rows of the items, ascending.
    ids : sequence of str (n,)
    contents : sequence of str (n,)
        Hash of the content that each embedding was made from.
    made_with : str
        Key of everything else that embeddings depend on.
    """

    embeddings: NDArray[Any]
    rows: NDArray[np.intp]
    ids: Sequence[str]
    contents: Sequence[str]
    made_with: str


def refresh(
    folder: Path,
    items: EmbeddedItems,
    k: int,
    progress: Progress | None = None,
    fit: Callable[[], HalfWhitening] | None = None,
) -> Graph:
    """Make the neighbors in `folder` those of `items`.

    Where the folder holds neighbors of mostly the same items, their vectors
    and lists are reused, and only added, changed and removed items are updated.
    The whitening that they share stays until more than a tenth as many items
    were added or removed as it was fitted on; then, or when embeddings are made
    with something else, everything is computed anew.

    Parameters
    ----------
    folder : Path
        See `core.neighbors.graph_folder`.
    items : EmbeddedItems
        At least one.
    k : int
        Neighbors of an item.
    progress : callable, optional
        Called with items done and items in all.
    fit : callable, optional
        Returns the whitening of the items where one is fitted; one that takes
        all columns as they are when left out.

    Returns
    -------
    Graph
        A map of what was written.
    """
    tidy(folder)
    stored = _StoredNeighbors.of(folder, items)
    ids = np.array(items.ids, dtype="U16")
    contents = np.array(items.contents, dtype="S32")
    origin = None if stored is None else stored.origin(ids, contents)
    with replacing(folder) as partial:
        np.save(partial / "ids.npy", ids, allow_pickle=False)
        np.save(partial / "contents.npy", contents, allow_pickle=False)
        path = partial / "vectors.npy"
        if stored is None or origin is None:
            whitening = fit() if fit else HalfWhitening().fit(items.embeddings, items.rows)
            vectors = whitening.transform_to(path, items.embeddings, items.rows)
            graph = build_graph(vectors, k, partial, progress)
            fitted_on, unseen = len(ids), 0
        else:
            whitening = stored.whitening
            vectors = _updated_vectors(path, whitening, stored.vectors, origin, items)
            graph = update_graph(vectors, stored.graph, origin, k, partial, progress)
            fitted_on, unseen = stored.info.fitted_on, stored.unseen(origin)
        whitening.save(partial / WHITENING)
        width = graph.indices.shape[1]
        write_info(
            partial,
            GraphInfo(graph.method, graph.recall, width, items.made_with, fitted_on, unseen),
        )
    return graph


class _StoredNeighbors(NamedTuple):
    """The neighbors that are stored in the folder."""

    info: GraphInfo
    ids: NDArray[np.str_]
    contents: NDArray[np.bytes_]
    vectors: NDArray[np.float16]
    graph: Graph
    whitening: HalfWhitening

    @classmethod
    def of(cls, folder: Path, items: EmbeddedItems) -> _StoredNeighbors | None:
        """Open it; None where there is nothing that goes with `items`."""
        if not is_whole(folder):
            return None
        try:
            info = read_info(folder)
            arrays = map_arrays(folder, ("ids", "contents", "vectors", "indices", "similarities"))
            whitening = HalfWhitening.load(folder / WHITENING)
        except (ValueError, TypeError, KeyError, OSError, EOFError, BadZipFile):
            # Damaged, or of another version.
            return None
        if info.made_with != items.made_with:
            return None
        graph = Graph(arrays["indices"], arrays["similarities"], info.method, info.recall)
        return cls(info, arrays["ids"], arrays["contents"], arrays["vectors"], graph, whitening)

    def origin(
        self, ids: NDArray[np.str_], contents: NDArray[np.bytes_]
    ) -> NDArray[np.intp] | None:
        """Return the row here of every item that has not changed, -1 for the others.

        None when too many were added or removed.
        """
        row = {item_id: number for number, item_id in enumerate(self.ids.tolist())}
        origin = np.array([row.get(item_id, -1) for item_id in ids.tolist()], dtype=np.intp)
        stored = origin >= 0
        origin[stored] = np.where(
            self.contents[origin[stored]] == contents[stored], origin[stored], -1
        )
        few = self.unseen(origin) <= _LARGEST_UNSEEN * self.info.fitted_on
        return origin if few else None

    def unseen(self, origin: NDArray[np.intp]) -> int:
        """Return how many items were added, changed or removed since the whitening was fitted."""
        unchanged = int((origin >= 0).sum())
        return self.info.unseen + max(len(origin), len(self.ids)) - unchanged


def _updated_vectors(
    path: Path,
    whitening: HalfWhitening,
    old: NDArray[np.float16],
    origin: NDArray[np.intp],
    items: EmbeddedItems,
) -> NDArray[np.float16]:
    """Write the vectors of all items: the old ones as they were, the others projected."""
    writer = RowWriter(path, (len(origin), old.shape[1]), np.float16)
    for part in slices(len(origin)):
        old_rows = origin[part]
        unchanged = old_rows >= 0
        block = np.empty((len(old_rows), old.shape[1]), np.float16)
        block[unchanged] = old[old_rows[unchanged]]
        if not unchanged.all():
            rows = items.rows[part][~unchanged]
            block[~unchanged] = whitening.transform(items.embeddings, rows)
        writer.append(block)
    return writer.finish()
