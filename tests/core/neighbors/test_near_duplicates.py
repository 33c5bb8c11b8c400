"""Near-duplicates: the similarity threshold, learned from the data, and the groups."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from core.demo import DEMO
from core.neighbors import (
    IDENTICAL,
    Graph,
    HalfWhitening,
    duplicate_groups,
    duplicate_threshold,
    nearest,
)
from tests.core.neighbors.making import unit


def graph_of(rows: np.ndarray, k: int = 100) -> Graph:
    return nearest(HalfWhitening().fit_transform(rows), k)


def classes(n_classes: int, size: int, spread: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centers = np.repeat(rng.normal(size=(n_classes, 64)), size, axis=0)
    return centers + spread * rng.normal(size=centers.shape)


def together(groups: np.ndarray, rows: np.ndarray, others: np.ndarray) -> float:
    return float((groups[rows] == groups[others]).mean())


def grouped(groups: np.ndarray) -> int:
    """How many items are in a group with others."""
    sizes = np.bincount(groups)
    return int(sizes[sizes > 1].sum())


# -- threshold ---------------------------------------------------------------------------------


@pytest.mark.parametrize("spread", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_synthetic_duplicates_are_found_and_hardly_another_pair(spread: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = classes(10, 100, spread, seed)
    copied = np.sort(rng.choice(1000, 50, replace=False))
    copies = rows[copied] + 0.1 * spread * rng.normal(size=(50, 64))
    groups = duplicate_groups(graph_of(np.concatenate([rows, copies])))
    assert together(groups, copied, np.arange(1000, 1050)) == 1
    assert grouped(groups) <= 104


@pytest.mark.parametrize("dimension", [8, 16, 64])
def test_about_one_false_pair_is_found_where_there_are_no_duplicates(dimension: int) -> None:
    rng = np.random.default_rng(0)
    found = [
        grouped(duplicate_groups(graph_of(rng.normal(size=(1000, dimension))))) for _ in range(5)
    ]
    assert np.mean(found) <= 4


@pytest.mark.parametrize(
    ("n_classes", "size"), [(2, 7), (3, 6), (200, 5), (100, 10), (60, 15), (20, 50), (2, 500)]
)
def test_items_of_a_tight_class_are_not_duplicates(n_classes: int, size: int) -> None:
    groups = duplicate_groups(graph_of(classes(n_classes, size, 0.1)))
    assert grouped(groups) <= 2


def test_copies_are_found_beside_classes_of_any_tightness() -> None:
    rng = np.random.default_rng(0)
    rows = np.concatenate([classes(5, 100, 0.2, 1), classes(5, 100, 2.0, 2)])
    loose = np.arange(500, 540)
    copies = rows[loose] + 0.2 * rng.normal(size=(40, 64))
    groups = duplicate_groups(graph_of(np.concatenate([rows, copies])))
    assert together(groups, loose, np.arange(1000, 1040)) == 1
    assert grouped(groups[:500]) == 0


def test_many_identical_items_do_not_hide_other_duplicates() -> None:
    rng = np.random.default_rng(0)
    rows = classes(10, 100, 1.0)
    copies = rows[:30] + 0.1 * rng.normal(size=(30, 64))
    crowd = np.repeat(rows[999:], 250, axis=0)
    groups = duplicate_groups(graph_of(np.concatenate([rows, copies, crowd])))
    assert together(groups, np.arange(30), np.arange(1000, 1030)) == 1
    assert len(set(groups[1030:].tolist()) | {groups[999]}) == 1


def test_every_item_twice_makes_pairs() -> None:
    rows = classes(10, 50, 1.0)
    groups = duplicate_groups(graph_of(np.concatenate([rows, rows])))
    assert (groups[:500] == groups[500:]).all()
    assert len(set(groups.tolist())) >= 495


def test_where_ordinary_neighbors_are_nearly_identical_nothing_is_a_duplicate() -> None:
    """Thousands of points on a circle: half precision cannot tell neighbors from copies."""
    angles = np.random.default_rng(0).uniform(0, 2 * np.pi, 3000)
    graph = nearest(np.column_stack([np.cos(angles), np.sin(angles)]))
    assert grouped(duplicate_groups(graph)) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 10, 15, 20])
def test_in_a_small_set_only_identical_items_are_duplicates(n: int) -> None:
    rows = np.random.default_rng(n).normal(size=(n, 16))
    assert grouped(duplicate_groups(graph_of(rows))) == 0
    twice = unit(np.concatenate([rows, rows[:1]]))
    assert grouped(duplicate_groups(nearest(twice))) == 2


def test_equal_rows_are_one_group() -> None:
    graph = nearest(unit(np.ones((150, 4))))
    assert set(duplicate_groups(graph).tolist()) == {0}


def test_without_neighbors_every_item_is_its_own_group() -> None:
    for n in (0, 2):
        graph = Graph(np.empty((n, 0), np.int32), np.empty((n, 0), np.float32))
        assert len(set(duplicate_groups(graph).tolist())) == n


@settings(max_examples=40)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 10), st.integers(0, 99))
def test_any_graph_gives_thresholds_and_groups(n: int, d: int, copies: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, d))
    graph = graph_of(np.concatenate([rows, rows[rng.integers(0, n, copies)]]))
    threshold = duplicate_threshold(graph)
    groups = duplicate_groups(graph)
    assert threshold.shape == groups.shape == (n + copies,)
    assert not np.isnan(threshold).any()
    finite = threshold[np.isfinite(threshold)]
    assert (finite <= np.float32(IDENTICAL)).all()
    assert sorted(set(groups.tolist())) == list(range(groups.max() + 1))


def reencoded(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=50)
    return Image.open(file)


def cropped(image: Image.Image) -> Image.Image:
    return ImageOps.crop(image, round(0.03 * min(image.size)))


def test_copies_of_photographs_are_found_among_the_others() -> None:
    from core.embedding.backbone import load_backbone
    from core.ingest.images import network_input

    backbone = load_backbone()
    height, width, *_ = backbone.shape
    with (DEMO / "truth.csv").open(encoding="utf-8") as file:
        paths = [row["path"] for row in csv.DictReader(file)][:160]
    photographs = [Image.open(DEMO / path).convert("RGB") for path in paths]
    changes = (reencoded, cropped, ImageOps.mirror)
    copied = np.arange(0, 150, 5)
    copies = [changes[row % 3](photographs[row]) for row in copied]
    pixels = [network_input(image.convert("RGB"), height, width) for image in photographs + copies]
    rows = np.concatenate([backbone.engine.run(one[None]).embeddings for one in pixels])
    groups = duplicate_groups(graph_of(rows))
    assert together(groups, copied, np.arange(160, 190)) >= 0.85
    # The first photographs are of Leopards, some of which are there mirrored already.
    others = np.setdiff1d(np.arange(160), copied)
    assert grouped(groups[others]) <= 6


# -- groups ------------------------------------------------------------------------------------


def on_a_circle(*degrees: float) -> Graph:
    angles = np.radians(degrees)
    return nearest(unit(np.column_stack([np.cos(angles), np.sin(angles)])))


ELEVEN_DEGREES = float(np.cos(np.radians(11)))


def test_near_duplicates_of_one_item_are_grouped() -> None:
    groups = duplicate_groups(on_a_circle(0, 10, 20, 90, 180), ELEVEN_DEGREES)
    assert groups[0] == groups[1] == groups[2]
    assert len(set(groups.tolist())) == 3


def test_a_chain_of_near_duplicates_is_not_one_group() -> None:
    groups = duplicate_groups(on_a_circle(*range(0, 200, 10)), ELEVEN_DEGREES)
    assert np.bincount(groups).max() <= 3


def test_every_item_of_a_group_is_near_one_item_of_it() -> None:
    rows = unit(np.random.default_rng(0).normal(size=(300, 3)))
    groups = duplicate_groups(nearest(rows, 299), 0.95)
    for group in range(groups.max() + 1):
        members = rows[groups == group]
        assert (members @ members.T).min(axis=1).max() >= 0.95 - 1e-6


def test_a_pair_must_reach_the_thresholds_of_both() -> None:
    graph = on_a_circle(0, 10, 90, 100)
    least = np.array([ELEVEN_DEGREES, 0.99, ELEVEN_DEGREES, ELEVEN_DEGREES], np.float32)
    groups = duplicate_groups(graph, least)
    assert groups[0] != groups[1]
    assert groups[2] == groups[3]


def test_a_threshold_above_one_turns_grouping_off() -> None:
    assert grouped(duplicate_groups(nearest(unit(np.ones((9, 4)))), 2.0)) == 0
