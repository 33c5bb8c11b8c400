"""The evidence step: from neighbors, labels and verdicts to scores."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audit import Audit, EvidenceTable
from core.detectors import METHODS, Features
from core.detectors.class_neighbors import nearest_in_class
from core.detectors.entries import Method, Ranking
from core.detectors.estimator import IntArray, Progress
from core.detectors.evidence_summary import EvidenceSummary, recalibrated
from core.detectors.noise_rates import noise_rates
from core.detectors.pool import POOL
from core.detectors.predictions_member import PREDICTIONS
from core.ingest.readers import SourceError
from core.neighbors import Graph, update_graph
from core.ranking.certain_errors import (
    certain_first,
    content_codes,
    contradicted,
    fitting_labels,
)
from core.ranking.fine_tuned_input import current_fine_tuned
from core.ranking.rerank import VERDICTS_BETWEEN_FITS, refit_inputs
from core.store import EmbeddedItem, Row

DETECTOR = "detector"
"""Setting: the name of the method that ranks; none for the default."""
NOISE_RATES = "noise_rates"
"""Setting: the smaller and the larger estimate of the noise rate."""
PREDICTIONS_NOTE = "predictions_note"
"""Setting: a sentence on whether given predictions vote, and why; none without any."""
MIXED_CLASSES = "mixed_classes"
"""Setting: the names of the classes that are judged by themselves, see `ClassBalance`."""
FEWEST_NEIGHBORS = 50
"""Labeled neighbors that an item has at least where some items have no label."""

ONLY_IN_POOLS = "The fine-tuned network votes only where several detectors are pooled."

Codes = NDArray[np.int64]


class EvidenceFit(NamedTuple):
    """The result of the step.

    Evidence, scores, noise rates, names of mixed classes, a word on given predictions.
    """

    table: EvidenceTable
    scores: list[Row]
    noise_rates: tuple[float, float]
    mixed_classes: list[str]
    predictions: str | None = None
    fine_tuned: str | None = None


class LabelCodes(NamedTuple):
    """Labels as codes of classes; rows are items.

    Attributes
    ----------
    class_ids : int64 array (K,)
        What the codes stand for, ascending.
    given : int64 array (n,)
    current : int array (n,)
        The given labels, corrected where the review has found another.
    weights : float64 array (n,)
        Initial weights of `current`.
    """

    class_ids: Codes
    given: Codes
    current: IntArray
    weights: NDArray[np.float64]


class BelievedLabels(NamedTuple):
    """What a network is trained on; rows are labeled items.

    Attributes
    ----------
    items : list of EmbeddedItem
    labels : int array (n,)
        Codes of `classes`: the given labels, corrected by the review.
    weights : float64 array (n,)
        How far each is believed.
    groups : int array (n,)
        The group of near-duplicates of every item.
    classes : list of str (K,)
    """

    items: list[EmbeddedItem]
    labels: IntArray
    weights: NDArray[np.float64]
    groups: IntArray
    classes: list[str]


def method_of(audit: Audit) -> Method:
    """Return the method that ranks `audit`: the chosen one, else the default."""
    name = audit.store.setting(DETECTOR) or next(iter(METHODS))
    check_detector(name)
    return METHODS[name]


def check_detector(name: str) -> None:
    """Raise a `SourceError` unless `name` is a method that may rank an audit."""
    selectable = [method.name for method in METHODS.values() if method.selectable]
    if name not in selectable:
        raise SourceError(f"There is no detector {name!r}; there are {', '.join(selectable)}.")


def method_key(audit: Audit) -> list[str | None]:
    """Return the ranking's inputs other than items, labels and verdicts."""
    method = method_of(audit)
    given = audit.store.fingerprint(PREDICTIONS) if method.takes_predictions else None
    return [method.name, given]


def verdicts_counted(audit: Audit) -> int:
    """Return how many of the queue's verdicts the evidence uses: a multiple of a hundred."""
    return audit.store.queue_log_size() // VERDICTS_BETWEEN_FITS * VERDICTS_BETWEEN_FITS


def fit_evidence(audit: Audit, items: list[EmbeddedItem], progress: Progress) -> EvidenceFit:
    """Rank the labels of `items` by the audit's method.

    Parameters
    ----------
    audit : Audit
        Its neighbors are up to date.
    items : list of EmbeddedItem
        In the order of the neighbors' rows.
    progress : callable
        Called with parts done and parts in all.

    Raises
    ------
    SourceError
        When no item has a label, or the method needs what the audit lacks.
    """
    labeled = np.array([item.class_id is not None for item in items], dtype=bool)
    if not labeled.any():
        raise SourceError("No image that could be read has a label, so there is nothing to rank.")
    vectors, graph = _labeled_neighbors(audit, labeled)
    items = [item for item in items if item.class_id is not None]
    labels = _labels(audit, items)
    names = audit.store.class_names()
    columns = [names[class_id] for class_id in labels.class_ids.tolist()]
    method = method_of(audit)
    takes = method.takes_predictions and audit.predictions() is not None
    if method.name == PREDICTIONS or takes:
        predictions = _predictions(audit, items, columns)
    else:
        predictions = None
    features = Features.of(vectors, graph, predictions)
    features = features._replace(fine_tuned=current_fine_tuned(audit, items, columns))
    ranking = method.rank(
        features,
        labels.current,
        len(columns),
        progress,
        labels.weights,
        labels.given,
    )
    assert ranking.summary is not None and ranking.weights is not None
    summary = _reviewed_scale(audit, items, columns, labels, ranking.summary)
    nearest = nearest_in_class(vectors, labels.given)
    table = EvidenceTable(
        ids=np.array([item.id for item in items], dtype="U16"),
        classes=np.array(columns),
        top_classes=summary.top_classes,
        top_probabilities=summary.top_probabilities.astype(np.float16),
        ambiguity=summary.ambiguity,
        votes=labels.current.astype(np.int32),
        weights=ranking.weights.astype(np.float32),
        peers=nearest.indices,
        peer_similarities=nearest.similarities,
        peer_rank=nearest.rank,
        peer_count=nearest.count,
        members=np.array(summary.members.names, dtype=np.str_),
        member_classes=summary.members.classes,
        member_probabilities=summary.members.probabilities,
        member_given=summary.members.given,
        suspicion_scale=summary.scale.to_array(),
    )
    rates = noise_rates(summary, graph, labels.given, len(columns))
    mixed: list[str] = []
    if ranking.balance is not None:
        mixed = [columns[code] for code in np.flatnonzero(ranking.balance.is_mixed)]
    trial = ranking.predictions
    return EvidenceFit(
        table,
        _scores(items, labels.class_ids, summary),
        (rates.low, rates.high),
        mixed,
        trial.message() if trial else None,
        _fine_tuned_note(ranking, features),
    )


def _reviewed_scale(
    audit: Audit,
    items: list[EmbeddedItem],
    columns: list[str],
    labels: LabelCodes,
    summary: EvidenceSummary,
) -> EvidenceSummary:
    """Return the summary with its suspicion calibrated by the verdicts, where there are any."""
    trusted = audit.store.trusted_labels() if verdicts_counted(audit) else {}
    judged = [
        (row, trusted[item.id].is_error)
        for row, item in enumerate(items)
        if item.id in trusted and trusted[item.id].given == columns[labels.given[row]]
    ]
    if not judged or len(columns) == 1:
        return summary
    rows, errors = np.array(judged, np.int64).T
    scale = summary.scale.corrected_by(summary.log_odds, rows, errors.astype(np.float64))
    return recalibrated(summary, labels.given, scale)


def _fine_tuned_note(ranking: Ranking, features: Features) -> str | None:
    if ranking.fine_tuned is not None:
        return ranking.fine_tuned.message()
    return None if features.fine_tuned is None else ONLY_IN_POOLS


def _labeled_neighbors(
    audit: Audit, labeled: NDArray[np.bool_]
) -> tuple[NDArray[np.float16], Graph]:
    """Return the vectors of the labeled items, and the graph among them."""
    neighbors = audit.neighbors()
    if labeled.all():
        return neighbors.vectors, neighbors.graph
    vectors, rows = neighbors.vectors[labeled], np.flatnonzero(labeled)
    as_float = vectors.astype(np.float32)
    return vectors, update_graph(as_float, neighbors.graph, rows, FEWEST_NEIGHBORS)


def believed_labels(audit: Audit, items: list[EmbeddedItem]) -> BelievedLabels:
    """Return the labels to train on, and how far a pass of the pool believes each of them.

    The pool is fitted without a fine-tuned network, so that it gives the same
    whether or not there is one.

    Parameters
    ----------
    audit : Audit
        Its neighbors are up to date.
    items : list of EmbeddedItem
        In the order of the neighbors' rows.
    """
    labeled = np.array([item.class_id is not None for item in items], dtype=bool)
    features = Features.of(*_labeled_neighbors(audit, labeled))
    items = [item for item in items if item.class_id is not None]
    labels = _labels(audit, items)
    names = audit.store.class_names()
    classes = [names[class_id] for class_id in labels.class_ids.tolist()]
    ranking = POOL.rank(features, labels.current, len(classes), None, labels.weights, labels.given)
    assert ranking.weights is not None
    return BelievedLabels(items, labels.current, ranking.weights, features.groups, classes)


def certain_priorities(
    audit: Audit, items: list[EmbeddedItem], scores: list[Row]
) -> dict[str, float]:
    """Return the priorities, above 1, of copies that contradict each other or a verdict.

    Parameters
    ----------
    audit : Audit
    items : list of EmbeddedItem
    scores : list of dict
        Of those of `items` that have a label.

    Returns
    -------
    dict of str to float
        By id; see `certain_first`.
    """
    suspicion = {row["item_id"]: row["suspicion"] for row in scores}
    ranked = [item for item in items if item.id in suspicion]
    class_of = {name: class_id for class_id, name in audit.store.class_names().items()}
    row_of = {item.id: row for row, item in enumerate(ranked)}
    judged = fitting_labels(audit.store.trusted_labels(), row_of, class_of)
    contents = content_codes(item.content_hash for item in ranked)
    given = np.array([item.class_id for item in ranked], np.int64)
    certain = contradicted(contents, given, judged)
    suspicions = np.array([suspicion[item.id] for item in ranked])
    priority = certain_first(suspicions, suspicions, contents, certain)
    return {ranked[row].id: float(priority[row]) for row in np.flatnonzero(certain).tolist()}


def _labels(audit: Audit, items: list[EmbeddedItem]) -> LabelCodes:
    """Return the labels of `items`, all of which have one, and the corrections by the review."""
    trusted = audit.store.trusted_labels() if verdicts_counted(audit) else {}
    class_of = {name: class_id for class_id, name in audit.store.class_names().items()}
    found = {
        item_id: class_of[trusted_label.labels[0]] if len(trusted_label.labels) == 1 else None
        for item_id, trusted_label in trusted.items()
    }
    given = np.array([item.class_id for item in items], dtype=np.int64)
    further = [class_id for class_id in found.values() if class_id is not None]
    class_ids = np.unique(np.concatenate([given, np.array(further, np.int64)]))
    row_of = {item.id: row for row, item in enumerate(items)}
    codes = np.searchsorted(class_ids, given)
    current, weights = refit_inputs(
        codes,
        {
            row_of[item_id]: None if class_id is None else int(np.searchsorted(class_ids, class_id))
            for item_id, class_id in found.items()
            if item_id in row_of
        },
    )
    return LabelCodes(class_ids, codes, current, weights)


def _predictions(
    audit: Audit, items: list[EmbeddedItem], columns: list[str]
) -> NDArray[np.float16]:
    """Return the given predictions of `items` with a column for each of `columns`."""
    given = audit.predictions()
    if given is None:
        raise SourceError("This audit has no predictions; give them with --predictions.")
    return given.of_rows(np.array([item.row for item in items]), columns)


def _scores(items: list[EmbeddedItem], class_ids: Codes, summary: EvidenceSummary) -> list[Row]:
    alone = len(class_ids) == 1
    return [
        {
            "item_id": item.id,
            "suspicion": suspicion,
            "p_given": p_given,
            "suggested_id": None if alone else int(class_ids[suggestion]),
            "p_suggested": 0.0 if alone else p_suggested,
            "is_suspect": is_suspect,
        }
        for item, suspicion, p_given, suggestion, p_suggested, is_suspect in zip(
            items,
            summary.suspicion.tolist(),
            summary.p_given.tolist(),
            summary.suggested.tolist(),
            summary.p_suggested.tolist(),
            summary.is_suspect.tolist(),
            strict=True,
        )
    ]
