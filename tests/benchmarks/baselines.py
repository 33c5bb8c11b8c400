"""Published methods of ranking labels, with their own settings, on the same embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.votes import best_other, class_votes
from core.neighbors import nearest
from tests.benchmarks.data_sets import Labeled

PROBE, BEST_PROBE = "cleanlab, its probe", "cleanlab, C by the truth"
VOTE = "kNN vote, k = 10"
STRENGTHS = (1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1)


class Scores(NamedTuple):
    """The scores of one method.

    Attributes
    ----------
    suspicion : float array (n,)
        Larger is more suspect.
    suggested : int array (n,) or None
        The suggested class; None where the method suggests none.
    """

    suspicion: NDArray[np.floating]
    suggested: NDArray[np.integer] | None


def cleanlab_probe(data: Labeled, strengths: Sequence[float] = STRENGTHS) -> dict[str, Scores]:
    """Score by cleanlab's self-confidence of out-of-fold logistic probes.

    The probes see raw embeddings, standardized. One C is that whose
    probabilities make the given labels likeliest, which anyone can find out;
    the other that of the best average precision, for which one must know the
    truth: an upper bound.
    """
    from sklearn.metrics import average_precision_score

    wrong = data.given != data.truth
    losses, aps, tried = [], [], []
    for loss, P in _probes(data, strengths):
        suspicion = -self_confidence(data.given, P)
        losses.append(loss)
        aps.append(average_precision_score(wrong, suspicion) if wrong.any() else 0.0)
        tried.append(Scores(suspicion, best_other(P, data.given)))
    return {PROBE: tried[int(np.argmin(losses))], BEST_PROBE: tried[int(np.argmax(aps))]}


def probe_probabilities(data: Labeled) -> NDArray[np.float64]:
    """Return the out-of-fold class probabilities of that of `cleanlab_probe` that anyone can find.

    cleanlab's self-confidence is that of the given label.
    """
    _, P = min(_probes(data), key=lambda tried: tried[0])
    return P


def self_confidence(labels: NDArray[np.integer], P: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return cleanlab's label quality scores of class probabilities."""
    scores: NDArray[np.floating] = _cleanlab("rank").get_label_quality_scores(
        labels, P, method="self_confidence"
    )
    return scores


def _probes(
    data: Labeled, strengths: Sequence[float] = STRENGTHS
) -> Iterator[tuple[float, NDArray[np.float64]]]:
    """Yield the loss on the given labels, and the probabilities, for each of the strengths."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for C in strengths:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=300, tol=1e-3))
        P = cross_val_predict(model, data.embeddings, data.given, cv=folds, method="predict_proba")
        yield log_loss(data.given, P), P


def cleanlab_features(data: Labeled) -> dict[str, Scores]:
    """Score by cleanlab's Datalab as it does when it is given features alone: ten neighbors."""
    lab = _cleanlab("datalab.datalab").Datalab({"y": data.given}, label_name="y", verbosity=0)
    lab.find_issues(features=data.embeddings, issue_types={"label": {}})
    issues = lab.get_issues("label")
    scores = Scores(-issues["label_score"].to_numpy(), issues["predicted_label"].to_numpy())
    return {"cleanlab, features only": scores}


def neighbor_vote(data: Labeled) -> dict[str, Scores]:
    """Score by the share of the ten nearest by raw cosine that disagree."""
    lengths = np.linalg.norm(data.embeddings, axis=1, keepdims=True)
    graph = nearest(data.embeddings / np.maximum(lengths, 1e-12), 10)
    voters = data.given[graph.indices]
    votes = class_votes(voters, np.ones(voters.shape), data.n_classes)
    differing = (voters != data.given[:, None]).mean(axis=1)
    return {VOTE: Scores(differing, best_other(votes, data.given))}


def _cleanlab(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"cleanlab.{module}")
    except ImportError:
        raise SystemExit(
            "cleanlab is missing: pip install -r tests/benchmarks/requirements.txt"
        ) from None


BASELINES = (cleanlab_probe, cleanlab_features, neighbor_vote)
