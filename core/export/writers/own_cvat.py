"""The input's own CVAT file: the tags of images differ, and classes that are new are listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from core.export.annotation_sets import matched, write_set
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import why_not_back
from core.export.writers.writer import Writer
from core.export.xml_text import (
    IN_QUOTES,
    REFERENCES,
    Element,
    Piece,
    XmlText,
    checked,
    lead,
    relabeled,
    with_attribute,
    with_content,
    without,
    written,
)
from core.ingest.readers.cvat_xml import READER

IMAGE, TAG, LABEL, META = "image", "tag", "label", "meta"
INDENT = b"  "


def _write(outgoing: Outgoing, path: Path) -> None:
    write_set(outgoing, path, (), _patched)


def _patched(path: Path, edits: dict[int, Edit]) -> Iterable[bytes]:
    xml = XmlText(path.read_bytes(), path)

    def say(image: Element, edit: Edit) -> tuple[set[str], Iterator[Piece]]:
        return {*edit.labels}, _tagged(xml.data, image, edit.labels)

    pieces, expected = relabeled(xml, IMAGE, edits, _labels, say)
    used = {label for edit in edits.values() if not edit.is_left_out for label in edit.labels}
    pieces += _listed(xml, used)
    return checked(xml, pieces, {IMAGE}, _labels, expected)


def _label(tag: Element) -> str:
    return tag.attributes.get(LABEL, "").strip()


def _tags(image: Element) -> list[Element]:
    return [one for one in image.children if one.tag == TAG]


def _labels(image: Element) -> set[str]:
    return {*map(_label, _tags(image))} - {""}


def _tagged(data: bytes, image: Element, labels: tuple[str, ...]) -> Iterator[Piece]:
    tags = [tag for tag in _tags(image) if _label(tag)]
    replaced, new = matched(map(_label, tags), labels)
    for tag in tags:
        old = _label(tag)
        if old not in replaced:
            yield without(data, tag)
        elif replaced[old] != old:
            yield with_attribute(data, tag, LABEL, replaced[old])
    if new:
        yield _added(data, image, tags, new)


def _added(data: bytes, image: Element, tags: list[Element], new: list[str]) -> Piece:
    """Return the piece that adds tags after those that there are, or first of all."""
    texts = [
        b'<tag label="' + written(label, IN_QUOTES) + b'" source="manual"></tag>' for label in new
    ]
    if tags:
        blanks, at = lead(data, tags[-1]), tags[-1].end
        return at, at, b"".join(blanks + text for text in texts)
    if image.children:
        blanks, at = lead(data, image.children[0]), image.children[0].start
        return at, at, b"".join(text + blanks for text in texts)
    outer = lead(data, image)
    blanks = outer + INDENT if b"\n" in outer else b""
    inside = b"".join(blanks + text for text in texts)
    if image.close == image.end:
        return with_content(data, image, inside + (outer if blanks else b""))
    at = image.inner
    return at, image.close, inside + (data[at : image.close] or (outer if blanks else b""))


def _listed(xml: XmlText, used: set[str]) -> Iterator[Piece]:
    """Yield the pieces that list classes with the task's, as CVAT needs them."""
    for meta in xml.elements({META}):
        for labels in _below(meta, "labels"):
            known = [one for one in labels.children if one.tag == LABEL]
            names = {one.text.strip() for label in known if (one := label.find("name"))}
            new = sorted(used - names)
            if known and new:
                last = known[-1]
                first = last.children[0] if last.children else last
                inner = lead(xml.data, first) if last.children else b""
                outer = xml.data[last.children[-1].end : last.close] if last.children else b""
                texts = [
                    lead(xml.data, last) + b"<label>" + inner + b"<name>"
                    + written(name, REFERENCES) + b"</name>" + inner
                    + b"<attributes></attributes>" + outer + b"</label>"
                    for name in new
                ]  # fmt: skip
                yield last.end, last.end, b"".join(texts)


def _below(element: Element, tag: str) -> Iterator[Element]:
    for one in element.children:
        if one.tag == tag:
            yield one
        else:
            yield from _below(one, tag)


WRITER = Writer(
    name="own-cvat",
    order=28,
    title="The input's CVAT file",
    about="The XML of CVAT as it came, nothing but tags changed; new classes are listed.",
    write=_write,
    suffix=".xml",
    media_type="application/xml",
    own_of=(READER.name,),
    refuses=why_not_back,
)
