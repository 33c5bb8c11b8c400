"""The baseline of ``desk_latency``: a review page of plain Streamlit parts."""

import os
import sqlite3
from pathlib import Path

import streamlit as st

paths = sorted(Path(os.environ["PLAIN_REVIEW_IMAGES"]).glob("*.jpg"))
position = st.session_state.setdefault("position", 0)


def decide() -> None:
    with sqlite3.connect(":memory:") as db:
        db.execute("create table verdicts (path, verdict)")
        db.execute("insert into verdicts values (?, 'keep')", [str(paths[position])])
    st.session_state["position"] += 1


st.image(str(paths[position]))
st.button("Keep", shortcut="k", on_click=decide)
for column, path in zip(st.columns(6), paths[position + 1 : position + 7], strict=True):
    column.image(str(path))
