"""Pictures of a report: thumbnails within the page, as many as it may hold."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress

from PIL import Image

from core.audit import Audit
from core.export.report.markup import Html, joined, name, tag
from core.ingest.images import thumbnail
from core.store import Row
from core.terms import VERDICTS, Verdict
from core.text import LONGEST_SENTENCE, sentence

MOST_BYTES = 4_000_000
"""Of all pictures of a report as they stand in it. With its texts it stays below 5 MB."""

SIDE = 208
"""Pixels of the longer side, for 134 of a page: 200 dpi in print, and 8 KB a picture."""

SMALL = 9_000
"""Bytes of a thumbnail that is taken as it is."""


class Pictures:
    """Gives out the pictures of a report until they are too many bytes.

    Parameters
    ----------
    audit : Audit
    most_bytes : int
        Of all pictures, as they stand in the page.

    Attributes
    ----------
    left_out : int
        How many found no room.
    """

    def __init__(self, audit: Audit, most_bytes: int = MOST_BYTES) -> None:
        self._audit = audit
        self._room = most_bytes
        self._given: set[str] = set()
        self.left_out = 0

    def strip(self, items: Iterable[Row], most: int, *, again: bool = False) -> Html | None:
        """Return a row of pictures with their labels, before and after; None where there are none.

        Parameters
        ----------
        items : iterable of dict
            Rows of `Store.items`. Those with a ``split`` say so, and those that ``starts``
            is true of stand a little apart from the one before.
        most : int
            Pictures at most.
        again : bool
            Also those that the report shows already, which are passed over else.
        """
        fresh = [item for item in items if again or item["id"] not in self._given][:most]
        self._given.update(item["id"] for item in fresh)
        shown = [picture for picture in map(self._picture, fresh) if picture is not None]
        return tag("ul", shown, class_="strip") if shown else None

    def _picture(self, item: Row) -> Html | None:
        content = self._content(item)
        if content is None:
            return None
        apart = "apart" if item.get("starts") else None
        return tag("li", tag("figure", content, caption(item)), class_=apart)

    def _content(self, item: Row) -> Html | None:
        """Return the picture, the words of an item that is none; None where there is no room."""
        if item["fields"] is not None:
            return tag("p", fields_text(item), class_="words", dir="auto")
        data = self._thumbnail(item)
        if data is None:
            return tag("p", "There is no picture.", class_="words")
        source = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
        if len(source) > self._room:
            self.left_out += 1
            return None
        self._room -= len(source)
        return tag("img", src=source, alt=sentence(item["path"], LONGEST_SENTENCE))

    def _thumbnail(self, item: Row) -> bytes | None:
        """Return the bytes of a small JPEG; None where the file is gone or damaged."""
        if not item["content_hash"]:
            return None
        with suppress(OSError, ValueError, Image.DecompressionBombError):
            return _shrunk(self._audit.thumbnail_file(item["content_hash"]).read_bytes())
        return None


def _shrunk(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        image.load()
        if len(data) <= SMALL and max(image.size) <= 2 * SIDE:
            return data
        return thumbnail(image.convert("RGB"), SIDE)


def fields_text(item: Row) -> str:
    """Return what stands for an item that is no picture: the values of its row."""
    values = [value for key, value in item["fields"].items() if key not in ("path", "label")]
    return sentence(" · ".join(filter(None, values)) or str(item["path"]), 120)


def caption(item: Row) -> Html:
    """Return the labels of an item, before and after."""
    before = tag("span", "given ", name(_label(item["given"]), "given"))
    word, after = _after(item)
    split = tag("span", "in ", name(item["split"])) if item.get("split") else None
    return tag("figcaption", before, tag("span", word, after), split)


def _after(item: Row) -> tuple[str, Html]:
    """Return what the label is by now and a word before it."""
    if item["verdict"] is None:
        if not item["is_suspect"]:
            return "", tag("bdi", "not reviewed")
        return "looks like ", name(_label(item["suggested"]), "final")
    term = VERDICTS[Verdict(item["verdict"])]
    if term.leaves == "given":
        return "final ", joined(name(_label(item["given"]), "given"), f" ({term.past})")
    if not item["labels"]:
        return "verdict ", tag("bdi", term.past)
    return "final ", joined(*_alternatives(item["labels"]))


def _alternatives(labels: Sequence[str]) -> list[Html | str]:
    parts: list[Html | str] = []
    for label in labels[:3]:
        parts += [" or " if parts else "", name(label, "final")]
    return [*parts, " …"] if len(labels) > 3 else parts


def _label(label: str | None) -> str:
    return "no label" if label is None else label
