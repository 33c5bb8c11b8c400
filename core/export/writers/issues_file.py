"""Label issues as cleanlab lists them: quality of each label, and what is suggested instead."""

from __future__ import annotations

from collections.abc import Iterator

from core.audit import Audit
from core.export.corrected import CorrectedItem
from core.export.outgoing import Outgoing
from core.export.spreadsheets import safe_rows
from core.export.writers.writer import Writer, written_in_pieces
from core.terms import CLASS_SEPARATOR
from core.text import csv_lines

COLUMNS = (
    "index", "path", "is_label_issue", "label_quality", "given_label", "predicted_label",
    "final_label", "verdict",
)  # fmt: skip
"""`index` counts the rows of the input from 0; `label_quality` is the probability of the label."""


def _pieces(outgoing: Outgoing) -> Iterator[bytes]:
    def rows() -> Iterator[tuple[str, ...]]:
        yield COLUMNS
        for index, item in enumerate(outgoing.all_items()):
            if not item.is_left_out:
                yield _row(index, item)

    return (line.encode() for line in csv_lines(safe_rows(rows(), outgoing.choices)))


def _row(index: int, item: CorrectedItem) -> tuple[str, ...]:
    quality = item.p_given
    return (
        str(index),
        item.path,
        str(is_issue(item)),
        "" if quality is None else f"{quality:.6f}",
        item.given or "",
        (item.suggested if item.is_suspect else item.given) or "",
        CLASS_SEPARATOR.join(item.labels),
        item.verdict,
    )


def is_issue(item: CorrectedItem) -> bool:
    """Tell whether a label is wrong: by the verdict or, where there is none, by the evidence."""
    if not item.verdict:
        return item.is_suspect
    return item.given is not None and item.labels != (item.given,)


def _refuses(audit: Audit) -> str | None:
    return None if audit.is_ranked else "The labels of this audit have not been ranked yet."


WRITER = Writer(
    name="issues",
    order=60,
    title="Label issues (cleanlab's columns)",
    about="A CSV with the quality of each label, whether it is an issue, and what is suggested.",
    write=written_in_pieces(_pieces),
    suffix=".csv",
    media_type="text/csv",
    refuses=_refuses,
    is_for_spreadsheets=True,
    replays=False,
)
