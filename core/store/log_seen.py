"""Who has seen verdicts before a blind review of their own: that travels with the log, too.

Without it, an auditor might review blind in one audit what they have seen in
another, and agree with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlite_utils import Database

from core.store.connection import Row, StoreBase
from core.store.log_sending import SESSION

SEEN = f"""
select auditors.name as seen_by, {SESSION.format("v")} as session, v.seq,
  u.content_hash as content, u.at
from unblinded u join verdicts v on v.id = u.verdict_id join auditors on auditors.id = u.auditor_id
where v.id <= ? order by u.at, v.id, seen_by
"""


class LogSeen(NamedTuple):
    """That an auditor has seen a verdict, named by its number, on a content, and when."""

    seen_by: str
    session: str
    seq: int
    content: str | None
    at: str


class SeenStore(StoreBase):
    """The part of the store that tells another audit who has seen what."""

    def seen_to_send(self, last: int) -> list[Row]:
        """Return who has seen which verdicts up to the id `last`; see `LogSeen`."""
        return self._query(SEEN, [last])


def store_seen(
    db: Database,
    seen: Iterable[LogSeen],
    row_of: Callable[[str, int], Row | None],
    auditor: Callable[[str], int],
) -> None:
    """Record what of it is about a verdict that is here; what is known stays as it is."""
    for one in seen:
        verdict = row_of(one.session, one.seq)
        if verdict is not None:
            db.execute(
                "insert or ignore into unblinded (auditor_id, item_id, verdict_id, content_hash,"
                " at) values (?, ?, ?, ?, ?)",
                [auditor(one.seen_by), verdict["place_id"], verdict["id"], one.content, one.at],
            )
