"""The rows of items in the audit's tables, looked up for a whole map at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit


def rows_of(audit: Audit, ids: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return the row of each item; -1 of one that is no longer listed.

    Parameters
    ----------
    audit : Audit
    ids : array of str (n,)

    Returns
    -------
    int array (n,)
    """
    rows = audit.store.rows_by_id()
    return np.array([rows.get(item_id, -1) for item_id in ids.tolist()], np.intp)
