"""The rows of items in the audit's tables, looked up for a whole map at once."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit

_MAPS = 6
_known: dict[tuple[str, str], NDArray[np.int32]] = {}
"""Rows by audit and by hash of the ids: an item's row never changes."""


def rows_of(audit: Audit, ids: NDArray[np.str_]) -> NDArray[np.int32]:
    """Return the row of each item; -1 of one that the audit does not know.

    Parameters
    ----------
    audit : Audit
    ids : array of str (n,)

    Returns
    -------
    int32 array (n,)
        Only to be read.
    """
    key = audit.opened, hashlib.blake2b(np.ascontiguousarray(ids).data).hexdigest()
    if key not in _known:
        row_of = audit.store.rows_by_id()
        rows = np.array([row_of.get(item_id, -1) for item_id in ids.tolist()], np.int32)
        rows.flags.writeable = False
        _known[key] = rows
        while len(_known) > _MAPS:
            _known.pop(next(iter(_known)), None)
        return rows
    return _known[key]
