"""A change goes to the image of its content, where the label still is what it was."""

import pytest

from core.export.applying import place_changes
from core.export.changes_file import Change
from core.ingest.records import Record


def change(path, content, old, *labels, is_left_out=False):
    return Change(path, content, old, labels, is_left_out, "relabel", ("Ana",), "2026", "rule")


def placed(changes, **there):
    """Place changes in a copy: content and label by path."""
    records = [Record(path, label, {}) for path, (_, label) in there.items()]
    hashes = [(at, content) for at, (content, _) in enumerate(there.values()) if content]
    placing = place_changes(changes, records, hashes)
    labels = {records[at].path: one.new for at, one in placing.by_record.items()}
    return placing, labels


@pytest.mark.parametrize(
    ("changes", "there", "labels", "applied", "already", "reasons"),
    [
        ([change("a", "1", "cat", "dog")], {"a": ("1", "cat")}, {"a": "dog"}, 1, 0, []),
        ([change("a", "1", "cat", "dog")], {"z": ("1", "cat")}, {"z": "dog"}, 1, 0, []),
        ([change("a", "1", "", "dog")], {"a": ("1", None)}, {"a": "dog"}, 1, 0, []),
        ([change("a", "1", "cat")], {"a": ("1", "cat")}, {"a": ""}, 1, 0, []),
        ([change("a", "1", "cat", "dog")], {"a": ("1", "dog")}, {}, 0, 1, []),
        ([change("a", "1", "cat")], {"a": ("1", None)}, {}, 0, 1, []),
        ([change("a", "1", "cat", "dog")], {"a": ("2", "cat")}, {}, 0, 0,
         ["no image there has that content"]),
        ([change("a", "1", "cat", "dog")], {"a": (None, "cat")}, {}, 0, 0,
         ["no image there has that content"]),
        ([change("a", "", "cat", "dog")], {"a": ("", "cat")}, {}, 0, 0,
         ["its image was not read when it was audited"]),
        ([change("a", "1", "cat", "dog")], {"a": ("1", "emu")}, {}, 0, 0,
         ["the label there is another"]),
        ([change("a", "1", "cat", is_left_out=True)], {"a": ("1", None)}, {}, 0, 0,
         ["the label there is another"]),
        # Copies: each path has its own change, others must have one label.
        ([change("a", "1", "cat", "dog")], {"y": ("1", "cat"), "z": ("1", "cat")},
         {"y": "dog", "z": "dog"}, 1, 0, []),
        ([change("a", "1", "cat", "dog")], {"y": ("1", "cat"), "z": ("1", "emu")}, {}, 0, 0,
         ["images there have that content, with different labels"]),
        ([change("a", "1", "cat", "dog")], {"a": ("1", "cat"), "z": ("1", "emu")}, {"a": "dog"},
         1, 0, []),
        ([change("a", "1", "cat", "dog"), change("b", "1", "emu", "fox")],
         {"a": ("1", "cat"), "b": ("1", "emu")}, {"a": "dog", "b": "fox"}, 2, 0, []),
        ([change("a", "1", "cat", "dog"), change("b", "1", "cat", "fox")], {"z": ("1", "cat")},
         {}, 0, 0, ["copies of the image are changed from one label to different ones"] * 2),
        ([change("a", "1", "cat", "dog"), change("b", "1", "cat", "dog")], {"z": ("1", "cat")},
         {"z": "dog"}, 2, 0, []),
        ([change("a", "1", "cat", "dog"), change("b", "1", "cat", "dog")], {"a": ("1", "cat")},
         {"a": "dog"}, 1, 0, ["fewer copies of the image are there"]),
        ([change("a", "1", "cat", "dog"), change("a", "1", "cat", "fox")], {"a": ("1", "cat")},
         {"a": "dog"}, 1, 0, ["fewer copies of the image are there"]),
    ],
)  # fmt: skip
def test_placing(changes, there, labels, applied, already, reasons):
    placing, found = placed(changes, **there)
    assert found == labels
    assert (placing.applied, placing.already) == (applied, already)
    assert [one.reason for one in placing.unplaced] == reasons


def test_sentences_count_and_name():
    changes = [change(f"{n}.jpg", str(n), "cat", "dog") for n in range(5)]
    placing, _ = placed(changes, **{"0.jpg": ("0", "cat")})
    assert placing.sentences() == [
        "1 of 5 changes fit, 0 are there already, 4 cannot be placed; 1 label there will change.",
        "Not placed, 4 changes: no image there has that content (1.jpg, 2.jpg, 3.jpg, …).",
    ]
