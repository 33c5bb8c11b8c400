"""The map's frame and chart: every image once, names only while they are legible."""

import numpy as np
import pandas as pd
import pytest

from core.charts.common import TO_DO
from core.charts.map_charts import colored, commonest, inside, item_map, map_frame
from core.structure.colorings import NO_CODE, Coloring, coloring
from core.terms import VERDICTS
from tests.core.making import Auditor


@pytest.fixture
def frame(computed):
    ids = [row["id"] for row in computed.store.map_labels()]
    points = pd.DataFrame({"id": ids, "x": range(len(ids)), "y": range(len(ids))})
    points.to_parquet(computed.map_file)
    Auditor(computed.store).judge("00.jpg", "none")
    return map_frame(computed, lambda item: f"/{item['id']}/{item['content_hash']}")


def test_every_image_has_its_address_and_its_verdict(frame):
    assert len(frame) == 18
    assert frame.set_index("path")["verdict"].to_dict() == {
        f"{number:02}.jpg": TO_DO if number else "none" for number in range(18)
    }
    assert all(image.startswith(f"/{item_id}/") for item_id, image in frame[["id", "image"]].values)
    assert "content_hash" not in frame


def test_box_holds_the_points_within_it_whichever_way_it_was_drawn(frame):
    assert inside(frame, {"x": [5, 2], "y": [0, 4]})["x"].tolist() == [2, 3, 4]
    assert inside(frame, None).empty
    assert inside(frame, {}).empty


@pytest.mark.parametrize("dark", [False, True])
def test_names_are_written_only_over_the_colors_of_classes(frame, dark):
    assert len(item_map(frame, "given", dark).to_dict()["layer"]) == 3
    for color in ("suspicion", "verdict"):
        assert len(item_map(frame, color, dark).to_dict()["layer"]) == 1


def test_a_coloring_gives_every_image_its_name_or_number(frame, computed):
    ids = frame["id"].to_numpy().astype("U16")
    given = coloring(computed, "given", ids)
    assert colored(frame, given)["color"].tolist() == frame["given"].tolist()
    suspicion = colored(frame, coloring(computed, "suspicion", ids))["color"]
    assert np.allclose(suspicion, frame["suspicion"], atol=0.01)
    verdicts = colored(frame, coloring(computed, "verdict", ids))["color"]
    assert verdicts.value_counts().to_dict() == {"Not reviewed": 17, VERDICTS["none"].title: 1}


def test_of_many_categories_the_commonest_have_colors(frame):
    names = [f"class {number}" for number in range(30)]
    codes = np.array([*range(17), NO_CODE], np.uint16)
    counts = [1] * 30
    counts[25] = 9
    many = Coloring("given", "Given", "categories", codes, codes[:0], names, counts, without="No")
    assert commonest(many)[-1] == "class 25"
    shown = colored(frame, many)["color"].tolist()
    assert shown[:2] == ["class 0", "class 1"]
    assert shown[-1] == "No"
    chart = item_map(colored(frame, many), many).to_dict()
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"][-2:] == ["Others", "No"]
    assert len(scale["range"]) == 22


def test_a_map_by_a_coloring_is_saved_as_a_picture(frame, computed, tmp_path):
    ids = frame["id"].to_numpy().astype("U16")
    for key in ("agreement", "suspicion"):
        one = coloring(computed, key, ids)
        chart = item_map(colored(frame, one), one, dark=True)
        chart.save(tmp_path / f"{key}.json")
        assert len(chart.to_dict()["layer"]) == 1
