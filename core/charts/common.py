"""What the charts of several pages share: scales, axes and names of selections.

Colors come from the dashboard's theme: the first categorical color (teal)
is what the evidence suggests, the second (amber) what the labels say.
"""

from __future__ import annotations

import altair as alt

from core.terms import VERDICTS

CLICK = "click"
"""Name of the click selection of every chart that has one."""

TO_DO = "to do"
"""In place of a verdict, of what has none."""

VERDICT_ORDER = (*map(str, VERDICTS), TO_DO)

EVERY_LABEL = {"labelOverlap": False, "labelBound": False, "labelFlush": False, "grid": False}
ALL_LABELS = alt.Axis(labelLimit=140, **EVERY_LABEL)
"""An axis that names every class."""


def verdict_scale(dark: bool) -> alt.Scale:
    """Return the colors of the verdicts, and of what has none."""
    to_do = "#343a40" if dark else "#d3d8d6"
    return alt.Scale(
        domain=list(VERDICT_ORDER), range=[*(term.color for term in VERDICTS.values()), to_do]
    )
