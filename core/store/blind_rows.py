"""What an auditor may not see yet, as their blind second review of it is still to come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from core.store.connection import Row, StoreBase, now
from core.store.decisions import (
    AWAITS_SECOND,
    DecisionStore,
    second_review_parameters,
    second_reviews,
)
from core.store.verdict_log import auditor_id_of

REVEALED = """
insert or ignore into unblinded (auditor_id, item_id, verdict_id, content_hash, at)
select :auditor, s.item_id, s.id, items.content_hash, :at
from standing_verdicts s join items on items.id = s.item_id
where s.item_id in (select value from json_each(:ids))
"""


STATE = """
select (select coalesce(max(id), 0) from verdicts) || ' ' ||
  (select coalesce(max(number), 0) from verdict_changes) || ' ' ||
  (select count(*) from unblinded) || ' ' || (select coalesce(max(made), '') from artifacts) || ' '
  || coalesce((select value from settings where key = 'second_share'), '')
"""
"""Changes with whatever makes an item wait for a blind second review, or no longer."""

_remembered: WeakKeyDictionary[StoreBase, dict[str, tuple[str, list[Row]]]] = WeakKeyDictionary()


class BlindStore(DecisionStore):
    """The part of the store that keeps blind second reviews blind."""

    def blind_ids(self, auditor: str | None) -> list[str]:
        """Return all items that wait for a blind second review by `auditor`, in the order of rows.

        Whatever shows or finds decisions for an auditor treats these as not
        reviewed: what others have decided about them is invisible.

        Parameters
        ----------
        auditor : str or None
            Empty for a visitor without a name, who may turn out to be anybody:
            all that wait for anybody. None for the owner of the data, on the
            command line or in a notebook, from whom nothing is hidden.
        """
        return [row["id"] for row in self._blind(auditor)]

    def blind_rows(self, auditor: str | None) -> list[int]:
        """Return the numbers of the rows of `blind_ids`."""
        return [row["row"] for row in self._blind(auditor)]

    def _blind(self, auditor: str | None) -> list[Row]:
        """Return id and row of what is hidden, looked for anew once something was decided."""
        if auditor is None:
            return []
        state = self._value(STATE)
        known_state, rows = _remembered.get(self, {}).get(auditor, (None, []))
        if known_state != state:
            rows = self._query(
                f"select c.item_id as id, items.row from {second_reviews()}{AWAITS_SECOND}"
                " order by items.row",
                second_review_parameters(self, auditor),
            )
            # A new dictionary: threads that read the one before see it whole.
            _remembered[self] = _remembered.get(self, {}) | {auditor: (state, rows)}
        return rows

    def reveal(self, auditor: str, ids: Sequence[str]) -> None:
        """Record that `auditor` has seen what others decided about these items.

        They are no longer offered to them for a blind second review, but to
        others; the record is never changed, and follows the verdicts that were
        seen. Recorded again, the first record stays.
        """
        with self.transaction() as db:
            seen = {"auditor": auditor_id_of(db, auditor), "ids": json.dumps(list(ids))}
            db.execute(REVEALED, seen | {"at": now()})

    def unblinded(self) -> list[Row]:
        """Return who has seen which verdict before a blind second review of their own.

        Keys: ``auditor``, ``item_id``, ``verdict_id`` and ``at``, oldest first.
        """
        return self._query(
            "select name as auditor, item_id, verdict_id, at from unblinded"
            " join auditors on auditors.id = auditor_id order by at, verdict_id"
        )
