"""How an audit stands, for whoever lists audits: its suspects, a few pictures, its last rate."""

from __future__ import annotations

from core.store.connection import Row, StoreBase

LEAST_UNITS = 50
"""A step of fewer units says nothing about how fast a machine is."""


class StandingStore(StoreBase):
    """The part of the store that tells how an audit stands."""

    def suspects_reviewed(self) -> int:
        """Return how many suspect labels have a verdict."""
        return int(
            self._value(
                "select count(*) from ranked_scores where is_suspect"
                " and item_id in (select item_id from current_verdicts)"
            )
        )

    def sample_of_images(self, count: int) -> list[Row]:
        """Return id and content hash of some images that were read, the same each time.

        Ids are hashes of paths, so that their order is as good as a random one.
        """
        return self._query(
            "select id, content_hash from items where listed and content_hash not null"
            " and width not null and id not in (select item_id from quarantine)"
            " order by id limit ?",
            [count],
        )

    def compared_rows(self) -> list[Row]:
        """Return what audits of the same images are compared by, the most suspect first.

        Keys: ``id``, ``path``, ``content_hash``, ``given``, ``suggested`` (None
        unless the label is suspect), ``suspicion``, ``verdict`` and ``final``.
        """
        return self._query(
            "select item_id as id, browse.path, content_hash, given, suggested, suspicion, verdict,"
            " final from browse join items on items.id = item_id"
            " order by coalesce(suspicion, -1) desc, item_id"
        )

    def measured_pace(self, step: str) -> Row | None:
        """Return how fast the latest run was that did `step` of the pipeline; None for none.

        Keys: ``rate`` (units of that step a second), ``units`` (how many there
        were) and ``seconds`` (of all other steps).
        """
        rows = self._query(
            "select rate, done as units, (select coalesce(sum(other.seconds), 0) from steps other"
            "   where other.run_id = steps.run_id and other.name != steps.name"
            "   and other.state = 'done') as seconds"
            " from steps where name = ? and state = 'done' and rate > 0 and done >= ?"
            " order by run_id desc limit 1",
            [step, LEAST_UNITS],
        )
        return rows[0] if rows else None
