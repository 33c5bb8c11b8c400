"""What auditors have decided in an audit, and what it exports, as frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core import audit
from core.export import corrections, exporting
from core.export.writers import writer_of
from core.notebook.frames import frame_by_item, frame_of
from core.terms import CLASS_SEPARATOR

if TYPE_CHECKING:
    import pandas as pd

VERDICT = ("path", "given", "final", "labels", "verdict", "auditor", "judged", "rule", "changed")
LOG = (
    "judged", "auditor", "item", "path", "given", "verdict", "labels", "classes", "stream", "role",
    "undoes", "redoes",
)  # fmt: skip


class VerdictFrames(audit.Audit):
    """An audit whose verdicts and corrected labels are read as frames."""

    def verdicts(self) -> pd.DataFrame:
        """Return the verdict that decides each reviewed item, the latest first.

        Where several people have judged an item, it is the one that the audit's
        rule chooses; `log` has all of them.

        Returns
        -------
        DataFrame
            Indexed by item id: ``path``, ``given``, ``final`` (classes joined by
            ``|`` where several fit; missing where none does), ``labels`` (the same
            as a list), ``verdict``, ``auditor``, ``judged`` (time in UTC),
            ``rule`` (how the final label came about) and ``changed``: whether it
            is another than the given one.

        Examples
        --------
        >>> audit.verdicts()[["path", "given", "final", "verdict", "rule"]]
                            path  given  final  verdict          rule
        id
        5659abc79cc807b5  00.jpg  lotus  lotus     keep  only verdict
        12b9395fbacb7e08  12.jpg  lotus    emu  relabel  only verdict
        """
        rows = corrections.decisions(self.store)
        return frame_by_item([row | {"final": row["final"] or None} for row in rows], VERDICT)

    def log(self) -> pd.DataFrame:
        """Return the whole log of verdicts, oldest first: what was undone and who disagreed too.

        Returns
        -------
        DataFrame
            Indexed by the number of the row: ``judged`` (time in UTC),
            ``auditor``, ``item`` (its id), ``path``, ``given`` (the label at the
            time), ``verdict`` (an ``undo`` is a row too), ``labels``
            (joined by ``|``), ``classes`` (the same as a list), ``stream``,
            ``role``, and ``undoes`` and ``redoes``: the number of the row that it
            takes back or gives again.

        Examples
        --------
        >>> audit.log()[["auditor", "path", "verdict", "labels"]]
               auditor    path  verdict labels
        number
        1          Ana  12.jpg  relabel    emu
        2          Ana  00.jpg     keep
        """
        rows = [
            row
            | {
                "number": row["id"],
                "item": row["item_id"],
                "labels": CLASS_SEPARATOR.join(row["labels"]),
                "classes": row["labels"],
            }
            for row in self.store.log()
        ]
        frame = frame_of(rows, LOG, index="number")
        return frame.astype({"undoes": "Int64", "redoes": "Int64"})

    def corrected(self) -> pd.DataFrame:
        """Return what `export` writes: the input's columns, then the final label and its origin.

        Every value is a text, as in a CSV.

        Examples
        --------
        >>> audit.corrected()[["path", "label", "final_label"]].query("label != final_label")
              path  label final_label
        12  12.jpg  lotus         emu
        """
        import pandas as pd

        columns = corrections.columns(self.store)
        return pd.DataFrame(list(corrections.rows(self.store)), columns=columns)

    def export(self, path: str | Path, format: str = "csv") -> int:
        """Write the corrected labels to a file or folder, whole or not at all.

        A manifest and the changes lie beside the file, or in the folder.

        Parameters
        ----------
        path : str or Path
        format : str
            Of `core.export.writers.WRITERS`, or ``own``: as the input came.

        Returns
        -------
        int
            The number of rows.

        Raises
        ------
        AuditError
            When there is no such format, or `path` is a file that the audit reads
            or that is no export.

        Examples
        --------
        >>> audit.export("corrected.csv")
        18
        """
        file = Path(path).expanduser()
        return exporting.export(self, writer_of(self, format), file).items
