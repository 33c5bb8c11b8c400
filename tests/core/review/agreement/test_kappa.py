"""Coefficients against libraries and a published example, intervals against a known truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.review.agreement.kappa import cohen, fleiss, krippendorff, wilson

ANSWERS = st.sampled_from("abcd")
PAIRS = st.lists(st.tuples(ANSWERS, ANSWERS), min_size=2, max_size=30)
UNITS = st.lists(st.lists(ANSWERS, min_size=1, max_size=4), min_size=2, max_size=20)

# Fleiss (1971), table 1: how many of six psychiatrists chose each of five diagnoses.
FLEISS_1971 = """
0 0 0 6 0/0 3 0 0 3/0 1 4 0 1/0 0 0 0 6/0 3 0 3 0/2 0 4 0 0/0 0 4 0 2/2 0 3 1 0/2 0 0 4 0/
0 0 0 0 6/1 0 0 5 0/1 1 0 4 0/0 3 3 0 0/1 0 0 5 0/0 2 0 3 1/0 0 5 0 1/3 0 0 1 2/5 1 0 0 0/
0 2 0 4 0/1 0 2 0 3/0 0 0 0 6/0 1 0 5 0/0 2 0 1 3/2 0 0 4 0/1 0 0 4 1/0 5 0 1 0/4 0 0 0 2/
0 2 0 4 0/1 0 5 0 0/0 0 0 0 6
"""


@given(PAIRS)
@settings(max_examples=60, deadline=None)
def test_cohens_kappa_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import cohen_kappa_score

    one, other = zip(*pairs, strict=True)
    if len({*one, *other}) == 1:
        assert cohen(pairs).value is None
    else:
        assert cohen(pairs).value == pytest.approx(cohen_kappa_score(one, other), abs=1e-9)


@given(UNITS)
@settings(max_examples=60, deadline=None)
def test_krippendorffs_alpha_is_that_of_the_package(units):
    import krippendorff as package

    paired = [unit for unit in units if len(unit) > 1]
    names = sorted({answer for unit in paired for answer in unit})
    estimate = krippendorff(units)
    assert estimate.items == len(paired)
    if len(paired) < 2 or len(names) < 2:
        assert estimate.value is None
        return
    counts = np.array([[unit.count(name) for name in names] for unit in paired])
    expected = package.alpha(value_counts=counts, level_of_measurement="nominal")
    assert estimate.value == pytest.approx(expected, abs=1e-9)


def test_fleiss_kappa_of_his_own_example():
    units = []
    for row in FLEISS_1971.replace("\n", "").split("/"):
        counts = [int(count) for count in row.split()]
        units.append([str(name) for name, count in enumerate(counts) for _ in range(count)])
    assert {len(unit) for unit in units} == {6}
    assert fleiss(units).value == pytest.approx(0.430, abs=0.0005)


def test_fleiss_kappa_needs_the_same_number_of_answers():
    with pytest.raises(ValueError, match="same number"):
        fleiss([["a", "b"], ["a", "b", "b"]])


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_interval_holds_the_value_and_is_the_same_again(pairs):
    estimate = cohen(pairs)
    assert cohen(reversed(pairs)) == estimate
    if estimate.value is not None:
        assert -1 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_who_is_named_first_does_not_matter(pairs):
    one, other = cohen(pairs), cohen([(b, a) for a, b in pairs])
    assert one.value == pytest.approx(other.value)


@pytest.mark.parametrize("coefficient", [cohen, fleiss, krippendorff])
@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([], "fewer than two"),
        ([("a", "b")], "fewer than two"),
        ([("a", "a")] * 7, "all annotations are the same"),
    ],
)
def test_what_is_not_defined_says_why(coefficient, answers, why):
    estimate = coefficient(answers)
    assert (estimate.value, estimate.low, estimate.high) == (None, None, None)
    assert estimate.items == len(answers)
    assert why in estimate.why


@pytest.mark.parametrize("coefficient", [cohen, fleiss, krippendorff])
def test_perfect_agreement_on_few_is_not_certainty(coefficient):
    few = coefficient([("a", "a"), ("b", "b")] * 4)
    many = coefficient([("a", "a"), ("b", "b")] * 400)
    assert few.value == many.value == 1
    assert few.high == many.high == 1
    assert few.low < 0.5 < 0.98 < many.low < 1


def test_more_images_make_a_narrower_interval():
    pairs = [("a", "a")] * 6 + [("b", "b")] * 5 + [("a", "b")] * 2
    few, many = cohen(pairs), cohen(pairs * 50)
    assert many.value == pytest.approx(few.value)
    assert many.high - many.low < (few.high - few.low) / 5


@pytest.mark.parametrize(
    ("n", "skill"),
    [(12, 0.97), (40, 0.9), (150, 0.7)],
    ids=["few images, experts", "some", "many"],
)
@pytest.mark.parametrize("coefficient", [cohen, krippendorff])
def test_intervals_cover_the_truth(coefficient, n, skill):
    rng = np.random.default_rng(3)
    # Each says the true class with that probability, else one of four by chance.
    says = skill * np.eye(4) + (1 - skill) / 4
    joint = says.T @ says / 4
    truth = 1 - (1 - np.trace(joint)) / 0.75
    pairs = [(str(one), str(other)) for one in range(4) for other in range(4)]
    covered = 0
    for _ in range(150):
        drawn = rng.choice(16, size=n, p=joint.ravel())
        estimate = coefficient([pairs[cell] for cell in drawn])
        covered += estimate.low <= truth <= estimate.high
    assert covered >= 0.9 * 150


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(0, 0, (0, 1)), (0, 10, (0, 0.2775)), (10, 10, (0.7225, 1)), (81, 263, (0.2553, 0.3662))],
)
def test_wilson_interval(successes, n, expected):
    assert wilson(successes, n) == pytest.approx(expected, abs=5e-4)
