"""The format of an export, and what becomes of the items that are not simply of one class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import streamlit as st

from core.audit import Audit
from core.export.choices import (
    CLASS,
    FATES,
    FILE_MODES,
    OPEN,
    UNREVIEWED,
    ExportChoices,
    ExportError,
    Fate,
    FileMode,
    class_of,
    fates_of,
)
from core.export.corrected import CorrectedItem
from core.export.preview import Preview
from core.export.writers import Writer, offered_writers
from core.terms import VERDICTS, Verdict
from core.text import counted
from pages.parts.app.context import image_address, plain
from pages.parts.audits.strip import strip

A_CLASS = "give them a class of their own"
FORMAT = "export_format"
LONGEST_NAME = 60
EXAMPLES = 6
"""Pictures of each kind that are shown."""


def choose_format(audit: Audit) -> Writer:
    """Let the format be chosen, that of the input first, and say what it makes."""
    writers = offered_writers(audit)
    remembered = audit.store.setting(FORMAT)
    names = list(writers)
    name = st.selectbox(
        "Format",
        names,
        index=names.index(remembered) if remembered in writers else 0,
        format_func=lambda name: _title(writers[name]),
        width=420,
    )
    if name != remembered:
        audit.store.set_settings({FORMAT: name})
    writer = writers[name]
    st.caption(plain(writer.about))
    return writer


def _title(writer: Writer) -> str:
    return f"As it came in: {writer.title}" if writer.own_of else writer.title


def choose_fates(
    audit: Audit, writer: Writer, as_it_is: Preview, spellings: Mapping[str, str]
) -> ExportChoices:
    """Let be chosen what becomes of each kind of item that is there; it is remembered."""
    choices = writer.choices_of(audit)
    there = [one for one in OPEN if as_it_is.verdicts[one]]
    fates = dict(choices.fates)
    with st.expander(_question(as_it_is, there)):
        for verdict in there:
            choosing, showing = st.columns([2, 3], vertical_alignment="center")
            with choosing:
                count = as_it_is.verdicts[verdict]
                fates[verdict] = _choose_fate(writer, verdict, count, choices.fate(verdict))
            with showing:
                _show(audit, verdict, as_it_is.decided)
        chosen = replace(choices, fates=fates)
        chosen = _choose_names(writer, chosen, _renamed(spellings))
        chosen = _choose_spreadsheet(writer, chosen)
        chosen = _choose_files(writer, chosen)
    try:
        writer.check(chosen)
    except ExportError as error:
        st.error(plain(str(error)))
        st.stop()
    if chosen != choices:
        chosen.remember(audit.store, writer.name)
    return chosen


def _question(found: Preview, there: Sequence[str]) -> str:
    """Ask what becomes of whatever is not simply of one class: so many, and so many unreviewed."""
    unreviewed = found.verdicts[UNREVIEWED]
    unsettled = sum(found.verdicts[one] for one in there) - unreviewed
    parts = [f"{counted(unsettled, 'image')} without one sure label"] if unsettled else []
    parts += [f"{counted(unreviewed, 'image')} that nobody has reviewed"] if unreviewed else []
    return f"What becomes of {' and '.join(parts) or 'renamed classes'}"


def _choose_fate(writer: Writer, verdict: str, count: int, fate: str) -> str:
    cannot = {str(one) for one in (Fate.ALL, Fate.EMPTY)} - {str(one) for one in writer.can_hold}
    able = [one for one in fates_of(verdict) if one not in cannot]
    name = class_of(fate)
    key = f"fate_{writer.name}_{verdict}"
    found = st.selectbox(
        f"{_named(verdict)}: {counted(count, 'image')}",
        [*able, CLASS],
        index=len(able) if name is not None else able.index(fate) if fate in able else 0,
        format_func=lambda one: A_CLASS if one == CLASS else FATES[Fate(one)],
        key=key,
    )
    if found != CLASS:
        return str(found)
    named = st.text_input(
        "Name of the class",
        name or verdict,
        max_chars=LONGEST_NAME,
        key=f"{key}_class",
    )
    return f"{CLASS}{named.strip() or verdict}"


def _named(verdict: str) -> str:
    return "Not reviewed" if verdict == UNREVIEWED else VERDICTS[Verdict(verdict)].title


def _show(audit: Audit, verdict: str, items: Iterable[CorrectedItem]) -> None:
    """Show some of the items with a verdict."""
    pictured = (item for item in items if item.verdict == verdict and item.content_hash)
    if shown := list(islice(pictured, EXAMPLES)):
        strip(
            [image_address(audit, item.id, item.content_hash) for item in shown],
            key=f"strip_{verdict}",
            captions=[" or ".join(item.labels) or item.given or "no label" for item in shown],
        )


def _renamed(spellings: Mapping[str, str]) -> list[str]:
    return [f"{old} → {name}" for name, old in spellings.items() if name != old]


def _choose_names(writer: Writer, choices: ExportChoices, renamed: list[str]) -> ExportChoices:
    """Let be chosen how classes are called that were renamed; nothing where none was."""
    if not renamed:
        return choices
    as_input = st.radio(
        f"Names of renamed classes ({plain(', '.join(renamed[:3]))})",
        [False, True],
        index=int(choices.input_names),
        format_func=lambda one: "as the input has them" if one else "the new names",
        horizontal=True,
        key=f"names_{writer.name}",
    )
    return replace(choices, input_names=as_input)


def _choose_spreadsheet(writer: Writer, choices: ExportChoices) -> ExportChoices:
    if not writer.is_for_spreadsheets:
        return choices
    is_safe = st.checkbox(
        "Safe for spreadsheets",
        choices.is_spreadsheet_safe,
        help="A value that a spreadsheet would run as a formula is written as a text,"
        " with an apostrophe before it. Leave it off where programs read the file.",
        key=f"spreadsheet_{writer.name}",
    )
    return replace(choices, is_spreadsheet_safe=is_safe)


def _choose_files(writer: Writer, choices: ExportChoices) -> ExportChoices:
    if not writer.places_files:
        return choices
    mode = st.radio(
        "Files in the folder",
        [str(one) for one in FileMode],
        index=[*FileMode].index(FileMode(choices.files)),
        format_func=lambda one: FILE_MODES[FileMode(one)],
        help="A hard link is a second name of the same file: it takes no space, and whoever edits"
        " one edits both. Where the system has none, files are copied.",
        horizontal=True,
        key=f"files_{writer.name}",
    )
    return replace(choices, files=mode)
