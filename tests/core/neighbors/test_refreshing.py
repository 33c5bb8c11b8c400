"""Neighbors that are updated with their data set."""

import json

import numpy as np
import pytest

from core.arrays.blocks import mapped
from core.neighbors import HalfWhitening, nearest
from core.neighbors.graph_folder import INFO, WHITENING, is_whole, read_info
from core.neighbors.refreshing import EmbeddedItems, refresh

K = 5


class Items:
    """A set of items that are added, changed and removed; each has the embedding of its content."""

    def __init__(self, n):
        self.contents = {f"{number:016x}": number for number in range(n)}
        self.made_with = "a"

    def add(self, *numbers):
        self.contents |= {f"{number:016x}": number for number in numbers}

    def remove(self, *numbers):
        for number in numbers:
            del self.contents[f"{number:016x}"]

    def change(self, *numbers):
        self.contents |= {f"{number:016x}": number + 10_000 for number in numbers}

    def embedded(self):
        ids = sorted(self.contents)
        contents = [self.contents[item] for item in ids]
        rows = np.stack([np.random.default_rng(c).standard_normal(12) for c in contents])
        gaps = np.full((2 * len(rows), 12), np.nan, np.float16)
        gaps[::2] = rows
        at = np.arange(0, len(gaps), 2)
        return EmbeddedItems(gaps, at, ids, [f"{c:032x}" for c in contents], self.made_with)


@pytest.fixture
def items():
    return Items(100)


@pytest.fixture
def folder(items, tmp_path):
    refresh(tmp_path / "neighbors", items.embedded(), K)
    return tmp_path / "neighbors"


def arrays(folder):
    return {path.stem: np.array(mapped(path)) for path in folder.glob("*.npy")}


def is_the_graph_of(folder, items):
    """Whether everything in the folder is what its own whitening makes of the items."""
    embedded, found = items.embedded(), arrays(folder)
    assert is_whole(folder)
    assert found["ids"].tolist() == list(embedded.ids)
    assert found["contents"].tolist() == [content.encode() for content in embedded.contents]
    whitening = HalfWhitening.load(folder / WHITENING)
    vectors = whitening.transform(embedded.embeddings, embedded.rows)
    np.testing.assert_allclose(found["vectors"].astype(np.float32), vectors, atol=1e-3)
    exact = nearest(found["vectors"], K)
    np.testing.assert_array_equal(found["indices"], exact.indices)
    np.testing.assert_allclose(found["similarities"], exact.similarities, atol=1e-6)


def test_the_first_refresh_computes_everything(items, folder):
    is_the_graph_of(folder, items)
    assert read_info(folder) == ("exact", 1.0, K, "a", 100, 0)
    assert arrays(folder)["vectors"].dtype == np.float16


@pytest.mark.parametrize(
    ("act", "unseen"),
    [
        (lambda items: items.add(200, 201, 202), 3),
        (lambda items: items.remove(3, 50), 2),
        (lambda items: items.change(7, 99), 2),
        (lambda items: (items.add(5000), items.remove(0), items.change(1)), 2),
        (lambda items: None, 0),
    ],
    ids=["came", "went", "changed", "all of it", "nothing"],
)
def test_few_changes_reuse_the_whitening(items, folder, act, unseen):
    whitening = (folder / WHITENING).read_bytes()
    before = arrays(folder)
    act(items)
    refresh(folder, items.embedded(), K)
    is_the_graph_of(folder, items)
    assert HalfWhitening.load(folder / WHITENING).components_.tobytes() in whitening
    info = read_info(folder)
    assert (info.fitted_on, info.unseen) == (100, unseen)
    was = dict(zip(before["ids"], before["vectors"].tolist(), strict=True))
    now = dict(zip(arrays(folder)["ids"], arrays(folder)["vectors"].tolist(), strict=True))
    assert sum(was.get(item) == vector for item, vector in now.items()) >= 97


def test_changes_add_up_until_the_whitening_is_fitted_anew(items, folder):
    infos = []
    for number in range(4):
        items.add(*range(300 + 4 * number, 304 + 4 * number))
        refresh(folder, items.embedded(), K)
        is_the_graph_of(folder, items)
        infos.append((read_info(folder).fitted_on, read_info(folder).unseen))
    assert infos == [(100, 4), (100, 8), (112, 0), (112, 4)]


def test_other_embeddings_recompute_everything(items, folder):
    items.made_with = "b"
    refresh(folder, items.embedded(), K)
    is_the_graph_of(folder, items)
    assert (read_info(folder).made_with, read_info(folder).unseen) == ("b", 0)


def test_longer_lists_are_searched_when_requested(items, folder):
    items.add(200)
    graph = refresh(folder, items.embedded(), 8)
    assert graph.indices.shape == (101, 8)
    np.testing.assert_array_equal(graph.indices, nearest(mapped(folder / "vectors.npy"), 8).indices)


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"method": "of a later version"})])
def test_a_damaged_info_file_recomputes_everything(items, folder, text):
    (folder / INFO).write_text(text)
    refresh(folder, items.embedded(), K)
    is_the_graph_of(folder, items)


@pytest.mark.parametrize("name", ["similarities.npy", WHITENING])
def test_a_truncated_file_recomputes_everything(items, folder, name):
    path = folder / name
    path.write_bytes(path.read_bytes()[:-40])
    refresh(folder, items.embedded(), K)
    is_the_graph_of(folder, items)


def test_an_interrupted_refresh_leaves_the_old_neighbors(items, folder):
    def stop(done, total):
        raise KeyboardInterrupt

    before = arrays(folder)
    items.add(200)
    with pytest.raises(KeyboardInterrupt):
        refresh(folder, items.embedded(), K, stop)
    for name, array in arrays(folder).items():
        np.testing.assert_array_equal(array, before[name])
    refresh(folder, items.embedded(), K)
    is_the_graph_of(folder, items)
