"""Charts of agreement: every annotation and class of the frames is drawn."""

import pytest

from core.charts.agreement_charts import (
    annotation_frame,
    annotation_matrix,
    annotation_order,
    class_agreement,
    classes_frame,
    pairs_frame,
)
from core.review.agreement.measures import confusion, report
from tests.core.making import Auditor


@pytest.fixture
def store(computed):
    """Ana reviewed five images, Ben the same five blind; they disagree on two."""
    ana, ben = (Auditor(computed.store, name) for name in ("Ana", "Ben"))
    computed.store.set_second_share(1)
    for number, row in enumerate(computed.store.ranking(5)):
        ana.judge(row["path"])
        ben.judge(row["path"], "none" if number < 2 else "keep", role="second")
    return computed.store


@pytest.fixture
def agreement(store):
    return report(store.second_log())


@pytest.mark.parametrize("dark", [False, True])
def test_matrix_draws_every_annotation_on_both_axes(store, agreement, dark):
    frame = annotation_frame(confusion(agreement.units, "Ana", "Ben"), store.class_names())
    order = annotation_order(frame, store.class_names())
    assert order[-1] == "none fits"
    assert sum(frame["count"]) == 5
    chart = annotation_matrix(frame, order, "Ana", "Ben", dark).to_dict()
    for axis in ("x", "y"):
        assert chart["layer"][0]["encoding"][axis]["scale"]["domain"] == order


@pytest.mark.parametrize("dark", [False, True])
def test_classes_are_drawn_lowest_agreement_first(agreement, dark):
    classes = classes_frame(agreement.classes)
    assert list(classes["share"]) == sorted(classes["share"])
    assert class_agreement(classes, dark).to_dict()["layer"]


def test_pair_has_a_row_with_its_counts(agreement):
    (row,) = pairs_frame(agreement).to_dict("records")
    assert (row["auditors"], row["images"], row["agreed"]) == ("Ana and Ben", 5, 3)
