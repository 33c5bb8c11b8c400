"""Charts say in shapes what the numbers say."""

import re

import pytest

from core.export.report import drawing
from core.export.report.drawing import Bar, Interval, Part, ticks
from tests.core.export.report.making import Elements


def shapes(chart, element):
    return [attributes for name, attributes in Elements(chart).found if name == element]


@pytest.mark.parametrize("most", [0, 1, 2, 5, 7, 26, 99, 100, 101, 1234, 10**6, 10**6 + 1])
def test_ticks_are_few_round_and_enough(most):
    found = ticks(most)
    assert 2 <= len(found) <= 7
    assert found[0] == 0 and found[-1] >= max(most, 1) > found[-2]
    assert re.fullmatch(r"[125]0*", str(found[1]))


def test_parts_of_a_bar_are_as_long_as_they_are_large():
    parts = [Part("a", 30, "error"), Part("b", 0, "right"), Part("c", 10, "#ff0000")]
    first, second = shapes(drawing.bars([Bar("x", parts, "40")]), "rect")
    assert float(first["width"]) == pytest.approx(750 - drawing.GAP)
    assert float(second["x"]) == pytest.approx(750)
    assert (first["class"], second["fill"]) == ("fill-error", "#ff0000")


def test_bars_share_a_scale_and_the_least_part_is_seen():
    rows = [Bar("x", [Part("a", 10**6, "error")], ""), Bar("y", [Part("a", 1, "error")], "")]
    widths = [float(one["width"]) for one in shapes(drawing.bars(rows, 10**6), "rect")]
    assert widths == [1000 - drawing.GAP, 2]


def test_interval_stays_on_its_scale():
    rows = [Interval("x", 0.0, 0.0, 0.8, "0 of 1"), Interval("y", 0.2, 1.0, 1.0, "1 of 1")]
    for one in shapes(drawing.intervals(rows), "rect"):
        assert float(one["x"]) >= 0 and float(one["x"]) + float(one["width"]) <= 1000


@pytest.mark.parametrize("points", [[(1, 0)], [(1, 1)], [(5, 2), (2000, 1999)], [(10**6, 3)]])
def test_curve_lies_within_its_chart(points):
    chart = drawing.curve(points, x_title="<x>", y_title="y", found="f", best="b")
    (line,) = shapes(chart, "polyline")
    places = [tuple(map(float, point.split(","))) for point in line["points"].split()]
    assert len(places) == len(points) + 1
    assert all(0 <= x <= drawing.WIDTH and 0 <= y <= drawing.HEIGHT for x, y in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
