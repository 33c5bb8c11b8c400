"""What several auditors have decided about the same items, from the log."""

from __future__ import annotations

from core.store.connection import Row, StoreBase
from core.store.sql_text import final_labels
from core.terms import Role, Rule

SHARED = f"""select place_id from verdicts group by place_id
  having count(distinct auditor_id) > 1 or max(role = '{Role.ADJUDICATION}')"""
"""The items on which there may be several annotations."""

SHARED_ANNOTATIONS = f"""
select a.id, a.item_id, auditors.name as auditor, verdict, choice, role,
  a.id in (select id from current_verdicts) as decides,
  count(*) over (partition by a.item_id) as annotations
from annotations a join items on items.id = a.item_id
join auditors on auditors.id = auditor_id
where listed and a.item_id in ({SHARED}) order by a.id
"""


class AgreementStore(StoreBase):
    """The part of the store that knows where people have judged the same."""

    def second_log(self) -> list[Row]:
        """Return the log of the items that somebody has looked at blind, oldest row first.

        Without undos, and of what each item is now: verdicts on a picture that
        it had before are left out.

        Returns
        -------
        list of dict
            ``id``, ``item_id``, ``auditor``, ``verdict``, ``choice``, ``role``,
            ``given`` (the label that was judged) and ``stands``: whether it was
            not undone.
        """
        return self._query(
            "select v.id, item_id, auditors.name as auditor, verdict, choice, role,"
            " classes.name as given,"
            " not exists (select 1 from verdicts u where u.undoes = v.id) as stands"
            " from logged_verdicts v join items on items.id = item_id"
            " join auditors on auditors.id = auditor_id left join classes on classes.id = given_id"
            f" where item_id in (select place_id from verdicts where role = '{Role.SECOND}')"
            " and listed"
            " and (v.content_hash is null or v.content_hash = items.content_hash)"
            " order by v.id"
        )

    def shared_annotations(self) -> list[Row]:
        """Return each auditor's last verdict on the items that have several, oldest first.

        Returns
        -------
        list of dict
            ``id``, ``item_id``, ``auditor``, ``verdict``, ``choice``, ``role``
            and ``decides``: whether it is the one that decides.
        """
        rows = self._query(SHARED_ANNOTATIONS)
        return [row for row in rows if row.pop("annotations") > 1]

    def changes_by_rule(self) -> dict[str, int]:
        """Return by rule how many final labels it would change."""
        rows = self._query(
            "select rule, sum(labels is not now) as changes from ("
            f"   select rule, {final_labels('a.choice', 'b.given')} as labels,"
            f"     {final_labels('c.choice', 'b.given')} as now"
            "   from deciding_by_rule a join browse b on b.item_id = a.item_id"
            "   left join current_verdicts c on c.item_id = a.item_id"
            f"  where a.item_id in ({SHARED})) group by rule"
        )
        return dict.fromkeys(map(str, Rule), 0) | {row["rule"]: row["changes"] for row in rows}

    def auditor_names(self) -> list[str]:
        """Return the names of all auditors, whoever came first first."""
        return [row["name"] for row in self._query("select name from auditors order by id")]
