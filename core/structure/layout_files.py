"""Stored layouts of an audit: a Parquet file each, with what it was made from in its metadata.

========== ======== ==========================================================
``id``     string   of the item
``x``      float32  the larger side of all positions from -1 to 1
``y``      float32  upward
``content`` string  hash of the content that the position was found for
``cluster`` int32   the cluster that it belongs to
========== ======== ==========================================================

The map of all items is ``map.parquet``; a file of an earlier version has its
first three columns only. All others lie in ``layouts/``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.atomic import atomic_write
from core.audit import Audit, AuditError, fingerprint
from core.structure.projections import LAYOUTS, Plane
from core.versions import MAP_VERSION

DEFAULT = next(iter(LAYOUTS))
"""Key of the layout that every audit has: ``map.parquet``."""

METADATA = b"second_look"

ID_LENGTH = 16

Ids = NDArray[np.str_]


class LayoutInfo(NamedTuple):
    """What is stored of a layout beside its positions.

    Attributes
    ----------
    method : str
        Name of a `LayoutMethod`.
    class_id : int or None
        The given class whose items it shows; None for all items.
    seed : int
    embedded_with : str or None
        Key of the embeddings that it was made from; None where that is not known.
    kept : float or None
        Share of the true nearest neighbors that are nearest here, too; None
        where it was not measured.
    landmarks : int or None
        Items that were laid out where the others were placed among them; None
        where all were laid out.
    placed : int
        New and changed items that were placed among the others since.
    """

    method: str = DEFAULT
    class_id: int | None = None
    seed: int = 0
    embedded_with: str | None = None
    kept: float | None = None
    landmarks: int | None = None
    placed: int = 0

    @property
    def key(self) -> str:
        """Name of the layout among those of its audit."""
        of_class = "" if self.class_id is None else f"-class{self.class_id}"
        return f"{self.method}{of_class}{f'-seed{self.seed}' if self.seed else ''}"


class LayoutTable(NamedTuple):
    """A layout as it lies on disk.

    Attributes
    ----------
    ids : array of str (n,)
    xy : float32 array (n, 2)
    contents : bytes array (n,) or None
        None where the file is of an earlier version.
    clusters : int32 array (n,) or None
        Likewise.
    """

    ids: Ids
    xy: Plane
    contents: NDArray[np.bytes_] | None = None
    clusters: NDArray[np.int32] | None = None


class StoredLayout(NamedTuple):
    """A layout that can be shown.

    Attributes
    ----------
    key : str
        For `positions`, `map_points` and colorings.
    name : str
        Of its `LayoutMethod`.
    title : str
    class_name : str or None
        The class that was laid out alone; None for all items.
    seed : int
    kept : float or None
        Share of the 14 true nearest neighbors among the 15 nearest on the map,
        on a sample; None where it was not measured.
    n : int
        Items.
    landmarks : int or None
        See `LayoutInfo`.
    placed : int
        Likewise.
    is_stale : bool
        Whether items or embeddings have changed since.
    """

    key: str
    name: str
    title: str
    class_name: str | None
    seed: int
    kept: float | None
    n: int
    landmarks: int | None
    placed: int
    is_stale: bool

    @property
    def is_landmark(self) -> bool:
        """Whether most items were only placed among those that were laid out."""
        return self.landmarks is not None


def layouts(audit: Audit) -> list[StoredLayout]:
    """Return the layouts that are stored, the map of all items first; damaged ones are left out."""
    names = audit.store.class_names()
    found = []
    for file in [audit.map_file, *sorted(audit.layouts_folder.glob("*.parquet"))]:
        read = _read_head(file)
        if read is None or (file == audit.map_file and audit.store.fingerprint("map") is None):
            continue
        info, n = read
        class_name = None if info.class_id is None else names.get(info.class_id)
        if info.method in LAYOUTS and (info.class_id is None) == (class_name is None):
            found.append(_stored(audit, info, n, class_name))
    order = list(LAYOUTS)
    return sorted(found, key=lambda one: (one.class_name or "", order.index(one.name), one.seed))


def layout(audit: Audit, key: str) -> StoredLayout:
    """Return one of `layouts`.

    Raises
    ------
    AuditError
        When there is none with that key.
    """
    for one in layouts(audit):
        if one.key == key:
            return one
    raise AuditError(f"There is no map called {key!r} in this audit.")


def positions(audit: Audit, key: str = DEFAULT) -> tuple[Ids, Plane]:
    """Return the ids (n,) and positions (n, 2) of a layout.

    Raises
    ------
    AuditError
        When there is none with that key, or its file is damaged.
    """
    table = read_layout(layout_file(audit, key))
    if table is None:
        raise AuditError(f"There is no map called {key!r} in this audit, or its file is damaged.")
    return table.ids, table.xy


def layout_file(audit: Audit, key: str) -> Path:
    """Return where the layout of that key lies, or would."""
    if key == DEFAULT:
        return audit.map_file
    if not set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise AuditError(f"There is no map called {key!r} in this audit.")
    return audit.layouts_folder / f"{key}.parquet"


def read_layout(file: Path) -> LayoutTable | None:
    """Read a stored layout; None where there is none, or it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file, memory_map=False)
        xy = np.stack(
            [table.column(name).to_numpy().astype(np.float32) for name in ("x", "y")], axis=1
        )
        ids = _texts(table.column("id")).astype(f"U{ID_LENGTH}")
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
    if not np.isfinite(xy).all():
        return None
    if not {"content", "cluster"} <= set(table.column_names):
        return LayoutTable(ids, xy)
    clusters = table.column("cluster").to_numpy().astype(np.int32)
    return LayoutTable(ids, xy, _texts(table.column("content")), clusters)


def read_info(file: Path) -> LayoutInfo | None:
    """Read what is stored of a layout beside its positions; None where it is damaged or missing."""
    read = _read_head(file)
    return None if read is None else read[0]


def has_clusters(file: Path) -> bool:
    """Whether a stored layout has them; one of an earlier version has none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return "cluster" in pq.read_schema(file).names
    except (OSError, pa.ArrowException):
        return False


def write_layout(file: Path, info: LayoutInfo, table: LayoutTable) -> None:
    """Write a layout, whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file.parent.mkdir(exist_ok=True)
    columns: dict[str, Any] = {
        "id": pa.array(table.ids.tolist(), pa.string()),
        "x": table.xy[:, 0],
        "y": table.xy[:, 1],
    }
    if table.contents is not None and table.clusters is not None:
        contents = table.contents.astype(np.str_).tolist()
        columns |= {"content": pa.array(contents, pa.string()), "cluster": table.clusters}
    written = pa.table(columns).replace_schema_metadata({METADATA: json.dumps(info._asdict())})
    with atomic_write(file) as partial:
        pq.write_table(written, partial, use_dictionary=False)


def artifact_of(key: str) -> str:
    """Return the name under which the store keeps what a layout was made from."""
    return "map" if key == DEFAULT else f"layout:{key}"


def made_from(audit: Audit, info: LayoutInfo) -> str:
    """Return the fingerprint of what a layout would be made from now."""
    basis = audit.store.fingerprint("neighbors")
    if info.class_id is None:
        return fingerprint(basis, MAP_VERSION)
    return fingerprint(basis, MAP_VERSION, audit.store.ids_of_class(info.class_id))


def _stored(audit: Audit, info: LayoutInfo, n: int, class_name: str | None) -> StoredLayout:
    title = LAYOUTS[info.method].title
    if class_name is not None:
        title = f"{title} of {class_name}"
    if info.seed:
        title = f"{title}, seed {info.seed}"
    return StoredLayout(
        info.key, info.method, title, class_name, info.seed, info.kept, n, info.landmarks,
        info.placed, audit.store.fingerprint(artifact_of(info.key)) != made_from(audit, info),
    )  # fmt: skip


def _read_head(file: Path) -> tuple[LayoutInfo, int] | None:
    """Return what is stored beside the positions, and how many there are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        head = pq.read_metadata(file)
        stored = json.loads((head.metadata or {}).get(METADATA, b"{}"))
        return LayoutInfo(**stored), head.num_rows
    except (OSError, pa.ArrowException, ValueError, TypeError):
        return None


def _texts(column: Any) -> NDArray[np.bytes_]:
    """Return a column of ASCII texts; at once where all are of one length."""
    import pyarrow as pa

    texts = column.cast(pa.large_string()).combine_chunks()
    if isinstance(texts, pa.ChunkedArray):
        texts = pa.concat_arrays(texts.chunks) if texts.num_chunks else pa.array([], pa.string())
    n = len(texts)
    if texts.null_count or n == 0:
        return np.array([text or "" for text in texts.to_pylist()], np.str_).astype(np.bytes_)
    _, starts, content = texts.buffers()
    ends = np.frombuffer(starts, np.int64, n + 1, offset=8 * texts.offset)
    lengths = np.diff(ends)
    width = int(lengths[0])
    if width == 0 or (lengths != width).any():
        return np.array(texts.to_pylist(), np.str_).astype(np.bytes_)
    found: NDArray[np.bytes_] = np.frombuffer(content, f"S{width}", n, offset=int(ends[0]))
    return found
