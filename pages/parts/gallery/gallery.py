"""A row of pictures, each a button."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from core.audit import Audit
from core.store import Row
from pages.parts.app.context import image_address

HERE = Path(__file__).parent

_gallery = st.components.v2.component(
    "second_look_gallery",
    html='<div class="gallery"></div>',
    css=(HERE / "gallery.css").read_text(),
    js=(HERE / "gallery.js").read_text(),
)


def gallery(
    audit: Audit, items: Sequence[Row], key: str, with_suggestion: bool = True, columns: int = 9
) -> str | None:
    """Show `items` as thumbnails with their given label, and the suggested one beside it.

    Parameters
    ----------
    columns : int
        How many stand beside each other; the more, the smaller they are.

    Returns
    -------
    str or None
        The id of the item whose picture was just clicked.
    """
    pictures = [
        {
            "id": item["id"],
            "src": image_address(audit, item["id"], item["content_hash"]),
            "fields": _fields(item),
            "given": item["given"],
            "suggested": item["suggested"] if with_suggestion else None,
        }
        for item in items
    ]
    result = _gallery(
        key=key, data={"pictures": pictures, "columns": columns}, on_chosen_change=lambda: None
    )
    return str(result.chosen) if result.chosen else None


def _fields(item: Row) -> str | None:
    """Return what stands for an item that is no picture; None for a picture."""
    if item["fields"] is None:
        return None
    values = [value for name, value in item["fields"].items() if name not in ("path", "label")]
    return " · ".join(filter(None, values)) or str(item["path"])
