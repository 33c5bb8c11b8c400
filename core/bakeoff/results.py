"""The results of a bake-off: stored in the audit's folder, averaged and compared."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.arrays.atomic import atomic_write
from core.audit import Audit
from core.bakeoff.scoring import SHARES, Estimate, Scores, difference
from core.store import Row
from core.terms import current_name

_DIGITS = 5


class Trial(NamedTuple):
    """One kind, rate and seed of label noise, ranked by one method in one embedding."""

    embeddings: str
    kind: str
    rate: float
    seed: int
    method: str


@dataclass
class Results:
    """The trials that are done.

    Attributes
    ----------
    made_from : str
        Hash of the items and their labels; results of others are not mixed.
    neighbors : str
        Fingerprint of the audit's neighbors then, to detect that images
        have changed since.
    n_items, n_labeled : int
        Items in the sample, and labeled items in the audit.
    keys : dict of str to str
        Hash of each embedding by its name.
    scores : dict of Trial to Scores
    n_errors : dict of Trial to int
        Number of synthetic errors.
    """

    made_from: str
    neighbors: str
    n_items: int
    n_labeled: int
    keys: dict[str, str] = field(default_factory=dict)
    scores: dict[Trial, Scores] = field(default_factory=dict)
    n_errors: dict[Trial, int] = field(default_factory=dict)

    def add(self, trial: Trial, n_errors: int, scores: Scores) -> None:
        """Add the scores of a trial."""
        self.scores[trial] = scores
        self.n_errors[trial] = n_errors

    def set_key(self, embeddings: str, key: str) -> None:
        """Set the hash of an embedding; results of another embedding of that name are dropped."""
        if self.keys.get(embeddings, key) != key:
            self.scores = {t: s for t, s in self.scores.items() if t.embeddings != embeddings}
            self.n_errors = {t: self.n_errors[t] for t in self.scores}
        self.keys[embeddings] = key

    def is_current(self, audit: Audit) -> bool:
        """Whether the audit's images and embeddings are unchanged since."""
        return audit.store.fingerprint("neighbors") == self.neighbors

    def save(self, file: Path) -> None:
        """Write everything to `file`."""
        with atomic_write(file) as partial:
            partial.write_text(json.dumps(self._to_json()), encoding="utf-8")

    def _to_json(self) -> Row:
        trials = [
            trial._asdict() | {"planted": self.n_errors[trial]} | _scores_to_json(scores)
            for trial, scores in self.scores.items()
        ]
        fields = ("made_from", "neighbors", "n_items", "n_labeled", "keys")
        return {name: getattr(self, name) for name in fields} | {"trials": trials}


def load(file: Path) -> Results | None:
    """Read the results in `file`; None where there are none that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows = content.pop("trials")
        results = Results(**{current_name(name): value for name, value in content.items()})
        for row in rows:
            trial = Trial(*(row[name] for name in Trial._fields))
            trial = trial._replace(method=current_name(trial.method))
            results.add(trial, row["planted"], _scores_from_json(row))
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return results


def _scores_to_json(scores: Scores) -> Row:
    return {
        "average_precision": _rounded(scores.average_precision),
        "precision_at_100": _rounded(scores.precision_at_100),
        "recall": [_rounded(estimate) for estimate in scores.recall],
        "auroc": _rounded(scores.auroc),
        "suggestion": scores.suggestion,
        "curve": _rounded(scores.curve),
        "resampled": _rounded(scores.resampled.tolist()),
    }


def _scores_from_json(row: Row) -> Scores:
    return Scores(
        Estimate(*_numbers(row["average_precision"])),
        Estimate(*_numbers(row["precision_at_100"])),
        tuple(Estimate(*_numbers(values)) for values in row["recall"]),
        Estimate(*_numbers(row["auroc"])),
        row["suggestion"],
        _numbers(row["curve"]),
        np.array(_numbers(row["resampled"])),
    )


def _rounded(values: Iterable[float]) -> list[float | None]:
    """Return values that JSON can hold: short, and null for NaN."""
    return [round(value, _DIGITS) if math.isfinite(value) else None for value in values]


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def summary(results: Results, trials: Iterable[Trial] | None = None) -> list[Row]:
    """Average each trial over its seeds.

    Parameters
    ----------
    results : Results
    trials : iterable of Trial, optional
        Only these; all by default.

    Returns
    -------
    list of dict
        One for each kind, rate, embedding and method, in the order of the trials:
        ``kind``, ``rate``, ``embeddings``, ``method``, ``seeds``,
        ``planted`` (synthetic errors of a seed), ``ap`` with ``ap_low`` and ``ap_high``,
        ``p100``, ``r1``, ``r2``, ``r5``, ``r10``, each with its interval
        likewise, ``auroc``, ``suggestion`` and ``curve``. Values are means of
        the seeds; as all seeds share their resamples of items, the interval of
        ``ap`` is that of the mean, and the others are means of intervals,
        which are wider.
    """
    requested = results.scores if trials is None else [t for t in trials if t in results.scores]
    alike: dict[Trial, list[Trial]] = {}
    for trial in requested:
        alike.setdefault(trial._replace(seed=0), []).append(trial)
    return [_summed(results, first, seeds) for first, seeds in alike.items()]


def _summed(results: Results, first: Trial, seeds: list[Trial]) -> Row:
    scores = [results.scores[trial] for trial in seeds]
    ap = _mean([one.average_precision for one in scores])
    resampled = np.mean([one.resampled for one in scores], axis=0)
    if len(seeds) > 1:
        ap = Estimate(ap.value, *np.nanpercentile(resampled, [2.5, 97.5]).tolist())
    suggestions = [one.suggestion for one in scores if one.suggestion is not None]
    row: Row = {
        "kind": first.kind,
        "rate": first.rate,
        "embeddings": first.embeddings,
        "method": first.method,
        "seeds": len(seeds),
        "planted": round(float(np.mean([results.n_errors[trial] for trial in seeds]))),
    }
    row |= _columns("ap", ap)
    row |= _columns("p100", _mean([one.precision_at_100 for one in scores]))
    for place, share in enumerate(SHARES):
        row |= _columns(f"r{share * 100:.0f}", _mean([one.recall[place] for one in scores]))
    row |= _columns("auroc", _mean([one.auroc for one in scores]))
    row["suggestion"] = float(np.mean(suggestions)) if suggestions else None
    row["curve"] = np.mean([one.curve for one in scores], axis=0).tolist()
    return row


def _mean(estimates: Sequence[Estimate]) -> Estimate:
    return Estimate(*np.mean(np.array(estimates), axis=0).tolist())


def _columns(name: str, estimate: Estimate) -> dict[str, Any]:
    value, low, high = (x if math.isfinite(x) else None for x in estimate)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


class Comparison(NamedTuple):
    """The best of some methods beside a reference.

    Attributes
    ----------
    best : str
        The method of the greatest mean average precision over all trials.
    lead : Estimate
        By how much it leads the reference; zero for the reference itself.
    """

    best: str
    lead: Estimate

    @property
    def is_clear(self) -> bool:
        """Whether the lead is significant."""
        return self.lead.low > 0


def compare(
    results: Results, methods: Sequence[str], reference: str, embeddings: str
) -> Comparison | None:
    """Find the best of `methods` on the trials that all of them share.

    Returns
    -------
    Comparison or None
        None without results of `reference`.
    """
    done: dict[str, dict[Trial, Scores]] = {}
    for trial, scores in results.scores.items():
        if trial.embeddings == embeddings and trial.method in methods:
            done.setdefault(trial.method, {})[trial._replace(method="")] = scores
    if reference not in done:
        return None
    shared = set.intersection(*(set(trials) for trials in done.values()))
    if not shared:
        return None
    means = {
        name: np.mean([trials[trial].average_precision.value for trial in shared])
        for name, trials in done.items()
    }
    best = max(means, key=lambda name: (means[name], name == reference))
    resampled = {
        name: np.mean([done[name][trial].resampled for trial in shared], axis=0)
        for name in (best, reference)
    }
    lead = difference(resampled[best], resampled[reference])
    return Comparison(best, lead._replace(value=float(means[best] - means[reference])))
