"""The command `fine-tune`: train the network of an audit that is there on its labels."""

from __future__ import annotations

from pathlib import Path

import click

from core.audit import Audit, AuditError
from core.commands.printing import FOLDER, tell


@click.command("fine-tune")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--off", is_flag=True, help="Rank without the fine-tuned network again.")
def fine_tune(folder: Path, off: bool) -> None:
    """Train the last block of the audit's network on its labels, and rank anew.

    Each image is predicted by a network that was trained without it and without its
    near-duplicates. The network votes beside the detectors where the labels are
    predicted better with it. Run again, it resumes; once verdicts have come in by the
    hundred, it trains anew with them.
    """
    from core.fine_tuning.tuning_run import check_tunable
    from core.jobs import run_lock
    from core.ranking.fine_tuned_input import FINE_TUNED_NOTE, set_fine_tuning
    from core.tuning import tune

    opened = Audit(folder)
    if not opened.is_ranked:
        raise AuditError(f"The audit {opened.name} is not ranked yet; run `audit` first.")
    with run_lock(opened):
        if not off:
            check_tunable(opened, opened.store.embedded_items())
        set_fine_tuning(opened, not off)
        tune(opened)
    tell(opened.store.setting(FINE_TUNED_NOTE) or "The fine-tuned network no longer votes.")


def tuned_where_asked(audit: Audit) -> None:
    """Fine-tune the network of an audit that asks for it, or say why that cannot be."""
    from core.fine_tuning.tuning_run import FineTuningError
    from core.jobs import run_lock
    from core.ranking.fine_tuned_input import FINE_TUNE, FINE_TUNED_NOTE
    from core.tuning import tune

    if not audit.store.setting(FINE_TUNE):
        return
    try:
        with run_lock(audit):
            tune(audit)
    except FineTuningError as error:
        audit.store.set_settings({FINE_TUNED_NOTE: str(error)})
        tell(str(error))
