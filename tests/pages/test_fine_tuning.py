"""Fine-tuning on the page of the detectors."""

import numpy as np
import pytest

from core import jobs
from core.audit import FINE_TUNED_CLASSES
from core.fine_tuning import tuning_run
from core.ranking.fine_tuned_input import (
    FINE_TUNED,
    FINE_TUNED_NOTE,
    fine_tuning_key,
    set_fine_tuning,
)
from tests.pages.conftest import opened

TUNE = "Fine-tune the network"
COMPARE = "Compare it on synthetic label noise"
OFF = "Rank without it"


@pytest.fixture
def started(monkeypatch):
    """The jobs that a page starts; none is."""
    found = []
    monkeypatch.setattr(jobs, "start", lambda audit, *arguments: found.append(arguments))
    return found


def labels_of(app):
    return [button.label for button in app.button]


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def tuned(audit, note):
    """As if the network had been fine-tuned."""
    set_fine_tuning(audit, True)
    items = audit.store.embedded_items()
    np.save(audit.fine_tuned_file, np.full((18, 2), 0.5, np.float16))
    audit.store.set_settings({FINE_TUNED_CLASSES: ["emu", "lotus"], FINE_TUNED_NOTE: note})
    audit.store.set_fingerprint(FINE_TUNED, fine_tuning_key(audit, items))


def test_too_few_images_are_told_in_place_of_the_button(small_app):
    opened(small_app, "detectors.py")
    assert any("needs 300 labeled images" in one.value for one in small_app.caption)
    assert TUNE not in labels_of(small_app)


def test_it_is_offered_with_the_expected_time_and_started(
    small_app, computed, started, monkeypatch
):
    monkeypatch.setattr(tuning_run, "FEWEST", 10)
    opened(small_app, "detectors.py")
    assert any(one.value.startswith("Takes ") for one in small_app.caption)
    assert OFF not in labels_of(small_app)
    press(small_app, TUNE)
    assert started == [("fine-tune", str(computed.folder))]


def test_its_outcome_is_told_and_it_can_be_turned_off(small_app, computed, started, monkeypatch):
    monkeypatch.setattr(tuning_run, "FEWEST", 10)
    tuned(computed, "The fine-tuned network votes here.")
    opened(small_app, "detectors.py")
    assert any("network votes here" in one.value for one in small_app.markdown)
    assert TUNE not in labels_of(small_app)
    press(small_app, OFF)
    press(small_app, COMPARE)
    assert started == [
        ("fine-tune", str(computed.folder), "--off"),
        ("bakeoff", str(computed.folder), "--methods", "pool,fine-tuned"),
    ]


def test_a_network_of_other_labels_is_told_to_be_outdated(small_app, computed, monkeypatch):
    monkeypatch.setattr(tuning_run, "FEWEST", 10)
    tuned(computed, "The fine-tuned network votes here.")
    computed.store.set_fingerprint(FINE_TUNED, "of other labels")
    opened(small_app, "detectors.py")
    assert any("have changed since the network" in one.value for one in small_app.info)
    assert TUNE in labels_of(small_app)
