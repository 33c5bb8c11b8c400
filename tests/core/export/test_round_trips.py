"""Whatever is written is read again: the same labels and splits, nothing lost, nothing touched.

`python -m tests.core.export.rounds` plays more of it, with every format of every data set.
"""

import pytest

from core.export.writers import WRITERS
from tests.core.export.faulty_sets import DATA_SETS
from tests.core.export.round_trips import NOT_READ, Round, differences, everything, fitting

GENERAL = ("table", "coco")
"""Data sets that are written in every format; the others in their own."""


@pytest.mark.parametrize("name", DATA_SETS)
def test_what_was_decided_is_what_is_read_again(name, tmp_path):
    (tmp_path / "in").mkdir()
    made = DATA_SETS[name](tmp_path / "in")
    before = everything(tmp_path / "in")
    round_ = Round.begin(made, tmp_path / "audit", seed=len(name))
    round_.decide()
    writers = [one for one in fitting(round_.audit) if one.own_of or name in GENERAL]
    wrong = {}
    for writer in writers:
        path = tmp_path / f"out {writer.name}{writer.suffix_of(round_.audit)}"
        if found := differences(round_, writer, path, tmp_path):
            wrong[writer.name] = found
    round_.audit.store.close()
    assert not wrong, "\n".join(f"{writer}: {found}" for writer, found in wrong.items())
    assert everything(tmp_path / "in") == before


def test_every_format_is_tried():
    """A writer that gives a format back needs a data set of it in `faulty_sets`."""
    readers = {reader for one in WRITERS.values() for reader in one.own_of}
    assert readers
    assert {*NOT_READ} <= {*WRITERS}
