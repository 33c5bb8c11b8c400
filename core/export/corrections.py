"""What was decided in an audit, for people: the judged items, and the table that an export is.

Here items are as they were decided; what a person chooses for an export comes with
`core.export.outgoing`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.export import wide_rows
from core.export.choices import ExportChoices
from core.export.corrected import AuditDecisions
from core.export.outgoing import Outgoing
from core.export.unblinding import check_unblinded
from core.review.final_rule import how_decided
from core.store import Row, Snapshot, Store
from core.terms import CLASS_SEPARATOR


def columns(store: Store) -> list[str]:
    """Return the input's columns and ours; ours is prefixed where the input has that name."""
    with store.snapshot() as snapshot:
        return wide_rows.wide_columns(_as_decided(snapshot))


def rows(store: Store) -> Iterator[list[str]]:
    """Yield one row for each row of the input, in its order, quarantined ones included.

    An item that an earlier export left with several labels or with none, and that
    nobody has judged since, leaves with what was decided then.
    """
    with store.snapshot() as snapshot:
        yield from wide_rows.wide_rows(_as_decided(snapshot))


def decisions(store: Store, auditor: str | None = None) -> list[Row]:
    """Return the judged items with given and final label, the latest verdict first.

    Keys: ``id``, ``path``, ``content_hash``, ``given``, ``final`` (labels joined
    by ``|``), ``labels`` (a list), ``verdict``, ``auditor``, ``at``, ``rule`` (how
    the label came about), ``changed``.

    Parameters
    ----------
    store : Store
    auditor : str or None
        Who asks; see `core.export.unblinding.check_unblinded`.
    """
    check_unblinded(store, auditor)
    with store.snapshot() as snapshot:
        shared = snapshot.annotations()
        return [
            {
                **{key: getattr(row, key) for key in ("id", "path", "content_hash", "given")},
                "final": CLASS_SEPARATOR.join(row.labels or ()),
                "labels": row.labels or [],
                **{key: getattr(row, key) for key in ("verdict", "auditor", "at")},
                "rule": how_decided(shared.get(row.id, ()), snapshot.rule),
                "changed": row.labels != ([] if row.given is None else [row.given]),
            }
            for row in snapshot.touched_rows()
            if row.verdict is not None
        ]


def _as_decided(snapshot: Snapshot) -> Outgoing:
    return Outgoing(AuditDecisions(snapshot), ExportChoices())
