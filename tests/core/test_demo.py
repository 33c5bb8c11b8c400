import shutil
from collections import Counter

import pytest

from core import demo as demo_module
from core import lifecycle, pipeline
from core.audit import Audit
from core.audit.library import Library
from core.demo import DEMO, ensure, is_demo, score_card
from core.embedding.choice import BETTER_BACKBONE, DEFAULT_BACKBONE
from core.embedding.expected_time import PATIENCE, name_by_size
from core.ingest.readers import source_of
from tests.core.making import Auditor, read_table

MEGABYTES_ALLOWED = 25
CONFUSIONS = {("lobster", "crayfish"), ("ibis", "emu")}


@pytest.fixture(scope="module")
def labels():
    return {row["path"]: row["label"] for row in read_table(DEMO / "labels.csv")}


@pytest.fixture(scope="module")
def truth():
    return {row["path"]: row["label"] for row in read_table(DEMO / "truth.csv")}


@pytest.fixture(scope="module")
def wrong_pairs(labels, truth):
    return [(truth[path], labels[path]) for path in truth if truth[path] != labels[path]]


# -- the data --------------------------------------------------------------------------------


def test_labels_and_truth_are_of_the_same_images(labels, truth):
    assert list(labels) == list(truth)
    assert set(labels) == {f"images/{path.name}" for path in (DEMO / "images").iterdir()}


def test_labels_and_truth_have_the_same_classes(labels, truth):
    assert set(labels.values()) == set(truth.values())


def test_origins_name_the_true_class(truth):
    origins = {row["path"]: row["caltech101"].split("/")[1]
               for row in read_table(DEMO / "origins.csv")}  # fmt: skip
    assert origins == truth


def test_about_six_percent_of_the_labels_are_wrong(labels, wrong_pairs):
    assert len(wrong_pairs) / len(labels) == pytest.approx(0.06, abs=0.003)


def test_third_of_the_wrong_labels_is_systematic(wrong_pairs):
    systematic = Counter(pair for pair in wrong_pairs if pair in CONFUSIONS)
    assert set(systematic) == CONFUSIONS
    assert 0.3 < systematic.total() / len(wrong_pairs) < 0.45


def test_wrong_labels_are_spread_over_many_classes(wrong_pairs):
    others = [pair for pair in wrong_pairs if pair not in CONFUSIONS]
    assert len({true for true, _ in others}) > 15
    assert len({label for _, label in others}) > 15


def test_demo_is_small():
    size = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file())
    assert size <= MEGABYTES_ALLOWED * 1_000_000


# -- the ranking -----------------------------------------------------------------------------


def is_wrong_in_order(audit, truth):
    return [row["given"] != truth[row["path"]] for row in audit.store.ranking()]


def test_ranking_finds_the_wrong_labels(demo, truth):
    from sklearn.metrics import average_precision_score

    wrong = is_wrong_in_order(demo, truth)
    suspicions = [row["suspicion"] for row in demo.store.ranking()]
    assert average_precision_score(wrong, suspicions) >= 0.72


def test_fifty_most_suspect_are_mostly_wrong(demo, truth):
    assert sum(is_wrong_in_order(demo, truth)[:50]) / 50 >= 0.84


def test_ranking_never_reads_the_truth(demo_folder, tmp_path):
    """Without the file, scores come out the same."""
    source = tmp_path / "source"
    shutil.copytree(DEMO, source, ignore=shutil.ignore_patterns("truth.csv", "origins.csv"))
    audit = Audit(demo_folder)
    before = audit.store.ranking()
    audit.move_source(source_of(source, source / "labels.csv"))
    audit.store.close()
    (demo_folder / "evidence.npz").unlink()
    without_truth = Audit(demo_folder)
    assert without_truth.source.path == source
    pipeline.run(without_truth)
    assert without_truth.store.ranking() == before
    without_truth.store.close()


def test_only_the_score_card_names_the_truth():
    naming = {path.name for path in DEMO.parents[1].joinpath("core").rglob("*.py")
              if "truth.csv" in path.read_text(encoding="utf-8")}  # fmt: skip
    assert naming == {"demo.py"}


# -- the score card --------------------------------------------------------------------------


def test_score_card_of_a_demo_nobody_reviewed(demo, wrong_pairs):
    card = score_card(demo)
    assert (card.wrong, card.found, card.corrected, card.spoiled, card.reviewed) == (
        len(wrong_pairs), 0, 0, 0, 0,
    )  # fmt: skip


def test_score_card_counts_what_a_review_did(demo, labels, truth):
    assert is_demo(demo)
    wrong = [path for path in truth if truth[path] != labels[path]]
    right = [path for path in truth if truth[path] == labels[path]]
    ana = Auditor(demo.store)
    ana.judge(wrong[0], "relabel", [truth[wrong[0]]])
    ana.judge(wrong[1], "none")
    ana.judge(wrong[2], "keep")
    ana.judge(right[0], "keep")
    ana.judge(right[1], "none")
    card = score_card(demo)
    assert (card.found, card.corrected, card.spoiled, card.reviewed) == (2, 1, 1, 5)


def test_demo_is_not_made_beside_another_audit(tmp_path):
    from core.audit.library import Library

    (tmp_path / "source").mkdir()
    Audit.create(tmp_path / "home" / "mine", source_of(tmp_path / "source")).store.close()
    assert demo_module.ensure(Library(tmp_path / "home")) is None
    assert not (tmp_path / "home" / "demo").exists()


def test_demo_that_somebody_deleted_is_made_again_only_when_it_is_asked_for(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(demo_module.jobs, "start", started.append)
    library = Library(tmp_path / "home")
    made = ensure(library)
    lifecycle.delete(made, "demo")
    demo_module.decline(library)
    assert ensure(library) is None
    assert not (tmp_path / "home" / "demo").exists()
    again = demo_module.make(library)
    assert started == [made, again]
    again.store.close()


def test_the_demo_of_a_deleted_clone_is_pointed_at_this_one(demo, tmp_path):
    gone = tmp_path / "clone" / "data" / "demo"
    demo.move_source(source_of(gone, gone / "labels.csv"))
    assert ensure(Library(demo.folder.parent)) is None
    moved = Audit(demo.folder)
    assert (moved.source.path, moved.source.labels) == (DEMO, DEMO / "labels.csv")


def test_another_audit_is_not_pointed_at_the_demo(demo, tmp_path):
    demo.move_source(source_of(tmp_path / "gone"))
    ensure(Library(demo.folder.parent))
    assert Audit(demo.folder).source.path == tmp_path / "gone"


def test_first_start_waits_no_longer_for_a_better_network_than_somebody_would(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(demo_module.jobs, "start", lambda audit: None)
    audit = demo_module.make(Library(tmp_path))
    most = audit.store.setting(PATIENCE)
    images = len(list((DEMO / "images").glob("*.jpg")))
    assert name_by_size(images, images / 10, most) == BETTER_BACKBONE
    assert name_by_size(images, images / 20, most) == DEFAULT_BACKBONE
    audit.store.close()
