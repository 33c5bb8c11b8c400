"""Colorings of the map, a module each.

To add one, write a module here with a `ColoringKind` at its top level: what it
offers for an audit, and a function from points to a `Coloring`. What is decided
must be read with ``points.auditor``: verdicts that wait for an auditor's own,
blind one must not show by a color. The map's choice of colors and its legend
follow; nothing else lists the colorings.
"""

from __future__ import annotations

import numpy as np

from core.audit import Audit, AuditError
from core.registry import entries
from core.structure.colorings.coloring import NO_CODE, NO_VALUE, Coloring, ColoringKind, Points
from core.structure.layout_files import DEFAULT, Ids
from core.structure.listed_rows import rows_of

COLORINGS = entries(__name__, ColoringKind)
"""By name, in the order in which they are offered."""

__all__ = ["COLORINGS", "NO_CODE", "NO_VALUE", "Coloring", "coloring", "colorings"]


def colorings(audit: Audit, layout: str = DEFAULT) -> list[tuple[str, str]]:
    """Return key and title of every coloring that an audit has.

    Parameters
    ----------
    audit : Audit
    layout : str
        Key of the layout that is shown, whose clusters are meant.
    """
    return [one for kind in COLORINGS.values() for one in kind.offered(audit, layout)]


def coloring(audit: Audit, key: str, ids: Ids, auditor: str | None = None) -> Coloring:
    """Return the coloring `key` of items.

    Parameters
    ----------
    audit : Audit
    key : str
        One of `colorings`.
    ids : array of str (n,)
        Those of `MapPoints`.
    auditor : str or None
        For whom: verdicts that wait for their blind second review are hidden.
        Empty for a visitor without a name; None for the owner of the data, from
        whom nothing is hidden. See `Store.blind_ids`.

    Raises
    ------
    AuditError
        When the audit has no such coloring.
    """
    kind = COLORINGS.get(key.partition(":")[0])
    if kind is None:
        raise AuditError(f"The map cannot be colored by {key!r}.")
    ids = np.asarray(ids)
    return kind.read(Points(audit, ids, rows_of(audit, ids), auditor), key)
