"""Re-ranking beside the dashboard: on a thread of the server, as verdicts arrive."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from core import jobs
from core.audit import Audit
from core.detectors.suspicion_scale import SuspicionScale
from core.ranking.certain_errors import CERTAIN, content_codes
from core.ranking.rerank import (
    VERDICTS_BETWEEN_RERANKINGS,
    Evidence,
    Reranker,
    needs_refit,
)

VERDICTS_AT_FIT = "verdicts_at_fit"
"""Setting that a full fit leaves: the length of the queue's log then."""

# Smaller changes of the log-odds do not visibly change the order; this saves thousands of writes.
_LEAST_CHANGE = 0.02
_QUEUE_TOP = 20_000

_log = logging.getLogger(__name__)


class LiveRanking:
    """Keeps the order of one audit's queues up to date during a review.

    It never blocks: verdicts are on disk before it is notified, it works on a
    thread of its own, and a failure leaves the order unchanged. Two servers may
    do this to one audit; they compute the same order.

    Parameters
    ----------
    audit : Audit
    every : int
        Number of the queue's verdicts, undos included, between re-rankings.

    Attributes
    ----------
    trouble : str or None
        A sentence for the auditor when the last attempt failed.
    """

    def __init__(self, audit: Audit, every: int = VERDICTS_BETWEEN_RERANKINGS) -> None:
        self.audit = audit
        self.every = every
        self.trouble: str | None = None
        self._working = threading.Lock()
        self._thread: threading.Thread | None = None
        self._reranker: Reranker | None = None
        self._fit: str | None = None
        self._made_from: tuple[str | None, int] | None = None
        self._tried_at = 0
        self._fit_asked_at = 0

    def notice(self) -> None:
        """Start a re-ranking if one is due; return at once. Call it after new verdicts."""
        if not self._working.acquire(blocking=False):
            return
        started = False
        try:
            if self._is_due():
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
                started = True
        except Exception:
            self._fail()
        finally:
            if not started:
                self._working.release()

    def wait(self) -> None:
        """Wait until the work that has begun is done."""
        if self._thread is not None:
            self._thread.join()

    def _is_due(self) -> bool:
        store = self.audit.store
        fit, count = store.fingerprint("evidence"), store.queue_log_size()
        if fit is None:
            return False
        done = store.order()
        since = done.log_size if done.evidence == fit else 0
        if fit == self._fit:
            # After a failure, too, the next attempt waits for new verdicts.
            since = max(since, self._tried_at)
        return count - since >= self.every

    def _work(self) -> None:
        try:
            self._rerank()
            self.trouble = None
            self._fit_if_due()
        except Exception:
            self._fail()
        finally:
            self._working.release()

    def _fail(self) -> None:
        _log.exception("The queue of %s could not be re-ranked.", self.audit.name)
        self._reranker = None
        self.trouble = (
            "Your verdicts are saved, but the order of the queue could not be updated;"
            " it is unchanged."
        )

    def _rerank(self) -> None:
        store = self.audit.store
        fit, count = store.fingerprint("evidence"), store.queue_log_size()
        before, self._made_from = self._made_from, (fit, store.class_log_id())
        self._fit, self._tried_at = fit, count
        if self._reranker is None or before != self._made_from:
            self._reranker = None  # free the memory of the old one first
            self._reranker = Reranker(load_evidence(self.audit))
        priority = self._reranker.update(store.trusted_labels())
        if store.fingerprint("evidence") == fit:
            store.set_priorities(self._changes(self._reranker, priority))
            store.set_order(fit or "", count)

    def _changes(self, reranker: Reranker, priority: NDArray[np.float64]) -> dict[str, float]:
        """Return the priorities of the items left to review that differ from those stored.

        Far down the queue, beyond what is reviewed before the next update, they may differ.
        """
        ids, left = reranker.evidence.ids, reranker.is_left()
        stored = self.audit.store.priorities()
        before = np.array([stored.get(item_id, np.nan) for item_id in ids.tolist()])
        scale = reranker.evidence.scale
        moved = scale.log_odds(priority) - scale.log_odds(before)
        changed = np.abs(moved) >= _LEAST_CHANGE
        changed |= (np.maximum(priority, before) > CERTAIN) & (priority != before)
        far_down = _nth_greatest(priority[left], _QUEUE_TOP)
        rows = np.flatnonzero(left & changed & (np.maximum(priority, before) >= far_down))
        return dict(zip(ids[rows].tolist(), priority[rows].tolist(), strict=True))

    def _fit_if_due(self) -> None:
        count = self.audit.store.queue_log_size()
        fitted = max(self.audit.store.setting(VERDICTS_AT_FIT, 0), self._fit_asked_at)
        if needs_refit(fitted, count) and not jobs.watch(self.audit).is_active:
            self._fit_asked_at = count
            with suppress(jobs.JobRefused):  # another server has started one
                jobs.start(self.audit)


def load_evidence(audit: Audit) -> Evidence:
    """Read the last full fit of every ranked item."""
    table, fit = audit.neighbors(), audit.evidence()
    scores = {row["id"]: row for row in audit.store.scored_items()}
    ranked = np.array([item_id in scores for item_id in table.ids.tolist()], np.bool_)
    ids = table.ids[ranked]
    rows = [scores[item_id] for item_id in ids.tolist()]
    # A single class has no suggestion.
    suggested = [row["suggested"] or row["given"] for row in rows]
    classes = np.unique(fit.classes)
    given = np.searchsorted(classes, np.array([row["given"] for row in rows], classes.dtype))
    suspicion = np.array([row["suspicion"] for row in rows], np.float64)
    fitted = {item_id: at for at, item_id in enumerate(fit.ids.tolist())}
    at = np.array([fitted[item_id] for item_id in ids.tolist()], np.intp)
    code_of = np.searchsorted(classes, fit.classes)
    vectors, indices, similarities = table.vectors, table.indices, table.similarities
    if not ranked.all():
        row_of = np.full(len(ranked) + 1, -1, np.int32)
        row_of[:-1][ranked] = np.arange(len(ids))
        indices, similarities = row_of[indices[ranked]], similarities[ranked]
        vectors = vectors[ranked]
    return Evidence(
        ids=ids,
        classes=classes.tolist(),
        given=given,
        suggested=np.searchsorted(classes, np.array(suggested, classes.dtype)),
        suspicion=suspicion,
        votes=code_of[fit.votes[at]],
        weights=fit.weights[at],
        vectors=vectors,
        indices=indices,
        similarities=similarities,
        scale=SuspicionScale.from_array(fit.suspicion_scale),
        contents=content_codes(row["content_hash"] for row in rows),
    )


def _nth_greatest(values: NDArray[np.float64], n: int) -> float:
    return float(np.partition(values, -n)[-n]) if len(values) > n else 0.0
