import numpy as np
import pytest

from core import pipeline
from core.audit import item_id
from core.embedding.choice import EmbeddingChoice
from core.embedding.given.given_files import GivenFileError
from tests.core.making import add_image, rows_by_path, steps, write_texts

pytestmark = pytest.mark.usefixtures("map_without_umap")

RNG = np.random.default_rng(0)


@pytest.fixture
def texts(tmp_path):
    """Forty texts of two kinds, not yet computed; one file is missing."""
    audit = write_texts(tmp_path)
    yield audit
    audit.store.close()


def choice_of(audit, **files):
    home = audit.folder.parent
    return EmbeddingChoice(**{kind: str(home / name) for kind, name in files.items()})


def test_items_that_are_no_images_are_ranked_by_their_embeddings(texts):
    pipeline.run(texts, choice_of(texts, embeddings="vectors.npz"))
    assert texts.store.ranking(1)[0]["path"] == "04.txt"
    assert texts.store.counts()["ranked"] == 40
    assert texts.store.quarantined() == []


def test_items_that_are_no_images_say_so_in_a_note(texts):
    pipeline.run(texts, choice_of(texts, embeddings="vectors.npz"))
    notes = {row["path"]: row["note"] for row in texts.store.notes()}
    assert notes["00.txt"] == "no picture: it is text, not an image"
    assert notes["39.txt"] == "no picture: the file is missing"


def test_second_run_does_nothing(texts):
    choice = choice_of(texts, embeddings="vectors.npz")
    pipeline.run(texts, choice)
    pipeline.run(texts)
    assert steps(texts)["embed"] == "skipped"


def test_images_keep_their_thumbnails_beside_ready_made_embeddings(computed, tmp_path):
    vectors = {f"{number:02}.jpg": RNG.normal(size=8) for number in range(18)}
    np.savez(tmp_path / "v.npz", paths=np.array(list(vectors)), x=np.stack(list(vectors.values())))
    pipeline.run(computed, EmbeddingChoice(embeddings=str(tmp_path / "v.npz")))
    assert np.load(computed.embeddings_file).shape == (18, 8)
    for item in computed.store.embedded_items():
        assert computed.thumbnail_file(item.content_hash).exists()
    stored = rows_by_path(computed)["03.jpg"]
    np.testing.assert_allclose(
        np.frombuffer(stored, np.float16).astype(float), vectors["03.jpg"], rtol=1e-2, atol=1e-3
    )


def test_file_that_does_not_fit_changes_nothing(computed, tmp_path):
    before = rows_by_path(computed)
    np.savez(tmp_path / "v.npz", paths=np.array(["00.jpg"]), x=np.ones((1, 8)))
    with pytest.raises(GivenFileError, match="17 items without a row"):
        pipeline.run(computed, EmbeddingChoice(embeddings=str(tmp_path / "v.npz")))
    assert rows_by_path(computed) == before
    assert EmbeddingChoice.of(computed) == EmbeddingChoice.default()
    pipeline.run(computed)
    assert steps(computed)["embed"] == "skipped"


def test_an_image_added_without_an_embedding_is_an_error(computed, tmp_path):
    paths = np.array([f"{number:02}.jpg" for number in range(18)])
    np.savez(tmp_path / "v.npz", paths=paths, x=RNG.normal(size=(18, 8)))
    choice = EmbeddingChoice(embeddings=str(tmp_path / "v.npz"))
    pipeline.run(computed, choice)
    add_image(computed, "added.jpg")
    with pytest.raises(GivenFileError, match=r"1 item without a row \(added.jpg\)"):
        pipeline.run(computed)


def test_bundled_backbone_can_be_returned_to(computed, tmp_path):
    before = rows_by_path(computed)
    paths = np.array([f"{number:02}.jpg" for number in range(18)])
    np.savez(tmp_path / "v.npz", paths=paths, x=RNG.normal(size=(18, 8)))
    pipeline.run(computed, EmbeddingChoice(embeddings=str(tmp_path / "v.npz")))
    assert rows_by_path(computed) != before
    pipeline.run(computed, EmbeddingChoice.default())
    assert rows_by_path(computed) == before


def test_predictions_are_stored_by_item(texts):
    choice = choice_of(texts, embeddings="vectors.npz", predictions="probabilities.npz")
    pipeline.run(texts, choice)
    table = texts.predictions()
    assert table.classes == ["joy", "woe"]
    rows = {item["id"]: item["row"] for item in texts.store.wanted_rows()}
    assert table.probabilities[rows[item_id("01.txt")], 0] == np.float16(0.9)
    assert table.probabilities[rows[item_id("02.txt")], 0] == np.float16(0.2)
    assert EmbeddingChoice.of(texts) == choice


def test_predictions_that_do_not_fit_are_refused(texts, tmp_path):
    np.savez(
        tmp_path / "bad.npz",
        paths=np.array(["00.txt"]),
        probabilities=np.array([[1.0, 0.0]]),
        classes=np.array(["joy", "woe"]),
    )
    with pytest.raises(GivenFileError, match="39 items without a row"):
        pipeline.run(texts, choice_of(texts, embeddings="vectors.npz", predictions="bad.npz"))
    assert texts.predictions() is None
