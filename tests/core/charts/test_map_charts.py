"""The map's frame and chart: every image once, names only while they are legible."""

import pandas as pd
import pytest

from core.charts.common import TO_DO
from core.charts.map_charts import inside, item_map, map_frame
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
