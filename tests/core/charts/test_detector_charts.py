"""Charts of the bake-off: the same in both themes, and while results are missing."""

import pandas as pd
import pytest

from core.charts.detector_charts import SELECTABLE, precision_chart, recall_chart


@pytest.fixture
def scores():
    rows = [
        {"title": title, "selectable": kind, "ap": ap, "ap_low": ap - 0.1, "ap_high": ap + 0.1,
         "p100": ap, "rate": 0.1}
        for title, kind, ap in (("Pool", SELECTABLE[0], 0.7), ("Vote", SELECTABLE[1], 0.5))
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("dark", [False, True])
def test_detectors_that_are_not_tried_yet_keep_their_line(scores, dark):
    order = ["Pool", "Vote", "Late"]
    chart = precision_chart(scores, order, 0.9, dark).to_dict()
    axes = [layer["encoding"]["y"] for layer in chart["layer"] if "y" in layer["encoding"]]
    assert len(axes) == 3
    assert all(axis["scale"]["domain"] == order for axis in axes)


def test_selectable_detectors_differ_in_shape_too(scores):
    layers = precision_chart(scores, ["Pool", "Vote"], 0.9).to_dict()["layer"]
    points = [layer["mark"] for layer in layers if layer["mark"]["type"] == "point"]
    assert [mark["filled"] for mark in points] == [True, False]


def test_curves_differ_in_dashes_too():
    order = [f"detector {n}" for n in range(6)]
    frame = pd.DataFrame(
        [
            {"title": title, "selectable": SELECTABLE[0], "reviewed": x, "found": x, "rate": 0.1}
            for title in order
            for x in (0.0, 0.3)
        ]
    )
    layers = recall_chart(frame, order).to_dict()["layer"]
    scales = [
        layer["encoding"][channel]["scale"]
        for layer in layers
        for channel in ("color", "strokeDash")
        if channel in layer["encoding"]
    ]
    assert len(scales) == 2
    for scale in scales:
        assert scale["domain"] == order
        assert len({str(value) for value in scale["range"]}) == 6
