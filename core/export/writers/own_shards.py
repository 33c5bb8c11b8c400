"""The input's own WebDataset shards: of each tar, nothing changes but the labels of samples.

A label that stands in a ``.cls`` or a ``.json`` is replaced there; a sample that says
none gets a ``.cls``. A sample that is left out goes with all its members.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path, PurePosixPath

from core.audit import Audit
from core.export.choices import ExportError, Fate
from core.export.outgoing import Edit, Outgoing
from core.export.own_files import OWN_CHOICES, why_not_back
from core.export.packed_items import packed_edits
from core.export.tar_editing import Member, TarEditor, tar_editor
from core.export.writers.own_json import Manner, edited_object
from core.export.writers.writer import Writer
from core.ingest.readers.webdataset import LABELS, LONGEST_TEXT, SEVERAL, shard_folder, shards
from core.ingest.unpacker import checked_name, is_hidden

TITLE = "WebDataset"
CLS, JSON = "cls", "json"


def _write(outgoing: Outgoing, path: Path) -> None:
    edits = packed_edits(outgoing)
    source = outgoing.original.path
    for shard in shards(source):
        target = path / shard.name if source.is_dir() else path
        of_shard = edits.get(shard_folder(shard), {})
        with tar_editor(shard, target) as editor:
            for key, parts in groupby(editor.members, _key):
                _write_sample(editor, [*parts], of_shard.get(key) if key else None)
            editor.finish()


def _key(member: Member) -> str | None:
    """Return the key of the sample of a member, as the reader has it; None where it has none."""
    if not member.info.isreg():
        return None
    name = PurePosixPath(checked_name(member.info.name))
    stem, dot, _ = name.name.partition(".")
    return str(name.with_name(stem)) if dot and not is_hidden(str(name)) else None


def _ending(member: Member) -> str:
    return PurePosixPath(member.info.name).name.partition(".")[2].lower()


def _write_sample(editor: TarEditor, parts: list[Member], edit: Edit | None) -> None:
    if edit is not None and edit.is_left_out:
        return
    texts = {} if edit is None else _edited(editor, parts, edit.labels)
    for part in parts:
        if part.info.name in texts:
            editor.replace(part, texts[part.info.name].encode(errors="surrogateescape"))
        else:
            editor.copy(part)
    if edit is not None and edit.labels and not texts:
        image = parts[-1]
        stem = image.info.name[: len(image.info.name) - len(_ending(image)) - 1]
        editor.add(image, f"{stem}.{CLS}", _one(edit.labels).encode())


def _edited(editor: TarEditor, parts: list[Member], labels: tuple[str, ...]) -> dict[str, str]:
    """Return the new texts of the members that say the label, by their names.

    That is the first that says one, and others that say the same; where none does,
    the first that could.
    """
    said: dict[str, tuple[str, str | None, str]] = {}
    for part in parts:
        if _ending(part) in (CLS, JSON) and part.info.size <= LONGEST_TEXT:
            text = editor.read(part).decode("utf-8", errors="surrogateescape")
            if (found := _label(text, _ending(part))) is not None:
                said[part.info.name] = text, *found
    first = next((one for one in said.values() if one[2]), next(iter(said.values()), None))
    if first is None:
        return {}
    same = {name: one for name, one in said.items() if one is first or (one[2] == first[2] != "")}
    return {name: _with_label(text, key, labels) for name, (text, key, _) in same.items()}


def _label(text: str, ending: str) -> tuple[str | None, str] | None:
    """Return the key of the label in a text, None for all of it, and the label there."""
    if ending == CLS:
        return None, text.strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    keys = [key for key in (*LABELS, *SEVERAL) if not isinstance(found.get(key, {}), dict)]
    given = [key for key in keys if found[key] not in (None, "", [])]
    return None if not keys else ([*given, *keys][0], str(found[given[0]]) if given else "")


def _with_label(text: str, key: str | None, labels: tuple[str, ...]) -> str:
    if key is None:
        bare = text.strip()
        start = text.index(bare) if bare else 0
        return text[:start] + (_one(labels) if labels else "") + text[start + len(bare) :]
    return edited_object(text, key, Edit(labels), Manner(text.isascii(), numbers=False))


def _one(labels: tuple[str, ...]) -> str:
    if len(labels) > 1:
        raise ExportError("A .cls holds one label; choose what becomes of images with several.")
    return labels[0]


def _is_folder(audit: Audit) -> bool:
    return audit.source.path.is_dir()


WRITER = Writer(
    name="own-shards",
    order=40,
    title="The input's WebDataset shards",
    about="The tars as they came, byte for byte but for the members that say a changed label.",
    write=_write,
    suffix=".tar",
    media_type="application/x-tar",
    own_of=("webdataset",),
    can_hold=(Fate.EMPTY,),
    choices=OWN_CHOICES,
    refuses=why_not_back,
    makes_folder=_is_folder,
)
