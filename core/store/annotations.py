"""What several people have said of the same items, from the log."""

from __future__ import annotations

from core.store.connection import Row, StoreBase


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
            " from verdicts v join items on items.id = item_id"
            " join auditors on auditors.id = auditor_id left join classes on classes.id = given_id"
            " where item_id in (select item_id from verdicts where role = 'second')"
            " and verdict != 'undo' and listed"
            " and (v.content_hash is null or v.content_hash = items.content_hash)"
            " order by v.id"
        )

    def shared_words(self) -> list[Row]:
        """Return each person's last word on the items that several words are on, oldest first.

        Returns
        -------
        list of dict
            ``id``, ``item_id``, ``auditor``, ``verdict``, ``choice``, ``role`` and
            ``label``: the final label that follows, class ids as in ``choice``.
        """
        rows = self._query(
            "select w.id, w.item_id, auditors.name as auditor, verdict, choice, role,"
            " case when verdict = 'unsure' then cast(class_id as text)"
            "   when verdict not in ('none', 'bad image') then choice end as label,"
            " count(*) over (partition by w.item_id) as words"
            " from auditor_words w join items on items.id = w.item_id"
            " join labels on labels.item_id = w.item_id"
            " join auditors on auditors.id = auditor_id"
            " where listed and w.item_id in ("
            "   select item_id from verdicts group by item_id"
            "   having count(distinct auditor_id) > 1 or max(role = 'adjudication'))"
            " order by w.id"
        )
        return [row for row in rows if row.pop("words") > 1]

    def auditor_names(self) -> list[str]:
        """Return the names of all auditors, whoever came first first."""
        return [row["name"] for row in self._query("select name from auditors order by id")]
