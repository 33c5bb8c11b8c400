import math
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest

from core.embedding.given import given_files
from core.embedding.given.given_arrays import ItemKey, read_embeddings
from tests.core.embedding.given.given_making import (
    EMBEDDINGS,
    IDS,
    PATHS,
    SHUFFLED,
    dimensions,
    embeddings,
    lists,
    npy,
    npz,
    parquet,
    refusal,
)

# Values of embeddings


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_named(tmp_path, bad):
    values = EMBEDDINGS.copy()
    values[1, 1] = bad
    message = "1 row with missing, NaN or infinite values (cat/b b.jpg)"
    assert message in refusal(embeddings, npy(tmp_path, values), in_order=True)
    assert message in refusal(embeddings, npz(tmp_path, x=values, path=PATHS))
    assert message in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "x": lists(values)}))
    assert message in refusal(embeddings, parquet(tmp_path, {"path": PATHS, **dimensions(values)}))


@pytest.mark.parametrize("kind", [pa.float32(), pa.int64()], ids=str)
def test_missing_values_in_parquet_are_named(tmp_path, kind):
    message = "1 row with missing, NaN or infinite values (cat/a.jpg)"
    column = pa.array([None, 2, 3, 4], kind)
    assert message in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "e0": column}))
    vectors = pa.array([[1, None], [1, 2], [3, 4], [5, 6]], pa.list_(kind))
    assert message in refusal(embeddings, parquet(tmp_path, {"path": PATHS, "x": vectors}))


def test_rows_of_zeros_are_named_with_those_that_are_not_finite(tmp_path):
    values = EMBEDDINGS.copy()
    values[0] = np.nan
    values[2:] = 0
    file = npz(tmp_path, x=values[SHUFFLED], id=np.array(IDS)[SHUFFLED])
    assert refusal(embeddings, file) == (
        "FILE cannot be used, for it has 1 row with missing, NaN or infinite values"
        f" ({IDS[0]}) and 2 rows of nothing but zeros ({IDS[2]}, {IDS[3]})."
    )


@pytest.mark.parametrize("largest", [1e-300, 1e-9, 1 / 1025, 1025, 65504, 1e9, 1.7e308])
def test_large_and_small_values_are_brought_into_range(tmp_path, largest):
    values = EMBEDDINGS.astype(np.float64) / 9 * largest
    read = embeddings(npy(tmp_path, values), in_order=True).astype(np.float64)
    assert 512 <= np.abs(read).max() <= 1024
    np.testing.assert_allclose(read / read.max(), values / values.max(), rtol=2e-3)


def test_the_smallest_value_there_is_can_be_scaled(tmp_path):
    values = np.sign(EMBEDDINGS).astype(np.float64) * 5e-324
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, np.sign(EMBEDDINGS) * 512)


@pytest.mark.parametrize("largest", [1 / 1024, 1, 1024])
def test_values_in_range_stay_as_they_are(tmp_path, largest):
    values = EMBEDDINGS / 9 * np.float32(largest)
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, values.astype(np.float16))


def test_scale_is_one_power_of_two(tmp_path):
    values = (EMBEDDINGS * 3000).astype(np.float32)
    read = embeddings(npy(tmp_path, values), in_order=True)
    np.testing.assert_array_equal(read, (values / 32).astype(np.float16))


def test_row_that_is_lost_beside_the_others_is_named(tmp_path):
    values = EMBEDDINGS.copy()
    values[3] = 1e-12
    assert refusal(embeddings, npz(tmp_path, x=values, path=PATHS)) == (
        "FILE cannot be used, for it has 1 row with values too small beside those of the others"
        " (dog/猫.jpg)."
    )


def test_numbers_too_large_for_any_scale_are_named(tmp_path):
    values = EMBEDDINGS.astype(np.longdouble)
    values[0, 0] = np.finfo(np.longdouble).max
    if np.isinf(float(values[0, 0])):
        assert "1 row with missing, NaN" in refusal(
            embeddings, npy(tmp_path, values), in_order=True
        )


@pytest.mark.parametrize("form", ["npy", "npz", "list", "columns"])
def test_memory_stays_near_the_size_of_the_result(tmp_path, monkeypatch, form):
    monkeypatch.setattr(given_files, "BLOCK_VALUES", 1 << 14)
    values = np.random.default_rng(0).normal(size=(20_000, 64))
    item_keys = [ItemKey(f"{row:016x}", f"{row}") for row in range(len(values))]
    paths = [item.path for item in item_keys]
    if form == "npy":
        file = npy(tmp_path, values)
    elif form == "npz":
        file = npz(tmp_path, x=values)
    elif form == "list":
        flat = pa.FixedSizeListArray.from_arrays(values.ravel(), 64)
        file = parquet(tmp_path, {"path": paths, "x": flat}, row_group_size=500)
    else:
        file = parquet(tmp_path, {"path": paths, **dimensions(values)}, row_group_size=500)
    read = read_embeddings(file, item_keys, in_order=True)  # what it imports is not to be counted
    np.testing.assert_array_equal(read, values.astype(np.float16))
    keys = 200 * len(item_keys) if form in ("list", "columns") else 0
    most = read.nbytes + keys + 3_000_000
    assert most < values.nbytes
    # Threads that other tests have left may allocate at the same time, but not every time.
    assert any(peak_of(lambda: read_embeddings(file, item_keys, True)) < most for _ in range(3))


def peak_of(act):
    """The bytes that were allocated at most during `act`."""
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
