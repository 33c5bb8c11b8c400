"""The fields of the query language, with their descriptions."""

from __future__ import annotations

from typing import Literal, NamedTuple

from core.findings import FINDINGS
from core.terms import Verdict

Kind = Literal["text", "name", "number", "time", "choice"]


class Field(NamedTuple):
    """One field of the query language.

    Attributes
    ----------
    name : str
    meaning : str
        A short description.
    example : str
        A term that uses it.
    kind : str
        ``text`` (a part of it is enough), ``name`` (a whole name, such as a
        class), ``number``, ``time``, or ``choice`` of a few words.
    choices : tuple of str
        The words of a ``choice``.
    sortable : bool
        Whether items can be put in its order.
    """

    name: str
    meaning: str
    example: str
    kind: Kind
    choices: tuple[str, ...] = ()
    sortable: bool = True


FLAGS = {
    "suspect": "its label is suspect: the evidence favors another class",
    "judged": "it has a verdict",
    **{kind.flag: kind.flag_help for kind in FINDINGS.values()},
    "outdated": "its image or its label has changed since it was judged",
    "unlabeled": "it has no given label",
    "unreadable": "its file cannot be read",
    "disputed": "auditors disagree about it",
    "skipped": "it was skipped",
}
"""The values of ``is:``, with descriptions."""

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("given", "the label that came with the data", "given:ketch", "name"),
        Field("suggested", "the label that the evidence suggests", "suggested:ketch", "name"),
        Field("final", "the label after the audit", "final:ketch,schooner", "name"),
        Field("suspicion", "how strongly the evidence disagrees", "suspicion:>0.8", "number"),
        Field(
            "verdict",
            "the verdict; any: whichever",
            "verdict:keep",
            "choice",
            tuple(map(str, Verdict)),
        ),
        Field("auditor", "the auditor who decided", "auditor:Ana", "name"),
        Field("judged", "when it was decided, in UTC", "judged:>2026-11-01", "time"),
        Field("split", "the part of the data set", "split:train", "name"),
        Field("path", "the file's name and folders", "path:*.png", "text"),
        Field("note", "a note on an unusual file", "note:any", "text", sortable=False),
        Field("width", "in pixels", "width:<100", "number"),
        Field("height", "in pixels", "height:200..400", "number"),
        Field(
            "selection",
            "it is in a stored selection, such as one of the map",
            "selection:any",
            "name",
            sortable=False,
        ),
        Field("is", "what it is", "is:suspect", "choice", tuple(FLAGS), sortable=False),
    )
}
"""Every field by name. The input's own columns join them under their names."""

META = "meta."
"""Stands before a column of the input, and has to where its name is a field's or has spaces."""
