"""Questions about the columns of a table, in words."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from core.ingest.column_names import EACH_CLASS
from core.ingest.records import Question
from core.ingest.table import NAMES_SHOWN
from core.text import counted, shortened


def on_paths(columns: Sequence[str], proposed: str | None) -> Question:
    """Ask which column holds the paths; `proposed` is told by its values, None is no proposal."""
    because = (
        ""
        if proposed is None
        else f"No column is called like a path; {shortened(proposed, 60)} is taken, as its values"
        " name images; --path-column takes another."
    )
    text = "Which column holds the paths, or the ids, of the images?"
    return _on_column("path_column", text, proposed, columns, because)


def on_ids(path: str, names: Sequence[str]) -> Question:
    """Ask which column names the images of rows whose `path` is empty; the first is proposed."""
    because = (
        f"Rows without {shortened(path, 40)} are found by {shortened(names[0], 40)}, which names"
        f" images; --id-column {quote(path)} leaves them out."
    )
    text = "Which column names the images of rows without a path?"
    shown = {path: f"None: rows without {path} are left out"}
    return _on_column("id_column", text, names[0], [*names, path], because, shown)


def on_labels(proposed: str | None, columns: Sequence[str], because: str = "") -> Question:
    """Ask which column holds the labels."""
    text = "Which column holds the labels?"
    return _on_column("label_column", text, proposed, columns, because)


def on_classes(columns: Sequence[str]) -> Question:
    """Ask whether columns of 0 and 1 are the classes."""
    listed = shortened(", ".join(name.strip() for name in columns), NAMES_SHOWN)
    number = counted(len(columns), "column")
    because = (
        f"{number} of 0 and 1 are taken as the classes: {listed}; --label-column NAME takes one"
        " column alone."
    )
    shown = {EACH_CLASS: f"{number}, one for each class"}
    text = "Which column holds the labels?"
    return _on_column("label_column", text, EACH_CLASS, [EACH_CLASS, *columns], because, shown)


def _on_column(
    name: str,
    text: str,
    proposed: str | None,
    columns: Sequence[str],
    because: str,
    shown: dict[str, str] | None = None,
) -> Question:
    needed = proposed is None
    answers = [*([""] if needed else []), *columns]
    option = f"--{name.replace('_', '-')}"
    return Question(name, option, text, proposed or "", answers, needed, because, shown or {})
