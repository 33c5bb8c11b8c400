"""An export shows everything, so it is for those who have nothing left to judge blind."""

from __future__ import annotations

from core.store import Store, StoreError
from core.text import counted


class StillBlind(StoreError):
    """The auditor who asks would see what they are to review blind."""


def check_unblinded(store: Store, auditor: str | None) -> None:
    """Refuse to show decisions to an auditor who has blind second reviews to do.

    Parameters
    ----------
    store : Store
    auditor : str or None
        None for the owner of the data, who may see everything.

    Raises
    ------
    StillBlind
        When images wait; `Store.reveal` records that they were seen all the same.
    """
    if waiting := store.blind_ids(auditor):
        verb = "waits" if len(waiting) == 1 else "wait"
        raise StillBlind(f"{counted(len(waiting), 'image')} {verb} for a blind second review.")
