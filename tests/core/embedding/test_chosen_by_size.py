from types import SimpleNamespace

import numpy as np
import pytest

from core import pipeline
from core.audit import Audit
from core.embedding import chosen_by_size
from core.embedding.backbone import Backbone, load_backbone
from core.embedding.choice import (
    BETTER_BACKBONE,
    BY_SIZE,
    DEFAULT_BACKBONE,
    SEVERAL,
    VARIABLE,
    EmbeddingChoice,
)
from core.embedding.engine import Outputs, Shape
from core.embedding.expected_time import MOST_SECONDS, PATIENCE, name_by_size
from core.ingest.readers import source_of
from tests.core.making import records

OPEN = EmbeddingChoice(BY_SIZE, layer=SEVERAL)


@pytest.fixture
def audit(picture_folder, tmp_path, monkeypatch):
    """Eighteen listed images, in a home of their own."""
    monkeypatch.setenv("SECOND_LOOK_HOME", str(tmp_path / "home"))
    made = Audit.create(tmp_path / "home" / "audit", source_of(picture_folder))
    paths = [str(path.relative_to(picture_folder)) for path in picture_folder.rglob("*.jpg")]
    made.store.replace_listing(records(dict.fromkeys(paths, "x")))
    yield made
    made.store.close()


def rate_of(images_a_second, monkeypatch):
    monkeypatch.setattr(chosen_by_size, "tried_rate", lambda backbone: images_a_second)


def test_better_network_is_taken_where_it_takes_minutes(audit, monkeypatch):
    rate_of(18 / MOST_SECONDS, monkeypatch)
    choice, note = chosen_by_size.settled(audit, OPEN)
    assert choice == EmbeddingChoice(BETTER_BACKBONE, layer=SEVERAL)
    assert note == (
        "efficientnet_lite2 embeds 18 images: that, at 0.06 a second, takes about 5 minutes."
    )


def test_fastest_network_is_taken_beyond_and_the_note_says_how_to_change_that(audit, monkeypatch):
    rate_of(17 / MOST_SECONDS, monkeypatch)
    choice, note = chosen_by_size.settled(audit, OPEN)
    assert choice == EmbeddingChoice(DEFAULT_BACKBONE, layer=SEVERAL)
    assert "--backbone efficientnet_lite2" in note
    assert len(note) < 300


def test_audit_that_somebody_waits_for_has_a_limit_of_its_own(audit, monkeypatch):
    rate_of(1.0, monkeypatch)
    audit.store.set_settings({PATIENCE: 10.0})
    assert chosen_by_size.settled(audit, OPEN)[0].backbone == DEFAULT_BACKBONE


def test_what_was_measured_here_counts_before_a_trial(audit, monkeypatch):
    pace = SimpleNamespace(rate=1.0, other=0.0)
    monkeypatch.setattr(chosen_by_size, "measured_pace", lambda audits, backbone: pace)
    monkeypatch.setattr(chosen_by_size, "tried_rate", None)
    assert chosen_by_size.settled(audit, OPEN)[0].backbone == BETTER_BACKBONE


def test_a_network_that_was_named_is_left_alone(audit, monkeypatch):
    monkeypatch.setattr(chosen_by_size, "tried_rate", None)
    choice = EmbeddingChoice("resnet50")
    assert chosen_by_size.settled(audit, choice) == (choice, "")


def test_limit_is_of_seconds():
    assert name_by_size(100, 10.0, 10.0) == BETTER_BACKBONE
    assert name_by_size(101, 10.0, 10.0) == DEFAULT_BACKBONE


@pytest.mark.parametrize("batch", [1, 4])
def test_trial_counts_images_of_all_batches(batch):
    class Slow:
        def __init__(self):
            self.batch = batch
            self.images = 0

        def run(self, pixels):
            self.images += len(pixels)
            return Outputs(np.zeros((len(pixels), 3), np.float32), None)

    engine = Slow()
    rate = chosen_by_size.tried_rate(Backbone("slow", Shape(8, 8, 3, 0), engine))
    assert rate > 0
    assert engine.images % batch == 0


def test_chosen_network_is_stored_and_not_chosen_again(audit, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    rate_of(1000.0, monkeypatch)
    pipeline.run(audit, last="embed")
    assert EmbeddingChoice.of(audit) == EmbeddingChoice(BETTER_BACKBONE, layer=SEVERAL)
    rate_of(1e-9, monkeypatch)
    pipeline.run(audit, last="embed")
    assert EmbeddingChoice.of(audit).backbone == BETTER_BACKBONE


def test_the_better_network_gives_rows_of_its_layers():
    backbone = load_backbone(EmbeddingChoice(BETTER_BACKBONE, layer=SEVERAL))
    pixels = np.zeros((1, backbone.shape.height, backbone.shape.width, 3), np.uint8)
    row = backbone.engine.run(pixels).embeddings
    assert row.shape == (1, sum(backbone.shape.widths))
