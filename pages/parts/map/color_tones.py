"""Colors that mean something: agreement in teal and amber, verdicts in theirs everywhere."""

from __future__ import annotations

from core.structure.colorings import Coloring
from core.structure.colorings.agreement_colors import AGREEMENT, NAMES
from core.structure.colorings.verdict_colors import VERDICT
from core.terms import VERDICTS

LIGHT, DARK = (
    dict(zip(NAMES, colors, strict=True))
    for colors in (
        ("#149188", "#c2600c", "#6a4fc4", "#a01444"),
        ("#3fb3a9", "#f0a355", "#a99cf0", "#ff6f91"),
    )
)
OF_VERDICTS = {term.title: term.color for term in VERDICTS.values()}
MEANINGFUL = {AGREEMENT.name: (LIGHT, DARK), VERDICT.name: (OF_VERDICTS, OF_VERDICTS)}


def tones_of(coloring: Coloring) -> dict[str, list[str]] | None:
    """Return the colors of a coloring's categories in the light and the dark theme.

    Returns
    -------
    dict or None
        ``light`` and ``dark``, each ``#rrggbb`` for each name; None where the browser
        part chooses.
    """
    if coloring.key not in MEANINGFUL:
        return None
    light, dark = MEANINGFUL[coloring.key]
    return {
        "light": [light[name] for name in coloring.names],
        "dark": [dark[name] for name in coloring.names],
    }
