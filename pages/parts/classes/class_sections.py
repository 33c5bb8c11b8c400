"""Sections of the page Classes: what looks like one class, the list, one class, the log."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.audit import Audit
from core.query.parse import QueryError
from core.review import class_changes
from core.review.class_changes import Suggestion
from core.review.queues.queue import Queue
from core.store import Row, StoreError
from core.terms import UNDO
from core.text import counted
from pages.parts.app.context import plain
from pages.parts.app.links import open_queue
from pages.parts.gallery.gallery import gallery

MOST_PICTURES = 6
DONE = "class_change_done"


def show_suggestions(audit: Audit, suggestions: Sequence[Suggestion], auditor: str) -> None:
    """Ask about classes that look like one; nothing is merged by itself."""
    if message := st.session_state.pop(DONE, None):
        st.toast(plain(message), icon=":material/check:")
    for number, one in enumerate(suggestions):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(plain(one.sentence))
            if st.button(plain(f"Merge into {one.now}"), key=f"merge_{number}", type="primary"):
                _change(
                    partial(
                        class_changes.merge, audit.store, [one.former], one.now, auditor=auditor
                    ),
                    f"Merged {one.former} into {one.now}",
                )
            if st.button("Keep both", key=f"separate_{number}"):
                _change(
                    partial(
                        class_changes.separate, audit.store, one.former, one.now, auditor=auditor
                    ),
                    f"{one.former} and {one.now} stay two classes",
                )


def _change(do: Callable[[], Any], message: str) -> None:
    """Make a change and show the page anew, or say why it was refused."""
    try:
        do()
    except (StoreError, QueryError) as error:
        st.error(plain(str(error)))
    else:
        st.session_state[DONE] = message
        st.rerun()


def show_list(audit: Audit) -> Row | None:
    """List the classes that are there; return the one that is chosen."""
    rows = [
        row
        for row in audit.store.classes()
        if row["items"] or row["is_added"] or row["is_retired"] or row["description"]
    ]
    frame = pd.DataFrame(
        {
            "Class": [row["name"] for row in rows],
            "Images": [row["items"] for row in rows],
            "Reviewed": [row["reviewed"] for row in rows],
            "In the input": [_spellings(row) for row in rows],
            "Status": ["retired" if row["is_retired"] else "" for row in rows],
        }
    )
    frame = frame.drop(columns=[name for name in frame if not frame[name].astype(bool).any()])
    event = st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"classes_{audit.store.class_log_id()}",
    )
    chosen = event["selection"]["rows"]
    return rows[chosen[0]] if chosen else None


def _spellings(row: Row) -> str:
    return ", ".join(name for name in row["spellings"] if name != row["name"])


def show_add(audit: Audit, auditor: str) -> None:
    """Offer to add a class that no image has yet."""
    with (
        st.form("add_class", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("New class", placeholder="A class that no image has yet")
        added = st.form_submit_button("Add class")
    if added:
        _change(
            partial(class_changes.add, audit.store, name, auditor=auditor), f"Added {name.strip()}"
        )


def show_class(audit: Audit, row: Row | None, auditor: str) -> None:
    """Show what may be done with the class that is chosen."""
    if row is None:
        st.caption("Choose a class to rename, merge, split, describe or retire it.")
        return
    st.subheader(plain(row["name"]))
    _show_pictures(audit, row)
    _describe(audit, row, auditor)
    _rename(audit, row, auditor)
    _merge(audit, row, auditor)
    _split(audit, row, auditor)
    _retire(audit, row, auditor)


def _show_pictures(audit: Audit, row: Row) -> None:
    ids = audit.store.items_of_class(row["id"], MOST_PICTURES)
    items = audit.store.items(ids)
    if chosen := gallery(audit, list(items.values()), "class_pictures", False, columns=3):
        open_queue(Queue(everything=True), item=chosen)


def _describe(audit: Audit, row: Row, auditor: str) -> None:
    with st.form(f"describe_{row['id']}", border=False):
        text = st.text_area(
            "Description", row["description"] or "", height=68, help="What belongs to this class."
        )
        if st.form_submit_button("Save description"):
            _change(
                partial(class_changes.describe, audit.store, row["name"], text, auditor=auditor),
                f"Described {row['name']}",
            )


def _rename(audit: Audit, row: Row, auditor: str) -> None:
    with (
        st.form(f"rename_{row['id']}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        new = st.text_input("New name", row["name"])
        if st.form_submit_button("Rename"):
            _change(
                partial(class_changes.rename, audit.store, row["name"], new, auditor=auditor),
                f"{row['name']} is called {new.strip()} now",
            )


def _merge(audit: Audit, row: Row, auditor: str) -> None:
    others = [name for name in audit.store.offered_classes() if name != row["name"]]
    with (
        st.form(f"merge_{row['id']}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        into = st.selectbox("Merge into", others, index=None, placeholder="Another class")
        if st.form_submit_button("Merge") and into:
            _change(
                partial(class_changes.merge, audit.store, [row["name"]], into, auditor=auditor),
                f"Merged {row['name']} into {into}",
            )


def _split(audit: Audit, row: Row, auditor: str) -> None:
    with st.form(f"split_{row['id']}", border=False):
        name = st.text_input("Split off as", placeholder="Name of the new class")
        text = st.text_input(
            "Images of the new class", placeholder="path:owl* or a column of your table",
            help="A query as in Browse; only images of this class are taken.",
        )  # fmt: skip
        if st.form_submit_button("Split") and text.strip():
            _change(partial(_split_off, audit, row, text, name, auditor), f"Split {name} off")


def _split_off(audit: Audit, row: Row, text: str, name: str, auditor: str) -> None:
    of_class = set(audit.store.items_of_class(row["id"]))
    found = audit.store.match_ids(audit.store.parse_query(text), auditor=auditor)
    class_changes.split(
        audit.store,
        [item_id for item_id in found if item_id in of_class],
        name,
        auditor=auditor,
        session=f"classes-{secrets.token_hex(8)}",
    )


def _retire(audit: Audit, row: Row, auditor: str) -> None:
    if row["is_retired"]:
        if st.button("Offer this class again"):
            _change(
                partial(class_changes.restore, audit.store, row["name"], auditor=auditor),
                f"Restored {row['name']}",
            )
    elif st.button("Retire", help="It is no longer offered; images that have it keep it."):
        _change(
            partial(class_changes.retire, audit.store, row["name"], auditor=auditor),
            f"Retired {row['name']}",
        )


def show_log(audit: Audit, auditor: str) -> None:
    """List every change, the latest first, and offer to undo the latest that stands."""
    log = audit.store.class_log()
    if not log:
        return
    st.header("Changes")
    standing = [row for row in log if row["kind"] != UNDO and not row["is_undone"]]
    if standing and st.button(
        plain(f"Undo: {class_changes.sentence(standing[-1])}"), icon=":material/undo:"
    ):
        _change(partial(class_changes.undo, audit.store, auditor=auditor), "Undone")
    st.caption(counted(len(log), "change") + ", undos included.")
    sentences = {row["id"]: class_changes.sentence(row) for row in log}
    st.dataframe(
        pd.DataFrame(
            {
                "When": [row["at"][:16].replace("T", " ") for row in reversed(log)],
                "Who": [row["auditor"] for row in reversed(log)],
                "What": [
                    f"undone: {sentences[row['undoes']]}" if row["undoes"] else sentences[row["id"]]
                    for row in reversed(log)
                ],
            }
        ),
        hide_index=True,
        width="stretch",
    )
