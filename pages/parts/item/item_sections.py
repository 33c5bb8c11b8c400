"""Sections of the page of an item: picture, labels, evidence, story."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.detectors.methods import MEMBERS
from core.review.history import Event, Story, moment
from core.store import Row
from pages.parts.app.context import cards, image_address, plain

PROBABILITY = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
NO_LABEL = "no label"


def show_picture(audit: Audit, item: Row) -> None:
    """Show the picture, or the columns of an item that is none."""
    if item["fields"] is not None:
        for name, value in item["fields"].items():
            if value and name not in ("path", "label"):
                st.markdown(f"**{plain(name)}**: {plain(value)}")
        return
    if item["content_hash"] is None:
        st.caption("Its file could not be read.")
        return
    size = "full" if item["box"] is None else "crop"
    address = image_address(audit, item["id"], item["content_hash"], size)
    st.markdown(f"![{plain(item['path'])}]({address})")
    notes = [item["note"], f"{item['width']} × {item['height']} pixels" if item["width"] else None]
    if item["box"] is not None:
        whole = image_address(audit, item["id"], item["content_hash"], "full")
        st.markdown(f"[The whole image]({whole})")
    st.caption(plain(" · ".join(filter(None, notes))))


def show_labels(item: Row, told: Story) -> None:
    """Show the given and the suggested label, and how the final one came about."""
    lines = [f"Given label: **{plain(item['given'] or NO_LABEL)}**"]
    if item["is_suspect"]:
        lines.append(f"Looks like: **{plain(item['suggested'])}**")
    if item["suspicion"] is not None:
        lines.append(f"Suspicion: **{item['suspicion']:.2f}**")
    st.markdown(" · ".join(lines))
    st.markdown(plain(told.conclusion))


def show_evidence(audit: Audit, item: Row) -> None:
    """Show the probabilities of the likely classes, and what each detector predicts."""
    made = cards(audit).make([item["id"]])["cards"].get(item["id"])
    if made is None or not made["likely"]:
        return
    st.header("Evidence")
    classes, members = st.columns([2, 3], gap="large")
    classes.dataframe(
        pd.DataFrame(made["likely"], columns=["class", "probability"]),
        hide_index=True,
        column_config={"probability": PROBABILITY},
    )
    if made["opinions"]:
        rows = [
            {
                "detector": MEMBERS[one["name"]].title if one["name"] in MEMBERS else one["name"],
                "predicts": one["label"],
                "probability": one["p"],
                "of given label": one["given"],
            }
            for one in made["opinions"]
        ]
        members.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            column_config={"probability": PROBABILITY, "of given label": PROBABILITY},
        )


def show_story(told: Story) -> None:
    """Show what was decided, the latest first; what counts no more is struck through."""
    st.header("History")
    if not told.events:
        st.caption("Nothing to show yet." if told.is_hidden else "Nobody has reviewed this image.")
    for event in reversed(told.events):
        with st.container(gap=None):
            st.markdown(_line(event))
            st.caption(plain(" ".join((f"{moment(event.at)}.", *event.details))))


def _line(event: Event) -> str:
    text = plain(event.text)
    if event.decides:
        text = f"**{text}**"
    elif not event.is_valid and not event.is_undo:
        text = f"~~{text}~~"
    return f"{plain(event.auditor)} · {text}"
