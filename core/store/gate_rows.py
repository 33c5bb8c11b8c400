"""The labels that a check counts: what is known of each, and by what it is known again."""

from __future__ import annotations

import json
from collections.abc import Iterator

from core.store.connection import Row, StoreBase
from core.store.sql_text import final_labels

UNREAD = """(i.embedded_hash is null or i.id in (select item_id from quarantine))"""


class GateStore(StoreBase):
    """The part of the store that a check of the labels asks."""

    def label_keys(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the id of every labeled item, and what it is known by in a later check.

        That is its content and its label as the input spells it; of what could
        not be read, its path stands for the content.
        """
        rows = self._query(
            "select i.id, coalesce(content_hash, path) as content, spelling from labels"
            " join items i on i.id = labels.item_id join classes c on c.id = input_class_id"
            " where listed"
        )
        for row in rows:
            yield row["id"], (row["content"], row["spelling"])

    def labels_to_check(self) -> list[Row]:
        """Return the labeled items that may be doubtful, the most suspect first.

        Returns
        -------
        list of dict
            ``id``, ``path``, ``given``, ``suggested`` (None unless the label is
            suspect), ``suspicion``, ``verdict`` (that decides, or None), ``labels``
            (those that the item leaves the audit with) and ``is_unread``.
        """
        rows = self._query(
            f"select i.id, i.path, b.given, suggested, suspicion, b.verdict,"
            f" {final_labels('v.choice', 'b.given')} as labels, {UNREAD} as is_unread"
            " from browse b join items i on i.row = b.row"
            " left join current_verdicts v on v.item_id = i.id"
            f" where b.given is not null"
            f" and (suggested is not null or b.verdict is not null or {UNREAD})"
            " order by coalesce(suspicion, -1) desc, i.path"
        )
        return [
            row | {"labels": json.loads(row["labels"] or "[]"), "is_unread": bool(row["is_unread"])}
            for row in rows
        ]
