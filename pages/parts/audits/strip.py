"""A strip of small pictures of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_strip = st.components.v2.component(
    "second_look_strip",
    html='<div class="strip"></div>',
    css=(HERE / "strip.css").read_text(),
    js=(HERE / "strip.js").read_text(),
)


def strip(sources: Sequence[str], key: str, captions: Sequence[str] = ()) -> None:
    """Show pictures beside each other, as many as fit.

    Parameters
    ----------
    sources : sequence of str
        Addresses.
    key : str
    captions : sequence of str
        What stands below each; none where it is empty.
    """
    pictures = [
        {"src": source, "caption": captions[at] if captions else ""}
        for at, source in enumerate(sources)
    ]
    _strip(key=key, data={"pictures": pictures})
