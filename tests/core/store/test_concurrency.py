"""Eight people at once: no verdict lost, doubled or on the wrong item, no item before two."""

import shutil

import pytest

from core.audit import Audit
from tests.benchmarks.synthetic_audit import make
from tests.core.store.crowd import Tally, contest, crowd, tally

EACH = 60


@pytest.fixture(scope="module")
def many_items(tmp_path_factory):
    audit = make(tmp_path_factory.mktemp("many"), n=600, classes=6)
    audit.store.close()
    return audit.folder


def test_eight_auditors_on_threads_of_two_servers(many_items):
    groups = [["Ana", "Ben", "Cleo", "Dan"], ["Eva", "Finn", "Gus", "Hana"]]
    reports = crowd(many_items, groups, EACH)
    audit = Audit(many_items)
    assert tally(audit.store, reports) == Tally(
        verdicts=8 * EACH, lost=0, doubled=0, wrong_item=0, shown_twice=0, refused=0, retries=0
    )
    assert len(audit.store.judged_ids()) == 8 * EACH
    audit.store.close()


def test_every_press_on_an_image_that_others_decide_too_is_stored_or_refused_with_a_reason(
    many_items, tmp_path
):
    folder = shutil.copytree(many_items, tmp_path / "audit")
    people, items = [["Ana", "Ben"], ["Cleo", "Dan"]], 15
    presses = contest(folder, people, items)
    assert presses.unaccounted == 0
    assert presses.stored == 4 * items
    assert set(presses.refused) == {"decided this image meanwhile; look again."}
