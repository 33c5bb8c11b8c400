"""An export as one archive: for a browser, which takes one file at a time."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from core.audit import Audit
from core.export.choices import ExportChoices
from core.export.exporting import export
from core.export.unblinding import check_unblinded
from core.export.writers.writer import Writer


def packed(
    audit: Audit,
    writer: Writer,
    name: str,
    auditor: str | None = None,
    choices: ExportChoices | None = None,
) -> bytes:
    """Return a ZIP archive of an export with its manifest and its changes.

    Parameters
    ----------
    audit : Audit
    writer : Writer
    name : str
        Of the file, or of the folder, in it.
    auditor : str or None
        Whoever exports; None for the owner of the data.
    choices : ExportChoices or None
        None for what was chosen for this format last; they are remembered.

    Raises
    ------
    StillBlind
        When the auditor has blind second reviews to do.
    """
    check_unblinded(audit.store, auditor)
    with tempfile.TemporaryDirectory() as scratch:
        export(audit, writer, Path(scratch) / name, choices, auditor)
        archive = Path(scratch) / "export.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(Path(scratch).rglob("*")):
                if path != archive and path.is_file():
                    file.write(path, path.relative_to(scratch))
        return archive.read_bytes()
