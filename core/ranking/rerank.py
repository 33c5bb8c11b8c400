"""Re-ranking of the unreviewed items by the verdicts so far.

Needs numpy only and a fraction of a second: it runs beside the dashboard,
between the full fits of the evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.suspicion_scale import SuspicionScale
from core.ranking.certain_errors import certain_first, contradicted, fitting_labels
from core.ranking.hit_rates import pair_bonus
from core.ranking.loo_ridge import Ridge
from core.ranking.vote_balance import Votes
from core.store import Trusted

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]

REVIEWED_WEIGHT = 1.5
UNCALIBRATED = SuspicionScale()
VERDICTS_BETWEEN_RERANKINGS = 20
VERDICTS_BETWEEN_FITS = 100
LEAST_WEIGHT = 0.02

_RIDGE_TEMPERATURE = 0.15
# Neighbors and ridge use the same verdicts, so their changes are correlated.
_SHARE = 0.7


class Evidence(NamedTuple):
    """The result of the last full fit; rows are items.

    Attributes
    ----------
    ids : array of str (n,)
    classes : sequence of str (K,)
    given : int array (n,)
        Given labels, 0 to K - 1.
    suggested : int array (n,)
        The most probable other class; the given one where K = 1.
    suspicion : float array (n,)
        Calibrated, see `scale`.
    votes : int array (n,)
        The label of each item in the fit.
    weights : float array (n,)
        Its weight in the fit.
    vectors : float array (n, d)
        Half-whitened; it may be a memory map.
    indices : int array (n, k)
        Nearest neighbors as rows, nearest first; negative for none.
    similarities : float array (n, k)
    scale : SuspicionScale
        From the log-odds that order the items to their suspicion.
    contents : int array (n,) or None
        Equal for files of the same bytes, -1 for an item without a file of its own;
        None where copies do not matter.
    """

    ids: NDArray[np.str_]
    classes: Sequence[str]
    given: IntArray
    suggested: IntArray
    suspicion: NDArray[np.floating[Any]]
    votes: IntArray
    weights: NDArray[np.floating[Any]]
    vectors: NDArray[np.floating[Any]]
    indices: IntArray
    similarities: NDArray[np.floating[Any]]
    scale: SuspicionScale = UNCALIBRATED
    contents: IntArray | None = None


class Reranker:
    """Moves items up and down the queue as verdicts on others arrive.

    To the log-odds behind an item's suspicion it adds 0.7 times what has changed
    since the last full fit in (1) the balance of its neighbors' votes and (2)
    the margin of a ridge regression, both between the suggested and the given
    label, where a reviewed item votes for its final label with weight 1.5 and
    a label that was ruled out does not vote; and (3) the log-odds of the hit
    rate of its pair of given and suggested label. Exact copies with different
    labels, and copies of a reviewed item whose label it ruled out, come before
    all others. The result depends on the
    verdicts alone, not on when, in which order or how often it is updated.

    Parameters
    ----------
    evidence : Evidence
        Of n items.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        n_classes = len(evidence.classes)
        self._row = {item_id: row for row, item_id in enumerate(evidence.ids.tolist())}
        self._id_rank = np.argsort(np.argsort(evidence.ids))
        self._code = {name: code for code, name in enumerate(evidence.classes)}
        pairs = evidence.given.astype(np.int64) * n_classes + evidence.suggested
        present, self._pairs = np.unique(pairs, return_inverse=True)
        self._n_pairs = len(present)
        self._log_odds: FloatArray = evidence.scale.log_odds(
            np.asarray(evidence.suspicion, np.float64)
        )
        self._votes = evidence.votes.astype(np.int64)
        self._weights = np.asarray(evidence.weights, np.float64).copy()
        self._neighbors = Votes(
            evidence.indices,
            evidence.similarities,
            evidence.given,
            evidence.suggested,
            self._votes,
            self._weights,
        )
        self._ridge = Ridge(evidence.vectors, self._votes, self._weights, n_classes)
        self._first_ridge = self._ridge.copy()
        self._moved = np.zeros(len(self._row), np.int32)
        self._leverages = np.zeros(len(self._row))
        self._first_margin = np.full(len(self._row), np.nan)
        self._changed: dict[int, tuple[int, float]] = {}
        self._trusted: Mapping[str, Trusted] = {}

    def update(self, trusted: Mapping[str, Trusted]) -> FloatArray:
        """Update to the verdicts so far, and return every item's priority.

        Parameters
        ----------
        trusted : mapping of str to Trusted
            `Store.trusted_labels`, by item id; verdicts undone since are not in
            it.

        Returns
        -------
        float64 array (n,)
            0..1, on the scale of the suspicion; above 1 for labels of copies that
            contradict each other or a verdict. The greatest comes first.
        """
        self._trusted = trusted
        votes = {
            self._row[item_id]: self._vote(row=self._row[item_id], verdict=verdict)
            for item_id, verdict in trusted.items()
            if item_id in self._row
        }
        for row in self._changed.keys() - votes.keys():
            self._revote(row, int(self.evidence.votes[row]), float(self.evidence.weights[row]))
        for row, (label, weight) in votes.items():
            self._revote(row, label, weight)
        gain = self._neighbors.gain() + self._ridge_gain()
        updated = self._log_odds + _SHARE * gain + self._pair_bonus(trusted)
        priority = self.evidence.scale.suspicion(updated)
        return self._with_certain_first(priority, trusted)

    def order(self, priority: FloatArray, without: Collection[str] = ()) -> list[str]:
        """Return the ids of the items not reviewed, the first to review first.

        Parameters
        ----------
        priority : float array (n,)
        without : collection of str
            Further items to leave out.
        """
        left = self.is_left(without)
        best = np.lexsort((self._id_rank, -priority))
        ordered: list[str] = self.evidence.ids[best[left[best]]].tolist()
        return ordered

    def is_left(self, without: Collection[str] = ()) -> NDArray[np.bool_]:
        """Return which items are not reviewed, nor among `without`, bool (n,)."""
        left = np.ones(len(self._row), np.bool_)
        left[[self._row[i] for i in (*self._trusted, *without) if i in self._row]] = False
        return left

    def _with_certain_first(
        self, priority: FloatArray, trusted: Mapping[str, Trusted]
    ) -> FloatArray:
        contents = self.evidence.contents
        if contents is None:
            return priority
        judged = fitting_labels(trusted, self._row, self._code)
        certain = contradicted(contents, self.evidence.given, judged)
        suspicion = np.asarray(self.evidence.suspicion, np.float64)
        return certain_first(priority, suspicion, contents, certain)

    def _vote(self, row: int, verdict: Trusted) -> tuple[int, float]:
        """Return label and weight of the vote of a reviewed item."""
        if len(verdict.labels) == 1 and verdict.labels[0] in self._code:
            return self._code[verdict.labels[0]], REVIEWED_WEIGHT
        return int(self._votes[row]), 0.0

    def _revote(self, row: int, label: int, weight: float) -> None:
        old, old_weight = int(self._votes[row]), float(self._weights[row])
        if (old, old_weight) == (label, weight):
            return
        rows = self._neighbors.change(row, old, old_weight, label, weight)
        self._ridge.change(row, old, old_weight, label, weight)
        self._votes[row], self._weights[row] = label, weight
        at_first = int(self.evidence.votes[row]), float(self.evidence.weights[row])
        self._moved[rows] += ((label, weight) != at_first) - (row in self._changed)
        if (label, weight) == at_first:
            self._changed.pop(row, None)
        else:
            self._changed[row] = label, weight

    def _ridge_gain(self) -> FloatArray:
        """Return how the ridge's log-odds have changed in the rows that list a moved item."""
        gain = np.zeros(len(self._row))
        rows = np.flatnonzero(self._moved)
        new = rows[np.isnan(self._first_margin[rows])]
        # Some hundred votes among thousands leave the leverages as they were.
        self._leverages[new] = self._first_ridge.leverages(new, self.evidence.weights[new])
        self._first_margin[new] = self._margins(self._first_ridge, new)
        gain[rows] = self._margins(self._ridge, rows) - self._first_margin[rows]
        return gain / _RIDGE_TEMPERATURE

    def _margins(self, ridge: Ridge, rows: IntArray) -> FloatArray:
        first = self.evidence
        return ridge.margins(
            rows,
            first.given[rows],
            first.suggested[rows],
            first.votes[rows],
            self._leverages[rows],
        )

    def _pair_bonus(self, trusted: Mapping[str, Trusted]) -> FloatArray:
        # Where the input has another label now, the verdict was on another pair.
        reviewed = [
            (self._row[item_id], verdict.is_error)
            for item_id, verdict in trusted.items()
            if item_id in self._row
            and self._code.get(verdict.given or "") == self.evidence.given[self._row[item_id]]
        ]
        rows = np.array([row for row, _ in reviewed], np.int64)
        errors = np.array([error for _, error in reviewed], np.bool_)
        return pair_bonus(self._pairs, self._n_pairs, rows, errors)


def refit_inputs(
    labels: IntArray, trusted: Mapping[int, int | None]
) -> tuple[IntArray, FloatArray]:
    """Return the labels and weights of a full fit after the verdicts so far.

    Parameters
    ----------
    labels : int array (n,)
        Given labels.
    trusted : mapping of int to int or None
        By row of a reviewed item, the one label that fits; None where it was
        ruled out or several fit.

    Returns
    -------
    labels : int array (n,)
        Final labels where they are known.
    weights : float64 array (n,)
        1.5 for a reviewed item, 0 where no one label fits, 1 elsewhere.
    """
    final = labels.copy()
    weights = np.ones(len(labels))
    for row, label in trusted.items():
        weights[row] = REVIEWED_WEIGHT if label is not None else 0.0
        if label is not None:
            final[row] = label
    return final, weights


def needs_refit(n_verdicts_at_last_fit: int, n_now: int) -> bool:
    """Return whether enough verdicts are new since the last full fit to repeat it."""
    return n_now - n_verdicts_at_last_fit >= VERDICTS_BETWEEN_FITS
