"""The input's own COCO files: category ids differ, and classes that are new are appended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.audit import Source
from core.export.annotation_sets import ONE_CLASS, matched, one_label, write_set
from core.export.choices import Fate
from core.export.json_edits import JsonText, Part, Piece, added, like, parts, places, removed
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import why_not_back
from core.export.writers.writer import Writer
from core.ingest.readers.coco import READER, coco_files

CATEGORY_KEYS = ("id", "name", "supercategory")


def _files(source: Source) -> list[Path]:
    return [source.labels] if source.labels else coco_files(source.path)


def _write(outgoing: Outgoing, path: Path) -> None:
    write_set(outgoing, path, _files(outgoing.source), _patched)


def _patched(path: Path, edits: dict[int, Edit]) -> Iterator[bytes]:
    return _CocoText(path).patched(edits)


class _CocoText:
    """A file of annotations and what has to change in it."""

    def __init__(self, path: Path) -> None:
        self.doc = JsonText(path)
        self.at = places(self.doc.text, self.doc.start)
        self.categories = [part for part in self._parts("categories") if _has(part, "name")]
        keys = {str(part.value.get("id", "")): part.value.get("id", "") for part in self.categories}
        self.names = {str(part.value.get("id", "")): _name(part) for part in self.categories}
        self.ids: dict[str, Any] = {}
        for key, name in self.names.items():
            self.ids.setdefault(name, keys[key])
        self.new: list[str] = []

    def _parts(self, section: str) -> Iterator[Part]:
        return parts(self.doc.text, self.at[section])

    def patched(self, edits: dict[int, Edit]) -> Iterator[bytes]:
        """Yield the content of the file with edits by the numbers of annotations."""
        found = {n: part for n, part in enumerate(self._parts("annotations"), 1) if n in edits}
        has_boxes = any(_has(part, "bbox") for part in self._parts("annotations"))
        bare = {-n: edit for n, edit in edits.items() if n < 0}
        edits = {n: edit for n, edit in edits.items() if n > 0}
        labels = {n: one_label(edit, self.doc.path) for n, edit in edits.items()
                  if not edit.is_left_out}  # fmt: skip
        left_out = {n for n in edits if n not in labels}
        gone = left_out if has_boxes else left_out | self._merged(found, labels)
        pieces = [self._edited(part, labels[n]) for n, part in found.items() if n not in gone]
        pieces += removed(self._parts("annotations"), gone)
        pieces += added(self.doc.text, self.at["annotations"], self._annotations(bare))
        images = {n for n, edit in bare.items() if edit.is_left_out}
        images |= set() if has_boxes else self._emptied(left_out)
        pieces += removed(self._parts("images"), images)
        pieces += added(self.doc.text, self.at["categories"], self.new)
        return self.doc.edited(pieces)

    def _merged(self, found: dict[int, Part], labels: dict[int, str]) -> set[int]:
        """Return which annotations go because their image gets another label, or none at all."""
        images: dict[str, list[int]] = {}
        for n in sorted(labels):
            images.setdefault(str(found[n].value["image_id"]), []).append(n)
        gone: set[int] = set()
        for numbers in images.values():
            ids = {n: str(found[n].value.get("category_id")) for n in numbers}
            current = {n: self.names.get(one, "") for n, one in ids.items()}
            stays, _ = matched(current.values(), [*filter(None, [labels[numbers[0]]])])
            gone.update(n for n in numbers if current[n] not in stays)
        return gone

    def _edited(self, part: Part, label: str) -> Piece:
        doc, number = self.doc, self._id(label) if label else None
        value = part.value | {"category_id": number}
        members = {one.key: one for one in parts(doc.text, part.start)}
        if (member := members.get("category_id")) is not None:
            pieces: list[Piece] = [(member.start, member.end, doc.written(number))]
        else:
            key = like(doc.text, part, [("category_id", doc.written(number))])
            pieces = added(doc.text, part.start, [_inside(key)])
        return doc.replaced(part, pieces, lambda new: bool(new == value))

    def _id(self, label: str) -> Any:
        """Return the id of a category, which is added where there is none."""
        if label not in self.ids:
            numbers = [int(one) for one in map(str, self.ids.values()) if one.isdecimal()]
            self.ids[label] = max(numbers, default=0) + 1
            self.new.append(self._category(label))
        return self.ids[label]

    def _category(self, label: str) -> str:
        values = {"id": self.ids[label], "name": label}
        if not self.categories:
            return json.dumps(values)
        above = {str(part.value.get("supercategory", "")) for part in self.categories}
        values["supercategory"] = above.pop() if len(above) == 1 else ""
        last = self.categories[-1]
        keys = [key for key in last.value if key in CATEGORY_KEYS]
        keys += [key for key in ("id", "name") if key not in keys]
        return like(self.doc.text, last, [(key, self.doc.written(values[key])) for key in keys])

    def _annotations(self, bare: dict[int, Edit]) -> list[str]:
        """Return new annotations, of images that had none, by the numbers of the images."""
        found = [part for part in self._parts("annotations") if isinstance(part.value, dict)]
        numbers = [int(one) for part in found if (one := str(part.value.get("id"))).isdecimal()]
        free, new = max(numbers, default=0), []
        for n, image in enumerate(self._parts("images"), start=1):
            if n in bare and bare[n].labels and not bare[n].is_left_out:
                free += 1
                values = {
                    "id": free,
                    "image_id": image.value["id"],
                    "category_id": self._id(one_label(bare[n], self.doc.path)),
                }
                written = [(key, self.doc.written(one)) for key, one in values.items()]
                new.append(like(self.doc.text, (found or [image])[-1], written))
        return new

    def _emptied(self, gone: set[int]) -> set[int]:
        """Return the numbers of the images of which every annotation goes, as they go then."""
        if not gone:
            return set()
        left_out: set[str] = set()
        stays: set[str] = set()
        for n, part in enumerate(self._parts("annotations"), start=1):
            if isinstance(part.value, dict):
                (left_out if n in gone else stays).add(str(part.value.get("image_id")))
        left_out -= stays
        return {
            n
            for n, part in enumerate(self._parts("images"), start=1)
            if isinstance(part.value, dict) and str(part.value.get("id", "")) in left_out
        }


def _has(part: Part, key: str) -> bool:
    return isinstance(part.value, dict) and bool(part.value.get(key))


def _name(part: Part) -> str:
    return str(part.value["name"]).strip()


def _inside(text: str) -> str:
    return text[1:-1].strip()


WRITER = Writer(
    name="own-coco",
    order=20,
    title="The input's COCO files",
    about="The COCO files as they came, nothing but category ids changed; new classes are added.",
    write=_write,
    suffix=".json",
    media_type="application/json",
    own_of=(READER.name,),
    refuses=why_not_back,
    can_hold=(Fate.EMPTY,),
    choices=ONE_CLASS,
    makes_folder=lambda audit: len(_files(audit.contents)) > 1,
)
