"""Who sends what is to be stored: the server says so, whatever the browser claims.

An action names its auditor and its role, since it may arrive long after it was
made: after a reload, a lost connection, or when somebody else has sat down at the
same browser. What it names is checked here, before anything is stored.

Where people log in, an action is stored as theirs or not at all. Where names are
typed, there is nothing to check a name against: what Ana has left in a browser is
stored as Ana's, also after Ben has signed in there, and never as Ben's.
"""

from __future__ import annotations

from typing import NamedTuple

from core.store import Store, StoreError
from core.terms import ROLES, Role

MOST_SHOWN = 60
"""Characters of a name that comes from a browser, in a sentence."""


def check_same(named: str, auditor: str) -> str:
    """Return the name that an action or an order comes with, which must be the auditor's.

    Raises
    ------
    StoreError
        When it is somebody else's.
    """
    if named != auditor:
        raise StoreError(
            f"This was done as {named[:MOST_SHOWN]!r}, and you are {auditor[:MOST_SHOWN]!r};"
            " nothing was stored."
        )
    return named


class Sender(NamedTuple):
    """The auditor at the other end of a connection, as the server knows them.

    Attributes
    ----------
    auditor : str
    role : str
        Of the queue that is open.
    is_logged_in : bool
        Whether a login vouches for the name; else it was typed.
    """

    auditor: str
    role: str = Role.REVIEW
    is_logged_in: bool = False

    def check_author(self, named: str) -> str:
        """Return whose action it is that names this auditor.

        Raises
        ------
        StoreError
            When somebody else is logged in.
        """
        return check_same(named, self.auditor) if self.is_logged_in else named

    def check_role(self, store: Store, role: str, item_id: str, auditor: str) -> str:
        """Return the role of an action on an item, which must be the auditor's to take.

        The ordinary role is everybody's. Another one is where the item is in the
        queue of that role, whichever queue is open: an action may arrive after
        another one was opened.

        Raises
        ------
        StoreError
            When the item does not ask this auditor for that.
        """
        known = [str(one) for one in ROLES]
        if role not in known:
            raise StoreError(f"There is no role {role!r}; there are {', '.join(known)}.")
        if role != Role.REVIEW and not store.may_take(
            role, auditor, item_id, is_open=role == self.role
        ):
            raise StoreError(
                f"This image does not wait for {ROLES[Role(role)].noun} by {auditor[:MOST_SHOWN]};"
                " nothing was stored."
            )
        return role
