"""Selections: the items in a polygon and those of a query, by id."""

import numpy as np
import pytest

from core.query.parse import QueryError
from core.structure.laying_out import lay_out
from core.structure.map_points import MapPoints, map_points
from core.structure.selections import ids_in_polygon, ids_of_query, mask_of_query
from tests.core.making import Auditor


@pytest.fixture
def points(audit):
    lay_out(audit)
    return map_points(audit)


def test_ids_are_those_inside(points):
    half = [(0, 0), (0.5, 0), (0.5, 1), (0, 1)]
    inside = ids_in_polygon(points, half)
    assert inside == points.ids[points.xy[:, 0] < 32768].tolist()
    other = ids_in_polygon(points, [(0.5, -1), (2, -1), (2, 2), (0.5, 2)])
    assert sorted(inside + other) == sorted(points.ids.tolist())


def test_the_true_shape_counts_and_not_its_box():
    xy = np.array([(6000, 6000), (60_000, 60_000), (6000, 60_000)], np.uint16)
    points = MapPoints(np.array(["a", "b", "c"]), xy, "")
    assert ids_in_polygon(points, [(0, 0), (1, 0), (0, 0.95)]) == ["a"]
    assert ids_in_polygon(points, np.empty((0, 2))) == []


def test_a_query_is_that_of_browse(audit, points):
    Auditor(audit.store).judge("0001.jpg", "keep")
    for text in (
        "given:c1",
        "verdict:keep",
        "is:unlabeled",
        "path:000*",
        "given:c1 or is:unlabeled",
    ):
        query = audit.store.parse_query(text)
        expected = set(audit.store.match_ids(query, auditor="Ana"))
        assert expected
        assert set(ids_of_query(audit, text, points.ids, "Ana")) == expected, text
        assert mask_of_query(audit, query, points.ids, "Ana").sum() == len(expected)
    some = points.ids[::-3]
    assert ids_of_query(audit, "given:c1", some) == [
        one for one in some.tolist() if one in set(ids_of_query(audit, "given:c1", points.ids))
    ]


def test_a_query_finds_nothing_by_what_is_hidden(audit, points):
    audit.store.set_second_share(1.0)
    Auditor(audit.store, "Ana").judge("0001.jpg", "relabel", ["c3"])
    assert len(ids_of_query(audit, "verdict:relabel", points.ids, None)) == 1
    assert ids_of_query(audit, "verdict:relabel", points.ids, "Cleo") == []
    assert ids_of_query(audit, "verdict:relabel", points.ids, "") == []


def test_points_that_the_audit_does_not_know_are_in_no_query(audit, points):
    ids = np.append(points.ids, "f" * 16)
    assert not mask_of_query(audit, "path:*", ids)[-1]


def test_a_query_that_names_what_is_not_there(audit, points):
    with pytest.raises(QueryError):
        ids_of_query(audit, "given:spiral", points.ids)
