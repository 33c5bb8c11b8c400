"""Map: every image as a point, near means alike; a box opens as a queue."""

import streamlit as st

from core.audit import fingerprint
from core.charts.map_charts import BRUSH, PICK, inside, item_map
from core.review.queues.queue import Queue
from core.text import counted
from pages.parts.app import context
from pages.parts.app.job import require_ranking
from pages.parts.app.links import clicked, open_queue
from pages.parts.item.item_ways import open_item
from pages.parts.map.cached_frame import shown_frame

COLORS = {"given": "Given label", "suspicion": "Suspicion", "verdict": "Verdict"}
MOST_POINTS = 20_000

audit = context.open_audit()
require_ranking(audit)
st.title("Map")
if audit.store.fingerprint("map") is None or not audit.map_file.exists():
    st.write("The map is not ready yet; the review need not wait for it.")
    st.page_link("overview.py", label="See the progress", icon=":material/arrow_forward:")
    st.stop()

st.caption(
    "Each point is an image; images that look alike lie together. A point of another color"
    " inside a group is worth a look. Drag a box to gather the images in it; click a point"
    " for its history."
)
coloring, filtering, gathering = st.columns([2.6, 2, 1.8], vertical_alignment="bottom", gap="small")
color = coloring.segmented_control(
    "Color", list(COLORS), format_func=COLORS.__getitem__, default="given", required=True
)
names = sorted(audit.store.class_names().values())
chosen = filtering.multiselect("Classes", names, placeholder="All classes")

frame = shown_frame(audit, context.auditor() or "", chosen)
if len(frame) > MOST_POINTS:
    st.caption(f"Showing the {MOST_POINTS:,} most suspect of {counted(len(frame), 'image')}.")
    frame = frame.nlargest(MOST_POINTS, "suspicion")
event = st.altair_chart(
    item_map(frame, color or "given", context.is_dark()),
    on_select="rerun",
    key=f"map_{color}_{len(chosen)}",
)

picked = clicked(event, PICK)
if picked is not None:
    with st.container(horizontal=True, vertical_alignment="center"):
        (path,) = frame.loc[frame["id"] == picked["id"], "path"].head(1).tolist() or ("",)
        if st.button(f"History of {context.plain(path)}", icon=":material/history:"):
            open_item(picked["id"], "map.py", {})
gathered = inside(frame, event["selection"].get(BRUSH))
review = gathering.button(
    f"Review {counted(len(gathered), 'image')} in the box"
    if len(gathered)
    else "Drag a box to review",
    type="primary",
    width="stretch",
    disabled=gathered.empty,
)
if review:
    ids = sorted(gathered["id"])
    selection = fingerprint(ids)[:12]
    audit.store.add_selection(selection, f"{counted(len(ids), 'image')} from the map", ids)
    open_queue(Queue(selection=selection))
