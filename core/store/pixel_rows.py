"""What was measured of the pixels of a content while it was decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlite_utils.db import Database

from core.findings.pixel_table import PixelMeasures
from core.store.connection import Row, StoreBase

COLUMNS = PixelMeasures._fields

ROWS_AT_ONCE = 20_000


def insert_measures(db: Database, files: Sequence[Row]) -> None:
    """Store the measures, under ``pixels``, of files just read, within a transaction."""
    names = ", ".join(("content_hash", *COLUMNS))
    marks = ", ".join("?" * (1 + len(COLUMNS)))
    db.conn.executemany(
        f"insert or replace into pixels ({names}) values ({marks})",
        [(file["content_hash"], *file["pixels"]) for file in files if file.get("pixels")],
    )


class PixelStore(StoreBase):
    """The part of the store that knows pixels."""

    def measured_count(self) -> int:
        """Return how many contents were measured."""
        return int(self._value("select count(*) from pixels"))

    def embedded_pixels(self) -> Iterator[Row]:
        """Yield size and measures of the items in `ItemStore.embedded_items`, in that order.

        ``width``, ``height`` and the fields of `PixelMeasures`, each None where it is not known:
        of items that are no pictures, and of those that an earlier version has read.
        """
        fields = ", ".join(f"pixels.[{name}]" for name in COLUMNS)
        rows: list[Row] = [{"row": -1}]
        while rows:
            last = rows[-1]["row"]
            rows = self._query(
                f"select items.row, items.width, items.height, {fields} from items"
                " join labels on labels.item_id = items.id"
                " left join pixels on pixels.content_hash = items.content_hash"
                " where listed and embedded_hash is not null and items.row > ?"
                " and items.id not in (select item_id from quarantine) order by items.row limit ?",
                [last, ROWS_AT_ONCE],
            )
            yield from rows
