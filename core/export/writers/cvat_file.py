"""CVAT for images 1.1: a tag for each label of an image, its split as the subset."""

from __future__ import annotations

from collections.abc import Iterator

from core.audit import Audit
from core.export.outgoing import Outgoing
from core.export.writers.writer import Writer, written_in_pieces
from core.export.xml_text import IN_QUOTES, REFERENCES, written


def pieces(outgoing: Outgoing) -> Iterator[bytes]:
    """Yield the lines of the file."""
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    yield b"  <meta>\n    <task>\n      <labels>\n"
    for label in (written(name, REFERENCES) for name in outgoing.classes):
        yield b"        <label><name>" + label + b"</name><attributes></attributes></label>\n"
    yield b"      </labels>\n    </task>\n  </meta>\n"
    for number, item in enumerate(outgoing.items()):
        name = written(item.path, IN_QUOTES)
        subset = b"" if item.split is None else b' subset="' + written(item.split, IN_QUOTES) + b'"'
        yield f'  <image id="{number}" name="'.encode() + name + b'"' + subset + b">\n"
        for one in item.labels:
            yield b'    <tag label="' + written(one, IN_QUOTES) + b'" source="manual"></tag>\n'
        yield b"  </image>\n"
    yield b"</annotations>\n"


def whole_images_only(audit: Audit) -> str | None:
    """Say that a format has no boxes, of an audit of such."""
    return "The items are boxes, and it labels whole images." if audit.store.has_crops() else None


WRITER = Writer(
    name="cvat",
    order=430,
    title="CVAT for images (XML)",
    about="A tag for each label of an image, to be uploaded to a task of CVAT.",
    write=written_in_pieces(pieces),
    suffix=".xml",
    media_type="application/xml",
    refuses=whole_images_only,
)
