"""Making, keeping and updating the layouts of an audit."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import Progress, some_rows
from core.audit import Audit, AuditError, fingerprint
from core.neighbors import build_graph
from core.neighbors.graph_folder import is_whole, map_arrays
from core.structure.clusters import cluster_count, find_clusters
from core.structure.layout_files import (
    DEFAULT,
    LayoutInfo,
    LayoutTable,
    artifact_of,
    layout_file,
    made_from,
    read_info,
    read_layout,
    write_layout,
)
from core.structure.neighbors_kept import share_kept
from core.structure.projections import LAYOUTS, LayoutInput, LayoutMethod, Plane
from core.structure.projections.landmarks import LANDMARKS, choose_landmarks, lay_out_by_landmarks
from core.structure.projections.placing import nearest_laid_out, place_among
from core.text import counted
from core.versions import METHOD_VERSION

MOST_PLACED = 1 / 3
"""Share of the items that may be placed among the others before all are laid out anew."""

Rows = NDArray[np.intp]


class LaidOut(NamedTuple):
    """What has become of a layout.

    Attributes
    ----------
    key : str
    state : str
        ``unchanged``, ``placed`` (some items among the others) or ``made`` (anew).
    placed : int
        Items that were placed now.
    """

    key: str
    state: Literal["unchanged", "placed", "made"]
    placed: int = 0


class _Items(NamedTuple):
    """The items of a layout, and what they are laid out by."""

    ids: NDArray[np.str_]
    contents: NDArray[np.bytes_]
    given: LayoutInput
    suspects: Rows


class _Stored(NamedTuple):
    """The layout as it was; its table is None where the file is missing or damaged."""

    info: LayoutInfo
    table: LayoutTable | None
    is_current: bool


def lay_out(
    audit: Audit,
    method: str = DEFAULT,
    class_name: str | None = None,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
    anew: bool = False,
) -> LaidOut:
    """Bring a stored layout up to date; it is made when it is missing or damaged.

    Nothing is done where its items and their embeddings are what they were. New
    and changed items are placed among the others, which stay where they are,
    unless more than a third have come or changed since it was made: then, and
    where the embeddings are of another network, it is made anew.

    Parameters
    ----------
    audit : Audit
        One whose neighbors are computed; nobody else may compute it now.
    method : str
        Name of one of `LAYOUTS`.
    class_name : str or None
        The given class whose items are laid out alone; None for all items.
    seed : int
        The same gives the same positions.
    progress : callable
        Called with what the method counts, such as epochs, and how many there are.
    anew : bool
        Make it anew, whatever is there.

    Raises
    ------
    AuditError
        When there is no such class or layout, or the items are too many for it.
    """
    if method not in LAYOUTS:
        raise AuditError(f"There is no layout {method!r}; there are {', '.join(LAYOUTS)}.")
    if not is_whole(audit.neighbors_folder):
        raise AuditError("The neighbors of the images are not computed yet; run `audit` first.")
    info = LayoutInfo(method, _class_id(audit, class_name), seed, _embedded_with(audit))
    basis = made_from(audit, info)
    stored = _stored(audit, info.key, basis)
    if stored.is_current and not anew and stored.info.kept is not None:
        return LaidOut(info.key, "unchanged")
    items = _items(audit, info, LAYOUTS[method])
    info, table, laid_out = _brought_up_to_date(items, info, None if anew else stored, progress)
    info = info._replace(kept=share_kept(items.given.graph, table.xy))
    write_layout(layout_file(audit, info.key), info, table)
    audit.store.set_fingerprint(artifact_of(info.key), basis)
    return laid_out


def forget_layout(audit: Audit, key: str) -> None:
    """Remove a stored layout; the map of all items stays.

    Raises
    ------
    AuditError
        When it is that of all items, which every audit has.
    """
    if key == DEFAULT:
        raise AuditError("The map of all images cannot be removed; lay it out anew instead.")
    layout_file(audit, key).unlink(missing_ok=True)
    audit.store.set_fingerprint(artifact_of(key), "")


def layout_arguments(
    audit: Audit, method: str, class_name: str | None = None, seed: int = 0, anew: bool = False
) -> tuple[str, ...]:
    """Return the arguments of `core.jobs.start` for the command that makes a layout."""
    of_class = () if class_name is None else ("--class", class_name)
    again = ("--anew",) if anew else ()
    return (
        "project", str(audit.folder), "--layout", method, "--seed", str(seed), *of_class, *again,
    )  # fmt: skip


def _class_id(audit: Audit, name: str | None) -> int | None:
    if name is None:
        return None
    for class_id, known in audit.store.class_names().items():
        if known == name:
            return class_id
    raise AuditError(f"There is no class {name!r} in this audit.")


def _embedded_with(audit: Audit) -> str:
    return fingerprint(audit.embedded_with, METHOD_VERSION)


def _stored(audit: Audit, key: str, basis: str) -> _Stored:
    file = layout_file(audit, key)
    info, table = read_info(file), read_layout(file)
    is_current = table is not None and audit.store.fingerprint(artifact_of(key)) == basis
    return _Stored(info or LayoutInfo(), table, is_current)


def _items(audit: Audit, info: LayoutInfo, method: LayoutMethod) -> _Items:
    """Read the items that a layout shows, of one class with a graph of their own."""
    neighbors = audit.neighbors()
    contents = map_arrays(audit.neighbors_folder, ("contents",))["contents"]
    if info.class_id is not None:
        of_class = audit.store.ids_of_class(info.class_id)
        rows = np.flatnonzero(np.isin(neighbors.ids, np.array(of_class, neighbors.ids.dtype)))
        vectors = some_rows(neighbors.vectors, rows)
        _check_count(len(rows), method, "of this class")
        graph = build_graph(vectors, method.neighbors)
        return _Items(neighbors.ids[rows], contents[rows], LayoutInput(vectors, graph), rows[:0])
    n = len(neighbors.ids)
    _check_count(n, method, "in this audit")
    given = LayoutInput(neighbors.vectors, neighbors.graph)
    suspects = np.empty(0, np.intp)
    if method.most_at_once is not None and n > method.most_at_once:
        row_of = {item_id: row for row, item_id in enumerate(neighbors.ids.tolist())}
        found = [row_of.get(item["id"], -1) for item in audit.store.suspects()]
        suspects = np.array([row for row in found if row >= 0], np.intp)
    return _Items(neighbors.ids, contents, given, suspects)


def _check_count(n: int, method: LayoutMethod, where: str) -> None:
    if n == 0:
        raise AuditError(f"There are no images {where} to lay out.")
    most = method.limit()
    if most is not None and n > most:
        raise AuditError(
            f"{method.title} takes too long beyond {most:,} images, and there are {n:,} {where};"
            " choose another layout, or lay out a single class."
        )


def _brought_up_to_date(
    items: _Items, info: LayoutInfo, stored: _Stored | None, progress: Progress
) -> tuple[LayoutInfo, LayoutTable, LaidOut]:
    """Return the layout with the positions that it had, as far as these may stay."""
    if stored is not None and stored.table is not None:
        old, table = stored.info, stored.table
        if stored.is_current and np.array_equal(table.ids, items.ids):
            # Of an earlier version, which stored the positions alone.
            told = _with_clusters(items, table.xy, info.class_id is not None)
            return info, told, LaidOut(info.key, "unchanged")
        origin = _origin(table, items)
        new = int((origin < 0).sum())
        is_same = old.embedded_with == info.embedded_with and table.clusters is not None
        if is_same and old.placed + new <= MOST_PLACED * len(items.ids):
            info = info._replace(landmarks=old.landmarks, placed=old.placed + new)
            return info, _updated(items, table, origin), LaidOut(info.key, "placed", new)
    info, xy = _laid_out_anew(items, info, progress)
    table = _with_clusters(items, xy, info.class_id is not None)
    return info, table, LaidOut(info.key, "made")


def _origin(table: LayoutTable, items: _Items) -> Rows:
    """Return the row in `table` of every item that has not changed, -1 for the others."""
    if table.contents is None:
        return np.full(len(items.ids), -1, np.intp)
    row = {item_id: number for number, item_id in enumerate(table.ids.tolist())}
    origin = np.array([row.get(item_id, -1) for item_id in items.ids.tolist()], np.intp)
    has_one = origin >= 0
    is_same = table.contents[origin[has_one]] == items.contents[has_one]
    origin[has_one] = np.where(is_same, origin[has_one], -1)
    return origin


def _updated(items: _Items, table: LayoutTable, origin: Rows) -> LayoutTable:
    """Place what is new among what stays, each in the cluster of the nearest that stays."""
    assert table.clusters is not None
    stays = origin >= 0
    xy = np.zeros((len(origin), 2), np.float32)
    xy[stays] = table.xy[origin[stays]]
    clusters = np.zeros(len(origin), np.int32)
    clusters[stays] = table.clusters[origin[stays]]
    if not stays.all():
        xy = place_among(items.given, xy, stays)
        clusters = clusters[nearest_laid_out(items.given, stays)]
    return LayoutTable(items.ids, xy, items.contents, clusters)


def _laid_out_anew(items: _Items, info: LayoutInfo, progress: Progress) -> tuple[LayoutInfo, Plane]:
    method, n = LAYOUTS[info.method], len(items.ids)
    if method.most_at_once is None or n <= method.most_at_once:
        return info, fit_to_square(method.lay_out(items.given, info.seed, progress))
    landmarks = choose_landmarks(n, items.suspects, info.seed, LANDMARKS)
    xy = lay_out_by_landmarks(method, items.given, landmarks, info.seed, progress)
    return info._replace(landmarks=len(landmarks)), fit_to_square(xy)


def _with_clusters(items: _Items, xy: Plane, of_class: bool) -> LayoutTable:
    count = cluster_count(len(items.ids), of_class)
    clusters = find_clusters(items.given.vectors, count)
    return LayoutTable(items.ids, xy, items.contents, clusters)


def fit_to_square(points: NDArray[np.floating]) -> Plane:
    """Return points centered, the larger side from -1 to 1; float32 (n, 2)."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    square: Plane = ((points - (low + high) / 2) / half).astype(np.float32)
    return square


def summary(audit: Audit, laid_out: LaidOut) -> str:
    """Return a sentence that says what has become of a layout."""
    info = read_info(layout_file(audit, laid_out.key))
    assert info is not None
    title = LAYOUTS[info.method].title
    kept = f"{info.kept or 0:.0%} of the nearest neighbors are nearest on the map, too"
    if laid_out.state == "unchanged":
        return f"Nothing has changed since the {title} map was made; {kept}."
    if laid_out.state == "placed":
        return f"{counted(laid_out.placed, 'image')} placed among the others; {kept}."
    if info.landmarks is not None:
        return (
            f"{title} of {counted(info.landmarks, 'image')}, every suspect among them; the others"
            f" are placed beside their nearest; {kept}."
        )
    return f"The {title} map is made; {kept}."
