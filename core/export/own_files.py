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
from core.ingest.several_labels import SEPARATOR
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


def refused_unless(*endings: str) -> Callable[[Audit], str | None]:
    """Return what says why the tables of an audit cannot be given back.

    Parameters
    ----------
    *endings : str
        Of the tables beside the images that are of the format, which one reader
        reads in several.
    """

    def refuses(audit: Audit) -> str | None:
        files = label_files(audit)
        if not files:
            return "No table says the labels of this audit."
        if audit.contents.format == BESIDE.name:
            others = [path.name for path in files if path.suffix.lower() not in endings]
            if others:
                return f"{others[0]} is of another format."
        return why_not_back(audit)

    return refuses


def why_not_back(audit: Audit) -> str | None:
    """Say why labels have no place in the input, whatever its format; None where they have."""
    return EARLIER if audit.store.earlier_columns() else None


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


def one_cell(outgoing: Outgoing, labels: Iterable[str]) -> str:
    """Return labels as one value: nothing for none, several joined as the input has them."""
    return (outgoing.source.options.get(SEPARATOR) or CLASS_SEPARATOR).join(labels)
