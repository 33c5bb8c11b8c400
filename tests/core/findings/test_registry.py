"""Titles and sentences of findings."""

import pytest

from core.findings import FINDINGS


def test_kinds_come_in_their_order_and_have_flags_of_their_own():
    assert list(FINDINGS) == [
        "conflicts", "leakage", "duplicates", "outliers", "small-classes", "blanks", "too-dark",
        "too-bright", "blurs", "uninformative", "odd-shapes", "odd-sizes", "grays", "class-marks",
    ]  # fmt: skip
    assert len({kind.flag for kind in FINDINGS.values()}) == len(FINDINGS)


@pytest.mark.parametrize(
    ("kind", "count", "splits", "sentence"),
    [
        ("conflicts", 12, [], "12 images have duplicates with other labels"),
        ("duplicates", 1234, [], "1,234 images have exact or near-duplicates"),
        ("outliers", 1, [], "1 image is an outlier"),
        ("leakage", 8, ["test", "train"], "8 images have duplicates across train and test"),
        ("leakage", 1, ["test", "train", "val"], "1 image has duplicates across splits"),
    ],
)
def test_a_count_is_a_sentence(kind, count, splits, sentence):
    assert FINDINGS[kind].sentence(count, splits) == sentence


@pytest.mark.parametrize("splits", [["test", "training"], ["training", "validation"]])
def test_training_is_named_first(splits):
    other = min(splits, key=lambda name: name == "training")
    assert FINDINGS["leakage"].titled(splits) == f"Leakage across training and {other}"
