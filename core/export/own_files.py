"""The files of the input that say the labels, for the writers that give them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.audit import Audit
from core.export.choices import ExportChoices, ExportError, Fate
from core.export.outgoing import Edit, Outgoing
from core.ingest.readers.box_tables import READER as BOX_TABLE
from core.ingest.readers.box_tables import tables_of_boxes
from core.ingest.readers.folder_tables import READER as BESIDE
from core.ingest.readers.folder_tables import names_beside
from core.store import Store
from core.terms import CLASS_SEPARATOR, VERDICTS

OWN_CHOICES = ExportChoices(
    {verdict: Fate.GIVEN for verdict, term in VERDICTS.items() if term.leaves == "classes"
     and term.classes[1] is None}
)  # fmt: skip
"""Of a format in which several labels would be one class: such an item keeps the given one."""

EARLIER = "The input is an export of Second Look; CSV replaces what it says of the decisions."


def label_files(audit: Audit) -> list[Path]:
    """Return the tables that say the labels of an audit, told without reading them whole."""
    source = audit.contents
    if source.labels is not None:
        return [source.labels]
    if source.format == BESIDE.name:
        return names_beside(source.path)
    return tables_of_boxes(source.path) if source.format == BOX_TABLE.name else []


def has_several_files(audit: Audit) -> bool:
    """Tell whether several tables say the labels, so that a folder of them is given back."""
    return len(label_files(audit)) > 1


def refused_unless(endings: Iterable[str] = (), without: Iterable[str] = ()) -> Callable[
    [Audit], str | None
]:  # fmt: skip
    """Return what says why the tables of an audit cannot be given back.

    Parameters
    ----------
    endings : iterable of str
        That their names must have; any where none is named.
    without : iterable of str
        That they must not have.
    """
    endings, without = tuple(endings), tuple(without)

    def refuses(audit: Audit) -> str | None:
        files = label_files(audit)
        if not files:
            return "No table says the labels of this audit."
        for path in files:
            ending = path.suffix.lower()
            if (endings and ending not in endings) or ending in without:
                return f"{path.name} is of another format."
        return EARLIER if is_own_export(audit.store) else None

    return refuses


def is_own_export(store: Store) -> bool:
    """Tell whether the labels come from the columns of an earlier export of ours."""
    return bool(store.earlier_columns())


def written_to(
    outgoing: Outgoing, path: Path, pieces: Callable[[Path, dict[int, Edit]], Iterator[bytes]]
) -> None:
    """Write each table with its edits: to the file `path`, or below the folder as they lie."""
    for file, edits in outgoing.edits().items():
        with place_of(outgoing, path, file).open("wb") as target:
            target.writelines(pieces(file, edits))


def place_of(outgoing: Outgoing, path: Path, file: Path) -> Path:
    """Return where a file of the input is written to: `path` or, where that is a folder, in it."""
    if not path.is_dir():
        return path
    source = outgoing.source.path
    if not file.is_relative_to(source):
        raise ExportError(f"{file} lies outside of the data set; give it with --labels alone.")
    place = path / file.relative_to(source)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def one_cell(labels: Iterable[str]) -> str:
    """Return labels as one value: nothing for none, several joined by ``|``."""
    return CLASS_SEPARATOR.join(labels)
