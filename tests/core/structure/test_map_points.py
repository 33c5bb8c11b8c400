"""Points as they are sent: steps within the square around them, a key for each version."""

import numpy as np

from core.structure.laying_out import lay_out
from core.structure.layout_files import positions
from core.structure.map_points import STEPS, map_points, quantized


def test_steps_keep_the_shape_and_center_the_shorter_side():
    steps = quantized(np.array([[-1, 0], [1, 0.5], [0, 0.25]], np.float32))
    assert steps.dtype == np.uint16
    assert steps[:, 0].tolist() == [0, STEPS, 32768]
    assert steps[:, 1].tolist() == [24576, 40959, 32768]


def test_points_in_one_place_lie_in_the_middle_and_none_are_none():
    assert quantized(np.full((3, 2), 7, np.float32)).tolist() == [[32768, 32768]] * 3
    assert quantized(np.empty((0, 2), np.float32)).shape == (0, 2)


def test_points_are_those_of_the_layout(audit):
    lay_out(audit)
    points = map_points(audit)
    ids, xy = positions(audit)
    assert points.ids.tolist() == ids.tolist()
    back = points.xy / STEPS * 2 - 1
    assert np.allclose(back, xy, atol=1e-4)


def test_key_is_another_for_each_layout_and_version(audit):
    lay_out(audit)
    lay_out(audit, "pca")
    keys = [map_points(audit).key, map_points(audit, "pca").key]
    assert keys == [map_points(audit).key, map_points(audit, "pca").key]
    lay_out(audit, anew=True)
    keys.append(map_points(audit).key)
    assert len(set(keys)) == 3


def test_items_that_are_no_longer_listed_are_left_out(drawn_audit, plain_map):
    from tests.core.making import records
    from tests.core.structure.drawn_audits import items_of

    items = items_of(40)
    audit = drawn_audit.show(items)
    lay_out(audit)
    labels = {path: item[1] for path, item in list(items.items())[5:]}
    audit.store.replace_listing(records(labels))
    assert len(map_points(audit).ids) == 35
