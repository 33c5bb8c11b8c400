"""What came in, and what people look at: items, labels, classes, suspects."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from core.store.connection import Row, StoreBase, now
from core.store.crop_rows import as_json, from_json
from core.store.pixel_rows import insert_measures
from core.store.sql_text import final_labels

FOUND = ("size", "mtime_ns", "content_hash", "format", "width", "height", "note", "box")
"""What is recorded of a file."""


class EmbeddedItem(NamedTuple):
    """An item whose embedding lies in ``embeddings.npy`` at `row`."""

    id: str
    row: int
    class_id: int | None
    content_hash: str
    split: str | None = None


class Shown(NamedTuple):
    """What a verdict is about: the content and the given label that are on screen."""

    content_hash: str | None
    given: str | None


class ItemStore(StoreBase):
    """The part of the store that knows items."""

    def listed_files(self) -> list[Row]:
        """Return path, region, size, times and hashes of every listed item, in row order."""
        return from_json(
            self._query(
                "select id, row, path, region, size, mtime_ns, embedded_hash,"
                " id in (select item_id from quarantine) as quarantined"
                " from items where listed order by row"
            )
        )

    def wanted_rows(self) -> list[Row]:
        """Return id, path and row of every listed item, in the input's order."""
        return self._query(
            "select id, path, row from items join labels on item_id = id"
            " where listed order by position"
        )

    def input_rows(self) -> list[Row]:
        """Return the items in the input's order, with the labels that they leave the audit with.

        Keys: ``id``, ``path``, ``content_hash``, ``given``, ``final`` (names
        joined), ``labels`` (the names), ``fields`` (the input's row).
        """
        rows = self._query(
            "select items.id, items.path, items.content_hash, given, final, fields,"
            f" {final_labels('v.choice', 'given')} as labels"
            " from items join labels on labels.item_id = items.id"
            " join browse on browse.row = items.row"
            " left join current_verdicts v on v.item_id = items.id order by position"
        )
        return [
            row | {"fields": json.loads(row["fields"]), "labels": json.loads(row["labels"] or "[]")}
            for row in rows
        ]

    def embedded_rows(self, without: Collection[str] = ()) -> dict[str, int]:
        """Return the row of an embedding by the hash of the content it was made from.

        Parameters
        ----------
        without : collection of str
            Items whose rows do not count.
        """
        rows = self._query("select id, embedded_hash, row from items where embedded_hash not null")
        return {row["embedded_hash"]: row["row"] for row in rows if row["id"] not in without}

    def row_count(self) -> int:
        """Return the number of rows that ``embeddings.npy`` must have."""
        return int(self._value("select coalesce(max(row) + 1, 0) from items"))

    def record_files(self, files: Sequence[Row], failures: dict[str, str]) -> None:
        """Record what was found in files just read.

        Parameters
        ----------
        files : sequence of dict
            ``id`` and, as far as they are known, ``size``, ``mtime_ns``,
            ``content_hash``, ``format``, ``width``, ``height``, ``note`` and
            ``box`` (of a crop, see `core.ingest.images.Picture`) of the items
            that have an embedding now; ``pixels``, the `PixelMeasures` of its picture.
        failures : dict of str to str
            Reason by item id, for those that go into quarantine.
        """
        with self.transaction() as db:
            db.conn.executemany(
                "update items set size = :size, mtime_ns = :mtime_ns,"
                " content_hash = coalesce(:content_hash, content_hash),"
                " embedded_hash = coalesce(:content_hash, ''),"
                " format = :format, width = :width, height = :height, note = :note, box = :box"
                " where id = :id",
                [dict.fromkeys(FOUND) | file | {"box": as_json(file.get("box"))} for file in files],
            )
            insert_measures(db, files)
            db.conn.executemany(
                "delete from quarantine where item_id = ?", [(file["id"],) for file in files]
            )
            db.conn.executemany(
                "insert into quarantine (item_id, reason, since) values (?, ?, ?)"
                " on conflict (item_id) do update set reason = excluded.reason",
                [(item_id, reason, now()) for item_id, reason in failures.items()],
            )

    def forget_embeddings(self, ids: Sequence[str] | None = None) -> None:
        """Mark items as not embedded; all of them, or those with these `ids`."""
        with self.transaction() as db:
            if ids is None:
                db.execute("update items set embedded_hash = null")
            elif ids:
                db.conn.executemany(
                    "update items set embedded_hash = null where id = ?", [(i,) for i in ids]
                )

    def embedded_items(self) -> list[EmbeddedItem]:
        """Return the listed items that have an embedding, in row order."""
        rows = self._query(
            "select items.id, items.row, class_id, content_hash, split from items"
            " join labels on labels.item_id = items.id"
            " where listed and embedded_hash is not null"
            " and items.id not in (select item_id from quarantine) order by items.row"
        )
        return [EmbeddedItem(**row) for row in rows]

    def file_of(self, item_id: str) -> Row | None:
        """Return path, region, hash and format of one item, or None."""
        rows = from_json(
            self._query(
                "select path, region, content_hash, format from items where id = ?", [item_id]
            )
        )
        return rows[0] if rows else None

    def shown(self, ids: Sequence[str]) -> dict[str, Shown]:
        """Return what each of these items holds and is labeled now, by id."""
        rows = self._query(
            "select items.id, content_hash, name as given from items"
            " left join labels on item_id = items.id left join classes on classes.id = class_id"
            " where items.id in (select value from json_each(?))",
            [json.dumps(list(ids))],
        )
        return {row["id"]: Shown(row["content_hash"], row["given"]) for row in rows}

    def input_columns(self) -> list[str]:
        """Return the columns of the input, in their order."""
        columns: list[str] = self.setting("columns", ["path", "label"])
        return columns

    def quarantined(self) -> list[Row]:
        """Return id, path, region and reason of every quarantined item."""
        return from_json(
            self._query(
                "select items.id, path, region, reason, since from quarantine"
                " join items on items.id = item_id where listed order by path"
            )
        )

    def notes(self) -> list[Row]:
        """Return id, path and note of the items whose file is odd but could be used."""
        return self._query(
            "select id, path, note from items where listed and note is not null order by path"
        )

    def has_crops(self) -> bool:
        """Tell whether any listed item is a region of a file."""
        return bool(self._query("select 1 from items where listed and region is not null limit 1"))

    def counts(self) -> dict[str, int]:
        """Return how much of everything there is.

        Keys: ``items``, ``classes``, ``unlabeled``, ``quarantined``,
        ``ranked``, ``suspects``,
        ``reviewed``, ``outdated`` (reviewed before the image or label changed).
        """
        rows = self._query(
            "select (select count(*) from items where listed) as items,"
            " (select count(distinct class_id) from labels) as classes,"
            " (select count(*) from labels where class_id is null) as unlabeled,"
            " (select count(*) from quarantine join items on items.id = item_id where listed)"
            "   as quarantined,"
            " (select count(*) from ranked_scores) as ranked,"
            " (select count(*) from ranked_scores where is_suspect) as suspects,"
            " (select count(*) from current_verdicts"
            "   where item_id not in (select id from items where listed = 0)) as reviewed,"
            # What is outdated was judged, and nothing decides it now: few are looked at closely.
            " (select count(*) from (select place_id as judged from verdicts"
            "     except select item_id from current_verdicts)"
            "   cross join outdated_verdicts on item_id = judged"
            "   where judged not in (select id from items where listed = 0)) as outdated"
        )
        return rows[0]

    def ranking(self, limit: int | None = None) -> list[Row]:
        """Return id, path, given, suggested, suspicion, in the order of their priority."""
        return self._query(
            "select id, path, given, suggested, suspicion from ranked"
            " order by priority desc, id limit ?",
            [-1 if limit is None else limit],
        )

    def suspects(self, limit: int | None = None) -> list[Row]:
        """Return the suspect labels in the order of their priority.

        Parameters
        ----------
        limit : int or None
            At most so many.

        Returns
        -------
        list of dict
            ``id``, ``path``, ``given``, ``suggested``, ``suspicion``,
            ``p_given`` and ``p_suggested``.
        """
        return self._query(
            "select id, path, given, suggested, suspicion, p_given, p_suggested from ranked"
            " where is_suspect order by priority desc, id limit ?",
            [-1 if limit is None else limit],
        )

    def scored_items(self) -> list[Row]:
        """Return id, given, suggested, suspicion, p_given and content_hash of ranked items.

        The hash is there where another item has the same, None elsewhere: of a million
        items few are copies.
        """
        return self._query(
            "select ranked.id, given, suggested, suspicion, p_given,"
            " case when content_hash in (select content_hash from items"
            "   where content_hash is not null group by content_hash having count(*) > 1)"
            " then content_hash end as content_hash"
            " from ranked join items on items.id = ranked.id"
        )

    def queue_ids(
        self,
        *,
        given: str | None = None,
        suggested: str | None = None,
        selection: str | None = None,
        outdated: bool = False,
        suspects_only: bool = False,
    ) -> list[str]:
        """Return the ids of ranked items that fit, in the order of their priority.

        With `outdated`, only those that have changed since their last verdict
        and were not judged again. With `suspects_only`, only suspects, and labels of
        copies that contradict each other or a verdict: those have a priority above 1.
        """
        rows = self._query(
            "select item_id as id from ranked_scores"
            " where (:given is null or item_id in (select item_id from labels"
            "   join classes on classes.id = class_id where name = :given))"
            " and (:suggested is null or suggested_id ="
            "   (select id from classes where name = :suggested))"
            " and (:selection is null or item_id in"
            "   (select item_id from selection_items where selection_id = :selection))"
            " and (not :outdated or item_id in (select item_id from outdated_verdicts))"
            " and (not :suspects_only or is_suspect or priority > 1)"
            " order by priority desc, item_id",
            {
                "given": given,
                "suggested": suggested,
                "selection": selection,
                "outdated": outdated,
                "suspects_only": suspects_only,
            },
        )
        return [row["id"] for row in rows]

    def items(self, ids: Sequence[str]) -> dict[str, Row]:
        """Return what a card shows, by id: path, hash, labels, probabilities, verdict.

        ``is_suspect`` is whether the evidence sides with the suggested label against the
        given one;
        ``box`` is where a crop lies in the picture (None for others), see
        `core.ingest.images.Picture`;
        ``fields`` are the input's columns of an item that is no picture, else None;
        ``labels`` and ``auditor`` are those of the verdict that decides.
        """
        rows = self._query(
            "select items.id, path, row, items.content_hash, format, width, height, note, box,"
            " case when format is null then fields end as fields, given.name as given,"
            " suggested.name as suggested, suspicion, p_given, p_suggested,"
            " coalesce(is_suspect, 0) as is_suspect,"
            " current_verdicts.verdict as verdict, auditors.name as auditor,"
            " (select labels from verdict_labels where verdict_id = current_verdicts.id) as labels"
            " from items join labels on labels.item_id = items.id"
            " left join classes given on given.id = labels.class_id"
            " left join scores on scores.item_id = items.id"
            " left join classes suggested on suggested.id = suggested_id"
            " left join current_verdicts on current_verdicts.item_id = items.id"
            " left join auditors on auditors.id = current_verdicts.auditor_id"
            " where items.id in (select value from json_each(?))",
            [json.dumps(list(ids))],
        )
        return {
            row["id"]: row
            | {
                "fields": json.loads(row["fields"] or "null"),
                "labels": json.loads(row["labels"] or "[]"),
                "is_suspect": bool(row["is_suspect"]),
            }
            for row in from_json(rows, "box")
        }

    def suspicion_histogram(self, bins: int = 40) -> list[Row]:
        """Return ``bin`` (0-based), ``suspects`` and ``others`` counts over 0..1."""
        return self._query(
            "select min(cast(suspicion * :bins as integer), :bins - 1) as bin,"
            " sum(is_suspect) as suspects,"
            " sum(not is_suspect) as others from ranked_scores group by bin order by bin",
            {"bins": bins},
        )

    def confusions(self) -> list[Row]:
        """Return ``given``, ``suggested``, ``count``, ``reviewed`` of the suspects."""
        return self._query(
            # Cross joins keep to this order: over the scores once, the names for what is left.
            "select given.name as given, suggested.name as suggested, count, reviewed from ("
            "   select class_id, suggested_id, count(*) as count,"
            "   sum(s.item_id in (select item_id from current_verdicts)) as reviewed"
            "   from ranked_scores s cross join labels on labels.item_id = s.item_id"
            "   where is_suspect group by class_id, suggested_id)"
            " cross join classes given on given.id = class_id"
            " cross join classes suggested on suggested.id = suggested_id"
            " order by count desc, given, suggested"
        )

    def class_summary(self) -> list[Row]:
        """Return per given class: ``items``, ``suspects`` and ``reviewed``."""
        return self._query(
            "select name as given, items, suspects, reviewed from ("
            "   select class_id, count(*) as items, sum(is_suspect) as suspects,"
            "   sum(s.item_id in (select item_id from current_verdicts)) as reviewed"
            "   from ranked_scores s cross join labels on labels.item_id = s.item_id"
            "   group by class_id)"
            " cross join classes on classes.id = class_id order by suspects desc, given"
        )
