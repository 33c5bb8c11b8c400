"""Given predictions as a member of the pool: good ones, bad ones, and those of a model that knows
the labels.

Run from the repository's root::

    python -m tests.benchmarks.given_classifiers --cifar cifar10n_10k.tar

For each classifier and label column it prints what the pool finds of its
predictions, and average precision without and with them, beside cleanlab's
self-confidence of the same predictions. *Forced* is what they would do at full
weight if they were trusted blindly.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from core.detectors import METHODS, predictions_member
from tests.benchmarks.baselines import self_confidence
from tests.benchmarks.data_sets import ROWS, Labeled, Source, cifar, demo

Predict = Callable[[Labeled], NDArray[np.float64]]
SHOWN = ("human-9", "human-40", "uniform-10", "demo")
FOLDS = 5


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N")
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--only", nargs="+", choices=SHOWN, default=SHOWN, metavar="ROW")
    options = parser.parse_args()
    sources: dict[str, Source] = {}
    for name in options.only:
        row = ROWS[name]
        if row.source == "cifar" and options.cifar is None:
            continue
        if row.source not in sources:
            read = cifar if row.source == "cifar" else demo
            sources[row.source] = read(options.cifar, options.cache)
        _print_row(row.title, row.labeled(sources[row.source], 0))


def _print_row(title: str, data: Labeled) -> None:
    rank = METHODS["pool"].rank
    alone = rank(data.features, data.given, data.n_classes)
    without = _ap(data, alone.suspicion)
    print(f"\n{title}")
    heads = ("memorized", "outcome", "without", "with", "forced", "cleanlab")
    print(f"{'':34}" + "".join(f"{head:>11}" for head in heads))
    for name, predict in CLASSIFIERS.items():
        P = predict(data)
        features = data.features._replace(predictions=P.astype(np.float16))
        found = rank(features, data.given, data.n_classes)
        with (
            patch.object(predictions_member, "MOST_MEMORIZED", 2.0),
            patch.object(predictions_member, "LEAST_GAIN", -100.0),
            patch.object(predictions_member, "MOST_LOSS", 1.0),
            patch.object(predictions_member, "SHARE", 1.0),
            patch.object(predictions_member, "FEWEST_SUSPECTS", 0.0),
        ):
            forced = rank(features, data.given, data.n_classes)
        trial = found.predictions
        aps = [without, _ap(data, found.suspicion), _ap(data, forced.suspicion)]
        aps.append(_ap(data, -self_confidence(data.given, P)))
        cells = f"{trial.memorized:11.2f}{trial.outcome:>11}" + "".join(f"{x:11.3f}" for x in aps)
        print(f"{name:34}{cells}", flush=True)


def _ap(data: Labeled, suspicion: NDArray[np.floating]) -> float:
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(data.given != data.truth, suspicion))


# --------------------------------------------------------------- classifiers


def _probe(C: float, held_out: bool = True, of_truth: bool = False, n_columns: int = 0) -> Predict:
    """Return a logistic probe of raw, standardized embeddings.

    Parameters
    ----------
    C : float
        A larger one fits closer.
    held_out : bool
        By cross-validation; else it predicts what it was trained on.
    of_truth : bool
        Trained on true labels, as a model from elsewhere is.
    n_columns : int
        Of the embedding that it sees; 0 for all.
    """

    def predict(data: Labeled) -> NDArray[np.float64]:
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        X = data.embeddings[:, :n_columns] if n_columns else data.embeddings
        y = data.truth if of_truth else data.given
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=200, tol=1e-3))
        found = np.full((len(y), data.n_classes), 1e-6)
        if held_out:
            folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
            P = cross_val_predict(model, X, y, cv=folds, method="predict_proba")
            found[:, np.unique(y)] = P
        else:
            found[:, np.unique(y)] = model.fit(X, y).predict_proba(X)
        return found / found.sum(axis=1, keepdims=True)

    return predict


def _nearest(data: Labeled) -> NDArray[np.float64]:
    """Predict each item's own label: the nearest training item is the item itself."""
    return np.eye(data.n_classes)[data.given] * 0.98 + 0.02 / data.n_classes


CLASSIFIERS: dict[str, Predict] = {
    "good: trained elsewhere, held out": _probe(3e-4, of_truth=True),
    "fair: cross-validated": _probe(3e-4),
    "bad: 20 columns, cross-validated": _probe(3e-4, n_columns=20),
    "overfit, cross-validated": _probe(1.0),
    "in-sample: closely fitted": _probe(1.0, held_out=False),
    "in-sample: loosely fitted": _probe(3e-4, held_out=False),
    "in-sample: 1-NN": _nearest,
}


if __name__ == "__main__":
    main()
