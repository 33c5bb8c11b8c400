"""The second step of a new audit: what was understood of the data, to be confirmed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.audit.library import Listed
from core.ingest.readers import READERS
from core.jobs.inquiries import InquiryFailed
from core.text import counted
from pages.parts.app.context import plain
from pages.parts.audits.draft import CHOOSE, Draft
from pages.parts.audits.strip import strip

SECONDS_BETWEEN_LOOKS = 0.4
ENDINGS_SHOWN = 6
TABLE_ROW, MOST_HEIGHT = 35, 320
READER, ANSWER = "new_audit_reader", "new_audit_answer"
FIRST_THAT_FITS, BY_ITSELF, NOTHING_YET = "As it looks", "Found by itself", "Choose"

COLUMNS = {"path_column": "Column of the paths", "label_column": "Column of the labels"}
"""Options that name columns, and what they are called where nothing is asked about them."""


def show_confirm(draft: Draft, _: Sequence[Listed]) -> None:
    """Show what was understood, and what may be answered otherwise."""
    assert draft.inquiry is not None
    if draft.inquiry.is_active:
        _wait(draft)
        return
    try:
        if not draft.understood:
            draft.understand(draft.inquiry.answer())
    except InquiryFailed as failure:
        draft.learn(failure.answer)
        st.header("This cannot be read as it is")
        st.error(plain(_without_options(str(failure))))
        _show_questions(draft)
        _ask_otherwise(draft)
        st.button("Back", on_click=_go, args=[draft, CHOOSE])
        return
    understood = draft.understood
    st.header(_title(understood))
    st.caption(plain(f"{understood['source']} · {_reader_title(understood['reader'])}"))
    if pictures := understood["samples"]:
        strip(
            [f"data:image/jpeg;base64,{one['jpeg']}" for one in pictures],
            key="new_audit_samples",
            captions=[one["label"] or "no label" for one in pictures],
        )
    classes, questions = st.columns([3, 2], gap="large")
    with classes:
        _show_classes(understood)
    with questions:
        _show_doubts(understood)
        _show_questions(draft)
        _ask_otherwise(draft)
        _show_left_out(understood)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back", on_click=_go, args=[draft, CHOOSE])
        st.button(
            "It is right all the same" if understood["doubts"] else "This is right",
            type="secondary" if understood["doubts"] else "primary",
            on_click=draft.confirm,
        )  # fmt: skip


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _wait(draft: Draft) -> None:
    if draft.inquiry is None or not draft.inquiry.is_active:
        st.rerun()
    assert draft.inquiry is not None
    st.header("Looking at the data")
    st.caption(
        f"{plain(str(draft.chosen))} · {draft.inquiry.seconds:.0f} s."
        f" {plain(draft.inquiry.progress) or 'Names are read and counted, and a few images.'}"
    )
    st.button("Back", key="stop_looking", on_click=_stop, args=[draft])


def _stop(draft: Draft) -> None:
    if draft.inquiry is not None:
        draft.inquiry.stop()
    draft.step = CHOOSE


def _go(draft: Draft, step: str) -> None:
    draft.step = step


def _title(understood: Mapping[str, Any]) -> str:
    parts = [counted(len(understood["classes"]), "class", "classes")]
    if splits := understood["splits"]:
        parts.append(counted(len(splits), "split"))
    return f"{counted(understood['items'], 'image')} in {' and '.join(parts)}"


def _reader_title(name: str) -> str:
    return READERS[name].title if name in READERS else name


def _show_classes(understood: Mapping[str, Any]) -> None:
    counts = understood["classes"]
    frame = pd.DataFrame({"class": list(counts), "images": list(counts.values())})
    st.dataframe(
        frame, hide_index=True, width="stretch",
        height=min(MOST_HEIGHT, TABLE_ROW * (len(frame) + 1) + 3),
        column_config={
            "class": "Class",
            "images": st.column_config.ProgressColumn(
                "Images", format="%d", min_value=0, max_value=max(counts.values(), default=1)
            ),
        },
    )  # fmt: skip
    parts = [f"{name}: {count:,}" for name, count in understood["splits"].items()]
    if understood["unlabeled"]:
        parts.append(f"{understood['unlabeled']:,} without a label")
    if parts:
        st.caption(plain(" · ".join(parts)))


def _show_doubts(understood: Mapping[str, Any]) -> None:
    for doubt in understood["doubts"]:
        st.warning(plain(doubt), icon=":material/help:")
    for note in understood["notes"]:
        st.info(plain(_without_options(note)), icon=":material/info:")


def _show_questions(draft: Draft) -> None:
    """Ask what is doubtful, with the answer that is proposed; another one is looked at anew."""
    is_waiting = not draft.understood
    # What keeps the data from being read comes first, and nothing that is proposed was taken yet.
    first = sorted(draft.questions.items(), key=lambda one: is_waiting and not one[1]["needed"])
    for name, question in first:
        proposed = "" if is_waiting and question["needed"] else question["proposed"]
        _ask(draft, name, question["text"], question["answers"], proposed, question["shown"])
        if question["because"] and draft.answers.get(name, proposed) == question["proposed"]:
            st.caption(plain(_without_options(question["because"])))


def _ask(
    draft: Draft,
    name: str,
    text: str,
    answers: Sequence[str],
    proposed: str,
    shown: Mapping[str, str],
) -> None:
    """Show the answers of a question to choose from; another one is looked at anew."""
    key = f"{ANSWER}_{name}"
    current = draft.answers.get(name, proposed)
    titles = {"": NOTHING_YET, **shown}

    def take_answer() -> None:
        draft.answer(name, st.session_state[key])

    st.session_state[key] = current
    st.selectbox(
        plain(text), list(dict.fromkeys([*([] if current else [""]), *answers, current])), key=key,
        on_change=take_answer, format_func=lambda one: titles.get(one, one),
    )  # fmt: skip


def _without_options(sentence: str) -> str:
    """Return a sentence without what it says of options of the command line."""
    sentence = sentence.replace(" with --labels", "")
    return re.sub(r"; --[^;]*?\.(?= |$)", ".", sentence)


def _ask_otherwise(draft: Draft) -> None:
    """Let the data be read in another way; then they are looked at anew."""
    readers = [one for one in READERS.values() if one.of_table in (None, draft.table is not None)]
    if len(readers) > 1:
        titles = {one.name: one.title for one in readers}
        used = draft.reader or draft.understood.get("reader", "")
        ways = titles if used else {"": FIRST_THAT_FITS} | titles

        def read_otherwise() -> None:
            draft.reader = st.session_state[READER] or None
            draft.ask()

        st.session_state[READER] = used
        st.selectbox(
            "Read as", list(ways), key=READER, on_change=read_otherwise,
            format_func=lambda name: ways.get(name, name),
        )  # fmt: skip
    reads_table = draft.table is not None or any(
        one.has_columns for one in readers if one.name == draft.understood.get("reader")
    )
    for name, text in COLUMNS.items() if reads_table and draft.columns else ():
        if name not in draft.questions:
            _ask_for_column(draft, name, text)


def _ask_for_column(draft: Draft, name: str, text: str) -> None:
    key, taken = f"{ANSWER}_{name}", draft.answers.get(name)

    def take_column() -> None:
        draft.answer(name, st.session_state[key])

    st.session_state[key] = taken
    st.selectbox(
        text, list(dict.fromkeys([*draft.columns, *([taken] if taken else [])])), key=key,
        on_change=take_column, placeholder=BY_ITSELF,
    )  # fmt: skip


def _show_left_out(understood: Mapping[str, Any]) -> None:
    left_out = understood["left_out"]
    if not left_out:
        return
    total = counted(sum(left_out.values()), "file")
    shown = [f"{count:,} {ending}" for ending, count in list(left_out.items())[:ENDINGS_SHOWN]]
    more = ", …" if len(left_out) > ENDINGS_SHOWN else ""
    st.caption(f"{total} left out: {plain(', '.join(shown))}{more}")
