"""Exact copies that contradict each other or a verdict come first, in a row."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ranking.certain_errors import certain_first, content_codes, contradicted
from core.ranking.rerank import Reranker
from core.store import Trusted
from tests.core.ranking.test_rerank import EVIDENCE, N, verdicts

CAT, DOG, EMU = range(3)


def wrong(contents, given, judged=None):
    judged = {row: frozenset(labels) for row, labels in (judged or {}).items()}
    return np.flatnonzero(contradicted(np.array(contents), np.array(given), judged)).tolist()


def test_all_copies_of_a_picture_with_two_labels_are_shown():
    assert wrong([0, 1, 0, 1, 2, 0], [CAT, DOG, DOG, DOG, EMU, CAT]) == [0, 2, 5]


def test_items_without_a_file_are_copies_of_nothing():
    assert content_codes(["a", None, "a", None, "b"]).tolist() == [0, -1, 0, -1, 1]
    assert wrong([-1, -1], [CAT, DOG]) == []


def test_after_a_verdict_only_copies_with_another_label_are_left():
    assert wrong([0, 0, 0], [CAT, DOG, EMU], {0: [CAT]}) == [1, 2]
    assert wrong([0, 0, 0], [CAT, DOG, EMU], {0: [DOG]}) == [2]
    assert wrong([0, 0, 0], [CAT, DOG, EMU], {0: [CAT, EMU]}) == [1]
    assert wrong([0, 0], [CAT, DOG], {0: [CAT], 1: [CAT]}) == []


def test_copies_that_agree_go_up_once_a_verdict_contradicts_them():
    assert wrong([0, 0, 0], [CAT, CAT, CAT]) == []
    assert wrong([0, 0, 0], [CAT, CAT, CAT], {1: [DOG]}) == [0, 2]
    assert wrong([0, 0, 0], [CAT, CAT, CAT], {1: []}) == [0, 2]


def test_copies_lie_in_a_row_the_picture_with_the_most_suspect_one_first():
    contents = np.array([0, 1, 2, 0, 1])
    suspicion = np.array([0.1, 0.5, 0.99, 0.9, 0.2])
    certain = np.array([True, True, False, True, True])
    priority = certain_first(suspicion, suspicion, contents, certain)
    assert np.argsort(-priority).tolist() == [3, 0, 1, 4, 2]
    assert priority[2] == suspicion[2]
    assert priority[certain].min() > 1


@given(verdicts, st.lists(st.integers(-1, 9), min_size=N, max_size=N))
@settings(max_examples=50, deadline=None)
def test_re_ranking_keeps_certain_errors_first_and_the_rest_as_it_was(trusted, contents):
    evidence = EVIDENCE._replace(contents=np.array(contents))
    priority = Reranker(evidence).update(trusted)
    without = Reranker(EVIDENCE).update(trusted)
    raised = priority > 1
    np.testing.assert_array_equal(priority[~raised], without[~raised])
    reviewed = np.isin(evidence.ids, list(trusted))
    assert not (raised & reviewed).any()
    assert (priority[raised] <= 2).all()
    for row in np.flatnonzero(raised):
        copies = (evidence.contents == contents[row]) & (np.arange(N) != row)
        differ = (evidence.given[copies] != evidence.given[row]).any()
        assert contents[row] >= 0
        assert differ or (copies & reviewed).any()
    # Copies of one picture are neighbors in the queue.
    pictures = evidence.contents[np.argsort(-priority)][: raised.sum()]
    assert (np.diff(pictures) != 0).sum() == max(len(np.unique(pictures)) - 1, 0)


def test_one_verdict_that_agrees_with_the_copy_settles_both():
    evidence = EVIDENCE._replace(contents=np.where(np.arange(N) < 2, 0, -1))
    given = np.array([CAT, DOG, *EVIDENCE.given[2:]])
    evidence = evidence._replace(given=given, suggested=(given + 1) % 3)
    reranker = Reranker(evidence)
    ids = evidence.ids.tolist()
    assert set(reranker.order(reranker.update({}))[:2]) == set(ids[:2])
    assert (reranker.update({ids[0]: Trusted("cat", ("dog",))}) <= 1).all()
    after = reranker.update({ids[0]: Trusted("cat", ("cat",))})
    assert reranker.order(after)[0] == ids[1]
    assert after[1] > 1
