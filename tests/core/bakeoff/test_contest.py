"""The data of a bake-off: the sample and its embeddings."""

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import Audit, AuditError
from core.bakeoff.contest import contest, stratified_sample
from core.embedding.given.given_arrays import GivenFileError
from core.ingest.readers import source_of
from core.neighbors import HalfWhitening
from core.neighbors.graph_folder import WHITENING
from tests.core.making import embedded_paths


@given(st.lists(st.integers(0, 5), max_size=200), st.integers(1, 100))
def test_sample_holds_every_class_in_its_share(classes, size):
    classes = np.array(classes, dtype=np.int64)
    chosen = stratified_sample(classes, size)
    assert (np.diff(chosen) > 0).all()
    assert (chosen == stratified_sample(classes, size)).all()
    if len(classes) <= size:
        assert len(chosen) == len(classes)
    for label in np.unique(classes):
        there = (classes == label).sum()
        drawn = (classes[chosen] == label).sum()
        assert drawn >= min(2, there)
        assert drawn <= max(2, size * there / len(classes) + 1) or len(classes) <= size


def test_audit_that_is_not_ranked_is_refused(picture_folder, tmp_path):
    audit = Audit.create(tmp_path / "audit", source_of(picture_folder))
    with pytest.raises(AuditError, match="is not ranked yet"):
        contest(audit, 100, {})


def test_audit_is_tried_in_its_own_embeddings(short):
    chosen = contest(short, 100, {})
    (view,) = chosen.views
    assert view.name == "efficientnet_lite0"
    assert view.vectors.shape == (18, 16)
    assert (chosen.n_classes, chosen.n_labeled, len(chosen.items)) == (2, 18, 18)
    assert view.features().graph.indices.shape == (18, 17)


def test_what_it_is_made_from_changes_with_the_labels(short):
    before = contest(short, 100, {}).made_from()
    assert contest(short, 100, {}).made_from() == before
    rows = short.store.input_rows()
    labels = [row["given"] for row in rows]
    labels[0] = "emu" if labels[0] == "lotus" else "lotus"
    short.store.replace_listing(
        {"id": r["id"], "path": r["path"], "label": label, "fields": {}, "position": n}
        for n, (r, label) in enumerate(zip(rows, labels, strict=True))
    )
    assert contest(short, 100, {}).made_from() != before


def test_embeddings_of_a_file_follow_the_paths(short, tmp_path):
    paths = sorted(embedded_paths(short), reverse=True)
    vectors = np.array([[int(path[:2]), 1.0] for path in paths])
    np.savez(tmp_path / "mine.npz", path=np.array(paths), embeddings=vectors)
    chosen = contest(short, 100, {"mine": str(tmp_path / "mine.npz")})
    own, mine = chosen.views
    by_id = {row["id"]: row["path"] for row in short.store.input_rows()}
    assert [int(by_id[item.id][:2]) for item in chosen.items] == mine.vectors[:, 0].tolist()
    assert mine.key != own.key


def test_embeddings_of_a_file_that_lacks_items_are_refused(short, tmp_path):
    np.savez(tmp_path / "few.npz", path=np.array(["00.jpg"]), embeddings=np.ones((1, 3)))
    with pytest.raises(GivenFileError):
        contest(short, 100, {"few": str(tmp_path / "few.npz")})


@pytest.fixture
def twin(short, tmp_path):
    """Another audit of the same images."""
    shutil.copytree(short.folder, tmp_path / "twin")
    audit = Audit(tmp_path / "twin")
    yield audit
    audit.store.close()


def test_embeddings_of_another_audit_are_taken_by_id(short, twin):
    rows = np.load(twin.embeddings_file)
    np.save(twin.embeddings_file, rows[:, :4])
    own, other = contest(short, 100, {"twin": str(twin.folder)}).views
    assert (own.vectors[:, :4] == other.vectors).all()


def test_name_of_the_audits_own_embeddings_is_taken(short, twin):
    with pytest.raises(AuditError, match="own embeddings are named efficientnet_lite0"):
        contest(short, 100, {"efficientnet_lite0": str(twin.folder)})


def test_another_audit_of_other_pictures_is_refused(short, twin):
    item = twin.store.ranking(1)[0]
    found = twin.store.items([item["id"]])[item["id"]]
    twin.store.record_files([found | {"content_hash": "another"}], {})
    with pytest.raises(AuditError, match=r"lacks 1 of the sampled images"):
        contest(short, 100, {"twin": str(twin.folder)})


def test_audit_is_tried_in_the_layers_that_it_has_chosen(ranked):
    (view,) = contest(ranked, 100, {}).views
    fitted = HalfWhitening.load(ranked.neighbors_folder / WHITENING)
    assert view.whitening.parts == fitted.parts
    assert view.whitening.n_components == fitted.n_components
    np.testing.assert_allclose(
        view.features().vectors, ranked.neighbors().vectors.astype(np.float32), atol=2e-3
    )
