import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.audit import Audit, item_id
from core.demo import DEMO
from core.embedding.choice import EmbeddingChoice
from core.ingest import images
from core.ingest.readers import SourceError, source_of
from core.neighbors import LIST_LENGTH, HalfWhitening, nearest
from tests.core.conftest import ROOT
from tests.core.making import (
    ANOTHER,
    Auditor,
    add_image,
    embedded_paths,
    read_images,
    rows_by_path,
    steps,
)


@pytest.fixture
def audit(picture_folder, tmp_path):
    """Eighteen photographs in three class folders, not yet computed."""
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    yield audit
    audit.store.close()


# -- results of a run -----------------------------------------------------------------------


def test_run_does_every_step(computed):
    assert list(steps(computed)) == ["list", "embed", "neighbors", "evidence", "findings", "map"]
    assert set(steps(computed).values()) == {"done"}
    assert computed.store.latest_run()["state"] == "done"


def test_run_embeds_every_image(computed):
    embeddings = np.load(computed.embeddings_file)
    assert (embeddings.shape, embeddings.dtype) == ((18, 1280 + 320 + 192 + 112), np.float16)
    assert computed.layer_widths == (1280, 320, 192, 112)
    assert (np.abs(embeddings).sum(axis=1) > 0).all()


def test_run_ranks_every_image(computed):
    rows = computed.store.ranking()
    assert {row["id"] for row in rows} == {f["id"] for f in computed.store.listed_files()}
    assert all(0 <= row["suspicion"] <= 1 for row in rows)


def test_probabilities_of_an_item_sum_to_one(computed):
    sums = computed.evidence().top_probabilities.astype(np.float32).sum(axis=1)
    np.testing.assert_allclose(sums, 1, atol=0.01)


def test_no_image_is_its_own_neighbor(computed):
    graph = computed.neighbors()
    assert graph.indices.shape == (18, 17)
    assert not (graph.indices == np.arange(18)[:, None]).any()


def test_map_has_a_place_for_every_image(computed):
    import pandas as pd

    frame = pd.read_parquet(computed.map_file)
    assert sorted(frame["id"]) == sorted(f["id"] for f in computed.store.listed_files())
    assert np.isfinite(frame[["x", "y"]].to_numpy()).all()


def test_every_image_has_a_thumbnail(computed):
    for item in computed.store.embedded_items():
        with Image.open(computed.thumbnail_file(item.content_hash)) as thumbnail:
            assert max(thumbnail.size) <= images.SMALL_SIDE


def test_run_leaves_no_partial_files(computed):
    assert not list(computed.folder.rglob("*.partial*"))


# -- the second run -------------------------------------------------------------------------


def test_run_again_skips_every_step_but_the_listing(computed):
    pipeline.run(computed)
    assert steps(computed) == {
        "list": "done", "embed": "skipped", "neighbors": "skipped",
        "evidence": "skipped", "findings": "skipped", "map": "skipped",
    }  # fmt: skip


def test_changed_label_redoes_only_the_evidence_and_the_findings(computed):
    text = computed.source.labels.read_text(encoding="utf-8")
    computed.source.labels.write_text(text.replace("12.jpg,lotus", "12.jpg,emu"), encoding="utf-8")
    pipeline.run(computed)
    assert steps(computed) == {
        "list": "done", "embed": "skipped", "neighbors": "skipped",
        "evidence": "done", "findings": "done", "map": "skipped",
    }  # fmt: skip
    assert {row["given"] for row in computed.store.ranking() if row["path"] == "12.jpg"} == {"emu"}


def test_image_no_longer_in_the_table_is_ranked_no_more(computed):
    lines = computed.source.labels.read_text(encoding="utf-8").splitlines(keepends=True)
    computed.source.labels.write_text("".join(lines[:-1]), encoding="utf-8")
    pipeline.run(computed)
    assert {row["path"] for row in computed.store.ranking()} == {f"{n:02}.jpg" for n in range(17)}


@pytest.mark.parametrize(
    ("name", "step"),
    [("embeddings.npy", "embed"), ("neighbors", "neighbors"),
     ("neighbors/similarities.npy", "neighbors"), ("evidence.npz", "evidence"),
     ("map.parquet", "map")],
)  # fmt: skip
def test_deleted_result_is_computed_again(computed, name, step):
    before = rows_by_path(computed)
    path = computed.folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    pipeline.run(computed)
    states = steps(computed)
    assert states.pop(step) == "done"
    assert set(states.values()) == {"done", "skipped"}
    assert (computed.folder / name).exists()
    assert rows_by_path(computed) == before


def test_copies_across_labels_and_splits_are_found(computed):
    """A copy of an emu, byte by byte, that is labeled lotus and lies in the other split."""
    lines = computed.source.labels.read_text(encoding="utf-8").splitlines()
    rows = [
        f"{line},{split}" for line, split in zip(lines, ["Split", *["train"] * 18], strict=True)
    ]
    rows.append("a copy,copy.jpg,lotus,,Test")
    computed.source.labels.write_text("\n".join(rows), encoding="utf-8")
    shutil.copy(computed.source.path / "15.jpg", computed.source.path / "copy.jpg")
    pipeline.run(computed)
    for kind in ("conflicts", "leakage", "duplicates"):
        found = computed.store.findings(kind)[:2]
        assert {(row["path"], row["match"]) for row in found} == {
            ("15.jpg", "exact"), ("copy.jpg", "exact"),
        }  # fmt: skip
    assert computed.store.splits() == ["test", "train"]


def test_a_split_that_changes_is_found_without_computing_anything_else(computed):
    lines = computed.source.labels.read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{'split' if at == 0 else 'train'}" for at, line in enumerate(lines)]
    computed.source.labels.write_text("\n".join(rows), encoding="utf-8")
    pipeline.run(computed)
    states = steps(computed)
    assert (states.pop("list"), states.pop("findings")) == ("done", "done")
    assert set(states.values()) == {"skipped"}


def neighbors(audit):
    """The stored arrays by name, and the whitening's bytes."""
    found = {path.name: np.load(path) for path in audit.neighbors_folder.glob("*.npy")}
    return found | {"whitening": (audit.neighbors_folder / "whitening.npz").read_bytes()}


def is_graph_of_its_vectors(audit):
    table = audit.neighbors()
    assert table.ids.tolist() == [item.id for item in audit.store.embedded_items()]
    exact = nearest(table.vectors, LIST_LENGTH)
    np.testing.assert_array_equal(table.indices, exact.indices)
    np.testing.assert_allclose(table.similarities, exact.similarities, atol=1e-6)


def test_a_new_image_updates_the_neighbors(computed):
    before = neighbors(computed)
    add_image(computed, "new.jpg")
    pipeline.run(computed)
    is_graph_of_its_vectors(computed)
    after = neighbors(computed)
    assert after["whitening"] == before["whitening"]
    np.testing.assert_array_equal(after["vectors.npy"][:18], before["vectors.npy"])
    assert len(after["ids.npy"]) == 19
    assert computed.store.latest_run()["steps"][2]["done"] == 19


def test_replaced_image_has_other_neighbors(computed):
    before = neighbors(computed)
    (computed.source.path / "03.jpg").write_bytes(ANOTHER.read_bytes())
    pipeline.run(computed)
    is_graph_of_its_vectors(computed)
    after = neighbors(computed)
    assert after["whitening"] == before["whitening"]
    same = (after["vectors.npy"] == before["vectors.npy"]).all(axis=1)
    row = computed.neighbors().ids.tolist().index(item_id("03.jpg"))
    assert np.flatnonzero(~same).tolist() == [row]


def test_many_new_images_refit_the_whitening(computed):
    before = neighbors(computed)
    for number, photograph in enumerate(sorted((DEMO / "images").glob("*.jpg"))[40:44]):
        add_image(computed, f"new {number}.jpg", photograph.read_bytes())
    pipeline.run(computed)
    is_graph_of_its_vectors(computed)
    assert neighbors(computed)["whitening"] != before["whitening"]


def test_neighbors_of_an_earlier_version_are_computed_again(computed):
    computed.store.set_fingerprint("neighbors", "of version 1")
    shutil.rmtree(computed.neighbors_folder)
    np.savez(computed.folder / "neighbors.npz", ids=np.zeros(18))
    pipeline.run(computed)
    is_graph_of_its_vectors(computed)
    assert not (computed.folder / "neighbors.npz").exists()


@pytest.mark.parametrize("moment", ["graph_of", "write_info"])
def test_a_run_killed_while_computing_neighbors_resumes_to_the_same_graph(
    computed, tmp_path, moment
):
    """Killed at one of two moments: before the first list is written, and after the last."""
    add_image(computed, "new.jpg")
    clean = tmp_path / "clean"
    shutil.copytree(computed.folder, clean)
    before = neighbors(computed)
    module = {"graph_of": "updating", "write_info": "refreshing"}[moment]
    code = (
        "import os, signal, sys; from pathlib import Path; from core import pipeline;"
        f" from core.audit import Audit; from core.neighbors import {module};"
        f" {module}.{moment} = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        " pipeline.run(Audit(Path(sys.argv[1])))"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(computed.folder)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert (computed.folder / "neighbors.partial").exists()
    for name, array in neighbors(computed).items():
        np.testing.assert_array_equal(array, before[name])
    pipeline.run(computed)
    pipeline.run(Audit(clean))
    for name, array in neighbors(computed).items():
        np.testing.assert_array_equal(array, neighbors(Audit(clean))[name])
    assert not (computed.folder / "neighbors.partial").exists()


def test_verdicts_stay_through_a_run(computed):
    Auditor(computed.store).judge("03.jpg", "none")
    pipeline.run(computed)
    assert computed.store.judged_ids() == {item_id("03.jpg"): "none"}


def test_source_that_is_gone_fails_with_a_reason(audit):
    audit.source.path.rename(audit.source.path.with_name("elsewhere"))
    with pytest.raises(SourceError):
        pipeline.run(audit)
    run = audit.store.latest_run()
    assert (run["state"], steps(audit)["list"]) == ("failed", "failed")
    assert run["message"].startswith("There is no folder")


def test_an_interrupted_run_records_why_it_ended(audit, monkeypatch):
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
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 6
    assert {row["suggested"] for row in audit.store.ranking()} == {None}
    assert audit.store.counts()["suspects"] == 0


def test_single_image_is_an_audit(tmp_path):
    (tmp_path / "source" / "cat").mkdir(parents=True)
    shutil.copy(ANOTHER, tmp_path / "source" / "cat")
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source"))
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 1


def test_two_images_of_two_classes_are_an_audit(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "source" / name).mkdir(parents=True)
        shutil.copy(ANOTHER, tmp_path / "source" / name)
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source"))
    pipeline.run(audit)
    assert len(audit.store.ranking()) == 2


def test_unlabeled_images_are_on_the_map_but_not_ranked(picture_folder, tmp_path):
    import pandas as pd

    shutil.copy(ANOTHER, picture_folder / "loose.jpg")
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    pipeline.run(audit)
    assert audit.store.counts()["unlabeled"] == 1
    assert "loose.jpg" not in {row["path"] for row in audit.store.ranking()}
    assert item_id("loose.jpg") in set(pd.read_parquet(audit.map_file)["id"])


def test_no_readable_labeled_image_is_an_error(tmp_path):
    (tmp_path / "source" / "cat").mkdir(parents=True)
    (tmp_path / "source" / "cat" / "bad.jpg").write_bytes(b"damaged")
    shutil.copy(ANOTHER, tmp_path / "source")
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source"))
    with pytest.raises(SourceError, match="label"):
        pipeline.run(audit)


def test_names_that_are_not_ascii_are_preserved(tmp_path):
    (tmp_path / "source" / "Übergröße 猫").mkdir(parents=True)
    shutil.copy(ANOTHER, tmp_path / "source" / "Übergröße 猫" / "é 1.jpg")
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "source"))
    read_images(audit)
    assert embedded_paths(audit) == {"Übergröße 猫/é 1.jpg"}
    assert set(audit.store.class_names().values()) == {"Übergröße 猫"}


def test_audit_of_an_earlier_version_keeps_its_rows_and_its_vectors(computed):
    pipeline.run(computed, EmbeddingChoice())
    rows = np.load(computed.embeddings_file)
    assert (rows.shape, computed.layer_widths) == ((18, 1280), ())
    earlier = {**EmbeddingChoice().to_setting(), "layer": None}
    assert computed.store.setting("embedding") == earlier
    items = computed.store.embedded_items()
    at = np.array([item.row for item in items])
    expected = HalfWhitening().fit(rows, at).transform_to(None, rows, at)
    vectors = computed.neighbors().vectors
    assert vectors.tobytes() == expected.tobytes()
    pipeline.run(computed)
    assert steps(computed) == dict.fromkeys(steps(computed), "skipped") | {"list": "done"}
    assert np.load(computed.embeddings_file).tobytes() == rows.tobytes()


def test_embedding_alone_is_the_beginning_of_a_row_with_layers(computed):
    several = np.load(computed.embeddings_file)
    pipeline.run(computed, EmbeddingChoice(), last="embed")
    assert np.load(computed.embeddings_file).tobytes() == several[:, :1280].tobytes()
