"""Every layout: reproducible by its seed, of any number of items, with true progress."""

import numpy as np
import pytest

from core.neighbors import nearest
from core.structure.neighbors_kept import share_kept
from core.structure.projections import LAYOUTS, LayoutInput, pca_layout, tsne_layout, umap_layout
from core.structure.projections.epoch_reports import EpochReports
from tests.core.structure.drawn_audits import graph_input

METHODS = list(LAYOUTS)


def silent(done, total):
    """Report to nobody."""


@pytest.fixture(scope="module")
def made():
    """Each method's positions of 150 items, and what it reported."""
    found = {}
    drawn = graph_input(150, k=100)
    for name, method in LAYOUTS.items():
        seen = []
        xy = method.lay_out(
            drawn.given, 0, lambda done, total, seen=seen: seen.append((done, total))
        )
        found[name] = xy, seen
    return drawn, found


@pytest.mark.parametrize("name", METHODS)
def test_positions_are_numbers_for_every_item(made, name):
    xy, _ = made[1][name]
    assert (xy.shape, xy.dtype) == ((150, 2), np.float32)
    assert np.isfinite(xy).all()
    assert (xy.max(axis=0) > xy.min(axis=0)).all()


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_positions(made, name):
    drawn, found = made
    again = LAYOUTS[name].lay_out(drawn.given, 0, silent)
    assert np.array_equal(again, found[name][0])


@pytest.mark.parametrize("name", ["umap", "tsne"])
def test_neighbors_are_kept_better_than_by_chance(made, name):
    drawn, found = made
    shuffled = np.random.default_rng(0).permutation(found[name][0])
    assert share_kept(drawn.given.graph, found[name][0]) > 0.3
    assert share_kept(drawn.given.graph, shuffled) < 0.2


@pytest.mark.parametrize("name", METHODS)
def test_progress_counts_up_to_the_end(made, name):
    _, seen = made[1][name]
    done, totals = zip(*seen, strict=True)
    assert list(done) == sorted(done)
    assert len(set(totals)) == 1
    assert done[-1] == totals[-1]


def test_epochs_are_reported_one_by_one_and_not_only_at_the_end(made):
    for name, least in (("umap", 3), ("tsne", 10)):
        assert len({done for done, _ in made[1][name][1]}) >= least, name


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("n", [1, 2, 3, 5, 13])
def test_few_items_have_a_layout(name, n):
    given = graph_input(n, n_classes=1).given if n > 1 else _one()
    xy = LAYOUTS[name].lay_out(given, 0, silent)
    assert xy.shape == (n, 2)
    assert np.isfinite(xy).all()


def _one():
    vectors = np.ones((1, 4), np.float32) / 2
    return LayoutInput(vectors, nearest(vectors))


@pytest.mark.parametrize("name", METHODS)
def test_items_that_are_all_the_same_have_a_layout(name):
    vectors = np.ones((40, 4), np.float32) / 2
    xy = LAYOUTS[name].lay_out(LayoutInput(vectors, nearest(vectors, 20)), 0, silent)
    assert np.isfinite(xy).all()


@pytest.mark.parametrize("name", METHODS)
def test_vectors_of_one_column_have_a_layout(name):
    vectors = np.sign(np.random.default_rng(0).normal(size=(40, 1))).astype(np.float32)
    xy = LAYOUTS[name].lay_out(LayoutInput(vectors, nearest(vectors, 20)), 0, silent)
    assert np.isfinite(xy).all()


def test_pca_is_that_of_scikit_learn():
    from sklearn.decomposition import PCA

    vectors = graph_input(300).given.vectors
    expected = PCA(2, svd_solver="full").fit_transform(vectors)
    found = pca_layout.leading_directions(graph_input(300).given, 0, silent)
    assert np.allclose(np.abs(found), np.abs(expected), atol=1e-4)


def test_pca_is_fitted_on_a_sample_of_many(monkeypatch):
    monkeypatch.setattr(pca_layout, "SAMPLE", 100)
    given = graph_input(400).given
    whole = graph_input(400)
    found = pca_layout.leading_directions(given, 0, silent)
    assert found.shape == (400, 2)
    other = pca_layout.leading_directions(given, 1, silent)
    assert not np.array_equal(found, other)
    centers = np.array([found[whole.labels == f"c{one}"].mean(axis=0) for one in range(4)])
    assert np.linalg.norm(centers[:, None] - centers, axis=2)[np.triu_indices(4, 1)].min() > 0.1


def test_tsne_has_a_limit_unless_there_is_open_tsne(monkeypatch):
    monkeypatch.setattr(tsne_layout, "has_open_tsne", lambda: False)
    assert LAYOUTS["tsne"].limit() == tsne_layout.MOST
    monkeypatch.setattr(tsne_layout, "has_open_tsne", lambda: True)
    assert LAYOUTS["tsne"].limit() is None


def test_open_tsne_lays_out_many(monkeypatch):
    pytest.importorskip("openTSNE")
    monkeypatch.setattr(tsne_layout, "MOST", 100)
    given = graph_input(150).given
    seen = []
    xy = tsne_layout.tsne(given, 0, lambda done, total: seen.append((done, total)))
    assert share_kept(given.graph, xy) > 0.3
    assert seen[-1] == (tsne_layout.ITERATIONS, tsne_layout.ITERATIONS)


def test_fewer_epochs_from_many_items_on(monkeypatch):
    monkeypatch.setattr(umap_layout, "MANY", 100)
    seen = []
    umap_layout.umap(graph_input(100).given, 0, lambda done, total: seen.append(total))
    assert set(seen) == {umap_layout.EPOCHS_OF_MANY}


def test_umap_loads_no_tensorflow():
    import subprocess
    import sys

    code = (
        "import sys; from tests.core.structure.drawn_audits import graph_input;"
        "from core.structure.projections import LAYOUTS;"
        "LAYOUTS['umap'].lay_out(graph_input(40).given, 0, lambda d, t: None);"
        "assert 'umap' in sys.modules; print('tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_reports_find_numbers_in_what_is_written():
    seen = []
    reports = EpochReports(lambda done, total: seen.append((done, total)), 10)
    assert reports.write("\r3") == 2
    reports.write("\r12 ")
    reports.write("nothing")
    reports.flush()
    assert seen == [(3, 10), (10, 10)]
