"""The sentences below the table of a bake-off."""

import pytest

from core.bakeoff.report import comparison_sentence
from core.bakeoff.results import Comparison
from core.bakeoff.scoring import Estimate


@pytest.mark.parametrize(
    ("best", "lead", "sentence"),
    [
        ("pool", Estimate(0, 0, 0), "None finds more than the recommended detector."),
        (
            "probe",
            Estimate(0.05, 0.02, 0.08),
            "Logistic probe finds more than the recommended detector: its AP is .050 [.020, .080]"
            " higher.",
        ),
        (
            "probe",
            Estimate(0.01, -0.02, 0.04),
            "None is clearly ahead of the recommended detector: the AP of Logistic probe is .010"
            " [-.020, .040] higher.",
        ),
    ],
)
def test_the_best_detector_is_compared_with_the_default_in_one_sentence(best, lead, sentence):
    assert comparison_sentence(Comparison(best, lead)) == sentence
