"""The steps that fine-tune the network of an audit which is up to date but for that.

They are a run of their own, so that the review begins before them.
"""

from __future__ import annotations

from core.audit import Audit
from core.embedding.choice import EmbeddingChoice
from core.fine_tuning.tuning_run import TUNING, fine_tune, make_maps
from core.jobs.progress import StepProgress, recorded_run
from core.jobs.steps import STEP_TITLES
from core.pipeline import Step, fit_evidence_step
from core.ranking.fine_tuned_input import FINE_TUNE, fine_tuned_inputs


def tune(audit: Audit) -> None:
    """Fine-tune the network of `audit`, where that is asked for, and rank anew.

    Raises
    ------
    FineTuningError
        When its images do not allow it; see `core.fine_tuning.tuning_run`.
    """
    choice = EmbeddingChoice.of(audit)
    with recorded_run(audit.store, [step.name for step in STEPS], TUNING) as progress:
        for step in STEPS:
            with progress.step(step.name, STEP_TITLES[step.name], step.unit) as reporter:
                step.run(audit, reporter, choice)


def _make_maps(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    is_done = not audit.store.setting(FINE_TUNE) or fine_tuned_inputs(audit)
    if is_done or not make_maps(audit, step.update):
        step.skip()


def _fine_tune(audit: Audit, step: StepProgress, _: EmbeddingChoice) -> None:
    if not audit.store.setting(FINE_TUNE) or not fine_tune(audit, step.update):
        step.skip()


STEPS = (
    Step("tuning-maps", "images", _make_maps),
    Step("fine-tune", "images", _fine_tune),
    Step("rescore", "parts", fit_evidence_step),
)
