import csv
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.audit import Audit, item_id
from core.demo import DEMO
from core.embedding import runner
from core.sources import SourceError
from tests.core.conftest import ROOT
from tests.core.making import Auditor, write_table


@pytest.fixture
def audit(picture_folder, tmp_path):
    """Eighteen photographs in three class folders, not yet computed."""
    audit = Audit.create(tmp_path / "audit", picture_folder)
    yield audit
    audit.store.close()


@pytest.fixture(scope="session")
def computed_classes(tmp_path_factory):
    """A folder with ``pictures``, eighteen in three classes, and their computed ``audit``."""
    home = tmp_path_factory.mktemp("classes")
    wanted = {"ketch": 6, "lotus": 6, "emu": 6}
    with (DEMO / "truth.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if wanted.get(row["label"], 0) > 0:
                wanted[row["label"]] -= 1
                target = home / "pictures" / row["label"] / row["path"].split("/")[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(DEMO / row["path"], target)
    audit = Audit.create(home / "audit", home / "pictures")
    pipeline.run(audit)
    audit.store.close()
    return home


@pytest.fixture
def computed(computed_classes, tmp_path):
    """A computed audit of eighteen photographs of the test's own."""
    shutil.copytree(computed_classes, tmp_path / "computed")  # copy2: times are kept
    home = tmp_path / "computed"
    audit = Audit(home / "audit")
    audit.store.set_settings({"source": str(home / "pictures")})
    yield audit
    audit.store.close()


def steps(audit):
    return {step["name"]: step["state"] for step in audit.store.latest_run()["steps"]}


def rows_by_path(audit):
    embeddings = np.load(audit.embeddings_file)
    return {file["path"]: embeddings[file["row"]].tobytes() for file in audit.store.listed_files()}


def a_picture(audit):
    """The first picture's path and file."""
    path = audit.store.listed_files()[0]["path"]
    return path, audit.source / path


# -- what a run leaves -----------------------------------------------------------------------


def test_run_does_every_step(computed):
    assert steps(computed) == dict.fromkeys(
        ["list", "embed", "neighbors", "evidence", "map"], "done"
    )
    assert computed.store.latest_run()["state"] == "done"


def test_run_embeds_every_image(computed):
    embeddings = np.load(computed.embeddings_file)
    assert (embeddings.shape, embeddings.dtype) == ((18, 1280), np.float16)
    assert (np.abs(embeddings).sum(axis=1) > 0).all()


def test_run_ranks_every_image(computed):
    rows = computed.store.ranking()
    assert {row["id"] for row in rows} == {f["id"] for f in computed.store.listed_files()}
    assert all(0 <= row["suspicion"] <= 1 for row in rows)


def test_probabilities_of_an_item_sum_to_one(computed):
    sums = computed.evidence().probabilities.astype(np.float32).sum(axis=1)
    np.testing.assert_allclose(sums, 1, atol=0.01)


def test_no_image_is_its_own_neighbour(computed):
    graph = computed.neighbors()
    assert graph.indices.shape == (18, 17)
    assert not (graph.indices == np.arange(18)[:, None]).any()


def test_map_has_a_place_for_every_image(computed):
    import pandas as pd

    frame = pd.read_parquet(computed.map_file)
    assert sorted(frame["id"]) == sorted(f["id"] for f in computed.store.listed_files())
    assert np.isfinite(frame[["x", "y"]].to_numpy()).all()


def test_every_image_has_a_thumbnail(computed):
    for file in computed.store.listed_files():
        with Image.open(computed.thumbnail_file(file["content_hash"])) as thumbnail:
            assert max(thumbnail.size) <= 256


def test_run_leaves_no_partial_files(computed):
    assert not list(computed.folder.rglob("*.partial*"))


# -- what a second run does ------------------------------------------------------------------


def test_run_again_skips_every_step_but_the_listing(computed):
    pipeline.run(computed)
    assert steps(computed) == {
        "list": "done", "embed": "skipped", "neighbors": "skipped",
        "evidence": "skipped", "map": "skipped",
    }  # fmt: skip


def test_changed_label_redoes_only_the_evidence(computed):
    path, file = a_picture(computed)
    file.rename(computed.source / "lotus" / "moved.jpg")
    pipeline.run(computed)
    # As a folder's path is its label, the moved image is a new item; a table tells more.
    assert steps(computed)["embed"] == "done"


def test_changed_label_in_a_table_redoes_only_the_evidence(ranked):
    pipeline.run(ranked)
    table = ranked.folder.parent / "labels.csv"
    table.write_text(
        ranked.labels_file.read_text(encoding="utf-8").replace("12.jpg,lotus", "12.jpg,emu"),
        encoding="utf-8",
    )
    relabelled = Audit(ranked.folder)
    relabelled.store.set_settings({"labels_file": str(table)})
    pipeline.run(relabelled)
    assert steps(relabelled) == {
        "list": "done", "embed": "skipped", "neighbors": "skipped",
        "evidence": "done", "map": "skipped",
    }  # fmt: skip
    ranking = {row["path"]: row for row in relabelled.store.ranking()}
    assert ranking["12.jpg"]["given"] == "emu"
    relabelled.store.close()


def test_added_file_is_the_only_one_embedded(computed):
    before = rows_by_path(computed)
    shutil.copy(DEMO / "images" / "0000.jpg", computed.source / "emu" / "added.jpg")
    embedded = []
    real = runner.load_backbone

    def watched(name):
        backbone = real(name)

        def embed(pixels):
            embedded.append(len(pixels))
            return backbone.embed(pixels)

        return type(backbone)(backbone.name, backbone.dimension, backbone.input_size, embed)

    runner.load_backbone = watched
    try:
        pipeline.run(computed)
    finally:
        runner.load_backbone = real
    after = rows_by_path(computed)
    assert embedded == [1]
    assert after.keys() - before.keys() == {"emu/added.jpg"}
    assert all(after[path] == row for path, row in before.items())


def test_deleted_file_is_ranked_no_more(computed):
    path, file = a_picture(computed)
    file.unlink()
    pipeline.run(computed)
    assert path not in {row["path"] for row in computed.store.ranking()}
    assert len(computed.store.ranking()) == 17


def test_file_with_new_content_is_embedded_anew(computed):
    before = rows_by_path(computed)
    path, file = a_picture(computed)
    shutil.copy(DEMO / "images" / "0000.jpg", file)
    pipeline.run(computed)
    after = rows_by_path(computed)
    assert [path for path in before if before[path] != after[path]] == [path]


def test_touched_file_is_read_but_not_embedded_again(computed):
    before = rows_by_path(computed)
    _, file = a_picture(computed)
    os.utime(file, (1, 1))
    pipeline.run(computed)
    assert rows_by_path(computed) == before
    assert steps(computed)["evidence"] == "skipped"


@pytest.mark.parametrize(
    ("name", "step"),
    [("embeddings.npy", "embed"), ("neighbors.npz", "neighbors"),
     ("evidence.npz", "evidence"), ("map.parquet", "map")],
)  # fmt: skip
def test_deleted_result_is_computed_again(computed, name, step):
    before = rows_by_path(computed)
    (computed.folder / name).unlink()
    pipeline.run(computed)
    states = steps(computed)
    assert states.pop(step) == "done"
    assert set(states.values()) == {"done", "skipped"}
    assert (computed.folder / name).exists()
    assert rows_by_path(computed) == before


def test_verdicts_stay_through_a_run(computed):
    path, _ = a_picture(computed)
    Auditor(computed.store).judge(path, "none")
    shutil.copy(DEMO / "images" / "0000.jpg", computed.source / "emu" / "added.jpg")
    pipeline.run(computed)
    assert computed.store.judged_ids() == {item_id(path): "none"}


# -- files that cannot be read ---------------------------------------------------------------


def test_damaged_file_goes_to_quarantine_and_the_run_goes_on(computed):
    (computed.source / "emu" / "bad.jpg").write_bytes(b"no image at all")
    pipeline.run(computed)
    (row,) = computed.store.quarantined()
    assert (row["path"], row["reason"]) == (
        "emu/bad.jpg", "it is not an image, or of an unknown format"
    )  # fmt: skip
    assert computed.store.latest_run()["state"] == "done"
    assert len(computed.store.ranking()) == 18


def test_repaired_file_leaves_quarantine_and_is_ranked(computed):
    bad = computed.source / "emu" / "bad.jpg"
    bad.write_bytes(b"no image at all")
    pipeline.run(computed)
    shutil.copy(DEMO / "images" / "0000.jpg", bad)
    pipeline.run(computed)
    assert computed.store.quarantined() == []
    assert "emu/bad.jpg" in {row["path"] for row in computed.store.ranking()}


def test_file_damaged_later_is_ranked_no_more_and_comes_back_unchanged(computed):
    before = rows_by_path(computed)
    path, file = a_picture(computed)
    good = file.read_bytes()
    file.write_bytes(good[: len(good) // 2])
    pipeline.run(computed)
    assert path not in {row["path"] for row in computed.store.ranking()}
    file.write_bytes(good)
    pipeline.run(computed)
    assert path in {row["path"] for row in computed.store.ranking()}
    assert rows_by_path(computed) == before


def test_path_out_of_the_source_goes_to_quarantine(picture_folder, tmp_path):
    secret = tmp_path / "secret.jpg"
    shutil.copy(DEMO / "images" / "0000.jpg", secret)
    (picture_folder / "emu" / "link.jpg").symlink_to(secret)
    audit = Audit.create(tmp_path / "audit", picture_folder)
    pipeline.run(audit)
    (row,) = audit.store.quarantined()
    assert row["reason"] == "the path leads out of the source folder"


def test_source_that_is_gone_fails_with_a_reason(audit):
    audit.source.rename(audit.source.with_name("elsewhere"))
    with pytest.raises(SourceError):
        pipeline.run(audit)
    run = audit.store.latest_run()
    assert (run["state"], steps(audit)["list"]) == ("failed", "failed")
    assert run["message"].startswith("There is no folder")


# -- cut off and resumed ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def many_pictures(tmp_path_factory):
    """240 photographs with one that is damaged in between: eight batches."""
    source = tmp_path_factory.mktemp("many") / "source"
    for number in range(240):
        target = source / "ab"[number % 2] / f"{number:04}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEMO / "images" / f"{number:04}.jpg", target)
    (source / "a" / "0005.jpg").write_bytes(b"damaged")
    return source


@pytest.fixture(scope="module")
def uninterrupted(many_pictures, tmp_path_factory):
    audit = Audit.create(tmp_path_factory.mktemp("whole") / "audit", many_pictures)
    runner.embed_images(_listed(audit), "efficientnet_lite0", lambda done, total: None)
    return audit.embeddings_file.read_bytes()


def _listed(audit):
    audit.store.replace_listing(
        {"id": item_id(r.path), "path": r.path, "label": r.label, "fields": {}, "position": n}
        for n, r in enumerate(pipeline.read_source(audit.source).records)
    )
    return audit


def test_embedding_stopped_in_the_middle_goes_on_to_the_same_bytes(
    many_pictures, uninterrupted, tmp_path
):
    audit = _listed(Audit.create(tmp_path / "audit", many_pictures))
    seen = []

    def stop(done, total):
        seen.append(done)
        if 0 < done < total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.embed_images(audit, "efficientnet_lite0", stop)
    with pytest.raises(KeyboardInterrupt):
        runner.embed_images(audit, "efficientnet_lite0", stop)
    runner.embed_images(audit, "efficientnet_lite0", lambda done, total: seen.append(done))
    assert seen == sorted(seen)
    assert 0 < len(audit.store.quarantined()) < 2
    assert audit.embeddings_file.read_bytes() == uninterrupted


def test_run_killed_in_the_middle_goes_on_to_the_same_bytes(many_pictures, uninterrupted, tmp_path):
    audit = Audit.create(tmp_path / "audit", many_pictures)
    command = [sys.executable, "-m", "core", "audit", many_pictures, "--into", audit.folder]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not audit.store.embedded_items() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(audit.store.embedded_items())
    assert 0 < done < 239, "killed too early or too late to mean anything"
    assert steps(audit)["embed"] == "running"
    pipeline.run(audit)
    assert audit.embeddings_file.read_bytes() == uninterrupted
    assert audit.store.latest_run()["state"] == "done"


def test_run_stopped_by_hand_says_so(audit, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(audit.store, "replace_listing", stop)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(audit)
    run = audit.store.latest_run()
    assert (run["state"], run["message"]) == (
        "failed", "It was stopped; start it again to go on."
    )  # fmt: skip


# -- unusual data sets -------------------------------------------------------------------------


def test_one_class_only_suggests_nothing(picture_folder, tmp_path):
    for name in ("ketch", "lotus"):
        shutil.rmtree(picture_folder / name)
    audit = Audit.create(tmp_path / "audit", picture_folder)
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 6
    assert {row["suggested"] for row in audit.store.ranking()} == {None}
    assert audit.store.counts()["suspects"] == 0


def test_single_image_is_an_audit(tmp_path):
    (tmp_path / "source" / "cat").mkdir(parents=True)
    shutil.copy(DEMO / "images" / "0000.jpg", tmp_path / "source" / "cat")
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 1


def test_two_images_of_two_classes_are_an_audit(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "source" / name).mkdir(parents=True)
        shutil.copy(DEMO / "images" / "0000.jpg", tmp_path / "source" / name)
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 2


def test_unlabelled_images_are_on_the_map_but_not_ranked(picture_folder, tmp_path):
    import pandas as pd

    shutil.copy(DEMO / "images" / "0000.jpg", picture_folder / "loose.jpg")
    audit = Audit.create(tmp_path / "audit", picture_folder)
    pipeline.run(audit)
    assert audit.store.counts()["unlabelled"] == 1
    assert "loose.jpg" not in {row["path"] for row in audit.store.ranking()}
    assert item_id("loose.jpg") in set(pd.read_parquet(audit.map_file)["id"])


def test_table_with_no_label_at_all_runs_or_is_refused_in_a_sentence(picture_folder, tmp_path):
    table = write_table(
        tmp_path / "labels.csv", ["path", "label"],
        *([path.relative_to(picture_folder).as_posix(), ""] for path in
          sorted(picture_folder.rglob("*.jpg"))),
    )  # fmt: skip
    audit = Audit.create(tmp_path / "audit", picture_folder, table)
    pipeline.run(audit)
    assert audit.store.ranking() == []


def test_names_that_are_not_ascii_are_kept(tmp_path):
    for name in ("Übergröße", "猫"):
        (tmp_path / "source" / name).mkdir(parents=True)
        for number in range(3):
            shutil.copy(
                DEMO / "images" / f"000{number}.jpg", tmp_path / "source" / name / f"é {number}.jpg"
            )
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    pipeline.run(audit)
    assert {row["given"] for row in audit.store.ranking()} == {"Übergröße", "猫"}
