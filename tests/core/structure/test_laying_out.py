"""Layouts are made once, kept while nothing changes, and added to without moving anything."""

from dataclasses import replace

import numpy as np
import pytest

from core.audit import AuditError
from core.jobs.progress import recorded_run
from core.structure import laying_out
from core.structure.laying_out import (
    LaidOut,
    fit_to_square,
    forget_layout,
    lay_out,
    layout_arguments,
    summary,
)
from core.structure.layout_files import layout, layout_file, layouts, positions, read_layout
from core.structure.projections import LAYOUTS
from tests.core.structure.drawn_audits import items_of


def places(audit, key="umap"):
    ids, xy = positions(audit, key)
    return dict(zip(ids.tolist(), xy.tolist(), strict=True))


def test_a_second_time_nothing_is_done(audit):
    assert lay_out(audit) == LaidOut("umap", "made")
    before = layout_file(audit, "umap").read_bytes()
    assert lay_out(audit) == LaidOut("umap", "unchanged")
    assert layout_file(audit, "umap").read_bytes() == before
    assert not layout(audit, "umap").is_stale


def test_a_layout_knows_how_many_neighbors_it_keeps(audit):
    lay_out(audit)
    assert 0.05 < layout(audit, "umap").kept < 1


def test_it_is_made_again_when_asked_to_the_same_positions(audit):
    lay_out(audit)
    before = places(audit)
    assert lay_out(audit, anew=True).state == "made"
    assert places(audit) == before


def test_a_deleted_or_damaged_layout_is_made_again(audit):
    lay_out(audit, "pca")
    before = places(audit, "pca")
    for damage in (lambda file: file.unlink(), lambda file: file.write_bytes(b"PAR1")):
        damage(layout_file(audit, "pca"))
        assert lay_out(audit, "pca").state == "made"
        assert places(audit, "pca") == before


def test_new_items_are_placed_and_nothing_moves(drawn_audit, plain_map):
    items = items_of(120)
    first = dict(list(items.items())[:100])
    audit = drawn_audit.show(first)
    lay_out(audit)
    before, clusters = places(audit), read_layout(audit.map_file).clusters
    drawn_audit.show(items)
    assert layout(audit, "umap").is_stale
    assert lay_out(audit) == LaidOut("umap", "placed", 20)
    after = places(audit)
    assert len(after) == 120
    assert {item_id: after[item_id] for item_id in before} == before
    assert read_layout(audit.map_file).clusters[:100].tolist() == clusters.tolist()
    assert layout(audit, "umap").placed == 20
    low, high = np.array(list(before.values())).min(), np.array(list(before.values())).max()
    assert all(low <= value <= high for place in after.values() for value in place)


def test_placed_items_lie_with_their_class(drawn_audit, plain_map):
    items = items_of(200)
    drawn_audit.show(dict(list(items.items())[:160]))
    audit = drawn_audit.audit
    lay_out(audit)
    drawn_audit.show(items)
    lay_out(audit)
    _, xy = positions(audit)
    label = np.arange(200) % 4
    centers = np.array([xy[:160][label[:160] == one].mean(axis=0) for one in range(4)])
    nearest = np.linalg.norm(xy[160:, None] - centers, axis=2).argmin(axis=1)
    assert (nearest == label[160:]).mean() > 0.8


def test_a_changed_image_moves_alone(drawn_audit, plain_map):
    items = items_of(100)
    audit = drawn_audit.show(items)
    lay_out(audit)
    before = places(audit)
    path, far = "0000.jpg", "0001.jpg"
    drawn_audit.show(items | {path: (items[far][0], items[path][1], "other content")})
    assert lay_out(audit) == LaidOut("umap", "placed", 1)
    after = places(audit)
    moved = {item_id for item_id in after if after[item_id] != before[item_id]}
    assert len(moved) == 1


def test_removed_items_leave_the_others_where_they_are(drawn_audit, plain_map):
    items = items_of(100)
    audit = drawn_audit.show(items)
    lay_out(audit)
    before = places(audit)
    drawn_audit.show(dict(list(items.items())[10:]))
    assert lay_out(audit) == LaidOut("umap", "placed", 0)
    after = places(audit)
    assert len(after) == 90
    assert all(before[item_id] == place for item_id, place in after.items())


def test_it_is_made_anew_when_more_than_a_third_is_new(drawn_audit, plain_map):
    items = list(items_of(120).items())
    audit = drawn_audit.show(dict(items[:60]))
    lay_out(audit)
    states = []
    for count in (75, 88, 92, 120):
        drawn_audit.show(dict(items[:count]))
        states.append(lay_out(audit))
    assert [one.state for one in states] == ["placed", "placed", "made", "placed"]
    assert [one.placed for one in states] == [15, 13, 0, 28]


def test_other_embeddings_make_it_anew(drawn_audit, plain_map):
    audit = drawn_audit.show(items_of(60))
    lay_out(audit)
    drawn_audit.show(items_of(60), made_with="another network")
    assert lay_out(audit).state == "made"


def test_a_map_of_an_earlier_version_keeps_its_positions(audit):
    import pandas as pd

    lay_out(audit)
    rng = np.random.default_rng(0)
    ids, xy = positions(audit)
    xy = rng.uniform(-1, 1, xy.shape).astype(np.float32)
    frame = pd.DataFrame({"id": ids, "x": xy[:, 0], "y": xy[:, 1]})
    frame.to_parquet(audit.map_file, index=False)
    assert lay_out(audit).state == "unchanged"
    assert np.array_equal(positions(audit)[1], xy)
    assert layout(audit, "umap").kept is not None
    assert read_layout(audit.map_file).clusters is not None


def test_a_class_is_laid_out_alone(audit):
    lay_out(audit)
    laid_out = lay_out(audit, "pca", "c2")
    ids, xy = positions(audit, laid_out.key)
    assert len(ids) == 30
    assert set(ids) <= set(positions(audit)[0])
    assert np.abs(xy).max() == 1
    assert lay_out(audit, "pca", "c2").state == "unchanged"


def test_a_layout_of_a_class_is_out_of_date_when_its_items_change(drawn_audit, plain_map):
    items = items_of(100)
    audit = drawn_audit.show(items)
    key = lay_out(audit, "pca", "c0").key
    items["0000.jpg"] = (items["0000.jpg"][0], "c1")
    drawn_audit.show(items)
    assert layout(audit, key).is_stale
    assert lay_out(audit, "pca", "c0").state == "placed"
    assert layout(audit, key).n == 24


def test_seeds_and_methods_are_layouts_of_their_own(audit):
    keys = [lay_out(audit, *arguments).key for arguments in (("pca",), ("pca", None, 1), ("umap",))]
    assert keys == ["pca", "pca-seed1", "umap"]
    assert len(layouts(audit)) == 3
    forget_layout(audit, "pca-seed1")
    assert [one.key for one in layouts(audit)] == ["umap", "pca"]
    assert lay_out(audit, "pca", None, 1).state == "made"
    with pytest.raises(AuditError, match="cannot be removed"):
        forget_layout(audit, "umap")


def test_mistakes_are_one_sentence(audit, monkeypatch):
    with pytest.raises(AuditError, match="no layout 'spiral'; there are umap, pca, tsne"):
        lay_out(audit, "spiral")
    with pytest.raises(AuditError, match="no class 'c9'"):
        lay_out(audit, "pca", "c9")
    monkeypatch.setitem(LAYOUTS, "pca", replace(LAYOUTS["pca"], limit=lambda: 50))
    with pytest.raises(AuditError, match="beyond 50 images, and there are 120 in this audit"):
        lay_out(audit, "pca")
    assert lay_out(audit, "pca", "c0").state == "made"


def test_an_audit_without_neighbors_has_no_layout(drawn_audit):
    with pytest.raises(AuditError, match="run `audit` first"):
        lay_out(drawn_audit.audit)


def test_many_items_are_laid_out_by_landmarks(audit, monkeypatch):
    monkeypatch.setitem(LAYOUTS, "pca", replace(LAYOUTS["pca"], most_at_once=100))
    monkeypatch.setattr(laying_out, "LANDMARKS", 40)
    laid_out = lay_out(audit, "pca")
    one = layout(audit, "pca")
    assert (one.is_landmark, one.landmarks, one.n) == (True, 40, 120)
    assert "40 images" in summary(audit, laid_out)
    assert len(np.unique(positions(audit, "pca")[1], axis=0)) > 60


def test_progress_is_that_of_the_method_and_recorded(audit):
    seen = []
    lay_out(audit, "pca", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (120, 120)
    with (
        recorded_run(audit.store, ["layout"], "project") as progress,
        progress.step("layout", "Laying out", "epochs") as step,
    ):
        lay_out(audit, "pca", seed=5, progress=step.update)
    (row,) = audit.store.latest_run("project")["steps"]
    assert (row["state"], row["done"], row["total"]) == ("done", 120, 120)


def test_what_is_stored_changes_the_revision_of_the_audit(audit):
    before = audit.store.revision()
    lay_out(audit, "pca")
    assert audit.store.revision() != before


def test_arguments_of_the_command(audit):
    assert layout_arguments(audit, "tsne", "c1", 3, anew=True) == (
        "project", str(audit.folder), "--layout", "tsne", "--seed", "3", "--class", "c1", "--anew",
    )  # fmt: skip


def test_positions_fill_a_square():
    square = fit_to_square(np.array([[3.0, 10], [5, 11]]))
    assert square.tolist() == [[-1, -0.5], [1, 0.5]]
    assert fit_to_square(np.ones((3, 2))).tolist() == [[0, 0]] * 3
