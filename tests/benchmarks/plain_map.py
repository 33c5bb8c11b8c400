"""The baseline of ``map_drawing``: the same points as a chart in plain Streamlit."""

import os
from pathlib import Path

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.structure.layout_files import positions


@st.cache_data
def frame(folder: str) -> pd.DataFrame:
    """Return the points with their given label."""
    audit = Audit(Path(folder))
    ids, xy = positions(audit)
    labels = {row["id"]: row["given"] for row in audit.store.match_rows()}
    names = pd.Categorical([labels[item] for item in ids.tolist()])
    return pd.DataFrame({"id": ids, "x": xy[:, 0], "y": xy[:, 1], "given": names})


st.set_page_config(layout="wide")
points = frame(os.environ["PLAIN_MAP_AUDIT"])
if os.environ["PLAIN_MAP_KIND"] == "plotly":
    import plotly.express as px

    drawn = px.scatter(points, "x", "y", color="given", render_mode="webgl", height=600)
    drawn.update_layout(dragmode="lasso")
    st.plotly_chart(drawn, on_select="rerun", key="chart")
else:
    import altair as alt

    brush = alt.selection_interval(name="brush")
    chart = alt.Chart(points).mark_circle(size=8).encode(x="x:Q", y="y:Q", color="given:N")
    st.altair_chart(chart.add_params(brush).properties(height=600), on_select="rerun", key="chart")
