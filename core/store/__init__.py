"""The audit's database: the one room that holds SQL, a module a subject."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from core.store.annotations import AgreementStore
from core.store.browse import Page, Sort
from core.store.class_log import ClassStore
from core.store.connection import Row, StoreError, StoreUnavailable, now
from core.store.contents import ContentStore
from core.store.decisions import Trusted
from core.store.export_rows import ExportRow, ExportStore, Snapshot
from core.store.finding_rows import FindingStore
from core.store.gate_rows import GateStore
from core.store.history_rows import HistoryStore
from core.store.items import EmbeddedItem, ItemStore, Shown
from core.store.listing import ListingStore
from core.store.log_merging import MergingStore
from core.store.log_seen import SeenStore
from core.store.log_sending import SendingStore
from core.store.map_rows import MapStore
from core.store.outcome_rows import OutcomeStore
from core.store.pixel_rows import PixelStore
from core.store.places import PlaceStore
from core.store.role_rows import RoleStore
from core.store.source_files import SourceFileStore
from core.store.standing_rows import StandingStore
from core.store.undo import UndoStore
from core.store.verdict_log import Decision, Unchecked, VerdictStore

__all__ = [
    "Decision", "EmbeddedItem", "ExportRow", "Order", "Page", "Row", "Shown", "Snapshot", "Sort",
    "Store", "StoreError", "StoreUnavailable", "Trusted", "Unchecked", "now",
]  # fmt: skip

PRIORITIES_AT_ONCE = 2000
SCORE = ("item_id", "suspicion", "p_given", "suggested_id", "p_suggested", "is_suspect")
REPLACED_SCORE = """
insert into scores (item_id, suspicion, p_given, suggested_id, p_suggested, is_suspect)
values (:item_id, :suspicion, :p_given, :suggested_id, :p_suggested, :is_suspect)
on conflict (item_id) do update set suspicion = excluded.suspicion, p_given = excluded.p_given,
  suggested_id = excluded.suggested_id, p_suggested = excluded.p_suggested,
  is_suspect = excluded.is_suspect, priority = null
"""


class Order(NamedTuple):
    """What the order of the queues was made from.

    Attributes
    ----------
    evidence : str or None
        Fingerprint of the evidence; None when nothing was re-ranked yet.
    log_size : int
        How many rows the queue's log of verdicts had.
    """

    evidence: str | None
    log_size: int


class Store(
    ListingStore,
    ItemStore,
    ClassStore,
    SourceFileStore,
    FindingStore,
    PixelStore,
    ContentStore,
    VerdictStore,
    UndoStore,
    AgreementStore,
    PlaceStore,
    RoleStore,
    HistoryStore,
    SendingStore,
    SeenStore,
    MergingStore,
    GateStore,
    MapStore,
    StandingStore,
    ExportStore,
    OutcomeStore,
):
    """The database of one audit: its settings, its runs, its items, findings and verdicts.

    Parameters
    ----------
    path : Path
        The SQLite file; it is created, or brought up to date, when opened.
    """

    def fingerprint(self, artifact: str) -> str | None:
        """Return the hash of what the computed file `artifact` was made from."""
        value: str | None = self._value(
            "select fingerprint from artifacts where name = ?", [artifact]
        )
        return value

    def set_fingerprint(self, artifact: str, fingerprint: str) -> None:
        """Record what `artifact` was made from."""
        with self.transaction() as db:
            db.table("artifacts").upsert(
                {"name": artifact, "fingerprint": fingerprint, "made": now()}, pk="name"
            )

    def revision(self) -> str:
        """Return a key that changes whenever a verdict, what decides, or a computed file does."""
        return str(
            self._value(
                "select (select coalesce(max(id), 0) from verdicts) || ' ' ||"
                " (select coalesce(max(number), 0) from verdict_changes) || ' ' ||"
                " (select coalesce(max(made), '') from artifacts) || ' ' ||"
                " (select count(*) from quarantine) || ' ' ||"
                " (select coalesce(max(id), 0) from class_log) || ' ' ||"
                " (select count(*) from unblinded) || ' ' ||"
                " coalesce((select value from settings where key = 'second_share'), '')"
            )
        )

    def replace_scores(self, scores: Iterable[Row]) -> None:
        """Replace all scores at once (columns of the table ``scores``); priorities begin anew."""
        rows = [dict.fromkeys(SCORE) | {"is_suspect": False} | row for row in scores]
        with self.transaction() as db:
            # What stays is updated in place, half the work of taking it out and in again.
            db.execute(
                "delete from scores where item_id not in (select value from json_each(?))",
                [json.dumps([row["item_id"] for row in rows])],
            )
            db.conn.executemany(REPLACED_SCORE, rows)

    def priorities(self) -> dict[str, float]:
        """Return by item id what queues are sorted by: the suspicion unless it was changed."""
        rows = self._query("select item_id, coalesce(priority, suspicion) as priority from scores")
        return {row["item_id"]: row["priority"] for row in rows}

    def order(self) -> Order:
        """Return what the priorities were last made from."""
        return Order(*self.setting("order", (None, 0)))

    def set_order(self, evidence: str, log_size: int) -> None:
        """Say what the priorities are made from now; queues read before are out of date."""
        self.set_settings({"order": Order(evidence, log_size)})

    def set_priorities(self, priorities: Mapping[str, float]) -> None:
        """Change the priority of some items; queues are sorted by it.

        It is 0..1, and above 1 for labels of copies that contradict each other or a verdict.

        Done in parts, so that a verdict never waits for more than an instant.
        """
        changed = [(priority, item_id) for item_id, priority in priorities.items()]
        for start in range(0, len(changed), PRIORITIES_AT_ONCE):
            with self.transaction() as db:
                db.conn.executemany(
                    "update scores set priority = ? where item_id = ?",
                    changed[start : start + PRIORITIES_AT_ONCE],
                )

    def start_run(self, pid: int, steps: Sequence[str], command: str = "audit") -> int:
        """Record a run of a long command and its steps; return the run's id."""
        run = {"pid": pid, "state": "running", "started": now(), "command": command}
        with self.transaction() as db:
            run_id = db.table("runs").insert(run, pk="id").last_pk
            db.table("steps").insert_all(
                {
                    "run_id": run_id,
                    "name": name,
                    "position": position,
                    "state": "waiting",
                    "done": 0,
                    "total": 0,
                }
                for position, name in enumerate(steps)
            )
        assert isinstance(run_id, int)
        return run_id

    def update_step(self, run_id: int, name: str, **values: Any) -> None:
        """Update the progress of one step."""
        with self.transaction() as db:
            db.table("steps").update((run_id, name), values)

    def finish_run(self, run_id: int, state: str, message: str | None = None) -> None:
        """Record that a run is ``done`` or ``failed``."""
        with self.transaction() as db:
            db.table("runs").update(run_id, {"state": state, "message": message, "finished": now()})

    def latest_run(self, command: str | None = None) -> Row | None:
        """Return the newest run, of any command or of one, with its ``steps``; or None."""
        runs = self._query(
            "select * from runs where command = coalesce(?, command) order by id desc limit 1",
            [command],
        )
        if not runs:
            return None
        steps = self._query(
            "select * from steps where run_id = ? order by position", [runs[0]["id"]]
        )
        return runs[0] | {"steps": steps}
