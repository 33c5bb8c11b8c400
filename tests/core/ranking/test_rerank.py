import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ranking.rerank import Evidence, Reranker, needs_refit, refit_inputs
from core.store import Trusted

N, D, WIDTH = 30, 8, 6
CLASSES = ("cat", "dog", "emu")


def made(seed=0):
    """Evidence of `N` items that lie at random, with the evidence of a fit."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(N, D)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = vectors @ vectors.T - 2 * np.eye(N)
    indices = np.argsort(-cosines, axis=1)[:, :WIDTH].astype(np.int32)
    labels = rng.integers(0, 3, N)
    return Evidence(
        ids=np.array([f"{row:02}" for row in rng.permutation(N)]),
        classes=CLASSES,
        given=labels,
        suggested=(labels + rng.integers(1, 3, N)) % 3,
        suspicion=rng.uniform(0, 1, N),
        votes=labels,
        weights=rng.uniform(0.02, 1, N),
        vectors=vectors,
        indices=indices,
        similarities=np.take_along_axis(cosines, indices.astype(np.int64), axis=1),
    )


EVIDENCE = made()
trusted_labels = st.builds(
    Trusted,
    st.sampled_from(CLASSES),
    st.sampled_from([(), ("cat",), ("dog",), ("emu",), ("cat", "dog"), ("a class of its own",)]),
)
verdicts = st.dictionaries(st.sampled_from([*EVIDENCE.ids.tolist(), "not ranked"]), trusted_labels)


def test_without_verdicts_priority_is_the_suspicion():
    np.testing.assert_allclose(Reranker(EVIDENCE).update({}), EVIDENCE.suspicion, atol=1e-12)


@given(verdicts, st.sets(st.sampled_from(EVIDENCE.ids.tolist())))
@settings(max_examples=50, deadline=None)
def test_order_holds_each_item_that_is_not_reviewed_once(trusted, without):
    reranker = Reranker(EVIDENCE)
    priority = reranker.update(trusted)
    order = reranker.order(priority, without)
    assert sorted(order) == sorted(set(EVIDENCE.ids.tolist()) - trusted.keys() - without)
    by_id = dict(zip(EVIDENCE.ids.tolist(), priority.tolist(), strict=True))
    assert order == sorted(order, key=lambda item: (-by_id[item], item))
    assert ((priority >= 0) & (priority <= 1)).all()


@given(st.lists(verdicts, max_size=4))
@settings(max_examples=50, deadline=None)
def test_priority_depends_only_on_the_current_verdicts(history):
    """Undone, changed or given in another order: only what is there at the end counts."""
    reranker = Reranker(EVIDENCE)
    for trusted in history:
        reranker.update(trusted)
    last = dict(reversed(history[-1].items())) if history else {}
    np.testing.assert_allclose(
        reranker.update(last), Reranker(EVIDENCE).update(last), rtol=1e-5, atol=1e-6
    )


def test_neighbors_of_a_corrected_item_rise_and_distant_items_stay():
    rng = np.random.default_rng(0)
    centers = np.repeat(np.eye(2, 4), 5, axis=0)
    vectors = (centers + rng.normal(0, 0.01, (10, 4))).astype(np.float32)
    labels = np.zeros(10, np.int64)
    near = [[other for other in range(5 * (row // 5), 5 * (row // 5) + 5) if other != row]
            for row in range(10)]  # fmt: skip
    evidence = EVIDENCE._replace(
        ids=np.array(list("abcdefghij")),
        given=labels,
        suggested=np.array([1, 2] * 5),
        suspicion=np.full(10, 0.5),
        votes=labels,
        weights=np.ones(10),
        vectors=vectors,
        indices=np.array(near, np.int32),
        similarities=np.full((10, 4), 0.9),
    )
    priority = Reranker(evidence).update({"a": Trusted("cat", ("dog",))})
    assert priority[2] > priority[7] + 0.1
    assert priority[7] == pytest.approx(priority[9])


def test_a_kept_label_lowers_the_priority_of_its_neighbors():
    row = int(np.bincount(EVIDENCE.indices.ravel(), minlength=N).argmax())
    label = CLASSES[EVIDENCE.given[row]]
    listing = np.flatnonzero((EVIDENCE.indices == row).any(axis=1))
    alike = listing[EVIDENCE.given[listing] == EVIDENCE.given[row]]
    assert len(alike)
    reranker = Reranker(EVIDENCE)
    reranker.update({str(EVIDENCE.ids[row]): Trusted(label, (label,))})
    assert (reranker._neighbors.gain()[alike] < 0).all()


def test_single_class_has_an_order():
    evidence = EVIDENCE._replace(
        classes=("cat",),
        given=np.zeros(N, np.int64),
        suggested=np.zeros(N, np.int64),
        votes=np.zeros(N, np.int64),
    )
    reranker = Reranker(evidence)
    first = str(evidence.ids[0])
    order = reranker.order(reranker.update({first: Trusted("cat", ("cat",))}))
    assert len(order) == N - 1


def test_a_verdict_on_a_label_that_changed_since_is_not_in_the_hit_rate():
    row = 0
    other = CLASSES[(EVIDENCE.given[row] + 1) % 3]
    trusted = {str(EVIDENCE.ids[row]): Trusted(other, ())}
    assert (Reranker(EVIDENCE)._pair_bonus(trusted) == 0).all()


def test_the_fit_uses_final_labels_and_leaves_out_those_ruled_out():
    labels = np.array([0, 1, 2, 0])
    final, weights = refit_inputs(labels, {0: 2, 1: None, 3: 0})
    assert final.tolist() == [2, 1, 2, 0]
    assert weights.tolist() == [1.5, 0, 1, 1.5]
    assert labels.tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize(("then", "now", "due"), [(0, 99, False), (0, 100, True), (50, 149, 0)])
def test_full_fit_is_due_every_hundred_verdicts(then, now, due):
    assert needs_refit(then, now) == bool(due)
