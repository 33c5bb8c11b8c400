"""Runs a bake-off: ranks synthetic label noise in a copy of an audit's labels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from core.audit import Audit
from core.bakeoff.contenders import CONTENDERS, WITH_NETWORK
from core.bakeoff.contest import Contest, contest
from core.bakeoff.kinds import KINDS
from core.bakeoff.noise import NoisyLabels
from core.bakeoff.noise_classifier import plain_components
from core.bakeoff.plan import Plan
from core.bakeoff.results import Results, Trial, load
from core.bakeoff.scoring import Scores, score
from core.detectors.entries import Method, Ranking
from core.detectors.estimator import Features, IntArray, Progress
from core.fine_tuning.retraining import retrained
from core.jobs.progress import recorded_run
from core.jobs.steps import STEP_TITLES

STEP = "bakeoff"

PARTS = 10
"""Progress steps of one trial: some take minutes."""


class Outcome(NamedTuple):
    """All results, and the trials of the plan."""

    results: Results
    trials: list[Trial]


def run(audit: Audit, plan: Plan) -> Outcome:
    """Run the trials of `plan` on `audit`; finished trials are not repeated.

    Labels, scores, verdicts and all other files of the audit are only read.
    Results are written after each trial, so that an interrupted run
    resumes where it stopped.

    Raises
    ------
    AuditError, GivenFileError
        See `core.bakeoff.contest.contest`.
    NoiseError
        When no noise can be made, as where there is one class only.
    """
    with (
        recorded_run(audit.store, [STEP], STEP) as progress,
        progress.step(STEP, STEP_TITLES[STEP], "parts") as step,
    ):
        data = contest(audit, plan.sample, plan.embeddings)
        results = _previous_results(audit, data)
        trials = plan.trials([view.name for view in data.views])
        pending = [trial for trial in trials if trial not in results.scores]
        if not pending:
            step.skip()
        parts_done = PARTS * (len(trials) - len(pending))
        step.update(parts_done, PARTS * len(trials))

        def report_progress(done: int, total: int) -> None:
            step.update(parts_done + PARTS * done // total, PARTS * len(trials))

        for trial, n_errors, scores in _run_trials(audit, data, pending, report_progress):
            results.add(trial, n_errors, scores)
            results.save(audit.bakeoff_file)
            parts_done += PARTS
            report_progress(0, 1)
    return Outcome(results, trials)


def _previous_results(audit: Audit, data: Contest) -> Results:
    results = load(audit.bakeoff_file)
    if results is None or results.made_from != data.made_from():
        results = Results(
            data.made_from(),
            audit.store.fingerprint("neighbors") or "",
            len(data.items),
            data.n_labeled,
        )
    for view in data.views:
        results.set_key(view.name, view.key)
    return results


def _run_trials(
    audit: Audit, data: Contest, trials: list[Trial], progress: Progress
) -> Iterator[tuple[Trial, int, Scores]]:
    """Yield each trial with its number of errors and its scores.

    Errors are made with the audit's own embeddings, so that all embeddings are
    compared on the same ones.
    """
    views = {view.name: view for view in data.views}
    own = data.views[0]

    @cache
    def features(name: str) -> Features:
        return views[name].features()

    vectors = plain_components(own.vectors)
    groups = features(own.name).groups
    current: tuple[tuple[str, float, int], NoisyLabels] | None = None
    for trial in trials:
        errors = (trial.kind, trial.rate, trial.seed)
        if current is None or current[0] != errors:
            rng = np.random.default_rng(trial.seed)
            corrupt = KINDS[trial.kind].corrupt
            current = errors, corrupt(data.labels, data.n_classes, trial.rate, rng, vectors, groups)
        noisy = current[1]
        method, inputs = CONTENDERS[trial.method], features(trial.embeddings)
        if method is WITH_NETWORK:
            inputs = retrained(audit, data.items, inputs, noisy.labels)
        ranking = rank_copy(method, inputs, noisy.labels, progress)
        scores = score(noisy.wrong, ranking.suspicion, ranking.suggested, data.labels)
        yield trial, int(noisy.wrong.sum()), scores


def rank_copy(
    method: Method, features: Features, labels: IntArray, progress: Progress | None = None
) -> Ranking:
    """Rank labels some of whose classes may have lost their last item.

    As in an audit, a method sees the classes that label an item, no others.
    """
    present, codes = np.unique(labels, return_inverse=True)
    ranking = method.rank(features, codes, len(present), progress)
    if ranking.suggested is None:
        return ranking
    return ranking._replace(suggested=present[ranking.suggested].astype(np.int64))
