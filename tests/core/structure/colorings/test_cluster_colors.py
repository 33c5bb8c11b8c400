"""Clusters are named by what most of their items are."""

import pytest

from core.audit import AuditError
from core.structure.colorings import coloring, colorings
from core.structure.laying_out import lay_out
from core.structure.layout_files import (
    LayoutInfo,
    layout_file,
    positions,
    read_layout,
    write_layout,
)
from tests.core.structure.drawn_audits import DrawnAudit, items_of


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    made = DrawnAudit(tmp_path)
    made.show(items_of(400, unlabeled=(7, 11)))
    yield made.audit
    made.audit.store.close()


def test_clusters_are_named_by_majority_and_share(drawn):
    lay_out(drawn, "pca")
    ids, _ = positions(drawn, "pca")
    assert ("cluster:pca", "Cluster") in colorings(drawn, "pca")
    found = coloring(drawn, "cluster:pca", ids)
    clusters = read_layout(layout_file(drawn, "pca")).clusters
    assert found.codes.tolist() == clusters.tolist()
    assert len(set(found.names)) == len(found.names) == 10
    first = found.names[0]
    label, percent, sign = first.split(" ")[:3]
    given = dict(zip(ids.tolist(), coloring(drawn, "given", ids).codes.tolist(), strict=True))
    names = coloring(drawn, "given", ids).names
    members = [given[one] for one in ids[clusters == 0].tolist()]
    share = sum(member < 4 and names[member] == label for member in members) / len(members)
    assert (sign, int(percent)) == ("%", round(100 * share))


def test_clusters_of_points_in_another_order(drawn):
    lay_out(drawn, "pca")
    ids, _ = positions(drawn, "pca")
    whole = coloring(drawn, "cluster:pca", ids)
    some = coloring(drawn, "cluster:pca", ids[::-2])
    assert [some.names[code] for code in some.codes[:9]] == [
        whole.names[code] for code in whole.codes[::-2][:9]
    ]


def test_groups_of_one_class_say_what_they_look_like(drawn):
    store = drawn.store
    class_of = {name: class_id for class_id, name in store.class_names().items()}
    key = lay_out(drawn, "pca", "c0").key
    ids, _ = positions(drawn, key)
    clusters = read_layout(layout_file(drawn, key)).clusters
    suspects = set(ids[clusters == 1].tolist())
    store.replace_scores(
        {
            "item_id": one,
            "suspicion": 0.9,
            "suggested_id": class_of["c3"],
            "is_suspect": one in suspects,
            "p_given": 0.1,
            "p_suggested": 0.9 if one in suspects else 0.05,
        }
        for one in ids.tolist()
    )
    found = coloring(drawn, f"cluster:{key}", ids)
    assert found.names[:2] == ["Group 1", "Group 2, 100 % look like c3"]


def test_a_map_of_an_earlier_version_has_no_clusters(drawn):
    lay_out(drawn, "pca")
    table = read_layout(layout_file(drawn, "pca"))
    write_layout(drawn.map_file, LayoutInfo(), table._replace(clusters=None))
    assert "cluster" not in dict(colorings(drawn))
    with pytest.raises(AuditError, match="no clusters yet"):
        coloring(drawn, "cluster", table.ids)
