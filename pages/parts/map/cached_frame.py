"""The frame of the map, cached until the next verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.charts.map_charts import map_frame
from core.store import Row
from pages.parts.app.context import image_address


def shown_frame(audit: Audit, auditor: str, classes: Sequence[str] = ()) -> pd.DataFrame:
    """Return the frame of `core.charts.map_charts.item_map`, of some `classes` when given."""
    frame = _frame(audit.opened, audit.store.revision(), auditor, audit)
    return frame[frame["given"].isin(classes)] if classes else frame


@st.cache_data(max_entries=4, show_spinner=False)
def _frame(opened: str, revision: str, auditor: str, _audit: Audit) -> pd.DataFrame:
    def address(item: Row) -> str:
        return image_address(_audit, item["id"], item["content_hash"])

    return map_frame(_audit, address, auditor)
