"""The page of the detectors, on a real audit of eighteen photographs."""

import os
import signal
import time

import numpy as np
import pytest

from core import jobs
from core.audit.folder import WIDTHS
from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.plan import Plan
from core.bakeoff.results import Results
from core.bakeoff.scoring import score
from tests.pages.conftest import opened

TRY = "Compare on synthetic label noise"
RESUME = "Resume the comparison"
RANK = "Re-rank"


@pytest.fixture
def audit(computed):
    """Embeddings of sixteen numbers, so that a job is fast."""
    rows = np.load(computed.embeddings_file)
    np.save(computed.embeddings_file, rows[:, :16])
    computed.store.set_settings({WIDTHS: None})
    return computed


@pytest.fixture
def app(audit, small_app):
    return small_app


def write_results(audit, plan, neighbors=None, **strengths):
    """Results as if the plan had been run; the strength of each method can be given."""
    results = Results("items", neighbors or audit.store.fingerprint("neighbors"), 18, 18)
    labels = np.zeros(300, np.int64)
    for trial in plan.trials(["efficientnet_lite0"]):
        rng = np.random.default_rng(0)
        wrong = rng.random(300) < trial.rate
        suspicion = strengths.get(trial.method, 1.0) * wrong + rng.standard_normal(300)
        results.add(trial, int(wrong.sum()), score(wrong, suspicion, labels, labels))
    results.save(audit.bakeoff_file)


def labels_of(elements):
    return [element.label for element in elements]


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def wait_for(condition):
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def wait_for_state(audit, *states):
    deadline = time.monotonic() + 90
    while (job := jobs.watch(audit, "bakeoff")).state not in states:
        assert time.monotonic() < deadline, f"it is {job.state}: {job.message}"
        time.sleep(0.05)


def test_comparison_is_offered_before_the_first_one(app):
    opened(app, "detectors.py")
    assert app.title[0].value == "Detectors"
    assert TRY in labels_of(app.button)
    assert [header.value for header in app.header] == ["Fine-tuned network"]


def test_trial_is_a_job_that_is_shown_and_goes_on_after_a_kill(app, audit):
    opened(app, "detectors.py")
    press(app, TRY)
    assert TRY not in labels_of(app.button)
    wait_for_state(audit, "running")
    os.kill(audit.store.latest_run("bakeoff")["pid"], signal.SIGKILL)
    wait_for(lambda: not jobs.watch(audit, "bakeoff").is_active)
    app.run()
    assert not app.exception
    assert "was interrupted" in app.warning[0].value
    assert {TRY, RESUME} & set(labels_of(app.button))


def test_results_are_drawn_and_summarized(app, audit):
    write_results(audit, Plan(), probe=3.0)
    opened(app, "detectors.py")
    assert TRY not in labels_of(app.button)
    sentence = f"{CONTENDERS['probe'].title} finds more than the recommended detector"
    assert any(sentence in text.value for text in app.markdown)
    table = app.dataframe[0].value
    assert len(table) == len(Plan().kinds) * len(Plan().methods)
    assert set(table["label noise"]) == {
        "Uniform", "Class-dependent", "Near the decision boundary", "Clustered",
    }  # fmt: skip
    assert any("all 18 labeled images" in caption.value for caption in app.caption)


def test_curve_of_another_kind_of_noise_can_be_chosen(app, audit):
    write_results(audit, Plan())
    opened(app, "detectors.py")
    (kinds,) = app.segmented_control
    kinds.set_value("clustered").run()
    assert not app.exception


def test_rates_and_embeddings_are_shown_one_at_a_time(app, audit):
    write_results(audit, Plan(rates=(0.1, 0.3)))
    opened(app, "detectors.py")
    rate = app.segmented_control[0]
    assert rate.options == ["10%", "30%"]
    before = app.dataframe[0].value["AP"].tolist()
    rate.set_value(0.1).run()
    assert not app.exception
    assert app.dataframe[0].value["AP"].tolist() != before


def test_an_unfinished_bakeoff_names_no_best_detector(app, audit):
    write_results(audit, Plan(kinds=("uniform",)), probe=3.0)
    opened(app, "detectors.py")
    assert RESUME in labels_of(app.button)
    assert not any("recommended detector" in text.value for text in app.markdown)
    assert len(app.dataframe[0].value) == len(Plan().methods)


def test_results_of_other_images_are_not_shown(app, audit):
    write_results(audit, Plan(), neighbors="others")
    opened(app, "detectors.py")
    assert "have changed since" in app.info[0].value
    assert TRY in labels_of(app.button)
    assert not app.dataframe


def test_chosen_detector_re_ranks_the_labels(app, audit):
    opened(app, "detectors.py")
    assert app.selectbox[0].options[0] == "Automatic (recommended)"
    assert next(b for b in app.button if b.label == RANK).disabled
    app.selectbox[0].set_value("probe").run()
    press(app, RANK)
    assert audit.store.setting("detector") == "probe"
    wait_for(lambda: jobs.watch(audit).state == "done")
    app.run()
    assert app.selectbox[0].value == "probe"
    assert next(b for b in app.button if b.label == RANK).disabled


def test_the_choice_is_reverted_while_another_job_runs(app, audit):
    opened(app, "detectors.py")
    app.selectbox[0].set_value("probe").run()
    with jobs.run_lock(audit):
        audit.store.start_run(os.getpid(), ["bakeoff"], "bakeoff")
        press(app, RANK)
    assert "is being computed already" in app.warning[0].value
    assert audit.store.setting("detector") is None


def test_comparators_cannot_be_chosen(app):
    opened(app, "detectors.py")
    titles = {method.title for method in CONTENDERS.values() if not method.selectable}
    assert not titles & set(app.selectbox[0].options)
