"""Tries the detectors on errors planted in a copy of an audit's labels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from core.audit import Audit
from core.bakeoff.bystander import plain_components
from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.contest import Contest, contest
from core.bakeoff.kinds import KINDS
from core.bakeoff.noise import Planted
from core.bakeoff.plan import Plan
from core.bakeoff.results import Results, Trial, load
from core.bakeoff.scoring import Scores, score
from core.detectors.estimator import Features, IntArray, Progress
from core.detectors.methods import Method, Ranking
from core.jobs.progress import recorded_run
from core.jobs.steps import STEP_TITLES

STEP = "bakeoff"

PARTS = 10
"""Of a trial, that progress is told in: some take minutes."""


class Outcome(NamedTuple):
    """All results at hand, and which of them the plan asked for."""

    results: Results
    trials: list[Trial]


def run(audit: Audit, plan: Plan) -> Outcome:
    """Try what `plan` says on `audit`; trials done before are not done again.

    Labels, scores, verdicts and all other files of the audit are only read.
    Results are written after each trial, so that a run that was cut off goes
    on where it stopped.

    Raises
    ------
    AuditError, GivenFileError
        See `core.bakeoff.contest.contest`.
    NoiseError
        When errors cannot be planted, as where there is one class only.
    """
    with (
        recorded_run(audit.store, [STEP], STEP) as progress,
        progress.step(STEP, STEP_TITLES[STEP], "parts") as step,
    ):
        chosen = contest(audit, plan.sample, plan.embeddings)
        results = _results_of_before(audit, chosen)
        trials = plan.trials([view.name for view in chosen.views])
        pending = [trial for trial in trials if trial not in results.scores]
        if not pending:
            step.skip()
        parts_done = PARTS * (len(trials) - len(pending))
        step.update(parts_done, PARTS * len(trials))

        def tell(done: int, total: int) -> None:
            step.update(parts_done + PARTS * done // total, PARTS * len(trials))

        for trial, planted, scores in _tried(chosen, pending, tell):
            results.add(trial, planted, scores)
            results.save(audit.bakeoff_file)
            parts_done += PARTS
            tell(0, 1)
    return Outcome(results, trials)


def _results_of_before(audit: Audit, chosen: Contest) -> Results:
    results = load(audit.bakeoff_file)
    if results is None or results.made_from != chosen.made_from():
        results = Results(
            chosen.made_from(),
            audit.store.fingerprint("neighbors") or "",
            len(chosen.items),
            chosen.n_labeled,
        )
    for view in chosen.views:
        results.set_key(view.name, view.key)
    return results


def _tried(
    chosen: Contest, trials: list[Trial], progress: Progress
) -> Iterator[tuple[Trial, int, Scores]]:
    """Yield each trial with its number of errors and its scores.

    Errors are planted by the audit's own embeddings, so that all embeddings
    are judged on the same ones.
    """
    views = {view.name: view for view in chosen.views}
    own = chosen.views[0]

    @cache
    def features(name: str) -> Features:
        return views[name].features()

    vectors = plain_components(own.vectors)
    groups = features(own.name).groups
    known: tuple[tuple[str, float, int], Planted] | None = None
    for trial in trials:
        errors = (trial.kind, trial.rate, trial.seed)
        if known is None or known[0] != errors:
            rng = np.random.default_rng(trial.seed)
            plant = KINDS[trial.kind].plant
            known = errors, plant(chosen.labels, chosen.n_classes, trial.rate, rng, vectors, groups)
        planted = known[1]
        method = CONTENDERS[trial.method]
        ranking = rank_copy(method, features(trial.embeddings), planted.labels, progress)
        scores = score(planted.wrong, ranking.suspicion, ranking.suggested, chosen.labels)
        yield trial, int(planted.wrong.sum()), scores


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
