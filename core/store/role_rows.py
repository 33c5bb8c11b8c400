"""Who may decide about an item in which role."""

from __future__ import annotations

from core.store.connection import StoreBase
from core.terms import Role

OTHERS = """select 1 from annotations a join auditors on auditors.id = a.auditor_id
  where a.item_id = :item and name != :auditor"""

FITS = {
    # Judged by another auditor, and by this one in no other way: else it would not be blind.
    Role.SECOND: f"""exists ({OTHERS}) and not exists (
  select 1 from annotations a join auditors on auditors.id = a.auditor_id
  where a.item_id = :item and name = :auditor and a.role != '{Role.SECOND}')""",
    # Auditors disagree. Whoever has the queue open may be answered late: one of them may have
    # given in meanwhile.
    Role.ADJUDICATION: f"""exists (select 1 from disputed_items where item_id = :item)
  or :open and exists ({OTHERS} and a.role != '{Role.ADJUDICATION}')""",
}


class RoleStore(StoreBase):
    """The part of the store that knows which roles items have to give."""

    def may_take(self, role: str, auditor: str, item_id: str, *, is_open: bool = False) -> bool:
        """Return whether an item asks `auditor` for a verdict in another role than review.

        Parameters
        ----------
        role : str
            Of `core.terms.Role`.
        is_open : bool
            Whether the auditor has the queue of that role open.
        """
        parameters = {"item": item_id, "auditor": auditor, "open": is_open}
        return bool(self._value(f"select {FITS[Role(role)]}", parameters))

    def is_stored(self, session: str, seq: int) -> bool:
        """Return whether an action has been stored already."""
        return bool(
            self._value(
                "select exists (select 1 from verdicts where session = :session and seq = :seq)"
                " or exists (select 1 from verdicts where action = :session || ':' || :seq)",
                {"session": session, "seq": seq},
            )
        )
