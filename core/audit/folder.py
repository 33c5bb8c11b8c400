"""The folder of an audit: what lies where in it."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path
from typing import Self

import numpy as np

from core.audit.ids import fingerprint
from core.audit.source import Source
from core.audit.tables import EvidenceTable, NeighborTable, PredictionTable
from core.neighbors.graph_folder import map_arrays
from core.store import Store, StoreError
from core.terms import current_name

DATABASE = "audit.db"
EMBEDDED_ANEW = "embedded_anew"
"""Setting: the version of decoding for which images were embedded anew; None where none were."""
WIDTHS = "embedding_widths"
"""Setting: columns of the embedding and of each further layer beside it; None where unknown."""
FINE_TUNED_CLASSES = "fine_tuned_classes"
"""Setting: class names of the columns of the fine-tuned network's probabilities."""
NAME = "name"
"""Setting: what people call the audit; None where that is its folder's name."""

CONTENTS = "contents"
"""Setting: how the files that were unpacked of the source are read; None where none were."""


class AuditError(ValueError):
    """An audit that cannot be opened or made; the message is one clear sentence."""


class Audit:
    """The one place that knows what lies where in an audit's folder.

    Parameters
    ----------
    folder : Path
        A folder that holds ``audit.db``.

    Attributes
    ----------
    id : str
        A random id, so that addresses of two audits never mix.
    opened : str
        Names this opening of the audit: what is cached of it is of no other,
        where the folder is replaced or comes back.

    Raises
    ------
    AuditError
        When there is no audit in `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / DATABASE).is_file():
            raise AuditError(f"There is no audit in {folder}.")
        self.store = _open_store(self.folder)
        self.opened = secrets.token_hex(4)
        if self.store.setting("id") is None:
            raise AuditError(f"The audit in {folder} was never set up; delete the folder.")
        self.id = str(self.store.setting("id"))

    @classmethod
    def create(cls, folder: Path, source: Source) -> Self:
        """Open the audit of `source` in `folder`, which is made when missing.

        Parameters
        ----------
        folder : Path
        source : Source
            See `core.ingest.readers.source_of`.

        Raises
        ------
        AuditError
            When `folder` holds something else, or an audit of another source.
        """
        check_place(folder.resolve(), source.path)
        folder.mkdir(parents=True, exist_ok=True)
        store = _open_store(folder)
        if store.setting("id") is None:
            store.set_settings({"id": secrets.token_hex(6), "source": source.to_setting()})
        store.close()
        audit = cls(folder)
        if not audit.source.is_at(source):
            raise AuditError(
                f"{folder} is the audit of another source, {audit.source}; choose another folder."
                " If the data set has moved, run `python -m core move DIR SOURCE`."
            )
        audit.move_source(audit.source.with_options(source.options))
        return audit

    @property
    def name(self) -> str:
        """What people call the audit: at first its folder's name."""
        return str(self.store.setting(NAME) or self.folder.name)

    @property
    def source(self) -> Source:
        """The data set that is audited; read anew each time, as another process may move it."""
        return Source.from_setting(self.store.setting("source"))

    def check(self) -> None:
        """Raise an `AuditError` when the database can no longer be read, or is another's."""
        try:
            found = self.store.setting("id")
        except sqlite3.Error as error:
            raise _cannot_open(self.folder, error) from None
        if found != self.id:
            raise AuditError(f"The audit in {self.folder} was replaced while it was open.")

    @property
    def contents(self) -> Source:
        """The data set as its files lie: the source itself, or what was unpacked of it.

        An archive, or a file of arrays, is unpacked once into the audit's folder
        and read from there; the paths of items lie in this one's folder.
        """
        inside = self.store.setting(CONTENTS)
        if inside is None:
            return self.source
        path = self.unpacked_folder / inside.get("within", "")
        found = Source.from_setting(inside | {"path": str(path)})
        table = found.options.get("labels")
        # Of a table that was unpacked too, the path within, as the audit may be moved.
        return found if table is None else found.with_labels(self.unpacked_folder / table)

    def set_contents(self, contents: Source | None) -> None:
        """Say what lies in the folder of what was unpacked; None where the source is a folder."""
        setting = None
        if contents is not None:
            table = contents.labels
            if table is not None and table.is_relative_to(self.unpacked_folder):
                contents = contents.with_labels(table.relative_to(self.unpacked_folder))
            within = str(contents.path.relative_to(self.unpacked_folder))
            setting = {"format": contents.format, "within": within, "options": contents.options}
        if setting != self.store.setting(CONTENTS):
            self.store.set_settings({CONTENTS: setting})

    @property
    def unpacked_folder(self) -> Path:
        """What was unpacked of a source that is an archive or holds arrays."""
        return self.folder / "unpacked"

    def move_source(self, source: Source) -> None:
        """Say that the same data set now lies in another place, or is read in another way."""
        if source != self.source:
            self.store.set_settings({"source": source.to_setting()})

    @property
    def is_ranked(self) -> bool:
        """Whether the evidence has been weighed, so that there are suspects to look at."""
        return self.store.fingerprint("evidence") is not None

    @property
    def embedded_with(self) -> str | None:
        """What the embeddings were made with, for fingerprints of what is computed from them."""
        made_with, anew = self.store.fingerprint("embeddings"), self.store.setting(EMBEDDED_ANEW)
        return made_with if anew is None else fingerprint(made_with, anew)

    @property
    def embeddings_file(self) -> Path:
        """float16 (rows, d), rows aligned to ``items.row``; see `layer_widths`."""
        return self.folder / "embeddings.npy"

    @property
    def layer_widths(self) -> tuple[int, ...]:
        """Columns of each part of a row of embeddings: the embedding, then further layers.

        Empty where that is not known: all columns are the embedding then.
        """
        return tuple(self.store.setting(WIDTHS) or ())

    @property
    def predictions_file(self) -> Path:
        """float16 (rows, K): a classifier's own probabilities, rows aligned to ``items.row``."""
        return self.folder / "predictions.npy"

    @property
    def fine_tuning_folder(self) -> Path:
        """What fine-tuning a network needs again: maps of the images, folds that are done."""
        return self.folder / "fine_tuning"

    @property
    def fine_tuned_file(self) -> Path:
        """float16 (rows, K): probabilities by the fine-tuned network, as of `predictions_file`."""
        return self.folder / "fine_tuned.npy"

    @property
    def neighbors_folder(self) -> Path:
        """The arrays of `NeighborTable`, and what made them; see `core.neighbors.graph_folder`."""
        return self.folder / "neighbors"

    @property
    def evidence_file(self) -> Path:
        """The arrays of `EvidenceTable`."""
        return self.folder / "evidence.npz"

    @property
    def map_file(self) -> Path:
        """The map of all items, see `core.structure.layout_files`."""
        return self.folder / "map.parquet"

    @property
    def layouts_folder(self) -> Path:
        """All other layouts of the map, a file each."""
        return self.folder / "layouts"

    @property
    def bakeoff_file(self) -> Path:
        """Results of the bake-off: detectors on synthetic label noise."""
        return self.folder / "bakeoff.json"

    @property
    def check_file(self) -> Path:
        """What the last check that passed has seen; see `core.gate.baseline`."""
        return self.folder / "checked.jsonl"

    @property
    def lock_file(self) -> Path:
        """Held while the pipeline runs."""
        return self.folder / "run.lock"

    @property
    def log_file(self) -> Path:
        """What the last job of the dashboard printed."""
        return self.folder / "job.log"

    def thumbnail_file(self, content_hash: str) -> Path:
        """Return where the small JPEG of the image with that hash lies."""
        return self.folder / "thumbs" / content_hash[:2] / f"{content_hash}.jpg"

    def view_file(self, content_hash: str) -> Path:
        """Return where the picture lies that was made for browsers that cannot show the file."""
        return self.folder / "views" / content_hash[:2] / content_hash

    def predictions(self) -> PredictionTable | None:
        """Open a classifier's own probabilities; None when there are none."""
        classes = self.store.setting("prediction_classes")
        if classes is None or not self.predictions_file.exists():
            return None
        rows = np.load(self.predictions_file, mmap_mode="r", allow_pickle=False)
        return PredictionTable(self._current_classes(classes), rows)

    def fine_tuned(self) -> PredictionTable | None:
        """Open the fine-tuned network's out-of-fold probabilities; None when there are none."""
        classes = self.store.setting(FINE_TUNED_CLASSES)
        if classes is None or not self.fine_tuned_file.exists():
            return None
        rows = np.load(self.fine_tuned_file, mmap_mode="r", allow_pickle=False)
        return PredictionTable(self._current_classes(classes), rows)

    def neighbors(self) -> NeighborTable:
        """Map the graph and the vectors that it was made from."""
        return NeighborTable(**map_arrays(self.neighbors_folder, NeighborTable._fields))

    def evidence(self) -> EvidenceTable:
        """Read the evidence; that of an earlier version says nothing of members.

        Its classes are called what they are called now; two columns have one
        name where a class was merged into another since.
        """
        with np.load(self.evidence_file, allow_pickle=False) as arrays:
            known = [name for name in EvidenceTable._fields if name in arrays]
            table = EvidenceTable(**{name: arrays[name] for name in known})
        members = [current_name(name) for name in table.members.tolist()]
        classes = self._current_classes(table.classes.tolist())
        return table._replace(
            classes=np.array(classes, np.str_), members=np.array(members, np.str_)
        )

    def _current_classes(self, names: list[str]) -> list[str]:
        """Return what the classes of a computed file are called by now."""
        aliases = self.store.class_aliases()
        return [aliases.get(name, name) for name in names]


REASONS = {
    sqlite3.SQLITE_NOTADB: "it is not a database",
    sqlite3.SQLITE_CORRUPT: "it is damaged or cut off",
    sqlite3.SQLITE_CANTOPEN: "it may not be read, or its folder not be written",
    sqlite3.SQLITE_PERM: "it may not be read",
    sqlite3.SQLITE_READONLY: "it may not be written",
}
"""What people are told of an error of SQLite; of others, its own text."""


def _open_store(folder: Path) -> Store:
    try:
        return Store(folder / DATABASE)
    except sqlite3.Error as error:
        raise _cannot_open(folder, error) from None
    except StoreError as error:
        raise AuditError(f"The audit in {folder} cannot be opened: {error}") from None


def _cannot_open(folder: Path, error: sqlite3.Error) -> AuditError:
    why = REASONS.get(getattr(error, "sqlite_errorcode", -1) & 0xFF, str(error))
    return AuditError(f"The database in {folder} cannot be opened ({why}).")


def check_place(folder: Path, source: Path) -> None:
    """Refuse a `folder` for an audit that holds something else, or lies in its `source`."""
    if folder.is_file():
        raise AuditError(f"{folder} is a file; an audit needs a folder of its own.")
    if folder == source or source in folder.parents:
        raise AuditError(f"The audit's folder {folder} must lie outside the source {source}.")
    if folder.is_dir() and not (folder / DATABASE).exists() and any(folder.iterdir()):
        raise AuditError(f"{folder} holds other files; an audit needs a folder of its own.")
