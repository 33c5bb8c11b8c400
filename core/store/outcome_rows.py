"""What the review has found: errors by class, by pair, by suspicion and by review effort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.store.connection import Row, StoreBase
from core.store.sql_text import TURN, listed
from core.terms import VERDICTS, Role, Stream

ERRORS = listed(verdict for verdict, term in VERDICTS.items() if term.is_error)
"""The verdicts that say that a given label is wrong, or not right alone."""

CORRECTIONS = listed(verdict for verdict, term in VERDICTS.items() if term.classes == (1, 1))
"""The verdicts that put one class in the place of the given one."""

# An item is reviewed once, when somebody judges it first; what decides by now says whether its
# label was wrong. Checks are drawn at random, and say nothing of how soon the queue finds errors.
DISCOVERED = f"""
with judged as (
  select v.verdict in {ERRORS}
    and v.item_id not in (select item_id from labels where class_id is null) as is_error,
    {TURN.format("first")} as turn, first.at, first.id
  from current_verdicts v join verdicts first on first.id = (
    select id from verdicts one where one.place_id = v.item_id
    order by {TURN.format("one")}, one.at, one.id limit 1)
  where v.stream = '{Stream.QUEUE}' and v.item_id not in (select id from items where listed = 0)),
numbered as (
  select row_number() over reviews as reviewed, sum(is_error) over reviews as errors,
    count(*) over () as total
  from judged window reviews as (order by turn, at, id rows unbounded preceding))
select reviewed, errors from numbered
where reviewed % max(1, total / :points) = 0 or reviewed in (1, total, total - :last)
order by reviewed
"""


class OutcomeStore(StoreBase):
    """The part of the store that counts what the review has found.

    Of everything that was decided, whoever may see it; see
    `core.export.unblinding.check_unblinded`. An image without a label has no label
    error, whatever label it is given.
    """

    def outcome(self) -> Row:
        """Return how many reviewed items have an error and how many leave with another label.

        Keys: ``errors``, ``changed``, ``first`` and ``last`` (when the verdicts that
        decide were given; None for none).
        """
        rows = self._query(
            f"select coalesce(sum(verdict in {ERRORS} and given is not null), 0) as errors,"
            " coalesce(sum(final is not given), 0) as changed,"
            " min(judged) as first, max(judged) as last from browse where judged is not null"
        )
        return rows[0]

    def errors_by_class(self) -> dict[str, int]:
        """Return how many errors were found among the items of each given label that has any."""
        rows = self._query(
            "select given, count(*) as errors from browse where judged is not null"
            f" and verdict in {ERRORS} and given is not null group by given"
        )
        return {row["given"]: row["errors"] for row in rows}

    def corrections(self) -> dict[tuple[str, str], int]:
        """Return how many items of a given label were corrected to which other, most first."""
        rows = self._query(
            "select given, final, count(*) as count from browse where judged is not null"
            f" and verdict in {CORRECTIONS} and given is not null and final is not given"
            " group by given, final order by count desc, given, final"
        )
        return {(row["given"], row["final"]): row["count"] for row in rows}

    def examples(self, given: str, final: str | None = None, *, limit: int) -> list[str]:
        """Return items of a given label that is wrong, the most suspect first.

        Parameters
        ----------
        given : str
        final : str or None
            Only those that were corrected to this label.
        limit : int
            At most so many.
        """
        verdicts = ERRORS if final is None else CORRECTIONS
        rows = self._query(
            "select item_id from browse where given = :given and judged is not null"
            f" and verdict in {verdicts} and (:final is null or final = :final)"
            " order by coalesce(suspicion, -1) desc, row limit :limit",
            {"given": given, "final": final, "limit": limit},
        )
        return [row["item_id"] for row in rows]

    def unreviewed_examples(self, given: str, suggested: str, *, limit: int) -> list[str]:
        """Return suspect items of a pair of labels that nobody has reviewed, likewise."""
        rows = self._query(
            "select item_id from browse where suggested = :suggested and given = :given"
            " and verdict is null order by coalesce(suspicion, -1) desc, row limit :limit",
            {"given": given, "suggested": suggested, "limit": limit},
        )
        return [row["item_id"] for row in rows]

    def discovery(self, points: int, last: int) -> list[Row]:
        """Return how many errors were found after how many reviewed items.

        In the order in which the items were first reviewed; of many, every so many.

        Parameters
        ----------
        points : int
            About so many rows, and no more than twice as many.
        last : int
            One of them is where all but this many were reviewed.

        Returns
        -------
        list of dict
            ``reviewed`` and ``errors``, both of them growing.
        """
        return self._query(DISCOVERED, {"points": points, "last": last})

    def reviewed_by_suspicion(self, edges: Sequence[float]) -> list[Row]:
        """Return how far down the ranking the review went.

        Parameters
        ----------
        edges : sequence of float
            Ascending, between 0 and 1; a suspicion of just an edge is above it.

        Returns
        -------
        list of dict
            ``band`` (how many edges are below), ``images``, ``reviewed`` and ``errors``,
            a row for each band that has an item.
        """
        parameters: dict[str, Any] = {f"e{at}": edge for at, edge in enumerate(edges)}
        band = " + ".join(f"(suspicion >= :{name})" for name in parameters) or "0"
        return self._query(
            f"select {band} as band, count(*) as images, count(verdict) as reviewed,"
            f" coalesce(sum(verdict in {ERRORS}), 0) as errors"
            " from ranked_scores s left join current_verdicts v on v.item_id = s.item_id"
            " group by band order by band",
            parameters,
        )

    def verdicts_by_auditor(self) -> list[Row]:
        """Return ``auditor`` and the verdicts that they gave and did not undo, most first.

        Keys beside: ``verdicts``, and of those ``second_reviews`` and ``adjudications``.
        """
        return self._query(
            "select auditors.name as auditor, count(*) as verdicts,"
            f" sum(role = '{Role.SECOND}') as second_reviews,"
            f" sum(role = '{Role.ADJUDICATION}') as adjudications"
            " from kept_verdicts v join auditors on auditors.id = v.auditor_id"
            " where v.item_id not in (select id from items where listed = 0)"
            " group by auditors.id order by verdicts desc, name"
        )

    def unread_reasons(self, limit: int) -> list[Row]:
        """Return why items could not be read: ``text``, ``count`` and an example's ``path``."""
        return self._query(
            "select reason as text, count(*) as count, min(path) as path from quarantine"
            " join items on items.id = item_id where listed"
            " group by reason order by count desc, reason limit ?",
            [limit],
        )

    def file_notes(self, limit: int) -> list[Row]:
        """Return what is odd about files that could be used, likewise."""
        return self._query(
            "select note as text, count(*) as count, min(path) as path from items"
            " where listed and note is not null group by note order by count desc, note limit ?",
            [limit],
        )
