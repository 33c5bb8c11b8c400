"""Other ways to rank labels, as their makers have them, on the same embeddings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors.comparators.votes import best_other, class_votes
from core.neighbors import nearest
from tests.benchmarks.data_sets import Labelled

STRENGTHS = (1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1)


class Scores(NamedTuple):
    """What a way says of every label.

    Attributes
    ----------
    suspicion : float array (n,)
        Larger is more suspect.
    suggested : int array (n,) or None
        What the label should be; None where a way says nothing of it.
    """

    suspicion: NDArray[np.floating]
    suggested: NDArray[np.integer] | None


def cleanlab_probe(data: Labelled) -> Scores:
    """Score by cleanlab's self-confidence of an out-of-fold logistic probe.

    The probe sees raw embeddings, standardised. Its C is the one whose
    probabilities make the given labels likeliest; it is raised step by step
    while that gains.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rank = _cleanlab("rank").get_label_quality_scores
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    least, best = np.inf, None
    for C in STRENGTHS:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=300, tol=1e-3))
        P = cross_val_predict(model, data.embeddings, data.given, cv=folds, method="predict_proba")
        loss = log_loss(data.given, P)
        if loss > least:
            break
        least, best = loss, P
    assert best is not None
    quality = rank(data.given, best, method="self_confidence")
    return Scores(-quality, best_other(best, data.given))


def cleanlab_features(data: Labelled) -> Scores:
    """Score by cleanlab's Datalab as it does when it is given features alone: ten neighbours."""
    lab = _cleanlab("datalab.datalab").Datalab({"y": data.given}, label_name="y", verbosity=0)
    lab.find_issues(features=data.embeddings, issue_types={"label": {}})
    issues = lab.get_issues("label")
    return Scores(-issues["label_score"].to_numpy(), issues["predicted_label"].to_numpy())


def neighbor_vote(data: Labelled) -> Scores:
    """Score by the share of the ten nearest by raw cosine that disagree."""
    lengths = np.linalg.norm(data.embeddings, axis=1, keepdims=True)
    graph = nearest(data.embeddings / np.maximum(lengths, 1e-12), 10)
    voters = data.given[graph.indices]
    votes = class_votes(voters, np.ones(voters.shape), data.n_classes)
    return Scores((voters != data.given[:, None]).mean(axis=1), best_other(votes, data.given))


def _cleanlab(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(f"cleanlab.{module}")
    except ImportError:
        raise SystemExit(
            "cleanlab is missing: pip install -r tests/benchmarks/requirements.txt"
        ) from None


RIVALS: dict[str, Callable[[Labelled], Scores]] = {
    "cleanlab, its probe": cleanlab_probe,
    "cleanlab, features only": cleanlab_features,
    "kNN vote, k = 10": neighbor_vote,
}
