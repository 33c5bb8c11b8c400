"""Which answers were given blind, and what is said of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.review.agreement import summary as agreement_words
from core.review.agreement.kappa import Estimate
from core.review.agreement.measures import (
    COHEN,
    DIFFERENT,
    KRIPPENDORFF,
    OPEN,
    SAME,
    blind_units,
    choice_text,
    confusion,
    report,
)
from tests.core.making import Auditor, file_found, records


@pytest.fixture
def cleo(store):
    return Auditor(store, "Cleo")


def said(store, path="0.jpg"):
    """The blind answers on an item, by name."""
    unit = blind_units(store.second_log()).get(item_id(path), ())
    names = store.class_names()
    return {answer.auditor: choice_text(answer.choice, names) for answer in unit}


def second(auditor, path, verdict="keep", labels=()):
    auditor.judge(path, verdict, labels, role="second")


def test_first_verdict_and_the_blind_second_are_compared(store, ana, ben):
    ana.judge("0.jpg", "relabel", ["dog"])
    second(ben, "0.jpg")
    assert said(store) == {"Ana": "dog", "Ben": "cat"}


def test_item_that_one_person_has_judged_tells_nothing(store, ana):
    ana.judge("0.jpg")
    assert said(store) == {}


def test_verdict_of_somebody_who_could_see_the_first_does_not_count(store, ana, ben, cleo):
    ana.judge("0.jpg", "relabel", ["dog"])
    cleo.judge("0.jpg", "none")
    second(ben, "0.jpg")
    assert said(store) == {"Ana": "dog", "Ben": "cat"}


def test_what_the_first_reviewer_says_after_the_second_does_not_count(store, ana, ben):
    ana.judge("0.jpg", "relabel", ["dog"])
    second(ben, "0.jpg")
    ana.judge("0.jpg")
    assert said(store) == {"Ana": "dog", "Ben": "cat"}


def test_what_the_first_reviewer_says_after_another_does_not_count(store, ana, ben, cleo):
    ana.judge("0.jpg", "relabel", ["dog"])
    cleo.judge("0.jpg", "none")
    ana.judge("0.jpg", "none")
    second(ben, "0.jpg")
    assert said(store)["Ana"] == "dog"


def test_slip_corrected_before_the_second_look_counts_as_corrected(store, ana, ben):
    ana.judge("0.jpg", "none")
    ana.undo("0.jpg")
    ana.judge("0.jpg", "relabel", ["dog"])
    ana.judge("0.jpg", "relabel", ["emu"])
    second(ben, "0.jpg")
    assert said(store) == {"Ana": "emu", "Ben": "cat"}


def test_second_look_corrected_by_its_author_counts_as_corrected(store, ana, ben):
    ana.judge("0.jpg")
    second(ben, "0.jpg", "none")
    ben.undo("0.jpg")
    assert said(store) == {}
    second(ben, "0.jpg", "bad image")
    assert said(store) == {"Ana": "cat", "Ben": "bad image"}


def test_second_look_after_an_adjudication_does_not_count(store, ana, ben, cleo):
    ana.judge("0.jpg")
    second(ben, "0.jpg", "none")
    cleo.judge("0.jpg", "none", role="adjudication")
    second(Auditor(store, "Dan"), "0.jpg", "none")
    assert said(store) == {"Ana": "cat", "Ben": "none fits"}


def test_reviewer_who_takes_a_second_look_at_their_own_does_not_count(store, ana):
    ana.judge("0.jpg")
    second(ana, "0.jpg", "none")
    assert said(store) == {}


def test_verdicts_on_a_picture_that_was_replaced_do_not_count(store, ana, ben):
    store.record_files([file_found("0.jpg", "aa")], {})
    ana.judge("0.jpg")
    store.record_files([file_found("0.jpg", "bb")], {})
    second(ben, "0.jpg")
    assert said(store) == {}
    ana.judge("0.jpg", "none")
    assert said(store) == {}


def test_item_that_is_gone_from_the_input_is_not_counted(store, ana, ben):
    ana.judge("0.jpg")
    second(ben, "0.jpg")
    store.replace_listing(records({"1.jpg": "cat"}))
    assert store.second_log() == []


def test_two_peoples_agreement_is_cohens_kappa(store, ana, ben):
    for path, verdict in (("0.jpg", "keep"), ("1.jpg", "none"), ("2.jpg", "keep")):
        ana.judge(path, verdict)
    second(ben, "0.jpg")
    second(ben, "1.jpg", "relabel", ["dog"])
    second(ben, "2.jpg")
    whole = report(store.second_log()).whole
    assert whole.auditors == ("Ana", "Ben")
    assert (whole.items, whole.agreed, whole.statistic) == (3, 2, COHEN)
    # Ana: cat, none, dog; Ben: cat, dog, dog. 2/3 alike, 1/9 + 2/9 by chance.
    assert whole.kappa.value == pytest.approx((2 / 3 - 3 / 9) / (1 - 3 / 9))
    assert (whole.given_agreed, whole.given_kappa.value) == (3, 1)
    assert whole.fleiss is None


def test_keep_and_relabel_to_the_same_class_agree_once_the_input_has_changed(store, ana, ben):
    ana.judge("0.jpg", "relabel", ["dog"])
    store.replace_listing(records({"0.jpg": "dog"}))
    second(ben, "0.jpg")
    assert report(store.second_log()).whole.agreed == 1


def test_order_of_ambiguous_classes_does_not_matter(store, ana, ben):
    ana.judge("0.jpg", "ambiguous", ["emu", "cat"])
    second(ben, "0.jpg", "ambiguous", ["cat", "emu"])
    assert report(store.second_log()).whole.agreed == 1
    assert set(said(store).values()) == {"cat or emu"}


def test_unsure_is_told_apart_and_counts_for_nothing(store, ana, ben):
    ana.judge("0.jpg", "unsure")
    second(ben, "0.jpg")
    ana.judge("1.jpg")
    second(ben, "1.jpg")
    whole = report(store.second_log()).whole
    assert (whole.items, whole.agreed, whole.unsure) == (1, 1, 1)


def test_of_three_people_alpha_is_told_and_each_pair_has_its_kappa(store, ana, ben, cleo):
    for path in ("0.jpg", "1.jpg", "2.jpg"):
        ana.judge(path)
    second(ben, "0.jpg")
    second(ben, "1.jpg", "none")
    second(cleo, "2.jpg")
    found = report(store.second_log())
    assert found.whole.statistic == KRIPPENDORFF
    assert found.whole.fleiss.items == 3
    assert {pair: (a.items, a.agreed) for pair, a in found.pairs.items()} == {
        ("Ana", "Ben"): (2, 1),
        ("Ana", "Cleo"): (1, 1),
    }
    assert [a.statistic for a in found.pairs.values()] == [COHEN, COHEN]
    assert {name: (a.items, a.agreed) for name, a in found.classes.items()} == {
        "cat": (2, 1),
        "dog": (1, 1),
    }


def test_confusion_lists_the_images_of_each_two_answers(store, ana, ben):
    for path in ("0.jpg", "1.jpg", "2.jpg"):
        ana.judge(path)
    second(ben, "0.jpg", "none")
    second(ben, "1.jpg", "none")
    second(ben, "2.jpg")
    units = blind_units(store.second_log())
    names = store.class_names()
    cells = {
        (choice_text(cell.one, names), choice_text(cell.other, names)): set(cell.ids)
        for cell in confusion(units, "Ana", "Ben")
    }
    assert cells == {
        ("cat", "none fits"): {item_id("0.jpg"), item_id("1.jpg")},
        ("dog", "dog"): {item_id("2.jpg")},
    }
    assert [cell.outcome for cell in confusion(units, "Ana", "Ben")] == [DIFFERENT, SAME]
    assert confusion(units, "Ana", "Cleo") == []


def test_nothing_to_compare_is_no_error():
    found = report([])
    assert (found.whole.items, found.whole.agreed, found.whole.share) == (0, 0, (0, 1))
    assert found.pairs == found.classes == {}
    assert "fewer than two" in found.whole.kappa.why


CHOICES = st.sampled_from(["1", "2", "none", "unsure"])


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("ABC"), CHOICES), min_size=2, max_size=3,
                 unique_by=lambda answer: answer[0]),
        max_size=8,
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_pairs_classes_and_cells_add_up(items):
    log = [
        {"id": 10 * n + k, "item_id": f"{n}", "auditor": name, "choice": choice, "stands": 1,
         "verdict": "relabel" if choice.isdigit() else choice, "given": f"class {n % 2}",
         "role": "second" if k else "review"}
        for n, answers in enumerate(items)
        for k, (name, choice) in enumerate(answers)
    ]  # fmt: skip
    found = report(log)
    assert sum(a.items for a in found.classes.values()) == found.whole.items
    assert sum(a.agreed for a in found.classes.values()) == found.whole.agreed
    for pair, agreement in found.pairs.items():
        cells = confusion(found.units, *pair)
        sure = [cell for cell in cells if cell.outcome != OPEN]
        assert sum(len(cell.ids) for cell in sure) == agreement.items
        assert sum(len(cell.ids) for cell in sure if cell.outcome == SAME) == agreement.agreed
        assert sum(len(cell.ids) for cell in cells) == agreement.items + agreement.unsure


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.789, ".79"), (-0.04, "-.04"), (1.0, "1.00"), (0.0, ".00"), (0.999, "1.00")],
)
def test_coefficients_are_written_as_statisticians_do(value, text):
    assert agreement_words.number(value) == text


def test_words_for_what_is_defined_and_what_is_not():
    assert agreement_words.estimate_text(Estimate(0.79, 0.641, 0.907, 48)) == ".79 (.64 to .91)"
    none = Estimate(None, None, None, 1, "there is too little")
    assert agreement_words.estimate_text(none) == "not defined, because there is too little"


def test_headline_and_sentences(store, ana, ben):
    for path, verdict in (("0.jpg", "keep"), ("1.jpg", "none"), ("2.jpg", "unsure")):
        ana.judge(path, verdict)
        second(ben, path, "keep")
    whole = report(store.second_log()).whole
    assert agreement_words.headline(whole) == "Two auditors agree on 1 of 2 images: kappa .00"
    details = agreement_words.sentences(whole)
    assert details[0].startswith("Cohen's kappa: .00 (-.8")
    assert "they agree on 1 of 2: kappa" in details[1]
    assert details[2].startswith("On 1 image an auditor was unsure")
