"""Image sets whose true labels are known, with human label errors or synthetic label noise.

The demo lies in the repository. CIFAR-10N (J. Wei et al., "Learning with noisy
labels revisited: a study using real-world human annotations", ICLR 2022) and
Caltech-101 (L. Fei-Fei et al., CVPR 2004 workshop) are read from tars that do
not. Synthetic errors are drawn from other features than the detectors look at:
the first 48 principal components, unwhitened.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.bakeoff import noise
from core.bakeoff.noise_classifier import plain_components
from core.detectors import Features
from core.detectors.folds import stratified_folds
from core.detectors.layer_choice import choose_layers
from core.embedding.backbones.efficientnet_lite import DIMENSION, VARIANTS
from core.embedding.choice import SEVERAL, EmbeddingChoice
from core.neighbors import HalfWhitening, nearest
from core.neighbors.whitening import Part

DEMO = Path(__file__).parents[2] / "data" / "demo"
CIFAR_COLUMNS = ("aggre_label", "random_label1", "worse_label")

Codes = NDArray[np.int64]


class NetworkRows:
    """What a bundled network computes of the images: its embedding, and layers beside it.

    Parameters
    ----------
    rows : float32 array (n, d)
    widths : sequence of int
        Columns of the embedding and of each layer.
    """

    def __init__(self, rows: NDArray[np.float32], widths: Sequence[int]) -> None:
        self.rows = rows
        self.widths = tuple(widths)
        self._features: dict[tuple[int, tuple[Part, ...]], Features] = {}

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """The embedding alone, as others would take it."""
        return self.rows[:, : self.widths[0]]

    def features(self, given: Codes) -> Features:
        """Return them in the layers and directions that a new audit of these labels chooses."""
        choice = choose_layers(self.rows, np.arange(len(self.rows)), self.widths, given)
        return self.half_whitened(choice.whitening.n_components, choice.whitening.parts)

    def half_whitened(self, n_components: int, parts: Sequence[Part]) -> Features:
        """Return the features of some layers, computed once."""
        key = n_components, tuple(parts)
        if key not in self._features:
            vectors = HalfWhitening(n_components, parts=parts).fit_transform(self.rows)
            self._features[key] = Features.of(vectors, nearest(vectors))
        return self._features[key]


class Source(NamedTuple):
    """Embeddings and true labels.

    Attributes
    ----------
    embeddings : float32 array (n, d)
    features : Features
        Half-whitened, with their graph.
    truth : int64 array (n,)
        0 to n_classes - 1.
    n_classes : int
    columns : dict of str to int64 array (n,)
        Given labels that came with the images.
    network : NetworkRows or None
        What the detectors look at, where it is not `features`: labels are
        planted from `features` all the same, so that rows of several networks
        have the same errors.
    """

    embeddings: NDArray[np.float32]
    features: Features
    truth: Codes
    n_classes: int
    columns: dict[str, Codes]
    network: NetworkRows | None = None


class Labeled(NamedTuple):
    """A source with given labels, some of them wrong."""

    embeddings: NDArray[np.float32]
    features: Features
    given: Codes
    truth: Codes
    n_classes: int


Giving = Callable[[Source, np.random.Generator], Codes]


class Row(NamedTuple):
    """A row of the table.

    Attributes
    ----------
    name, title : str
        For the command line and for the table.
    source : str
        A key of `SOURCES`.
    give : callable
        Returns the given labels, from a source and a random generator.
    goal : float or None
        Average precision that is to be reached.
    is_synthetic : bool
        Whether another seed gives other labels.
    """

    name: str
    title: str
    source: str
    give: Giving
    goal: float | None = None
    is_synthetic: bool = True

    def labeled(self, source: Source, seed: int) -> Labeled:
        """Return `source` with the labels of this row."""
        given = self.give(source, np.random.default_rng(seed))
        embeddings, features = source.embeddings, source.features
        if source.network is not None:
            embeddings, features = source.network.embeddings, source.network.features(given)
        return Labeled(embeddings, features, given, source.truth, source.n_classes)


# ------------------------------------------------------------------ sources


def demo(_: Path | None, cache: Path | None, backbone: str | None = None) -> Source:
    """Read the bundled demo."""
    given, truth = (_label_file(DEMO / name) for name in ("labels.csv", "truth.csv"))
    paths = sorted(given)
    rows = _network_rows(
        paths, lambda: ((DEMO / path).read_bytes() for path in paths), cache, "demo", backbone
    )
    columns = {"label": [given[path] for path in paths]}
    return _source(rows, [truth[path] for path in paths], columns)


def cifar(archive: Path | None, cache: Path | None, backbone: str | None = None) -> Source:
    """Read CIFAR-10N from a tar of images and ``labels.csv``."""
    assert archive is not None
    with tarfile.open(archive) as tar:
        table = next(name for name in tar.getnames() if name.endswith("labels.csv"))
        rows = list(csv.DictReader(io.StringIO(_member(tar, table).decode())))
        folder = table.removesuffix("labels.csv")
        paths = [folder + row["path"] for row in rows]
        found = _network_rows(
            paths, lambda: (_member(tar, path) for path in paths), cache, "cifar", backbone
        )
    columns = {name: [row[name] for row in rows] for name in CIFAR_COLUMNS}
    return _source(found, [row["clean_label"] for row in rows], columns)


def caltech(archive: Path | None, cache: Path | None, backbone: str | None = None) -> Source:
    """Read Caltech-101 from a tar with a folder a class, the background class left out."""
    assert archive is not None
    with tarfile.open(archive) as tar:
        paths = sorted(
            name for name in tar.getnames() if name.endswith(".jpg") and "BACKGROUND" not in name
        )
        found = _network_rows(
            paths, lambda: (_member(tar, path) for path in paths), cache, "caltech", backbone
        )
    return _source(found, [Path(path).parent.name for path in paths], {})


SOURCES: dict[str, Callable[[Path | None, Path | None, str | None], Source]] = {
    "demo": demo,
    "cifar": cifar,
    "caltech": caltech,
}
"""Readers of an archive, with a folder that keeps embeddings between runs, and a network.

Without a network, features are those of earlier versions: the embedding of
EfficientNet-Lite0 alone, in 256 directions.
"""


def _source(
    found: tuple[NDArray[np.float32], NetworkRows | None],
    truth: list[str],
    columns: dict[str, list[str]],
) -> Source:
    embeddings, network = found
    classes = np.unique(np.concatenate([truth, *columns.values()]))
    codes = {name: np.searchsorted(classes, column) for name, column in columns.items()}
    vectors = HalfWhitening().fit_transform(embeddings)
    features = Features.of(vectors, nearest(vectors))
    codes_of_truth = np.searchsorted(classes, truth)
    return Source(embeddings, features, codes_of_truth, len(classes), codes, network)


def _label_file(file: Path) -> dict[str, str]:
    with file.open(newline="", encoding="utf-8") as lines:
        return {row["path"]: row["label"] for row in csv.DictReader(lines)}


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    content = tar.extractfile(name)
    if content is None:
        raise SystemExit(f"{name} is not a file in the archive.")
    return content.read()


def _network_rows(
    paths: list[str],
    contents: Callable[[], Iterable[bytes]],
    cache: Path | None,
    name: str,
    backbone: str | None,
) -> tuple[NDArray[np.float32], NetworkRows | None]:
    """Return the embeddings that labels are planted from, and the rows of `backbone`, if any."""
    embeddings = _embedded(paths, contents(), cache, name)
    if backbone is None:
        return embeddings, None
    choice = EmbeddingChoice(backbone, layer=SEVERAL)
    rows = _embedded(paths, contents(), cache, f"{name}-{backbone}", choice)
    variant = VARIANTS[backbone]
    return embeddings, NetworkRows(rows, (DIMENSION, *variant.widths))


def _embedded(
    paths: list[str],
    contents: Iterable[bytes],
    cache: Path | None,
    name: str,
    choice: EmbeddingChoice | None = None,
) -> NDArray[np.float32]:
    """Return the embeddings of the images, from `cache` when it holds those of `paths`."""
    key = hashlib.blake2b("\n".join(paths).encode(), digest_size=8).hexdigest()
    file = cache / f"{name}-{key}.npy" if cache else None
    if file is not None and file.exists():
        return np.load(file, allow_pickle=False)
    embeddings = _embed(contents, choice)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, embeddings)
    return embeddings


def _embed(contents: Iterable[bytes], choice: EmbeddingChoice | None) -> NDArray[np.float32]:
    from core.embedding.backbone import load_backbone
    from core.ingest.images import decode, network_input

    backbone = load_backbone(choice)
    height, width, *_ = backbone.shape
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        pixels = (network_input(decode(content), height, width)[None] for content in contents)
        return np.concatenate(
            list(pool.map(lambda one: backbone.engine.run(one).embeddings, pixels))
        )


# ------------------------------------------------------------- given labels


def _column(name: str) -> Giving:
    return lambda source, _: source.columns[name]


def uniform(rate: float) -> Giving:
    def give(source: Source, rng: np.random.Generator) -> Codes:
        groups = source.features.groups
        return noise.uniform(source.truth, source.n_classes, rate, rng, groups).labels

    return give


def _next_class(rate: float) -> Giving:
    def give(source: Source, rng: np.random.Generator) -> Codes:
        return _at_random(source, (source.truth + 1) % source.n_classes, rate, rng)

    return give


def confused(rate: float) -> Giving:
    """Draw targets from the predictions of a logistic probe on other features."""

    def give(source: Source, rng: np.random.Generator) -> Codes:
        P = _bystanding_probe(source, int(rng.integers(2**31)))
        P[np.arange(len(P)), source.truth] = 0
        drawn = P.cumsum(axis=1) > rng.random((len(P), 1)) * P.sum(axis=1, keepdims=True)
        return _at_random(source, drawn.argmax(axis=1), rate, rng)

    return give


def _instance(rate: float) -> Giving:
    def give(source: Source, rng: np.random.Generator) -> Codes:
        plain, groups = plain_components(source.embeddings), source.features.groups
        return noise.instance_dependent(
            source.truth, source.n_classes, rate, rng, plain, groups
        ).labels

    return give


def _clustered(rate: float, n_cells: int) -> Giving:
    def give(source: Source, rng: np.random.Generator) -> Codes:
        plain, groups = plain_components(source.embeddings), source.features.groups
        return noise.clustered(
            source.truth, source.n_classes, rate, rng, plain, groups, n_cells
        ).labels

    return give


def _at_random(source: Source, targets: Codes, rate: float, rng: np.random.Generator) -> Codes:
    """Give random items their target; near-duplicates go together."""
    _, first, unit, sizes = np.unique(
        source.features.groups, return_index=True, return_inverse=True, return_counts=True
    )
    order = rng.permutation(len(first))
    chosen = np.zeros(len(first), bool)
    chosen[order[sizes[order].cumsum() <= round(rate * len(unit))]] = True
    return np.where(chosen[unit], targets[first][unit], source.truth)


def _bystanding_probe(source: Source, seed: int) -> NDArray[np.float64]:
    """Return out-of-fold probabilities of a logistic probe of plain components, standardized."""
    from sklearn.linear_model import LogisticRegression

    X = plain_components(source.embeddings)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    folds = stratified_folds(source.truth, 5, seed, source.features.groups)
    P = np.full((len(X), source.n_classes), 1e-12)
    for fold in range(5):
        test = folds == fold
        model = LogisticRegression(C=0.01, max_iter=200, tol=1e-3)
        model.fit(X[~test], source.truth[~test])
        P[np.ix_(test, model.classes_)] = model.predict_proba(X[test])
    return P


ROWS = {
    row.name: row
    for row in (
        Row("demo", "demo", "demo", _column("label"), None, False),
        Row("human-9", "CIFAR-10N, 9 %", "cifar", _column(CIFAR_COLUMNS[0]), 0.62, False),
        Row("human-17", "CIFAR-10N, 17 %", "cifar", _column(CIFAR_COLUMNS[1]), 0.79, False),
        Row("human-40", "CIFAR-10N, 40 %", "cifar", _column(CIFAR_COLUMNS[2]), 0.91, False),
        Row("uniform-10", "CIFAR, uniform 10 %", "cifar", uniform(0.1), 0.87),
        Row("uniform-60", "CIFAR, uniform 60 %", "cifar", uniform(0.6), 0.97),
        Row("pair-30", "CIFAR, pair 30 %", "cifar", _next_class(0.3), 0.92),
        Row("instance-40", "CIFAR, instance 40 %", "cifar", _instance(0.4), 0.955),
        Row("cells-60", "CIFAR, 10 % in 60 cells", "cifar", _clustered(0.1, 60), 0.60),
        Row("cells-200", "CIFAR, 10 % in 200 cells", "cifar", _clustered(0.1, 200), 0.83),
        Row("cells-600", "CIFAR, 10 % in 600 cells", "cifar", _clustered(0.1, 600), 0.86),
        Row("caltech-uniform-10", "Caltech, uniform 10 %", "caltech", uniform(0.1), 0.997),
        Row("caltech-confused-5", "Caltech, confused 5 %", "caltech", confused(0.05), 0.96),
        Row("caltech-confused-10", "Caltech, confused 10 %", "caltech", confused(0.1), 0.975),
        Row("caltech-cells", "Caltech, 10 % in 404 cells", "caltech", _clustered(0.1, 404)),
    )
}
"""By name; cells are of k-means, whole cells that are given one other label."""
