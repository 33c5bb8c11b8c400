"""How well wrong labels are ranked first, on data whose true labels are known.

Run from the repository's root::

    python -m tests.benchmarks.detection --cifar cifar10n_10k.tar

prints a table for the demo and one for each label column of CIFAR-10N
(J. Wei et al., "Learning with noisy labels revisited: a study using real-world
human annotations", ICLR 2022). With ``--caltech caltech101.tar``, Caltech-101
with one label in ten drawn anew. Needs ``tests/benchmarks/requirements.txt``.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import os
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.detectors import Detector, Discriminant, Features, LogPool, Probe, SoftKNN
from core.neighbors import HalfWhitening, nearest

DEMO = Path(__file__).parents[2] / "data" / "demo"
CIFAR_COLUMNS = ("aggre_label", "random_label1", "worse_label")


class Labelled(NamedTuple):
    """Embeddings with given and true labels, both 0 to n_classes - 1."""

    name: str
    embeddings: NDArray[np.float32]
    given: NDArray[np.int64]
    truth: NDArray[np.int64]
    n_classes: int


Method = Callable[[Labelled], NDArray[np.floating]]


def main() -> None:
    """Print the tables that the command line asks for."""
    arguments = _arguments()
    for data in _data_sets(arguments):
        _print_table(data)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cifar", type=Path, help="tar of CIFAR-10N images and labels.csv")
    parser.add_argument("--caltech", type=Path, help="tar of Caltech-101, a folder a class")
    parser.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="the bundled demo"
    )
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    return parser.parse_args()


# ---------------------------------------------------------------- data sets


def _data_sets(arguments: argparse.Namespace) -> Iterator[Labelled]:
    if arguments.demo:
        yield _demo(arguments.cache)
    if arguments.cifar:
        yield from _cifar(arguments.cifar, arguments.cache)
    if arguments.caltech:
        yield _caltech(arguments.caltech, arguments.cache)


def _demo(cache: Path | None) -> Labelled:
    given, truth = (_label_file(DEMO / name) for name in ("labels.csv", "truth.csv"))
    paths = sorted(given)
    embeddings = _embedded(paths, ((DEMO / path).read_bytes() for path in paths), cache, "demo")
    columns = [[given[path] for path in paths], [truth[path] for path in paths]]
    return _labelled("demo", embeddings, *columns)


def _label_file(file: Path) -> dict[str, str]:
    with file.open(newline="", encoding="utf-8") as lines:
        return {row["path"]: row["label"] for row in csv.DictReader(lines)}


def _cifar(archive: Path, cache: Path | None) -> Iterator[Labelled]:
    with tarfile.open(archive) as tar:
        table = next(name for name in tar.getnames() if name.endswith("labels.csv"))
        rows = list(csv.DictReader(io.StringIO(_member(tar, table).decode())))
        folder = table.removesuffix("labels.csv")
        paths = [folder + row["path"] for row in rows]
        embeddings = _embedded(paths, (_member(tar, path) for path in paths), cache, "cifar")
    truth = [row["clean_label"] for row in rows]
    for column in CIFAR_COLUMNS:
        yield _labelled(f"CIFAR-10N {column}", embeddings, [row[column] for row in rows], truth)


def _caltech(archive: Path, cache: Path | None) -> Labelled:
    with tarfile.open(archive) as tar:
        paths = sorted(
            name for name in tar.getnames() if name.endswith(".jpg") and "BACKGROUND" not in name
        )
        embeddings = _embedded(paths, (_member(tar, path) for path in paths), cache, "caltech")
    classes, truth = np.unique([Path(path).parent.name for path in paths], return_inverse=True)
    rng = np.random.default_rng(0)
    wrong = rng.random(len(truth)) < 0.1
    drawn = (truth + rng.integers(1, len(classes), len(truth))) % len(classes)
    given = np.where(wrong, drawn, truth)
    return Labelled("Caltech-101, 10 % uniform", embeddings, given, truth, len(classes))


def _labelled(
    name: str, embeddings: NDArray[np.float32], given: list[str], truth: list[str]
) -> Labelled:
    classes, codes = np.unique([*given, *truth], return_inverse=True)
    return Labelled(name, embeddings, codes[: len(given)], codes[len(given) :], len(classes))


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    content = tar.extractfile(name)
    if content is None:
        raise SystemExit(f"{name} is not a file in the archive.")
    return content.read()


def _embedded(
    paths: list[str], contents: Iterable[bytes], cache: Path | None, name: str
) -> NDArray[np.float32]:
    """Return the embeddings of the images, from `cache` when it holds those of `paths`."""
    key = hashlib.blake2b("\n".join(paths).encode(), digest_size=8).hexdigest()
    file = cache / f"{name}-{key}.npy" if cache else None
    if file is not None and file.exists():
        return np.load(file, allow_pickle=False)
    embeddings = _embed(contents)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, embeddings)
    return embeddings


def _embed(contents: Iterable[bytes]) -> NDArray[np.float32]:
    from core.embedding.backbone import load_backbone
    from core.images import decode, network_input

    backbone = load_backbone()
    height, width, *_ = backbone.shape
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pixels = (network_input(decode(content), height, width)[None] for content in contents)
        return np.concatenate(
            list(pool.map(lambda one: backbone.engine.run(one).embeddings, pixels))
        )


# ------------------------------------------------------------------ methods


def _features(data: Labelled) -> Features:
    vectors = HalfWhitening().fit_transform(data.embeddings)
    return Features(vectors, nearest(vectors))


def _pool(data: Labelled) -> NDArray[np.floating]:
    return LogPool().fit(_features(data), data.given, data.n_classes).suspicion_


def _single(detector: Detector) -> Method:
    def score(data: Labelled) -> NDArray[np.floating]:
        n = len(data.given)
        P = detector.predict_proba_oos(_features(data), data.given, data.n_classes, np.ones(n))
        return -P[np.arange(n), data.given]

    return score


def _plain_vote(data: Labelled) -> NDArray[np.floating]:
    """Share of the ten nearest by raw cosine that disagree (Bahri et al., ICML 2020)."""
    lengths = np.linalg.norm(data.embeddings, axis=1, keepdims=True)
    graph = nearest(data.embeddings / np.maximum(lengths, 1e-12), 10)
    return (data.given[graph.indices] != data.given[:, None]).mean(axis=1)


def _cleanlab(data: Labelled) -> NDArray[np.floating]:
    """Self-confidence of an out-of-fold logistic probe on standardised raw embeddings.

    Its C is the one of six whose probabilities make the given labels likeliest.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rank = _cleanlab_rank()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    tried = []
    for C in (1e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=300, tol=1e-3))
        P = cross_val_predict(model, data.embeddings, data.given, cv=folds, method="predict_proba")
        tried.append((log_loss(data.given, P), C, P))
    _, C, P = min(tried, key=lambda one: one[0])
    print(f"  (cleanlab's probe: C = {C:g})")
    return -rank(data.given, P, method="self_confidence")


def _cleanlab_rank() -> Callable[..., NDArray[np.float64]]:
    try:
        from cleanlab.rank import get_label_quality_scores
    except ImportError:
        raise SystemExit(
            "cleanlab is missing: pip install -r tests/benchmarks/requirements.txt"
        ) from None
    return get_label_quality_scores


METHODS: dict[str, Method] = {
    "cleanlab self-confidence": _cleanlab,
    "kNN vote, k = 10": _plain_vote,
    "soft kNN": _single(SoftKNN()),
    "discriminant": _single(Discriminant()),
    "probe": _single(Probe()),
    "pool (ours)": _pool,
}


# -------------------------------------------------------------------- table


def _print_table(data: Labelled) -> None:
    from sklearn.metrics import average_precision_score, roc_auc_score

    wrong = data.given != data.truth
    print(f"\n{data.name}: {len(wrong):,} items, {wrong.mean():.1%} wrong")
    print(f"{'':26}{'AP':>7}{'P@50':>7}{'P@100':>7}{'AUROC':>7}{'seconds':>9}")
    for name, method in METHODS.items():
        started = time.perf_counter()
        suspicion = method(data)
        seconds = time.perf_counter() - started
        columns = (
            average_precision_score(wrong, suspicion),
            _precision_at(50, wrong, suspicion),
            _precision_at(100, wrong, suspicion),
            roc_auc_score(wrong, suspicion),
        )
        print(f"{name:26}" + "".join(f"{x:7.3f}" for x in columns) + f"{seconds:9.1f}", flush=True)


def _precision_at(k: int, wrong: NDArray[np.bool_], suspicion: NDArray[np.floating]) -> float:
    """Return the share of wrong labels among the first `k`; ties fall in random order."""
    order = np.random.default_rng(0).permutation(len(wrong))
    first = order[np.argsort(-suspicion[order], kind="stable")][:k]
    return float(wrong[first].mean())


if __name__ == "__main__":
    main()
