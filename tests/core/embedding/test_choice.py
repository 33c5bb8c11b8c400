import pytest

from core.audit import Audit, fingerprint
from core.embedding.choice import (
    BY_SIZE,
    DEFAULT_BACKBONE,
    SEVERAL,
    VARIABLE,
    EmbeddingChoice,
    file_hash,
)
from core.embedding.network import BackboneError
from core.ingest.readers import source_of


@pytest.fixture
def files(tmp_path):
    for name in ("model.keras", "other.keras", "weights.h5", "vectors.npz", "probabilities.npz"):
        (tmp_path / name).write_text(name)
    return {path.stem: str(path) for path in tmp_path.iterdir()}


def test_nothing_asked_for_changes_nothing():
    choice = EmbeddingChoice(backbone="resnet50")
    assert choice.updated(backbone=None, weights=None) == choice


def test_another_backbone_drops_the_options_of_the_old_one(files):
    choice = EmbeddingChoice().updated(backbone=files["model"], layer="head", pixels="unit")
    assert choice.updated(backbone="resnet50") == EmbeddingChoice("resnet50", layer=SEVERAL)


def test_another_backbone_gives_several_layers_and_the_same_what_it_gave():
    old = EmbeddingChoice()
    assert old.updated(backbone=old.backbone) == old
    assert old.updated(backbone="efficientnet_lite2").layer == SEVERAL
    assert old.updated(layer=SEVERAL).updated(backbone=old.backbone).layer == SEVERAL
    assert old.updated(layer=SEVERAL).updated(layer="embedding") == old


@pytest.mark.parametrize(
    ("layer", "has_layers"),
    [(None, False), ("head", False), (SEVERAL, True), ("embedding,conv4", True)],
)
def test_layers_are_beside_the_embedding_where_several_are_asked_for(layer, has_layers):
    assert EmbeddingChoice(layer=layer).has_layers == has_layers


def test_key_of_the_embedding_alone_is_that_of_earlier_versions():
    assert EmbeddingChoice().backbone_key() == fingerprint(2, DEFAULT_BACKBONE, [None], None, None)


def test_ready_made_embeddings_replace_the_backbone_and_predictions_stay(files):
    choice = EmbeddingChoice().updated(backbone="resnet50", predictions=files["probabilities"])
    assert choice.updated(embeddings=files["vectors"]) == EmbeddingChoice(
        embeddings=files["vectors"], predictions=files["probabilities"]
    )


def test_files_are_remembered_by_their_whole_path(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    choice = EmbeddingChoice().updated(backbone="model.keras", predictions="probabilities.npz")
    assert choice.backbone == files["model"]
    assert choice.predictions == files["probabilities"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backbone": "resnet50", "embeddings": "vectors"}, "leave out --backbone"),
        ({"embeddings": "vectors", "layer": "head"}, "leave out --backbone"),
        ({"backbone": "model", "weights": "weights"}, "leave out --weights"),
        ({"backbone": "resnet50", "pixels": "unit"}, "for a model file"),
        ({"weights": "/nowhere/w.h5"}, "There is no file /nowhere/w.h5"),
        ({"backbone": "/nowhere/m.keras"}, "There is no file"),
        ({"embeddings": "/nowhere/e.npy"}, "There is no file"),
    ],
)
def test_incompatible_options_are_an_error(files, options, message):
    options = {key: files.get(value, value) for key, value in options.items()}
    with pytest.raises(BackboneError, match=message):
        EmbeddingChoice().updated(**options)


def test_options_of_a_backbone_for_ready_made_embeddings_are_refused(files):
    choice = EmbeddingChoice().updated(embeddings=files["vectors"])
    with pytest.raises(BackboneError, match="ready-made"):
        choice.updated(layer="head")


def test_saved_model_folder_is_a_file(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "saved_model.pb").touch()
    monkeypatch.chdir(tmp_path)
    choice = EmbeddingChoice().updated(backbone="mine")
    assert choice.is_file
    assert choice.described == "mine"


@pytest.mark.parametrize("name", ["resnet50", "efficientnetv2-b0", "hub:dinov2_small"])
def test_name_is_no_file(name):
    assert not EmbeddingChoice(backbone=name).is_file


def test_key_changes_with_the_model_and_its_options(files, tmp_path):
    def key(**options):
        return EmbeddingChoice(**options).backbone_key()

    keys = [
        key(),
        key(backbone="resnet50"),
        key(backbone="resnet50", weights=files["weights"]),
        key(backbone=files["model"]),
        key(backbone=files["other"]),
        key(backbone=files["model"], layer="head"),
        key(backbone=files["model"], layer="head,conv"),
        key(layer=SEVERAL),
        key(backbone=files["model"], pixels="unit"),
    ]
    assert len(set(keys)) == len(keys)
    (tmp_path / "model.keras").write_text("trained further")
    assert key(backbone=files["model"]) != keys[3]


def test_key_stays_when_a_model_is_moved_or_predictions_are_added(files, tmp_path):
    before = EmbeddingChoice(backbone=files["model"]).backbone_key()
    moved = tmp_path / "moved.keras"
    (tmp_path / "model.keras").rename(moved)
    after = EmbeddingChoice(backbone=str(moved), predictions=files["probabilities"])
    assert after.backbone_key() == before


def test_the_hash_of_a_folder_depends_on_names_and_contents(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_text("same")
    same = file_hash(tmp_path / "a")
    assert same == file_hash(tmp_path / "b")
    (tmp_path / "b" / "deep" / "file").rename(tmp_path / "b" / "file")
    assert file_hash(tmp_path / "b") != same


def test_choice_is_remembered_with_the_audit(picture_folder, tmp_path):
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    assert EmbeddingChoice.of(audit) == EmbeddingChoice.default()
    choice = EmbeddingChoice(backbone="resnet50", predictions="/p.npz")
    audit.store.set_settings({"embedding": choice.to_setting()})
    assert EmbeddingChoice.of(audit) == choice
    audit.store.close()


def test_default_is_chosen_by_size_unless_the_environment_names_one(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    assert EmbeddingChoice.default() == EmbeddingChoice(BY_SIZE, layer=SEVERAL)
    monkeypatch.setenv(VARIABLE, "resnet50")
    assert EmbeddingChoice.default() == EmbeddingChoice("resnet50", layer=SEVERAL)


def test_an_audit_that_was_embedded_before_choices_were_stored_has_the_first_default(
    picture_folder, tmp_path
):
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    audit.store.set_fingerprint("embeddings", "an earlier key")
    assert EmbeddingChoice.of(audit) == EmbeddingChoice()
    audit.store.close()
