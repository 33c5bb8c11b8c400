"""What the export page says and shows of the decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from core.audit import Audit
from core.store import Row
from pages.parts.context import image_address

PHRASES = {
    "keep": "kept",
    "relabel": "relabelled",
    "ambiguous": "ambiguous",
    "none": "fit no class",
    "bad image": "bad images",
    "unsure": "unsure",
}


def summary(decided: Sequence[Row]) -> str:
    """Say in one line what was decided: ``Of 40 images reviewed, 12 are relabelled, …``."""
    counts = Counter(row["verdict"] for row in decided)
    parts = [
        f"**{counts[verdict]:,}** {phrase}"
        for verdict, phrase in PHRASES.items()
        if counts[verdict]
    ]
    return f"{len(decided):,} images reviewed: {', '.join(parts)}."


def changes_frame(audit: Audit, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the preview's table, the latest verdict first."""
    frame = pd.DataFrame(rows)
    return pd.DataFrame(
        {
            "image": [image_address(audit, row["id"], row["content_hash"]) for row in rows],
            "path": frame["path"],
            "given label": frame["given"],
            "final label": frame["final"],
            "verdict": frame["verdict"],
            "auditor": frame["auditor"],
            "time": pd.to_datetime(frame["at"]),
        }
    )
