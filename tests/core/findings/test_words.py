import pytest

from core.findings import FINDERS
from core.findings.words import KINDS, MEANINGS, SENTENCES, TITLES, sentence, title


def test_every_kind_is_found_and_told():
    assert set(KINDS) == set(FINDERS) == set(TITLES) == set(SENTENCES) == set(MEANINGS)


@pytest.mark.parametrize(
    ("kind", "count", "splits", "words"),
    [
        ("conflicts", 12, [], "12 images have copies with other labels"),
        ("duplicates", 1234, [], "1,234 images are there more than once, or nearly so"),
        ("outliers", 1, [], "1 image is unlike everything else"),
        ("leakage", 8, ["test", "train"], "8 images have copies across train and test"),
        ("leakage", 1, ["test", "train", "val"], "1 image has copies across splits"),
    ],
)
def test_a_count_is_said_in_words(kind, count, splits, words):
    assert sentence(kind, count, splits) == words


@pytest.mark.parametrize("splits", [["test", "training"], ["training", "validation"]])
def test_training_is_named_first(splits):
    other = min(splits, key=lambda name: name == "training")
    assert title("leakage", splits) == f"Copies across training and {other}"
