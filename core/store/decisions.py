"""What people have decided, read from the log: what decides, who said what, what waits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from core.store.connection import Row, StoreBase
from core.store.derived import REDECIDED, run_each
from core.store.sql_text import IS_UNSURE, UNSURE
from core.store.verdict_log import check_one_of
from core.terms import CLASS_SEPARATOR, RULES, Role, Rule, Stream

SECOND_SHARE = 0.1

ASKS_FOR_SECOND = f"from standing_verdicts f where {IS_UNSURE} and f.role != '{Role.SECOND}'"
"""The verdicts of a first review after which an item gets a second one."""

AWAITS_SECOND = f""" and not exists (
    select 1 from annotations a join auditors on auditors.id = a.auditor_id
    where a.item_id = c.item_id and name = :auditor and a.role = '{Role.SECOND}')"""
"""Of the second reviews of an auditor, those that are still to come."""


class Trusted(NamedTuple):
    """What people say of an item's label, as far as they are sure.

    Attributes
    ----------
    given : str or None
        The label that was judged.
    labels : tuple of str
        The labels that fit: the one kept, the new one, or each of an
        ambiguous item; none where the label was ruled out and no other named.
    """

    given: str | None
    labels: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        """Whether the given label is not among those that fit."""
        return self.given not in self.labels


class Outdated(NamedTuple):
    """A verdict that says nothing of what an item is now.

    Attributes
    ----------
    verdict : str
    given : str or None
        The label that was judged.
    changed : str
        What has changed since: the ``image`` or, under a verdict that
        confirmed it, the ``label``.
    """

    verdict: str
    given: str | None
    changed: str


class Change(NamedTuple):
    """That another verdict decides an item, or none any more.

    Attributes
    ----------
    number : int
        Grows with every change, whoever makes it.
    item_id : str
    verdict : str or None
        What decides now.
    verdict_id : int
        The log's id of it; 0 for none.
    """

    number: int
    item_id: str
    verdict: str | None
    verdict_id: int


class DecisionStore(StoreBase):
    """The part of the store that reads decisions."""

    def auditors(self) -> list[str]:
        """Return the names of all auditors, the latest to decide first."""
        rows = self._query(
            "select name from auditors left join verdicts on auditor_id = auditors.id"
            " group by auditors.id order by max(verdicts.id) desc, name"
        )
        return [row["name"] for row in rows]

    def log_id(self) -> int:
        """Return the id of the newest row of the log; 0 when it is empty."""
        return int(self._value("select coalesce(max(id), 0) from verdicts"))

    def final_rule(self) -> str:
        """Return the rule by which one verdict decides where people have given several."""
        return str(self.setting("final_rule", next(iter(RULES))))

    def set_final_rule(self, rule: str) -> None:
        """Choose the rule, of `core.terms.Rule`, and let it decide every item anew."""
        check_one_of("rule", rule, Rule)
        with self.transaction() as db:
            db.table("settings").upsert({"key": "final_rule", "value": json.dumps(rule)}, pk="key")
            run_each(db, REDECIDED)

    def current_verdicts(self) -> dict[str, Row]:
        """Return the verdict that decides, by item id.

        Keys: ``id``, ``item_id``, ``verdict``, ``labels``, ``given`` (the label
        at the time), ``auditor``, ``at`` and ``role``.
        """
        rows = self._query(
            "select v.id, v.item_id, verdict, auditors.name as auditor, at, role,"
            " (select name from classes where classes.id = v.given_id) as given, labels"
            " from current_verdicts v join auditors on auditors.id = auditor_id"
            " left join verdict_labels on verdict_id = v.id order by v.id"
        )
        return {row["item_id"]: _with_labels(row) for row in rows}

    def log(self) -> list[Row]:
        """Return every row of the log, undos included, oldest first.

        Returns
        -------
        list of dict
            ``id``, ``item_id``, ``path``, ``given`` (the label at the time),
            ``verdict``, ``labels``, ``auditor``, ``at``, ``stream``, ``role``,
            and ``undoes`` and ``redoes``: the row that it takes back, or gives
            again.
        """
        rows = self._query(
            "select v.id, item_id, path, classes.name as given, verdict, labels,"
            " auditors.name as auditor, at, stream, role, undoes, redoes"
            " from verdicts v join items on items.id = item_id"
            " join auditors on auditors.id = auditor_id"
            " left join classes on classes.id = given_id"
            " left join verdict_labels on verdict_id = v.id order by v.id"
        )
        return [_with_labels(row) for row in rows]

    def annotations(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return the last verdict of each auditor on an item, oldest first, by item id.

        Keys of each: ``id``, ``auditor``, ``verdict``, ``labels``, ``at``, ``role``.
        """
        rows = self._query(
            "select v.id, item_id, auditors.name as auditor, verdict, at, role, labels"
            " from annotations v join auditors on auditors.id = auditor_id"
            " left join verdict_labels on verdict_id = v.id"
            " where item_id in (select value from json_each(?)) order by turn, at, v.id",
            [json.dumps(list(ids))],
        )
        annotations: dict[str, list[Row]] = {}
        for row in rows:
            annotations.setdefault(row.pop("item_id"), []).append(_with_labels(row))
        return annotations

    def own_verdicts(self, auditor: str, role: str) -> dict[str, str]:
        """Return the last verdicts of an auditor in a role, by item id."""
        rows = self._query(
            "select item_id, verdict from annotations"
            " join auditors on auditors.id = auditor_id where name = ? and role = ?",
            [auditor, role],
        )
        return {row["item_id"]: row["verdict"] for row in rows}

    def trusted_labels(self) -> dict[str, Trusted]:
        """Return what the queue's standing verdicts say of labels, by item id.

        What the check sample has found must not move the queue, or it would
        no longer measure what the queue has left: its verdicts never appear
        here. Items on which the queue's last verdict is unsure, or on which
        others have decided otherwise in the queue, are left out.
        """
        names = {str(row["id"]): row["name"] for row in self._query("select * from classes")}
        rows = self._query(
            "select item_id, given.name as given, choice"
            " from agreed_by_stream v left join classes given on given.id = v.given_id"
            f" where stream = ? and verdict not in {UNSURE} order by item_id",
            [Stream.QUEUE],
        )
        return {
            row["item_id"]: Trusted(
                row["given"],
                tuple(names[one] for one in row["choice"].split(CLASS_SEPARATOR) if one in names),
            )
            for row in rows
        }

    def queue_log_size(self) -> int:
        """Return how many rows of the log, undos included, belong to the queue."""
        return int(self._value("select count(*) from verdicts where stream = ?", [Stream.QUEUE]))

    def judged_ids(self, since: int = 0) -> dict[str, str]:
        """Return the verdict by item id of every item that has one, of a row after `since`."""
        rows = self._query(
            "select item_id, verdict from current_verdicts where id > ? order by id", [since]
        )
        return {row["item_id"]: row["verdict"] for row in rows}

    def latest_change(self) -> int:
        """Return the number of the latest change of a verdict that decides; 0 for none."""
        return int(self._value("select coalesce(max(number), 0) from verdict_changes"))

    def changed_verdicts(self, after: int = 0) -> list[Change]:
        """Return the items of which another verdict decides since the change numbered `after`.

        Each item comes once, with what decides now, in the order of the numbers.
        """
        rows = self._query(
            "select number, c.item_id, verdict, coalesce(v.id, 0) as verdict_id"
            " from verdict_changes c left join current_verdicts v on v.item_id = c.item_id"
            " where number > ? order by number",
            [after],
        )
        return [Change(**row) for row in rows]

    def outdated_verdicts(self, ids: Sequence[str]) -> dict[str, Outdated]:
        """Return the last verdict by item id on those of `ids` that have changed since."""
        rows = self._query(
            "select v.item_id, verdict, given.name as given,"
            " v.content_hash is not null and v.content_hash is not items.content_hash as is_image"
            " from outdated_verdicts v join items on items.id = v.item_id"
            " left join classes given on given.id = v.given_id"
            " where v.item_id in (select value from json_each(?))",
            [json.dumps(ids)],
        )
        return {
            row["item_id"]: Outdated(
                row["verdict"], row["given"], "image" if row["is_image"] else "label"
            )
            for row in rows
        }

    def recent_items(self, auditor: str, limit: int = 50) -> list[str]:
        """Return the items that `auditor` judged here and did not undo, newest first."""
        rows = self._query(
            "select v.item_id from kept_verdicts v join auditors on auditors.id = auditor_id"
            " where auditors.name = ? and import_id is null"
            " order by v.id desc limit ?",
            [auditor, limit],
        )
        return [row["item_id"] for row in rows]

    def undone_items(self, auditor: str, limit: int = 50) -> list[str]:
        """Return the items whose verdict `auditor` took back since they last decided, newest first.

        The first of them is what a redo gives again.
        """
        rows = self._query(
            "select item_id from redoable_undos where auditor_id ="
            " (select id from auditors where name = ?) order by id desc limit ?",
            [auditor, limit],
        )
        return [row["item_id"] for row in rows]

    def latest_action(self, auditor: str) -> Row | None:
        """Return the auditor's latest action here that still stands; None when there is none.

        Keys: ``action``, ``count`` (verdicts that still stand), ``verdict``
        (of the last of them) and ``at``.
        """
        rows = self._query(
            "select action, count(*) as count, verdict, max(at) as at from kept_verdicts"
            " where action = (select action from kept_verdicts v"
            "   join auditors on auditors.id = auditor_id where auditors.name = ?"
            "   and action is not null and import_id is null order by v.id desc limit 1)"
            " group by action",
            [auditor],
        )
        return rows[0] if rows else None

    def verdict_counts(self, without: Sequence[str] = ()) -> dict[str, int]:
        """Return how many items have each verdict now; those of `without` are not counted."""
        rows = self._query(
            "select verdict, count(*) as count from current_verdicts"
            " join items on items.id = item_id where listed"
            " and item_id not in (select value from json_each(?)) group by verdict",
            [json.dumps(list(without))],
        )
        return {row["verdict"]: row["count"] for row in rows}

    def unsure_ids(self) -> list[str]:
        """Return the items of which somebody was unsure, decided since or not, oldest first."""
        rows = self._query(
            "select item_id from standing_verdicts v join items on items.id = item_id"
            f" where {IS_UNSURE} and listed group by item_id order by min(v.id)"
        )
        return [row["item_id"] for row in rows]

    def second_share(self) -> float:
        """Return the share of judged items that get a blind second look, 0..1."""
        return float(self.setting("second_share", SECOND_SHARE))

    def set_second_share(self, share: float) -> None:
        """Choose the share, 0..1, of judged items that get a blind second look."""
        self.set_settings({"second_share": min(max(float(share), 0.0), 1.0)})

    def second_review_ids(self, auditor: str) -> list[str]:
        """Return the items for a blind second review by `auditor`, the first judged first.

        Those drawn for it, and all of which somebody was unsure in a first
        review: judged by somebody else and, a second time, by nobody or by
        `auditor`. An item is drawn when its id, a hash of its path, is among
        the lowest.
        """
        rows = self._query(
            f"select c.item_id from {second_reviews()}"
            " order by (select min(id) from standing_verdicts f where f.item_id = c.item_id)",
            second_review_parameters(self, auditor),
        )
        return [row["item_id"] for row in rows]

    def awaits_second(self, auditor: str, ids: Sequence[str]) -> set[str]:
        """Return those of `ids` that still wait for a blind second review by `auditor`.

        What somebody else has decided about them is not for their eyes yet.
        """
        # Of a few items, each is looked up; all that anybody was unsure of are far more.
        reviews = second_reviews(f"exists (select 1 {ASKS_FOR_SECOND} and f.item_id = c.item_id)")
        rows = self._query(
            f"select c.item_id from {reviews}"
            f" and c.item_id in (select value from json_each(:ids)){AWAITS_SECOND}",
            second_review_parameters(self, auditor) | {"ids": json.dumps(list(ids))},
        )
        return {row["item_id"] for row in rows}

    def disputed_ids(self) -> list[str]:
        """Return the items on which people disagree, adjudicated or not, oldest first."""
        rows = self._query(
            "select item_id from disputed_items join items on items.id = item_id"
            " where listed order by first_id"
        )
        return [row["item_id"] for row in rows]

    def adjudications(self) -> dict[str, str]:
        """Return the verdict that ended a disagreement, by item id."""
        rows = self._query(
            f"select item_id, verdict from annotations where role = '{Role.ADJUDICATION}'"
            " and item_id in (select item_id from disputed_items) order by turn, at, id"
        )
        return {row["item_id"]: row["verdict"] for row in rows}


def second_review_parameters(store: DecisionStore, auditor: str) -> Row:
    """Return the parameters of `second_reviews`."""
    return {"below": _lowest_ids(store.second_share()), "auditor": auditor}


def second_reviews(asked: str = f"c.item_id in (select item_id {ASKS_FOR_SECOND})") -> str:
    """Return what `:auditor` is to review blind, or has: a second time by nobody else.

    Nor what they have seen the others' verdicts on, see `core.store.blind_rows`.

    Parameters
    ----------
    asked : str
        The condition that an item gets a second review though it was not drawn.
    """
    return f"""current_verdicts c join items on items.id = c.item_id
where listed and (c.item_id < :below or {asked})
  and not exists (
    select 1 from annotations a join auditors on auditors.id = a.auditor_id
    where a.item_id = c.item_id and (name = :auditor) != (a.role = '{Role.SECOND}'))
  and not exists (
    select 1 from unblinded u join auditors on auditors.id = u.auditor_id
    where name = :auditor and u.item_id = c.item_id and u.content_hash is items.content_hash)
  and not exists (
    select 1 from standing_verdicts s join unblinded u on u.verdict_id = s.id
    join auditors on auditors.id = u.auditor_id
    where s.item_id = c.item_id and name = :auditor)"""


def _lowest_ids(share: float) -> str:
    """Return the text below which that share of all ids lies."""
    return "g" if share >= 1 else f"{int(share * 16**16):016x}"


def _with_labels(row: Row) -> Row:
    return row | {"labels": json.loads(row["labels"] or "[]")}
