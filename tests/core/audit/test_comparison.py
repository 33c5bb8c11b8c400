"""Two audits of the same images: each difference is counted once, in the right way."""

import pytest

from core.audit import Audit, item_id
from core.audit.comparison import DIFFERENCES, compare_audits
from core.ingest.readers import source_of
from tests.core.making import Auditor, file_found, records


def audit_of(folder, labels, contents=None, suspects=()):
    """An audit with labels by path; `suspects` are path, suggested class and suspicion."""
    (folder / "source").mkdir(parents=True)
    audit = Audit.create(folder / "audit", source_of(folder / "source"))
    audit.store.replace_listing(records(labels))
    contents = contents or {path: path for path in labels}
    audit.store.record_files([file_found(path, contents[path]) for path in labels], {})
    ids = {name: number for number, name in audit.store.class_names().items()}
    suggested = {path: (name, suspicion) for path, name, suspicion in suspects}
    audit.store.replace_scores(
        {
            "item_id": item_id(path),
            "suspicion": suggested.get(path, ("", 0.1))[1],
            "p_given": 0.1 if path in suggested else 0.9,
            "suggested_id": ids.get(suggested.get(path, ("",))[0]),
            "p_suggested": 0.8 if path in suggested else 0.0,
            "is_suspect": path in suggested,
        }
        for path in labels
    )
    return audit


LABELS = {"1.jpg": "cat", "2.jpg": "cat", "3.jpg": "dog", "4.jpg": "dog", "5.jpg": "emu"}


@pytest.fixture
def compared(tmp_path):
    made = []

    def compare(left, right, auditor=None):
        made.extend([audit_of(tmp_path / "a", **left), audit_of(tmp_path / "b", **right)])
        return compare_audits(*made, auditor)

    compare.audits = made
    yield compare
    for audit in made:
        audit.store.close()


def paths(pairs):
    return [pair.item["path"] for pair in pairs]


def test_same_audits_do_not_differ(compared):
    same = {"labels": LABELS, "suspects": [("1.jpg", "dog", 0.9)]}
    found = compared(same, same)
    assert (found.both, found.suspect_in_both) == (5, 1)
    assert not found.only_left and not found.only_right
    assert found.different == {name: [] for name in DIFFERENCES}


def test_two_networks_differ_in_what_they_suspect(compared):
    found = compared(
        {"labels": LABELS, "suspects": [
            ("1.jpg", "dog", 0.7), ("2.jpg", "dog", 0.9), ("3.jpg", "cat", 0.8)]},
        {"labels": LABELS, "suspects": [("1.jpg", "emu", 0.95), ("4.jpg", "emu", 0.6)]},
    )  # fmt: skip
    assert (found.both, found.suspect_in_both) == (5, 1)
    assert paths(found.different["left_suspect"]) == ["2.jpg", "3.jpg"]
    assert paths(found.different["right_suspect"]) == ["4.jpg"]
    (other,) = found.different["suggested"]
    shown = DIFFERENCES["suggested"]
    assert (shown.before(*other), shown.after(*other)) == ("dog", "emu")
    assert found.different["labeled"] == []


def test_two_labeled_versions_differ_in_labels_and_images(compared):
    after = LABELS | {"3.jpg": "cat", "6.jpg": "emu"}
    del after["5.jpg"]
    found = compared({"labels": LABELS}, {"labels": after})
    assert paths(found.different["labeled"]) == ["3.jpg"]
    assert paths(found.only_left) == ["5.jpg"]
    assert paths(found.only_right) == ["6.jpg"]
    assert found.both == 4


def test_image_is_recognized_by_its_content_and_copies_by_their_paths_first(compared):
    found = compared(
        {"labels": {"a.jpg": "cat", "b.jpg": "dog", "c.jpg": "emu"},
         "contents": {"a.jpg": "x", "b.jpg": "x", "c.jpg": "y"}},
        {"labels": {"b.jpg": "dog", "z.jpg": "cat", "moved.jpg": "emu"},
         "contents": {"b.jpg": "x", "z.jpg": "x", "moved.jpg": "y"}},
    )  # fmt: skip
    assert found.both == 3
    assert not any(found.different.values())


def test_images_that_could_not_be_read_are_recognized_by_nothing(compared):
    found = compared(
        {"labels": {"1.jpg": "cat"}, "contents": {"1.jpg": None}},
        {"labels": {"1.jpg": "cat"}, "contents": {"1.jpg": None}},
    )
    assert (found.both, len(found.only_left), len(found.only_right)) == (0, 1, 1)


def test_verdicts_differ_unless_they_are_hidden_from_who_looks(compared):
    compared({"labels": LABELS}, {"labels": LABELS})
    left, right = compared.audits
    for audit, label in ((left, "dog"), (right, "emu")):
        audit.store.set_second_share(1.0)
        Auditor(audit.store).judge("1.jpg", "relabel", [label])
    found = compare_audits(left, right, "Ana")
    assert paths(found.different["decided"]) == ["1.jpg"]
    assert compare_audits(left, right, None).different["decided"]
    assert compare_audits(left, right, "Ben").different["decided"] == []
    assert compare_audits(left, right, "").different["decided"] == []
