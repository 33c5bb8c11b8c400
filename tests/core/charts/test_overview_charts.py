"""Frames and charts of the overview, on a real audit of eighteen photographs."""

import pytest

from core.charts import overview_charts as charts
from core.charts.common import TO_DO
from tests.core.making import Auditor


@pytest.fixture
def store(computed):
    return computed.store


def test_histogram_counts_every_ranked_label_once_as_suspect_or_not(store):
    frame = charts.suspicion_frame(store)
    counts = store.counts()
    assert frame["count"].sum() == counts["ranked"]
    suspects = frame.loc[frame["kind"] == charts.SUSPECT, "count"]
    assert suspects.sum() == counts["suspects"]
    encoding = charts.suspicion_histogram(frame).to_dict()["encoding"]
    assert encoding["color"]["scale"]["domain"] == [charts.SUSPECT, charts.OTHER]


def test_confusions_are_those_of_the_most_confused_classes(store):
    everything = charts.confusion_frame(store)
    assert everything["count"].sum() == store.counts()["suspects"]
    assert set(charts.confusion_frame(store, most=1)["given"]) <= set(everything["given"])
    for dark in (False, True):
        assert charts.confusion_map(everything, dark).to_dict()["layer"]


def test_classes_without_suspects_are_left_out(store):
    frame = charts.suspects_frame(store)
    assert (frame["suspects"] > 0).all()
    assert frame["suspects"].sum() == store.counts()["suspects"]
    assert charts.class_suspects(frame).to_dict()["height"] > 40


def test_progress_has_the_verdicts_that_were_given_and_what_is_to_do(store):
    Auditor(store).judge(store.ranking(1)[0]["path"], "none")
    frame = charts.progress_frame(store.verdict_counts(), 3)
    assert dict(zip(frame["verdict"], frame["count"], strict=True)) == {"none": 1, TO_DO: 3}
    scales = [
        charts.review_progress(frame, dark).to_dict()["encoding"]["color"]["scale"]
        for dark in (False, True)
    ]
    assert scales[0]["domain"] == scales[1]["domain"]
    assert scales[0]["range"][-1] != scales[1]["range"][-1]
