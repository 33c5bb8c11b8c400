"""The map's frame and chart for browsers without WebGL2."""

import numpy as np
import pytest

from core.charts.map_charts import MOST_TONES, OTHERS, inside, item_map, map_frame
from core.structure.colorings import NO_CODE, NO_VALUE, Coloring
from core.structure.map_points import STEPS, MapPoints

N = 40
POINTS = MapPoints(
    np.array([f"{n:016x}" for n in range(N)]),
    np.stack([np.linspace(0, STEPS, N), np.linspace(STEPS, 0, N)], axis=1).astype(np.uint16),
    "key",
)
EVERY = np.ones(N, bool)


def categories(codes, names):
    counts = [int((np.asarray(codes) == code).sum()) for code in range(len(names))]
    codes = np.array(codes, np.uint16)
    return Coloring(
        "given", "Given label", "categories", codes, np.empty(0, np.uint8), names, counts,
        without="No label",
    )  # fmt: skip


def numbers(values):
    return Coloring(
        "suspicion", "Suspicion", "numbers", np.empty(0, np.uint16), np.array(values, np.uint8),
        [], [], 0.0, 2.0,
    )  # fmt: skip


def test_points_have_the_names_of_their_categories():
    frame = map_frame(POINTS, categories([0, 1, NO_CODE] + [1] * 37, ["cat", "dog"]), EVERY, 100)
    assert frame["value"].tolist()[:4] == ["cat", "dog", "No label", "dog"]
    assert frame["id"].tolist() == POINTS.ids.tolist()
    assert (frame["x"].iloc[-1], frame["y"].iloc[0]) == (1.0, 1.0)


def test_numbers_lie_between_the_ends_of_their_axis():
    frame = map_frame(POINTS, numbers([0, 127, 254, NO_VALUE] + [0] * 36), EVERY, 100)
    assert frame["value"].tolist()[:3] == [0.0, pytest.approx(1.0), 2.0]
    assert np.isnan(frame["value"].iloc[3])


def test_categories_beyond_the_most_frequent_are_one():
    names = [f"class {n}" for n in range(30)]
    codes = [*range(30), *[7] * 10]
    values = map_frame(POINTS, categories(codes, names), EVERY, 100)["value"]
    assert values.nunique() == MOST_TONES + 1
    assert (values == "class 7").sum() == 11
    assert (values == OTHERS).sum() == 10


def test_no_more_points_than_allowed_and_none_that_is_not_shown():
    mask = np.arange(N) % 2 == 0
    coloring = categories([0] * N, ["cat"])
    frame = map_frame(POINTS, coloring, mask, 8)
    assert len(frame) == 8
    assert set(frame["id"]) <= set(POINTS.ids[mask])
    assert frame["id"].tolist() == map_frame(POINTS, coloring, mask, 8)["id"].tolist()


def test_box_holds_the_points_within_it_whichever_way_it_was_drawn():
    found = inside(POINTS, {"x": [0.5, 0.1], "y": [0.0, 1.0]})
    places = POINTS.xy[:, 0] / STEPS
    assert found.tolist() == ((places >= 0.1) & (places <= 0.5)).tolist()
    assert not inside(POINTS, None).any()
    assert not inside(POINTS, {}).any()


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_are_drawn_on_a_continuous_scale(dark):
    drawn = item_map(map_frame(POINTS, numbers([5] * N), EVERY, 100), dark).to_dict()
    assert drawn["encoding"]["color"]["type"] == "quantitative"
    named = map_frame(POINTS, categories([0] * N, ["cat"]), EVERY, 100)
    assert item_map(named, dark).to_dict()["encoding"]["color"]["type"] == "nominal"
