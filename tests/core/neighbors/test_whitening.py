"""Half-whitening."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from core.arrays import blocks
from core.neighbors import HalfWhitening
from core.neighbors.whitening import Moments, Part
from tests.core.conftest import ROOT
from tests.core.neighbors.making import tables, unit


@settings(deadline=None, max_examples=60)
@given(tables)
def test_rows_have_unit_length_or_none(X: np.ndarray) -> None:
    rows = HalfWhitening().fit_transform(X)
    lengths = np.linalg.norm(rows, axis=1)
    assert rows.dtype == np.float32
    assert rows.shape == (len(X), max(1, min(X.shape[1], len(X) - 1)))
    assert (np.isclose(lengths, 1, atol=1e-4) | (lengths == 0)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 3.3, 6e4])
def test_constant_rows_become_zeros(value: float) -> None:
    rows = HalfWhitening().fit_transform(np.full((40, 30), value, np.float32))
    assert not rows.any()


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_components_are_divided_by_their_scale_to_the_power(power: float) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 2)) * [9.0, 1.0]
    rows = HalfWhitening(power=power).fit_transform(X)
    expected = unit(X / np.array([9.0, 1.0]) ** power)
    overlap = np.abs((rows * expected).sum(axis=1))
    swapped = np.abs((rows * expected * [1, -1]).sum(axis=1))
    assert np.maximum(overlap, swapped).mean() > 0.99


def test_scale_of_the_embedding_does_not_matter() -> None:
    X = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    np.testing.assert_allclose(
        HalfWhitening().fit_transform(X), HalfWhitening().fit_transform(X * 4), atol=1e-4
    )


def test_directions_come_from_a_seeded_sample() -> None:
    X = np.random.default_rng(2).standard_normal((300, 5)).astype(np.float32)
    first, second = (HalfWhitening(sample_size=100).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.components_, second.components_)
    np.testing.assert_array_equal(first.mean_, second.mean_)
    assert first.transform(X).shape == (300, 5)


@pytest.mark.parametrize(
    "X", [np.empty((0, 3)), np.zeros(3), np.array([[np.nan, 1.0]]), np.array([[np.inf], [1.0]])]
)
def test_unusable_embeddings_are_refused(X: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Embeddings must"):
        HalfWhitening().fit(X)


# -- in blocks, to and from files ------------------------------------------------------------


def embeddings(n: int = 400, d: int = 30) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.standard_normal((n, d)) * np.linspace(3, 1, d)).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("mapped", [False, True])
def test_rows_on_disk_are_those_in_memory(tmp_path, monkeypatch, dtype, mapped) -> None:
    monkeypatch.setattr(blocks, "ROWS", 64)
    X = embeddings().astype(dtype)
    expected = HalfWhitening(n_components=8).fit_transform(X)
    if mapped:
        np.save(tmp_path / "X.npy", X)
        X = np.load(tmp_path / "X.npy", mmap_mode="r")
    counts: list[tuple[int, int]] = []
    whitening = HalfWhitening(n_components=8).fit(X)
    written = whitening.transform_to(
        tmp_path / "V.npy", X, progress=lambda *done: counts.append(done)
    )
    assert (written.dtype, written.shape) == (np.float16, (400, 8))
    assert isinstance(written, np.memmap)
    np.testing.assert_array_equal(np.load(tmp_path / "V.npy"), written)
    np.testing.assert_allclose(written.astype(np.float32), expected, atol=1e-3)
    assert counts[-1] == (400, 400)


def test_only_the_given_rows_are_fitted_and_transformed(tmp_path) -> None:
    X = embeddings()
    rows = np.arange(0, 400, 3)
    X[1::3] = np.nan
    fitted = HalfWhitening().fit(X, rows)
    np.testing.assert_array_equal(fitted.mean_, HalfWhitening().fit(X[rows]).mean_)
    np.testing.assert_array_equal(fitted.transform(X, rows), fitted.transform(X[rows]))
    sampled = HalfWhitening(sample_size=50).fit(X, rows)
    assert np.isfinite(sampled.components_).all()


def test_float16_keeps_cosines() -> None:
    whitening = HalfWhitening().fit(embeddings(600, 300))
    rows = whitening.transform(embeddings(600, 300))
    short = whitening.transform_to(None, embeddings(600, 300)).astype(np.float32)
    assert np.abs(rows @ rows.T - short @ short.T).max() < 2e-4


def test_a_loaded_whitening_transforms_as_the_saved_one(tmp_path) -> None:
    saved = HalfWhitening(n_components=5, power=0.7, sample_size=90, random_state=4)
    saved.fit(embeddings()).save(tmp_path / "whitening.npz")
    loaded = HalfWhitening.load(tmp_path / "whitening.npz")
    assert vars(loaded).keys() == vars(saved).keys()
    np.testing.assert_array_equal(loaded.transform(embeddings()), saved.transform(embeddings()))
    np.testing.assert_array_equal(loaded.fit(embeddings()).mean_, saved.mean_)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the peak")
def test_pages_of_a_map_leave_memory_again(tmp_path) -> None:
    """Peak memory grows by a few blocks, not by the file."""
    path = tmp_path / "X.npy"
    rows = np.lib.format.open_memmap(path, "w+", np.float16, (200_000, 256))
    rows[:] = (
        np.random.default_rng(0)
        .standard_normal((1000, 256))
        .astype(np.float16)[np.arange(200_000) % 1000]
    )
    del rows
    code = (
        "import sys, numpy as np; from pathlib import Path;"
        " from core.neighbors import HalfWhitening;"
        " lines = lambda: Path('/proc/self/status').read_text().splitlines();"
        " peak = lambda: next(int(line.split()[1]) for line in lines() if 'VmHWM' in line) >> 10;"
        " folder = Path(sys.argv[1]); X = np.load(folder / 'X.npy', mmap_mode='r');"
        " whitening = HalfWhitening(8, sample_size=2000).fit(X[:3000].copy()); before = peak();"
        " whitening.transform_to(folder / 'V.npy', X); print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert int(done.stdout) < 60, "megabytes; the file has 98"


def test_parts_are_weighed_by_their_length_and_not_by_their_units():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 12))
    louder = X.copy()
    louder[:, 8:] *= 1000
    quiet, loud = (
        HalfWhitening(parts=[Part(8), Part(4)]).fit_transform(one) for one in (X, louder)
    )
    np.testing.assert_allclose(quiet @ quiet.T, loud @ loud.T, atol=1e-4)


def test_parts_are_what_centered_and_scaled_columns_would_give():
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(300, 10)) * rng.uniform(0.1, 10, 10) + 5).astype(np.float32)
    blocks = []
    for block, weight in ((X[:, :7], 1.0), (X[:, 7:], 0.5)):
        centered = block - block.mean(axis=0)
        blocks.append(weight * centered / np.sqrt((centered**2).sum(axis=1).mean()))
    expected = HalfWhitening().fit_transform(np.hstack(blocks))
    vectors = HalfWhitening(parts=[Part(7), Part(3, 0.5)]).fit_transform(X)
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=1e-3)


def test_columns_after_the_last_part_are_left_out():
    X = np.random.default_rng(0).normal(size=(100, 9))
    fitted = HalfWhitening(parts=[Part(6)]).fit(X)
    other = X.copy()
    other[:, 6:] = 7
    np.testing.assert_array_equal(fitted.transform(other), fitted.transform(X))


def test_moments_of_all_columns_serve_fewer_parts():
    X = np.random.default_rng(0).normal(size=(100, 9)).astype(np.float32)
    few = HalfWhitening(parts=[Part(6)])
    from_all = few.fit_moments(Moments.of(X, None)).transform(X)
    np.testing.assert_allclose(from_all, HalfWhitening(parts=[Part(6)]).fit_transform(X), atol=1e-5)


def test_a_part_that_is_constant_does_not_matter():
    X = np.random.default_rng(0).normal(size=(100, 9))
    X[:, 6:] = 3
    vectors = HalfWhitening(parts=[Part(6), Part(3)]).fit_transform(X)
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_parts_come_back_from_a_file(tmp_path):
    X = np.random.default_rng(0).normal(size=(100, 9))
    fitted = HalfWhitening(parts=[Part(6), Part(3, 0.5)]).fit(X)
    fitted.save(tmp_path / "w.npz")
    loaded = HalfWhitening.load(tmp_path / "w.npz")
    assert loaded.parts == fitted.parts
    np.testing.assert_array_equal(loaded.transform(X), fitted.transform(X))


def test_a_file_of_earlier_versions_has_no_parts(tmp_path):
    X = np.random.default_rng(0).normal(size=(100, 9))
    fitted = HalfWhitening().fit(X)
    fitted.save(tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz") as arrays:
        assert set(arrays.files) == {"mean", "components", "scale", "settings"}
    loaded = HalfWhitening.load(tmp_path / "w.npz")
    assert loaded.parts == () and loaded.units_ is None
    assert loaded.transform(X).tobytes() == fitted.transform(X).tobytes()
