import os
import shutil

import numpy as np
import pytest

from core import pipeline
from core.audit import Audit, item_id
from core.demo import DEMO
from core.embedding import runner
from core.embedding.backbone import Backbone
from core.embedding.choice import EmbeddingChoice
from core.embedding.engine import Outputs, Shape
from core.embedding.network import BackboneError
from core.ingest.readers import source_of
from tests.core.making import (
    ANOTHER,
    Auditor,
    add_image,
    embedded_paths,
    read_images,
    rows_by_path,
    steps,
    verdict_log,
)

# -- only what is new ------------------------------------------------------------------------


def test_added_file_is_the_only_one_embedded(computed, counting):
    before = rows_by_path(computed)
    add_image(computed, "added.jpg")
    pipeline.run(computed)
    after = rows_by_path(computed)
    assert counting.images == 1
    assert after.keys() - before.keys() == {"added.jpg"}
    assert all(after[path] == row for path, row in before.items())
    assert len(computed.store.ranking()) == 19


def test_file_with_new_content_is_embedded_anew(computed):
    before = rows_by_path(computed)
    shutil.copy(ANOTHER, computed.source.path / "03.jpg")
    read_images(computed)
    after = rows_by_path(computed)
    assert [path for path in before if before[path] != after[path]] == ["03.jpg"]


def test_touched_file_is_read_but_not_embedded_again(computed, counting):
    before = rows_by_path(computed)
    os.utime(computed.source.path / "03.jpg", (1, 1))
    pipeline.run(computed)
    assert rows_by_path(computed) == before
    assert steps(computed)["evidence"] == "skipped"
    assert counting.images == 0


def test_copy_of_a_known_image_is_not_embedded_again(computed, counting):
    add_image(computed, "copy.jpg", (computed.source.path / "03.jpg").read_bytes())
    read_images(computed)
    rows = rows_by_path(computed)
    assert rows["copy.jpg"] == rows["03.jpg"]
    assert counting.images == 0


def rename(audit, old, new):
    (audit.source.path / old).rename(audit.source.path / new)
    table = audit.source.labels
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace(f",{old},", f",{new},"), encoding="utf-8")


def test_renamed_image_is_not_embedded_again(computed, counting):
    before = rows_by_path(computed)
    rename(computed, "03.jpg", "moved.jpg")
    read_images(computed)
    assert rows_by_path(computed)["moved.jpg"] == before["03.jpg"]
    assert counting.images == 0


def test_images_that_swap_their_names_swap_their_embeddings(computed):
    before = rows_by_path(computed)
    rename(computed, "03.jpg", "between.jpg")
    rename(computed, "04.jpg", "03.jpg")
    rename(computed, "between.jpg", "04.jpg")
    read_images(computed)
    after = rows_by_path(computed)
    assert (after["03.jpg"], after["04.jpg"]) == (before["04.jpg"], before["03.jpg"])


def test_removed_image_has_no_embedding_and_has_it_again_when_it_is_back(computed, counting):
    before = rows_by_path(computed)
    table = computed.source.labels.read_text(encoding="utf-8")
    computed.source.labels.write_text(
        "".join(line for line in table.splitlines(keepends=True) if "03.jpg" not in line),
        encoding="utf-8",
    )
    read_images(computed)
    assert "03.jpg" not in embedded_paths(computed)
    computed.source.labels.write_text(table, encoding="utf-8")
    read_images(computed)
    assert rows_by_path(computed) == before
    assert counting.images == 0


# -- verdicts follow the pictures ------------------------------------------------------------


def test_a_changed_image_loses_its_verdict_and_is_marked_outdated(computed):
    ana = Auditor(computed.store)
    ana.judge("03.jpg", "none")
    shutil.copy(ANOTHER, computed.source.path / "03.jpg")
    pipeline.run(computed)
    assert computed.store.judged_ids() == {}
    outdated = computed.store.outdated_verdicts([item_id("03.jpg")])[item_id("03.jpg")]
    assert (outdated.verdict, outdated.changed) == ("none", "image")
    assert computed.store.counts()["outdated"] == 1


def test_image_that_changes_back_has_its_verdict_again(computed):
    original = (computed.source.path / "03.jpg").read_bytes()
    Auditor(computed.store).judge("03.jpg", "none")
    shutil.copy(ANOTHER, computed.source.path / "03.jpg")
    read_images(computed)
    (computed.source.path / "03.jpg").write_bytes(original)
    read_images(computed)
    assert computed.store.judged_ids() == {item_id("03.jpg"): "none"}
    assert computed.store.outdated_verdicts([item_id("03.jpg")]) == {}


def test_verdict_follows_an_image_that_is_renamed(computed):
    Auditor(computed.store).judge("03.jpg", "relabel", ["emu"])
    rename(computed, "03.jpg", "moved.jpg")
    pipeline.run(computed)
    current = computed.store.current_verdicts()
    assert set(current) == {item_id("moved.jpg")}
    moved = current[item_id("moved.jpg")]
    assert (moved["verdict"], moved["labels"], moved["auditor"]) == ("relabel", ["emu"], "Ana")
    assert len(verdict_log(computed.store)) == 1
    assert computed.store.counts()["reviewed"] == 1


def test_verdict_is_not_copied_to_a_second_file_with_the_same_picture(computed):
    Auditor(computed.store).judge("03.jpg", "none")
    add_image(computed, "copy.jpg", (computed.source.path / "03.jpg").read_bytes())
    pipeline.run(computed)
    assert computed.store.judged_ids() == {item_id("03.jpg"): "none"}


# -- files that cannot be read ---------------------------------------------------------------


def test_damaged_file_goes_to_quarantine_and_the_run_goes_on(computed):
    add_image(computed, "bad.jpg", b"no image at all")
    pipeline.run(computed)
    (row,) = computed.store.quarantined()
    assert (row["path"], row["reason"]) == ("bad.jpg", "it is text, not an image")
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
    file = computed.source.path / "03.jpg"
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
    (computed.source.path / "link.jpg").symlink_to(secret)
    with computed.source.labels.open("a", encoding="utf-8") as table:
        table.write(f",{path},emu,\n")
    read_images(computed)
    (row,) = computed.store.quarantined()
    assert row["reason"] == "the path leads out of the source folder"


def test_a_file_with_the_wrong_extension_is_used_and_noted(computed):
    from PIL import Image

    file = add_image(computed, "really.png")
    Image.open(ANOTHER).save(file.with_suffix(".tmp"), "GIF")
    file.with_suffix(".tmp").replace(file)
    read_images(computed)
    assert "really.png" in embedded_paths(computed)
    (row,) = computed.store.notes()
    assert (row["path"], row["note"]) == (
        "really.png", "it is a GIF file, though its name ends in .png"
    )  # fmt: skip


# -- another backbone ------------------------------------------------------------------------


class Mean:
    """An engine for batches of four images that returns their mean colors, three times over."""

    batch = 4

    def run(self, pixels):
        means = pixels.mean(axis=(1, 2)).astype(np.float32)
        shares = means / means.sum(axis=1, keepdims=True)
        return Outputs(np.tile(means, 3), shares[:, :2] / shares[:, :2].sum(axis=1, keepdims=True))


@pytest.fixture
def mean_backbone(monkeypatch):
    monkeypatch.setattr(
        runner, "load_backbone", lambda choice: Backbone("mean", Shape(32, 48, 9, 2), Mean())
    )


def test_engine_that_takes_batches_embeds_every_image(computed, mean_backbone):
    read_images(computed, choice=EmbeddingChoice(backbone="mean"))
    embeddings = np.load(computed.embeddings_file)
    assert embeddings.shape == (18, 9)
    assert (embeddings > 0).all()


def test_numbers_that_float16_cannot_hold_do_not_become_infinite(
    computed, mean_backbone, monkeypatch
):
    monkeypatch.setattr(
        Mean, "run", lambda self, pixels: Outputs(np.full((len(pixels), 9), 1e9, np.float32), None)
    )
    read_images(computed, choice=EmbeddingChoice(backbone="mean"))
    assert np.isfinite(np.load(computed.embeddings_file)).all()


def test_another_backbone_embeds_all_anew_and_is_remembered(computed, mean_backbone):
    choice = EmbeddingChoice(backbone="mean")
    read_images(computed, choice=choice)
    assert EmbeddingChoice.of(computed) == choice
    assert not read_images(computed, choice=choice)


def test_probabilities_are_stored_when_there_are_as_many_as_classes(computed, mean_backbone):
    read_images(computed, choice=EmbeddingChoice(backbone="mean"))
    probabilities = np.load(computed.predictions_file)
    assert probabilities.shape == (18, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=0.01)


def test_probabilities_of_the_network_leave_those_that_were_given_alone(computed, mean_backbone):
    given = np.full((18, 2), 0.5, np.float16)
    choice = EmbeddingChoice(backbone="mean", predictions="mine.npz")
    read_images(computed, choice=choice)
    np.save(computed.predictions_file, given)
    shutil.copy(ANOTHER, computed.source.path / "03.jpg")
    read_images(computed, choice=choice)
    np.testing.assert_array_equal(np.load(computed.predictions_file), given)


def test_probabilities_over_other_classes_are_not_stored(computed):
    assert not computed.predictions_file.exists()


def test_backbone_that_cannot_be_used_changes_nothing(computed):
    before = rows_by_path(computed)
    with pytest.raises(BackboneError):
        read_images(computed, choice=EmbeddingChoice(backbone="no such network"))
    assert rows_by_path(computed) == before
    assert len(embedded_paths(computed)) == 18
    assert EmbeddingChoice.of(computed) == EmbeddingChoice.default()


def test_first_progress_comes_after_few_images(tmp_path):
    source = tmp_path / "source"
    for number in range(48):
        target = source / "ab"[number % 2] / f"{number:04}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEMO / "images" / f"{number:04}.jpg", target)
    audit = Audit.create(tmp_path / "audit", source_of(source))
    reports = []
    read_images(audit, lambda done, total: reports.append((done, total)))
    audit.store.close()
    assert reports[:2] == [(0, 48), (16, 48)]
    assert reports[-1] == (48, 48)
