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
from core.embedding.backbone import DEFAULT_BACKBONE, Backbone
from core.sources import SourceError, read_source
from core.store import Store
from tests.core.conftest import ROOT
from tests.core.making import Auditor


@pytest.fixture
def audit(picture_folder, tmp_path):
    """Eighteen photographs in three class folders, not yet computed."""
    audit = Audit.create(tmp_path / "audit", picture_folder)
    yield audit
    audit.store.close()


@pytest.fixture
def computed(computed_pictures, tmp_path):
    """A computed audit of eighteen photographs of the test's own, source and table included."""
    home = tmp_path / "home"
    shutil.copytree(computed_pictures.parent, home)  # keeps the files' times
    Store(home / "audit" / "audit.db").set_settings(
        {"source": str(home / "source"), "labels_file": str(home / "labels.csv")}
    )
    audit = Audit(home / "audit")
    yield audit
    audit.store.close()


ANOTHER = DEMO / "images" / "0000.jpg"


def add_image(audit, name, content=None):
    """Add a file and its row; return the file."""
    content = ANOTHER.read_bytes() if content is None else content
    with audit.labels_file.open("a", encoding="utf-8") as table:
        table.write(f",{name},emu,\n")
    (audit.source / name).write_bytes(content)
    return audit.source / name


def read_images(audit, update=lambda done, total: None):
    """Do the first two steps only: list and embed."""
    audit.store.replace_listing(
        {"id": item_id(r.path), "path": r.path, "label": r.label, "fields": {}, "position": n}
        for n, r in enumerate(read_source(audit.source, audit.labels_file).records)
    )
    return runner.embed_images(audit, DEFAULT_BACKBONE, update)


def embedded_paths(audit):
    known = {item.id for item in audit.store.embedded_items()}
    return {file["path"] for file in audit.store.listed_files() if file["id"] in known}


def steps(audit):
    return {step["name"]: step["state"] for step in audit.store.latest_run()["steps"]}


def rows_by_path(audit):
    embeddings = np.load(audit.embeddings_file)
    return {file["path"]: embeddings[file["row"]].tobytes() for file in audit.store.listed_files()}


# -- what a run leaves -----------------------------------------------------------------------


def test_run_does_every_step(computed):
    assert list(steps(computed)) == ["list", "embed", "neighbors", "evidence", "map"]
    assert set(steps(computed).values()) == {"done"}
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
    text = computed.labels_file.read_text(encoding="utf-8")
    computed.labels_file.write_text(text.replace("12.jpg,lotus", "12.jpg,emu"), encoding="utf-8")
    pipeline.run(computed)
    assert steps(computed) == {
        "list": "done", "embed": "skipped", "neighbors": "skipped",
        "evidence": "done", "map": "skipped",
    }  # fmt: skip
    assert {row["given"] for row in computed.store.ranking() if row["path"] == "12.jpg"} == {"emu"}


def test_added_file_is_the_only_one_embedded(computed, monkeypatch):
    before = rows_by_path(computed)
    add_image(computed, "added.jpg")
    batches = []

    def watched(name):
        real = load_backbone(name)

        def embed(pixels):
            batches.append(len(pixels))
            return real.embed(pixels)

        return Backbone(real.name, real.dimension, real.input_size, embed)

    load_backbone = runner.load_backbone
    monkeypatch.setattr(runner, "load_backbone", watched)
    pipeline.run(computed)
    after = rows_by_path(computed)
    assert batches == [1]
    assert after.keys() - before.keys() == {"added.jpg"}
    assert all(after[path] == row for path, row in before.items())
    assert len(computed.store.ranking()) == 19


def test_image_no_longer_in_the_table_is_ranked_no_more(computed):
    lines = computed.labels_file.read_text(encoding="utf-8").splitlines(keepends=True)
    computed.labels_file.write_text("".join(lines[:-1]), encoding="utf-8")
    pipeline.run(computed)
    assert {row["path"] for row in computed.store.ranking()} == {f"{n:02}.jpg" for n in range(17)}


def test_file_with_new_content_is_embedded_anew(computed):
    before = rows_by_path(computed)
    shutil.copy(ANOTHER, computed.source / "03.jpg")
    read_images(computed)
    after = rows_by_path(computed)
    assert [path for path in before if before[path] != after[path]] == ["03.jpg"]


def test_touched_file_is_read_but_not_embedded_again(computed):
    before = rows_by_path(computed)
    os.utime(computed.source / "03.jpg", (1, 1))
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
    Auditor(computed.store).judge("03.jpg", "none")
    pipeline.run(computed)
    assert computed.store.judged_ids() == {item_id("03.jpg"): "none"}


# -- files that cannot be read ---------------------------------------------------------------


def test_damaged_file_goes_to_quarantine_and_the_run_goes_on(computed):
    add_image(computed, "bad.jpg", b"no image at all")
    pipeline.run(computed)
    (row,) = computed.store.quarantined()
    assert (row["path"], row["reason"]) == (
        "bad.jpg", "it is not an image, or of an unknown format"
    )  # fmt: skip
    assert computed.store.latest_run()["state"] == "done"
    assert len(computed.store.ranking()) == 18


def test_repaired_file_leaves_quarantine(computed):
    bad = add_image(computed, "bad.jpg", b"no image at all")
    read_images(computed)
    shutil.copy(ANOTHER, bad)
    read_images(computed)
    assert computed.store.quarantined() == []
    assert "bad.jpg" in embedded_paths(computed)


def test_file_damaged_later_is_left_out_and_comes_back_as_it_was(computed):
    before = rows_by_path(computed)
    file = computed.source / "03.jpg"
    good = file.read_bytes()
    file.write_bytes(good[: len(good) // 2])
    read_images(computed)
    assert "03.jpg" not in embedded_paths(computed)
    file.write_bytes(good)
    read_images(computed)
    assert "03.jpg" in embedded_paths(computed)
    assert rows_by_path(computed) == before


@pytest.mark.parametrize("path", ["../secret.jpg", "link.jpg"])
def test_path_out_of_the_source_goes_to_quarantine(computed, path):
    secret = computed.folder.parent / "secret.jpg"
    shutil.copy(ANOTHER, secret)
    (computed.source / "link.jpg").symlink_to(secret)
    with computed.labels_file.open("a", encoding="utf-8") as table:
        table.write(f",{path},emu,\n")
    read_images(computed)
    (row,) = computed.store.quarantined()
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
    (source / "b" / "0005.jpg").write_bytes(b"damaged")
    return source


@pytest.fixture(scope="module")
def uninterrupted(many_pictures, tmp_path_factory):
    audit = Audit.create(tmp_path_factory.mktemp("whole") / "audit", many_pictures)
    read_images(audit)
    return audit.embeddings_file.read_bytes()


def test_embedding_stopped_in_the_middle_goes_on_to_the_same_bytes(
    many_pictures, uninterrupted, tmp_path
):
    audit = Audit.create(tmp_path / "audit", many_pictures)
    seen = []

    def stop(done, total):
        seen.append(done)
        if 0 < done < total:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            read_images(audit, stop)
    read_images(audit, lambda done, total: seen.append(done))
    assert max(seen[:3]) < seen[-1] == 240
    assert len(audit.store.quarantined()) == 1
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
    read_images(audit)
    assert audit.embeddings_file.read_bytes() == uninterrupted


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
    shutil.copy(ANOTHER, tmp_path / "source" / "cat")
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 1


def test_two_images_of_two_classes_are_an_audit(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "source" / name).mkdir(parents=True)
        shutil.copy(ANOTHER, tmp_path / "source" / name)
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 2


def test_unlabelled_images_are_on_the_map_but_not_ranked(picture_folder, tmp_path):
    import pandas as pd

    shutil.copy(ANOTHER, picture_folder / "loose.jpg")
    audit = Audit.create(tmp_path / "audit", picture_folder)
    pipeline.run(audit)
    assert audit.store.counts()["unlabelled"] == 1
    assert "loose.jpg" not in {row["path"] for row in audit.store.ranking()}
    assert item_id("loose.jpg") in set(pd.read_parquet(audit.map_file)["id"])


def test_no_labelled_image_that_can_be_read_is_told_in_a_sentence(tmp_path):
    (tmp_path / "source" / "cat").mkdir(parents=True)
    (tmp_path / "source" / "cat" / "bad.jpg").write_bytes(b"damaged")
    shutil.copy(ANOTHER, tmp_path / "source")
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    with pytest.raises(SourceError, match="label"):
        pipeline.run(audit)


def test_names_that_are_not_ascii_are_kept(tmp_path):
    (tmp_path / "source" / "Übergröße 猫").mkdir(parents=True)
    shutil.copy(ANOTHER, tmp_path / "source" / "Übergröße 猫" / "é 1.jpg")
    audit = Audit.create(tmp_path / "audit", tmp_path / "source")
    read_images(audit)
    assert embedded_paths(audit) == {"Übergröße 猫/é 1.jpg"}
    assert set(audit.store.class_names().values()) == {"Übergröße 猫"}
