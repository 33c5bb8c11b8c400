"""Whatever is written is read again: the same labels and splits, nothing lost, nothing touched.

`python -m tests.core.export.rounds` plays more of it, with every format of every data set.
"""

import pytest

from core.export.writers import WRITERS
from tests.core.export.faulty_sets import DATA_SETS, READ_AS
from tests.core.export.kills import kill_exports
from tests.core.export.round_trips import NOT_READ, Round, differences, everything, fitting
from tests.core.export.rounds import play

GENERAL = ("table", "coco")
"""Data sets that are written in every format; the others in their own."""


@pytest.mark.parametrize("name", DATA_SETS)
def test_what_was_decided_is_what_is_read_again(name, tmp_path):
    (tmp_path / "in").mkdir()
    made = DATA_SETS[name](tmp_path / "in")
    before = everything(tmp_path / "in")
    round_ = Round.begin(made, tmp_path / "audit", seed=len(name))
    assert {round_.audit.source.format, round_.audit.contents.format} == READ_AS[name]
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


@pytest.mark.parametrize(
    ("name", "format"),
    [("class_folders", "own-folders"), ("shards", "own-shards")],
)
def test_rounds_of_export_import_and_review_neither_lose_nor_double(name, format, tmp_path):
    assert not play(name, format, 3, tmp_path, seed=1)


def test_export_that_is_killed_leaves_the_old_one_or_the_new_one(tmp_path):
    assert kill_exports("folders", 3, tmp_path).total() == 3


def test_every_format_is_tried():
    """A writer that gives a format back needs a data set of it in `faulty_sets`."""
    tried = {one for name in DATA_SETS for one in READ_AS[name]}
    missing = {one.name for one in WRITERS.values() if one.own_of and not tried & {*one.own_of}}
    assert not missing
    assert {*NOT_READ} <= {*WRITERS}
