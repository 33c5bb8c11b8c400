"""The frame that the map draws, and which of its rows lie in a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.charts import TO_DO
from pages.parts.app.context import image_address


def map_frame(audit: Audit, classes: Sequence[str] = ()) -> pd.DataFrame:
    """Return the frame of `core.charts.item_map`, only of some `classes` when given."""
    frame = _frame(str(audit.folder), audit.store.revision(), audit)
    return frame[frame["given"].isin(classes)] if classes else frame


@st.cache_data(max_entries=4, show_spinner=False)
def _frame(folder: str, revision: str, _audit: Audit) -> pd.DataFrame:
    points = pd.read_parquet(_audit.map_file).astype({"x": "float32", "y": "float32"})
    frame = points.merge(pd.DataFrame(_audit.store.map_labels()), on="id")
    frame["verdict"] = frame["verdict"].fillna(TO_DO)
    frame["image"] = [
        image_address(_audit, item_id, content_hash)
        for item_id, content_hash in zip(frame["id"], frame["content_hash"], strict=True)
    ]
    return frame.drop(columns="content_hash").astype({"suspicion": "float32"})


def inside(frame: pd.DataFrame, box: Mapping[str, Sequence[float]] | None) -> pd.DataFrame:
    """Return the rows of `frame` within `box`, ranges of ``x`` and ``y``; none without a box."""
    if not box or "x" not in box or "y" not in box:
        return frame.iloc[:0]
    return frame[
        frame["x"].between(min(box["x"]), max(box["x"]))
        & frame["y"].between(min(box["y"]), max(box["y"]))
    ]
