"""The audit's database: the one place, with its ``store_`` parts, that holds SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.store_base import Row, StoreError, now
from core.store_items import EmbeddedItem, ItemStore
from core.store_verdicts import VerdictStore

__all__ = ["EmbeddedItem", "Row", "Store", "StoreError", "now"]


class Store(ItemStore, VerdictStore):
    """The database of one audit: its settings, its runs, its items and its verdicts.

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
        """Return a key that changes whenever a verdict or a computed file does."""
        return str(
            self._value(
                "select (select coalesce(max(id), 0) from verdicts) || ' ' ||"
                " (select coalesce(max(made), '') from artifacts) || ' ' ||"
                " (select count(*) from quarantine)"
            )
        )

    def replace_scores(self, scores: Iterable[Row]) -> None:
        """Replace all scores at once (columns of the table ``scores``)."""
        with self.transaction() as db:
            db.execute("delete from scores")
            db.table("scores").insert_all(scores)

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
