"""The points of a map, their colors and what is selected, as the browser part reads them."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit
from core.query.tree import Query, Term, Text
from core.store import Row
from core.structure import colorings as coloring_kinds
from core.structure.colorings import Coloring
from core.structure.colorings.agreement_colors import AGREEMENT
from core.structure.colorings.cluster_colors import CLUSTER
from core.structure.colorings.label_colors import GIVEN, SPLIT
from core.structure.layout_files import layout_file
from core.structure.map_points import STEPS, MapPoints, map_points
from core.structure.polygons import points_in_polygon
from core.structure.selections import mask_of_query
from pages.parts.map.color_tones import tones_of
from pages.parts.map.published import Answer, publish

Mask = NDArray[np.bool_]
MOST_KEPT = 48
UNDECIDED = {kind.name for kind in (GIVEN, AGREEMENT, CLUSTER, SPLIT)}
"""Colorings that no verdict changes: they need not be read anew after each."""
MOST_ITEMS = 300
SHOWN = ("id", "path", "content_hash", "given", "suggested", "suspicion", "fields", "box")

T = TypeVar("T")
_lock = threading.Lock()
_kept: OrderedDict[tuple[object, ...], object] = OrderedDict()


class ShownMap(NamedTuple):
    """What a visitor looks at.

    Attributes
    ----------
    audit : Audit
    points : MapPoints
    auditor : str
        For whom; empty for a visitor without a name.
    revision : str
        Of the store, when the page was made.
    """

    audit: Audit
    points: MapPoints
    auditor: str
    revision: str

    @property
    def key(self) -> str:
        """Differs whenever the points do."""
        return self.points.key

    def colors(self, name: str) -> Coloring:
        """Return a coloring of the points."""
        return kept(
            self.colors_key(name),
            lambda: coloring_kinds.coloring(self.audit, name, self.points.ids, self.auditor),
        )

    def colors_key(self, name: str) -> tuple[object, ...]:
        """Return what a coloring depends on, and for whom it is."""
        if name.partition(":")[0] not in UNDECIDED:
            return (self.key, "coloring", name, self.revision, self.auditor)
        store = self.audit.store
        computed = [store.fingerprint(artifact) for artifact in ("evidence", "map")]
        return (self.key, "coloring", name, *computed, store.class_log_id())

    def count(self, query: Query) -> int:
        """Return how many items of the audit meet a query."""
        made_from = (self.key, self.revision, self.auditor, "count", str(query))
        return kept(made_from, lambda: self.audit.store.match_count(query, self.auditor))

    def scope(self, query: Query) -> Mask:
        """Return which points meet a query."""
        made_from = (self.key, self.revision, self.auditor, "scope", str(query))
        return kept(
            made_from, lambda: mask_of_query(self.audit, query, self.points.ids, self.auditor)
        )

    def selected(self, selection: str) -> Mask:
        """Return which points are in a stored selection."""
        query = selection_query(selection)
        # What was stored under that name never changes: it is named after its content.
        made_from = (self.key, "selection", selection)
        return kept(made_from, lambda: mask_of_query(self.audit, query, self.points.ids, None))

    def inside(self, outline: Sequence[Sequence[float]]) -> Mask:
        """Return which points lie in an outline, its places from 0 to 1."""
        return points_in_polygon(self.points.xy, np.asarray(outline, np.float64) * STEPS)

    def remember_selected(self, selection: str, mask: Mask) -> None:
        """Spare `selected` the look into the store."""
        kept((self.key, "selection", selection), lambda: mask)


def shown_map(audit: Audit, layout: str, auditor: str) -> ShownMap:
    """Return the map that a visitor sees.

    Raises
    ------
    AuditError
        When there is no layout of that key, or its file is damaged.
    """
    file = layout_file(audit, layout)
    version = file.stat().st_mtime_ns if file.exists() else 0
    points = kept((audit.opened, layout, version), lambda: map_points(audit, layout))
    return ShownMap(audit, points, auditor, audit.store.revision())


def selection_query(selection: str) -> Term:
    """Return the query for what is in a stored selection."""
    return Term("selection", (Text.of(selection),))


def kept(made_from: tuple[object, ...], make: Callable[[], T]) -> T:
    """Return what `make` has made for the same key before, or does now; the latest are kept."""
    with _lock:
        if made_from in _kept:
            _kept.move_to_end(made_from)
            return _kept[made_from]  # type: ignore[return-value]
    made = make()
    with _lock:
        _kept[made_from] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def addresses(shown: ShownMap, colorings: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return where the browser part fetches points, ids, colors and what is known of items."""
    points = shown.points
    known = (shown.audit.opened, shown.revision)
    return {
        "points": publish(lambda: points.xy.astype("<u2").tobytes(), "points", shown.key),
        "ids": publish(lambda: _id_bytes(points), "ids", shown.key),
        "items": publish(Answer(lambda asked: _items(shown, asked)), "items", shown.key, *known),
        "colorings": [
            {"key": key, "title": title, "address": coloring_address(shown, key)}
            for key, title in colorings
        ],
    }


def coloring_address(shown: ShownMap, key: str) -> str:
    """Return where the bytes of a coloring are."""
    return publish(lambda: coloring_bytes(shown.colors(key)), *shown.colors_key(key))


def mask_address(mask: Mask, *identity: object) -> str:
    """Return where the bits of a mask are, the first point in the lowest."""
    return publish(lambda: np.packbits(mask, bitorder="little").tobytes(), "mask", *identity)


def coloring_bytes(coloring: Coloring) -> bytes:
    """Return a coloring: the length of a text in JSON, the text, a code or a value for each point.

    The length is a little-endian uint32; the text is filled with blanks up to a multiple
    of four bytes. Codes are uint16, values uint8, see `Coloring`.
    """
    about = {
        "key": coloring.key,
        "title": coloring.title,
        "kind": coloring.kind,
        "names": coloring.names,
        "low": coloring.low,
        "high": coloring.high,
        "no_name": coloring.without,
        "tones": tones_of(coloring),
    }
    text = json.dumps(about).encode()
    text += b" " * (-len(text) % 4)
    values = coloring.codes.astype("<u2") if coloring.kind == "categories" else coloring.values
    return len(text).to_bytes(4, "little") + text + values.tobytes()


def _id_bytes(points: MapPoints) -> bytes:
    """Return ids of sixteen hexadecimal digits as little-endian numbers of eight bytes."""
    numbers = np.frombuffer(bytes.fromhex("".join(points.ids.tolist())), ">u8")
    return numbers.astype("<u8").tobytes()


def _items(shown: ShownMap, asked: Mapping[str, str]) -> bytes:
    """Return what is known of the items that are asked for, their verdicts left out."""
    ids = [one for one in asked.get("ids", "").split(",") if one][:MOST_ITEMS]
    found = shown.audit.store.items(ids)
    return json.dumps([_shown_item(item) for item in found.values()]).encode()


def _shown_item(item: Row) -> Row:
    suggested = item["suggested"] if item["is_suspect"] else None
    return {name: item[name] for name in SHOWN} | {"suggested": suggested}
