"""Points in polygons against a slow exact count."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.structure.polygons import GRAIN, points_in_polygon

STEPS = 65_535


def by_hand(point, corners):
    """Whether a point is inside, by Python's exact integers: the ray to the right, half-open."""
    x, y = (int(value) * GRAIN for value in point)
    inside = False
    for number, (x1, y1) in enumerate(corners):
        x2, y2 = corners[(number + 1) % len(corners)]
        if (y1 > y) != (y2 > y):
            if y2 < y1:
                x1, y1, x2, y2 = x2, y2, x1, y1
            inside ^= (x - x1) * (y2 - y1) < (x2 - x1) * (y - y1)
    return inside


def expected(xy, polygon):
    corners = [tuple(round(float(value) * GRAIN) for value in corner) for corner in polygon]
    return np.array([by_hand(point, corners) for point in xy])


coordinate = st.one_of(
    st.floats(-5_000, STEPS + 5_000),
    st.integers(0, 512).map(lambda cell: 128.0 * cell),  # on borders of cells
    st.integers(0, STEPS).map(float),
)
polygons = st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=12)


@given(polygons, st.integers(0, 2**32 - 1))
@example([(0.0, 0.0), (65_535.0, 0.0), (65_535.0, 65_535.0), (0.0, 65_535.0)], 1)
@example([(128.0, 128.0), (128.0, 60_000.0), (129.0, 128.0)], 2)
@example([(10.0, 10.0), (10.0, 10.0), (10.0, 10.0)], 3)
def test_points_are_those_of_an_exact_count(polygon, seed):
    rng = np.random.default_rng(seed)
    polygon = np.array(polygon)
    corners = polygon.round().clip(0, STEPS)
    xy = np.concatenate([
        rng.integers(0, STEPS + 1, (150, 2)),
        (corners[rng.integers(0, len(corners), 60)] + rng.integers(-3, 4, (60, 2))).clip(0, STEPS),
        # On the edges, as near as the grid allows.
        _along(polygon, rng).round().clip(0, STEPS),
    ]).astype(np.uint16)  # fmt: skip
    found = points_in_polygon(xy, polygon)
    assert np.array_equal(found, expected(xy, polygon))


def _along(polygon, rng):
    start = rng.integers(0, len(polygon), 90)
    share = rng.random((90, 1))
    return polygon[start] * share + polygon[(start + 1) % len(polygon)] * (1 - share)


def test_many_corners_and_many_points_are_exact():
    """A lasso of 300 corners that crosses itself, through a cloud as dense as points may lie."""
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 4 * np.pi, 300, endpoint=False)
    radius = 15_000 + 6_000 * np.sin(2.5 * angle) + rng.normal(0, 300, 300)
    center = 32_000
    polygon = np.stack([center + radius * np.cos(angle), center + radius * np.sin(angle)], axis=1)
    xy = rng.normal(center, 12_000, (6_000, 2)).clip(0, STEPS).astype(np.uint16)
    found = points_in_polygon(xy, polygon)
    assert np.array_equal(found, expected(xy, polygon))
    assert 500 < found.sum() < 5_500


def test_the_points_of_a_square_are_left_and_lower_ones_included():
    xy = np.array([(10, 10), (20, 10), (10, 20), (20, 20), (15, 15), (9, 15)], np.uint16)
    square = np.array([(10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0)])
    assert points_in_polygon(xy, square).tolist() == [True, False, False, False, True, False]


def test_what_is_enclosed_twice_is_outside():
    twice = np.array([(0, 0), (100, 0), (100, 100), (0, 100)] * 2, float)
    assert not points_in_polygon(np.array([(50, 50)], np.uint16), twice).any()


@pytest.mark.parametrize(
    "polygon",
    [[], [(1, 1)], [(1, 1), (9, 9)], [(0, 0), (9, np.nan), (9, 0)], [(0, 0), (9, np.inf), (9, 0)]],
)
def test_what_is_no_polygon_holds_nothing(polygon):
    xy = np.array([(1, 1), (5, 5)], np.uint16)
    assert not points_in_polygon(xy, np.array(polygon, float).reshape(-1, 2)).any()


def test_no_points():
    assert points_in_polygon(np.empty((0, 2), np.uint16), np.eye(3)[:, :2]).shape == (0,)


def test_an_edge_far_away_counts():
    """A triangle whose corners lie far outside the grid encloses all of it."""
    far = np.array([(-1e6, -1e6), (2e6, -1e6), (0, 3e6)])
    xy = np.array([(0, 0), (STEPS, STEPS), (0, STEPS)], np.uint16)
    assert points_in_polygon(xy, far).all()
