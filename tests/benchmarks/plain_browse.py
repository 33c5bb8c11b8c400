"""The baseline of ``browse_latency``: a page of a hundred thumbnails of plain Streamlit parts."""

import os
from pathlib import Path

import streamlit as st

AT_ONCE = 100


@st.cache_data
def thumbnails(folder: str) -> list[str]:
    """Return the paths of many small pictures."""
    return sorted(str(path) for path in Path(folder).rglob("*.jpg"))[: 60 * AT_ONCE]


def turn() -> None:
    """Go to the next page."""
    st.session_state["start"] = start + AT_ONCE


start = st.session_state.setdefault("start", 0)
paths = thumbnails(os.environ["PLAIN_BROWSE_IMAGES"])
st.button("Next", shortcut="n", on_click=turn)
st.image(paths[start : start + AT_ONCE], width=130)
