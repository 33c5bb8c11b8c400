"""The input's own Pascal VOC files: the names of objects differ, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.export.annotation_sets import ONE_CLASS, files_below, one_label, write_set
from core.export.choices import Fate
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import why_not_back
from core.export.writers.writer import Writer
from core.export.xml_text import (
    REFERENCES,
    Element,
    Piece,
    XmlText,
    checked,
    lead,
    relabeled,
    with_content,
    with_text,
    written,
)
from core.ingest.linked_folders import FolderWalk
from core.ingest.readers.voc import READER

OBJECT, NAME = "object", "name"


def _write(outgoing: Outgoing, path: Path) -> None:
    source = outgoing.source
    names = FolderWalk(source.path, source.roots).files()
    write_set(outgoing, path, files_below(source.path, names, (".xml", ".txt")), _patched)


def _patched(path: Path, edits: dict[int, Edit]) -> Iterable[bytes]:
    xml = XmlText(path.read_bytes(), path)

    def say(one: Element, edit: Edit) -> tuple[str, list[Piece]]:
        label = one_label(edit, path)
        return label, [_named(xml.data, one, label)]

    pieces, expected = relabeled(xml, OBJECT, edits, _name, say)
    return checked(xml, pieces, {OBJECT}, _name, expected)


def _name(one: Element) -> str:
    name = one.find(NAME)
    return "" if name is None else name.text.strip()


def _named(data: bytes, one: Element, label: str) -> Piece:
    name = one.find(NAME)
    if name is not None:
        return with_text(data, name, label)
    new = b"<name>" + written(label, REFERENCES) + b"</name>"
    if not one.children:
        return with_content(data, one, new)
    at, blanks = one.children[0].start, lead(data, one.children[0])
    return at, at, new + blanks


WRITER = Writer(
    name="own-voc",
    order=22,
    title="The input's Pascal VOC files",
    about="The XML files as they came, in their folders, nothing but names of objects changed.",
    write=_write,
    own_of=(READER.name,),
    refuses=why_not_back,
    can_hold=(Fate.EMPTY,),
    choices=ONE_CLASS,
)
