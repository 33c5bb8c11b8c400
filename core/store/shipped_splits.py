"""Which split an item belongs to, by the rule of versions before 0.2. Never edited.

What readers do now is in `core.ingest.splits`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

from sqlite_utils.db import Database

COLUMNS = ("split", "subset", "partition", "fold")
FOLDERS = ("train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval")


def splits_in_0_1(db: Database) -> Iterator[tuple[str, str]]:
    """Yield split and item id of the listed items that have one."""
    found = db.execute("select value from settings where key = 'columns'").fetchone()
    named = {name.strip().casefold(): name for name in (json.loads(found[0]) if found else [])}
    column = next((named[name] for name in COLUMNS if name in named), None)
    rows = db.execute("select item_id, path, fields from labels join items on id = item_id")
    if column is not None:
        splits = [(_normalized(json.loads(row[2] or "{}").get(column)), row[0]) for row in rows]
    else:
        splits = [(_normalized(row[1].split("/")[0]), row[0]) for row in rows]
        splits = [(split, item_id) for split, item_id in splits if split in FOLDERS]
        if len({split for split, _ in splits}) < 2:
            return
    yield from ((split, item_id) for split, item_id in splits if split)


def _normalized(value: str | None) -> str:
    return unicodedata.normalize("NFC", (value or "").strip().casefold())
