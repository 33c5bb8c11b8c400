"""Groups of exact and near-duplicates: conflicting labels and leakage among them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.findings import conflicts, duplicates, leakage
from core.findings.copies import copy_groups
from core.neighbors import Graph, nearest
from tests.core.findings.making import copies_of, examined, rows_of, scattered, with_copies

NEAR = with_copies(100, [10, 20, 30])  # rows 100, 101 and 102 are the copies


# -- groups ------------------------------------------------------------------------------------


def test_near_copies_and_copies_of_the_same_bytes_are_in_one_group() -> None:
    contents = np.arange(103)
    contents[50] = contents[100]
    groups = copy_groups(copies_of(nearest(NEAR)), contents)
    assert groups[10] == groups[100] == groups[50]
    assert len(set(groups.tolist())) == 99


def test_files_of_the_same_bytes_are_copies_where_the_graph_lists_none() -> None:
    """Of 300 identical items a row lists 100 at most."""
    graph = nearest(np.repeat(scattered(1), 300, axis=0), 5)
    contents = np.arange(300) % 2
    groups = copy_groups(copies_of(graph), contents)
    assert len(set(groups.tolist())) == 1
    nothing = Graph(np.empty((4, 0), np.int32), np.empty((4, 0), np.float32))
    assert copy_groups(copies_of(nothing), np.array([7, 3, 7, 3])).tolist() == [0, 1, 0, 1]


def test_many_copies_of_one_file_are_one_group_with_its_conflicting_labels() -> None:
    graph = nearest(np.repeat(scattered(1), 256, axis=0))
    looked_at = examined(graph, [0] * 255 + [1], ["one file"] * 256)
    (found,) = conflicts.find(looked_at)
    assert found.rows.tolist() == [255, *range(255)]
    assert found.exact.all()


@settings(max_examples=50)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_groups_join_the_contents_that_they_hold(contents: list[int]) -> None:
    codes = np.array(contents)
    groups = copy_groups(copies_of(nearest(scattered(len(codes)))), codes)
    for code in codes:
        assert len(set(groups[codes == code].tolist())) == 1


# -- duplicates --------------------------------------------------------------------------------


def test_every_group_of_copies_is_found_once() -> None:
    found = duplicates.find(examined(NEAR))
    assert sorted(rows_of(found)) == [[10, 100], [20, 101], [30, 102]]


def test_the_most_similar_group_comes_first_with_its_similarity() -> None:
    contents = [f"content {row}" for row in range(103)]
    contents[7] = contents[3]
    found = duplicates.find(examined(NEAR, contents=contents))
    assert rows_of(found)[0] == [3, 7]
    assert found[0].scores.tolist() == [1, 1]
    similarities = [float(finding.scores.max()) for finding in found[1:]]
    assert similarities == sorted(similarities, reverse=True)
    row, copy = found[1].rows
    np.testing.assert_allclose(found[1].scores, NEAR[row] @ NEAR[copy], rtol=1e-5)


def test_exact_duplicates_are_marked() -> None:
    contents = [f"content {row}" for row in range(103)]
    contents[7] = contents[10]
    (mixed, *others) = duplicates.find(examined(NEAR, contents=contents))
    assert dict(zip(mixed.rows.tolist(), mixed.exact.tolist(), strict=True)) == {
        7: True, 10: True, 100: False,
    }  # fmt: skip
    assert not any(finding.exact.any() for finding in others)


def test_items_without_a_file_are_no_copies_of_each_other() -> None:
    assert duplicates.find(examined(scattered(40), contents=[""] * 20 + [None] * 20)) == []


# -- conflicts ---------------------------------------------------------------------------------


def labels_of(changes, n=103):
    return [changes.get(row, 0) for row in range(n)]


def test_only_copies_with_different_labels_conflict() -> None:
    found = conflicts.find(examined(NEAR, labels_of({100: 1, 50: 1})))
    assert rows_of(found) == [[10, 100]]


def test_the_rarest_label_of_a_conflict_comes_first() -> None:
    contents = [f"content {row}" for row in range(103)]
    contents[7] = contents[10]
    (found,) = conflicts.find(examined(NEAR, labels_of({7: 1}), contents))
    assert found.rows.tolist() == [7, 10, 100]


def test_conflicts_between_exact_duplicates_are_marked() -> None:
    contents = [f"content {row}" for row in range(103)]
    contents[7] = contents[10]
    near, exact = labels_of({100: 1}), labels_of({7: 1})
    (found,) = conflicts.find(examined(NEAR, near, contents))
    assert not found.exact.any()
    (found,) = conflicts.find(examined(NEAR, exact, contents))
    assert found.exact.tolist() == [True, True, False]


def test_a_copy_without_a_label_conflicts_with_nothing() -> None:
    assert conflicts.find(examined(NEAR, labels_of({100: None}))) == []


def test_a_score_is_the_nearness_of_the_copy_that_differs() -> None:
    rows = with_copies(100, [10, 10], noise=0.01)
    rows[101] = rows[10] + 0.05 * scattered(1, seed=9)[0]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    (found,) = conflicts.find(examined(rows, labels_of({101: 1}, 102)))
    of = dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
    assert of[10] == pytest.approx(float(rows[10] @ rows[101]), rel=1e-5)


# -- leakage -----------------------------------------------------------------------------------


def test_copies_across_splits_are_leaks() -> None:
    splits = dict.fromkeys(range(100), "train") | {100: "test", 101: "train"}
    found = leakage.find(examined(NEAR, splits=splits))
    assert rows_of(found) == [[10, 100]]


def test_without_splits_nothing_leaks() -> None:
    assert leakage.find(examined(NEAR)) == []


# -- all findings ------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 8),
            st.none() | st.integers(0, 2),
            st.sampled_from([None, "train", "test"]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_findings_are_groups_of_two_or_more_that_differ_in_what_they_should(rows) -> None:
    contents, labels, splits = zip(*rows, strict=True)
    given_splits = {row: split for row, split in enumerate(splits) if split}
    looked_at = examined(
        scattered(len(rows)), labels, [f"content {content}" for content in contents], given_splits
    )
    for finder, codes in (
        (conflicts.find, looked_at.labels),
        (leakage.find, looked_at.splits),
        (duplicates.find, np.arange(len(rows))),
    ):
        found = finder(looked_at)
        rows_found = [row for finding in found for row in finding.rows.tolist()]
        assert len(rows_found) == len(set(rows_found))
        for finding in found:
            assert len({codes[row] for row in finding.rows}) > 1
            assert (codes[finding.rows] >= 0).all()
            assert ((finding.scores > 0) & (finding.scores <= 1)).all()
            assert len({looked_at.groups[row] for row in finding.rows}) == 1
        # None is forgotten: equal bytes that differ in the code are in some finding.
        for row in range(len(rows)):
            twins = [o for o in range(len(rows)) if contents[o] == contents[row] and codes[o] >= 0]
            if codes[row] >= 0 and len({codes[twin] for twin in twins}) > 1:
                assert row in rows_found
