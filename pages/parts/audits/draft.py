"""The new audit that a visit is making, before there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from core import lifecycle
from core.audit import Audit, AuditError
from core.ingest.questions import IN_ORDER
from core.ingest.readers import source_of
from core.ingest.unpacking import holds_images
from core.ingest.urls import name_in
from core.jobs.inquiries import Inquiry
from core.uploads import Upload

CHOOSE, CONFIRM, START = "choose", "confirm", "start"
SAMPLES = 6

_DRAFT = "new_audit"


@dataclass
class Draft:
    """What was chosen so far, and what was understood of it.

    Attributes
    ----------
    step : str
    folder : Path or None
        The one that is shown, checked to lie below an allowed root: that of the
        images, unless they are in a
    file : Path or None
        of archives, arrays or Parquet in it, or at a
    url : str
        which was checked, too.
    table : Path, str or None
        That of the labels, likewise; of a URL, it may lie there.
    is_by_table : bool
        Whether the table was chosen first, so that it stays while the folder of its
        images is looked for.
    reader : str or None
        How the data set is to be read, where somebody has said so.
    upload : Upload or None
        The archive that the folder is of, where it was dropped into the page.
    refusal : str
        Why the last folder was not taken.
    inquiry : Inquiry or None
        The question what the data set is, while it is asked and after.
    questions : dict of str to dict
        What was asked of this data set so far, by the option of the source that
        answers it: the fields of `core.ingest.records.Question`.
    answers : dict of str to str
        What was answered, likewise.
    columns : list of str
        Those of its table, as far as they are known.
    understood : dict
        The answer: the fields of `core.ingest.inspection.Inspection`.
    """

    step: str = CHOOSE
    folder: Path | None = None
    file: Path | None = None
    url: str = ""
    table: Path | str | None = None
    is_by_table: bool = False
    reader: str | None = None
    upload: Upload | None = None
    refusal: str = ""
    inquiry: Inquiry | None = None
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    understood: dict[str, Any] = field(default_factory=dict)
    _about: tuple[Path | str | None, ...] = ()

    @property
    def chosen(self) -> Path | str:
        """What holds the images: a URL, a file or a folder."""
        assert self.folder is not None or self.url
        return self.url or self.file or self.folder or ""

    @property
    def title(self) -> str:
        """What the data set is called where it lies."""
        if self.upload is not None:
            return self.upload.name
        return name_in(self.url) if self.url else Path(self.chosen).name

    def enter(self, folder: Path) -> None:
        """Choose a folder; what was said of another one is forgotten."""
        if folder != self.chosen:
            self.reader = None
            self.table = self.table if self.is_by_table else None
        self.folder, self.file, self.url = folder, None, ""
        self.refusal = ""

    def take_path(self, place: Path) -> None:
        """Choose a folder or a file.

        Raises
        ------
        SourceError
            See `take_file`.
        """
        if place.is_dir():
            self.enter(place)
        else:
            self.take_file(place)

    def take_file(self, file: Path) -> None:
        """Choose a file: one that holds the images, or a table of their labels.

        Raises
        ------
        SourceError
            When it can be neither.
        """
        is_data = holds_images(file)
        self.forget_table()
        self.enter(file.parent)
        if is_data:
            self.file = file
        else:
            self.table, self.is_by_table = file, True

    def take_url(self, url: str) -> None:
        """Choose what lies at a URL."""
        self.discard_upload()
        self.forget_table()
        self.url, self.file, self.reader, self.refusal = url, None, None, ""

    def forget_table(self) -> None:
        """Let the labels be found by themselves again."""
        self.table, self.is_by_table = None, False

    def take(self, upload: Upload) -> None:
        """Choose what was uploaded instead of what was chosen before."""
        self.discard_upload()
        self.forget_table()
        self.upload = upload
        self.enter(upload.folder)

    def discard_upload(self) -> None:
        """Choose among the folders of this machine again."""
        if self.upload is not None:
            self.upload.discard()
            self.upload, self.folder, self.file = None, None, None
            self.forget_table()

    def refuse(self, reason: str) -> None:
        """Say why a folder was not taken; the one before stays."""
        self.refusal = reason

    def ask(self) -> None:
        """Ask what the chosen data set is."""
        if self.inquiry is not None:
            self.inquiry.stop()
        if self._about != (self.chosen, self.table):
            self._about = self.chosen, self.table
            self.questions, self.answers, self.columns = {}, {}, []
        options = {"--labels": self.table, "--reader": self.reader}
        given = [str(one) for option in options.items() if option[1] for one in option]
        given += [one for answer in self.answers.items() for one in ("--answer", *answer)]
        form = ["--samples", str(SAMPLES), "--format", "json"]
        self.understood = {}
        self.inquiry = Inquiry("inspect", str(self.chosen), *given, *form)
        self.step = CONFIRM

    def answer(self, name: str, value: str | None) -> None:
        """Answer a question, or take the answer back; what follows from it is asked anew."""
        for later in IN_ORDER[IN_ORDER.index(name) + 1 :]:
            self.questions.pop(later, None)
            self.answers.pop(later, None)
        self.answers.pop(name, None)
        if value is not None:
            self.answers[name] = value
        self.ask()

    def understand(self, answer: dict[str, Any]) -> None:
        """Take what the data set was understood to be."""
        self.understood = answer
        self.columns = answer.get("columns", [])
        self.learn(answer)

    def learn(self, answer: dict[str, Any]) -> None:
        """Take what is asked of the data set, whether it was understood or not."""
        found = self.questions | {one["name"]: one for one in answer.get("questions", [])}
        self.questions = {name: found[name] for name in IN_ORDER if name in found}

    def confirm(self) -> None:
        """Go on with what was understood: what was proposed and not changed is the answer."""
        proposed = {name: question["proposed"] for name, question in self.questions.items()}
        self.answers = proposed | self.answers
        self.step = START

    def make_audit(self, home: Path, name: str, taken: Iterable[str]) -> Audit:
        """Make the audit of the data set as it was confirmed; what was uploaded moves into it.

        Raises
        ------
        AuditError, SourceError
        """
        source = source_of(self.chosen, self.table, reader=self.understood["reader"])
        audit = lifecycle.create(home, name, source, taken)
        if self.upload is not None:
            try:
                self.upload.give_to(audit)
            except AuditError:
                lifecycle.delete(audit, audit.name)
                raise
            place = self.upload.path_in(audit, Path(self.chosen))
            table = self.table and self.upload.path_in(audit, Path(self.table))
            audit.move_source(source_of(place, table, reader=self.understood["reader"]))
            self.upload = None
        audit.move_source(audit.source.with_options(self.answers))
        return audit


def draft() -> Draft | None:
    """Return what this visit is making; None for nothing."""
    made: Draft | None = st.session_state.get(_DRAFT)
    return made


def keep_draft(made: Draft) -> None:
    """Let this visit make `made`."""
    st.session_state[_DRAFT] = made


def drop_draft() -> None:
    """Give up what this visit is making."""
    made: Draft | None = st.session_state.pop(_DRAFT, None)
    if made is None:
        return
    made.discard_upload()
    if made.inquiry is not None:
        made.inquiry.stop()
