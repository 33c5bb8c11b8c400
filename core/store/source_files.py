"""What is known of the files of a data set: when it moves, and what of it was not read."""

from __future__ import annotations

from collections.abc import Iterable

from core.store.connection import Row, StoreBase
from core.store.crop_rows import from_json


class SourceFileStore(StoreBase):
    """The part of the store that knows the files of the source."""

    def known_files(self) -> list[Row]:
        """Return id, path, region, content hash and given label of every listed item, by path."""
        return from_json(
            self._query(
                "select items.id, path, region, content_hash, classes.name as given from items"
                " left join labels on item_id = items.id left join classes on classes.id = class_id"
                " where listed order by path"
            )
        )

    def record_times(self, files: Iterable[Row]) -> None:
        """Record ``size`` and ``mtime_ns`` by ``id`` of files that are known under both now."""
        with self.transaction() as db:
            db.conn.executemany(
                "update items set size = :size, mtime_ns = :mtime_ns where id = :id", list(files)
            )

    def unread_files(self) -> list[Row]:
        """Return path, region and ``reason`` of listed items that could not be read as pictures."""
        return from_json(
            self._query(
                "select path, region, coalesce(reason, note) as reason from items"
                " left join quarantine on item_id = id"
                " where listed and coalesce(reason, note) is not null order by path"
            )
        )

    def earlier_columns(self) -> list[str]:
        """Return the columns by which the input, an export of ours, says what was decided."""
        columns: list[str] = self.setting("earlier_columns", [])
        return columns
