"""A data set out in a format and in again, against a plain model of what was decided.

The model knows the data set as `tests.core.export.faulty_sets` made it, and the
verdicts as they were given; it never asks the program what an item's label is.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree

from PIL import Image, UnidentifiedImageError

from core.audit import Audit, item_id
from core.audit.source import Source
from core.export.choices import ExportChoices, Fate, class_of
from core.export.exporting import export
from core.export.filing import NOT_WRITTEN
from core.export.own_files import label_files
from core.export.writers import WRITERS, Writer
from core.export.writers.label_studio_tasks import SERVED
from core.ingest.crops import crop_path
from core.ingest.files import UnreadableImage, content_hash, path_inside
from core.ingest.images import EXTENSIONS
from core.ingest.questions import answered
from core.ingest.readers import Listing, read_source, source_of
from core.ingest.unpacking import is_packed, layout, unpack
from core.pipeline import list_items
from core.review.verdicts import give_verdicts
from core.store import Decision
from core.terms import VERDICTS, Verdict
from tests.core.export.faulty_sets import DataSet, Entry
from tests.core.making import file_found, read_table

NOT_READ = {
    "soft-labels": "these are probabilities, no labels",
    "issues": "no labels either",
    "label-studio-undecided": "it holds what has no label yet",
}
"""Formats that no reader reads, by name, and why."""

NO_CROPS = {"jsonl", "parquet"}
"""Formats of which no reader reads boxes."""

FORGETS_SPLITS: set[str] = set()
"""Formats that have no place for splits."""

Label = tuple[str, ...]
Found = Counter[tuple[str, Label, str]]
"""Items by what they hold, their labels and their split."""


# -- what is in it ---------------------------------------------------------------------------


@dataclass
class Model:
    """What an audit should hold, by path of the item.

    Attributes
    ----------
    entries : dict of str to Entry
    given : dict of str to str or None
    decided : dict of str to (Verdict, tuple of str)
    """

    entries: dict[str, Entry]
    given: dict[str, str | None]
    decided: dict[str, tuple[Verdict, Label]] = field(default_factory=dict)

    def labels(self, path: str, choices: ExportChoices) -> Label | None:
        """The labels that an item should leave with; None where it is left out."""
        given = self.given[path]
        kept = () if given is None else (given,)
        if path not in self.decided:
            return kept
        verdict, labels = self.decided[path]
        leaves = VERDICTS[verdict].leaves
        decided = {"classes": labels, "given": kept, "nothing": ()}[leaves]
        if verdict not in choices.fates:
            return decided
        fate = choices.fates[verdict]
        if fate == Fate.LEAVE_OUT:
            return None
        named = class_of(fate)
        return {Fate.GIVEN: kept, Fate.EMPTY: (), Fate.ALL: decided}.get(fate, (named,))


def model_of(made: DataSet, listing: Listing) -> Model:
    """Match what was made with the paths that items have; nothing else is taken from a listing."""
    paths = Counter(record.path for record in listing.records)
    assert set(paths.values()) == {1}
    nth: Counter[str] = Counter()
    entries = {}
    for entry in made.entries:
        path = entry.path
        if entry.region is not None:
            nth[crop_path(path, entry.region)] += 1
            path = crop_path(path, entry.region, nth[crop_path(path, entry.region)])
        entries[path] = entry
    assert entries.keys() == paths.keys()
    return Model(entries, {path: entry.label for path, entry in entries.items()})


def identity(source: Source, path: str, region: tuple[int, ...] | None) -> str:
    """What an item holds: a file's bytes, or the pixels of a crop."""
    try:
        file = path_inside(source.path, path, source.roots)
        data = file.read_bytes()
    except (UnreadableImage, OSError):
        return f"missing {path.removeprefix(SERVED)}"
    return content_hash(data) if region is None else pixels_of(file, region)


def pixels_of(file: Path, region: tuple[int, ...] | None = None) -> str:
    with Image.open(file) as image:
        box = (
            None if region is None else (*region[:2], region[0] + region[2], region[1] + region[3])
        )
        pixels = image.convert("RGB").crop(box)
        return hashlib.sha256(f"{pixels.size}".encode() + pixels.tobytes()).hexdigest()


def expected(model: Model, source: Source, choices: ExportChoices) -> Found:
    found: Found = Counter()
    for path, entry in model.entries.items():
        labels = model.labels(path, choices)
        if labels is not None:
            split = entry.split or ""
            found[identity(source, entry.path, entry.region), readable(labels), split] += 1
    return found


def readable(labels: Label) -> Label:
    """What is read again: one label, or none, as items have."""
    return labels if len(labels) == 1 else ()


# -- in and out --------------------------------------------------------------------------------


@dataclass
class Round:
    """An audit of a data set, what should be in it, and who changes that."""

    audit: Audit
    model: Model
    rng: random.Random
    classes: tuple[str, ...]
    new_class: str

    @classmethod
    def begin(cls, made: DataSet, folder: Path, seed: int, source: Source | None = None) -> Round:
        source = source or source_of(made.path, made.labels, answers=made.options)
        source = source if is_packed(source) else answered(source)
        audit = Audit.create(folder, source)
        model = model_of(made, list_items(audit))
        files = [file_found(path) | {"content_hash": content_hash(path.encode())}
                 for path, entry in model.entries.items() if not entry.state]  # fmt: skip
        bad = {item_id(path): entry.state for path, entry in model.entries.items() if entry.state}
        audit.store.record_files(files, bad)
        return cls(audit, model, random.Random(seed), made.classes, made.new_class)

    def next(self, source: Source, listing: Listing, folder: Path) -> Round:
        """Begin the next round with what was exported and read again."""
        entries = [
            Entry(record.file, record.label, record.split, region=record.region)
            for record in listing.records
        ]
        made = DataSet(source.path, entries, source.labels, self.classes, self.new_class)
        return Round.begin(made, folder, self.rng.randrange(10**6), source)

    def decide(self) -> None:
        """Give verdicts of every kind to about half of the items."""
        store, rng = self.audit.store, self.rng
        classes = [*self.classes, self.new_class]
        for name in {*classes} - {*store.class_names().values()}:
            store.add_class(name, auditor="Ana")
        decisions = []
        for path, given in self.model.given.items():
            if rng.random() < 0.5:
                continue
            verdict = rng.choice(
                [Verdict.RELABEL] * 5 + [one for one in Verdict if given or one != Verdict.KEEP]
            )
            others = [name for name in classes if name != given]
            least, most = VERDICTS[verdict].classes
            labels = tuple(rng.sample(others if least == 1 else classes, least if most else 0))
            labels = labels if most == 1 or not least else tuple(rng.sample(classes, least))
            self.model.decided[path] = verdict, labels
            decisions.append(Decision(item_id(path), str(verdict), labels, None))
        give_verdicts(store, decisions, session=f"{rng.random()}", seq=1, auditor="Ana")

    def export(self, writer: Writer, path: Path) -> Found:
        """Write what was decided; return what should be found there again."""
        choices = writer.choices_of(self.audit)
        export(self.audit, writer, path, choices, who="Ana")
        return expected(self.model, self.audit.contents, choices)


def read_back(audit: Audit, writer: Writer, path: Path, scratch: Path) -> tuple[Source, Listing]:
    """Read an export with our own reader, as somebody who gets it would."""
    source = source_back(audit, writer, path, scratch)
    if is_packed(source):
        folder = scratch / f"unpacked {path.name}"
        unpack(source, folder)
        source = layout(source, folder)
    source = answered(source)
    return source, read_source(source)


def source_back(audit: Audit, writer: Writer, path: Path, scratch: Path) -> Source:
    """Return an export as the source of the next audit."""
    if path.suffix == ".sh":
        subprocess.run(["/bin/sh", path, scratch / f"made by {path.name}"], check=True)
        path = scratch / f"made by {path.name}"
    before, inside = audit.source, audit.contents
    answers = {key: before.options[key] for key in ("nested_classes",) if key in before.options}
    if before.labels is not None and not before.path.is_file() and not path.is_dir():
        return source_of(before.path, path)
    is_packed_too = not path.is_dir() and is_packed(before) and before.format in writer.own_of
    if is_packed_too or (path.is_dir() and (holds_images(path) or is_packed(source_of(path)))):
        table = before.labels if before.path.is_file() and is_packed_too else None
        return source_of(path, table, answers=answers)
    if not path.is_dir() and (inside.labels is not None or not writer.own_of):
        return source_of(inside.path, path)
    return overlaid(audit, path, scratch / f"with {path.name}")


def overlaid(audit: Audit, path: Path, folder: Path) -> Source:
    """Put exported tables where those of the data set lay."""
    source = audit.contents
    copytree(source.path, folder)
    if path.is_dir():
        copytree(path, folder, dirs_exist_ok=True)
    else:
        named = [one.relative_to(source.path) for one in label_files(audit)]
        named = named or [one.relative_to(folder) for one in folder.rglob(f"*{path.suffix}")]
        assert len(named) == 1
        (folder / named[0]).write_bytes(path.read_bytes())
    return source_of(folder)


def holds_images(folder: Path) -> bool:
    return any(one.suffix.lower() in EXTENSIONS for one in folder.rglob("*"))


def found_in(source: Source, listing: Listing, crops: set[str]) -> Found:
    """What was read: an item that is a crop's own file counts as that crop."""
    found: Found = Counter()
    for record in listing.records:
        holds = identity(source, record.file, record.region)
        if record.region is None and crops:
            try:
                pixels = pixels_of(path_inside(source.path, record.file))
            except (UnidentifiedImageError, OSError, UnreadableImage):
                pixels = ""
            holds = pixels if pixels in crops else holds
        labels = () if record.label is None else (record.label,)
        found[holds, labels, record.split or ""] += 1
    return found


def not_written(path: Path) -> set[str]:
    """The items of which an export says itself that it has no file of them."""
    table = path / NOT_WRITTEN
    return {row["item"] for row in read_table(table)} if table.is_file() else set()


def differences(round_: Round, writer: Writer, path: Path, scratch: Path) -> str:
    """Export, read back, and say what is not as it should be; empty where all is."""
    return out_and_in(round_, writer, path, scratch)[0]


def out_and_in(
    round_: Round, writer: Writer, path: Path, scratch: Path
) -> tuple[str, Source, Listing]:
    """Export and read back; return what is not as it should be, and what was read."""
    wanted = round_.export(writer, path)
    source, listing = read_back(round_.audit, writer, path, scratch)
    crops = {key for key, *_ in wanted} if round_.audit.store.has_crops() else set()
    found = found_in(source, listing, crops)
    for missing in not_written(made_by(path, scratch)):
        wanted -= Counter(key for key in wanted if key[0] == f"missing {missing}")
    if writer.name in FORGETS_SPLITS:
        wanted, found = without_splits(wanted), without_splits(found)
    lost, added = sorted(wanted - found), sorted(found - wanted)
    wrong = f"lost {lost[:4]}, found instead {added[:4]}" if lost or added else ""
    return wrong, source, listing


def made_by(path: Path, scratch: Path) -> Path:
    return scratch / f"made by {path.name}" if path.suffix == ".sh" else path


def without_splits(found: Found) -> Found:
    plain: Found = Counter()
    for (holds, labels, _), count in found.items():
        plain[holds, labels, ""] += count
    return plain


def fitting(audit: Audit) -> list[Writer]:
    """The writers that can write an audit and whose files a reader reads."""
    without = NO_CROPS if audit.store.has_crops() else set()
    return [
        one
        for one in WRITERS.values()
        if one.name not in {*NOT_READ, *without} and not one.why_not(audit)
    ]


def everything(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """All that a folder holds: bytes, time of change and rights, by path."""
    return {
        str(one.relative_to(folder)): (one.read_bytes(), one.stat().st_mtime_ns, one.stat().st_mode)
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
