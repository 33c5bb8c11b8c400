"""What was found beside the ranking, in the order to look at it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from core.findings import conflicts, duplicates
from core.store.connection import Row, StoreBase

CONFLICTS, DUPLICATES = conflicts.FINDING.name, duplicates.FINDING.name

CONFLICTS, DUPLICATES = conflicts.FINDING.name, duplicates.FINDING.name


class FindingStore(StoreBase):
    """The part of the store that knows findings."""

    def replace_findings(self, rows: Iterable[Row]) -> None:
        """Replace all findings at once (columns of the table ``findings``)."""
        with self.transaction() as db:
            db.execute("delete from findings")
            db.table("findings").insert_all(rows)

    def finding_counts(self) -> dict[str, Row]:
        """Return by kind ``count``, the ranked items in its findings, and ``reviewed`` of them."""
        rows = self._query(
            "select kind, count(*) as count, count(current_verdicts.id) as reviewed"
            " from findings join ranked on ranked.id = findings.item_id"
            " left join current_verdicts on current_verdicts.item_id = findings.item_id"
            " group by kind"
        )
        return {row.pop("kind"): row for row in rows}

    def finding_ids(self, kind: str) -> list[str]:
        """Return the ranked items in the findings of a kind, a group in a row, the surest first."""
        rows = self._query(
            "select item_id from findings join ranked on ranked.id = item_id"
            " where kind = ? order by position",
            [kind],
        )
        return [row["item_id"] for row in rows]

    def findings(self, kind: str, after: int = -1, limit: int | None = None) -> list[Row]:
        """Return the findings of a kind, a group in a row, the surest first.

        Parameters
        ----------
        kind : str
        after : int
            Only those whose ``position`` is larger: that of the last one seen.
        limit : int or None
            At most so many.

        Returns
        -------
        list of dict
            ``kind``, ``position``, ``group_id``, ``id``, ``path``, ``given``,
            ``split``, ``score``, ``match`` of copies, and ``note``. A match is ``exact``
            (same bytes), ``near`` (the pixels agree) or ``similar`` (only the embeddings do).
        """
        return self._query(
            "select kind, findings.position, group_id, items.id, path, classes.name as given,"
            " items.split, score, findings.note, coalesce(match,"
            "   case exact when 1 then 'exact' when 0 then 'near' end) as match"
            " from findings join items on items.id = findings.item_id"
            " join labels on labels.item_id = items.id left join classes on classes.id = class_id"
            " where kind = ? and findings.position > ? and listed"
            " order by findings.position limit ?",
            [kind, after, -1 if limit is None else limit],
        )

    def finding_notes(self, kind: str, limit: int = 8) -> list[str]:
        """Return what was found in the findings of a kind, where the kind alone does not tell."""
        rows = self._query(
            "select note from findings where kind = ? and note is not null"
            " group by note order by min(position) limit ?",
            [kind, limit],
        )
        return [row["note"] for row in rows]

    def conflicting_copies(self, ids: Sequence[str]) -> dict[str, Row]:
        """Return what copies of an item are labeled instead, by the id of those of `ids`.

        Returns
        -------
        dict of str to dict
            ``labels``: names other than the item's own, sorted; ``exact``: whether one
            of those copies has the same bytes; ``similar``: whether only its embedding
            tells that one is a copy.
        """
        rows = self._query(
            "select mine.item_id, mine.exact, mine.match, (select json_group_array(name) from"
            "   (select distinct name from findings other"
            "     join labels on labels.item_id = other.item_id"
            "     join classes on classes.id = class_id"
            "     where other.kind = mine.kind and other.group_id = mine.group_id"
            "       and class_id is not (select class_id from labels where item_id = mine.item_id)"
            "     order by name)) as labels"
            " from findings mine where mine.kind = :kind"
            " and mine.item_id in (select value from json_each(:ids))",
            {"kind": CONFLICTS, "ids": json.dumps(list(ids))},
        )
        return {
            row["item_id"]: {
                "labels": json.loads(row["labels"]),
                "exact": bool(row["exact"]),
                "similar": row["match"] == "similar",
            }
            for row in rows
            if row["labels"] != "[]"
        }

    def copy_groups(self, ids: Sequence[str]) -> dict[str, str]:
        """Return by id, of those of `ids` that have copies, the group: equal for copies."""
        rows = self._query(
            "select item_id, group_id from findings where kind = ?"
            " and item_id in (select value from json_each(?))",
            [DUPLICATES, json.dumps(list(ids))],
        )
        return {row["item_id"]: row["group_id"] for row in rows}
