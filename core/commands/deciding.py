"""Commands for decisions: `verdict`, `agreement`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from core.audit import Audit
from core.commands.printing import FOLDER, print_rows, tell
from core.terms import REDO, UNDO


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("item_id", metavar="ID")
@click.argument("decision", metavar="VERDICT")
@click.option(
    "--label", "labels", multiple=True, help="The right class; twice or more for ambiguous."
)
@click.option("--auditor", required=True, help="Name of the auditor.")
def verdict(folder: Path, item_id: str, decision: str, labels: Sequence[str], auditor: str) -> None:
    """Store a VERDICT on the item ID of the audit in DIR.

    VERDICT is keep, relabel, ambiguous, none, bad-image, unsure, or undo,
    which undoes the auditor's own latest verdict on that item, or redo,
    which restores it.
    """
    from core.people.names import known_as
    from core.review.verdicts import give_verdict, parse_verdict

    store = Audit(folder).store
    auditor = known_as(auditor, store.auditor_names())
    session = f"cli-{secrets.token_hex(8)}"
    if decision.lower() == UNDO:
        store.add_undo(session=session, seq=0, item_id=item_id, auditor=auditor)
    elif decision.lower() == REDO:
        store.add_redo(session=session, seq=0, item_id=item_id, auditor=auditor)
    else:
        give_verdict(
            store,
            parse_verdict(decision),
            labels,
            session=session,
            seq=0,
            item_id=item_id,
            auditor=auditor,
        )
    tell(f"Stored {decision} for {item_id}.")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table")
def agreement(folder: Path, style: str) -> None:
    """Print the inter-annotator agreement on the double-reviewed images of the audit in DIR.

    Rows: all auditors, each pair, each given label. Cohen's kappa,
    Krippendorff's alpha for more than two, with 95 % intervals; the columns
    given_... compare only whether the given label is right.
    """
    from core.review.agreement.measures import report
    from core.review.agreement.summary import COLUMNS, rows

    print_rows(rows(report(Audit(folder).store.second_log())), COLUMNS, style)
