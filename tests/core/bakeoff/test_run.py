"""A bake-off on a small audit, which only reads it."""

import hashlib
import json

import numpy as np
import pytest

from core.bakeoff import run as bakeoff
from core.bakeoff.contenders import CONTENDERS, DEFAULT
from core.bakeoff.noise import NoiseError
from core.bakeoff.plan import Plan
from core.bakeoff.results import load
from core.bakeoff.run import rank_copy
from core.jobs.progress import StepProgress
from tests.core.export.exports import csv_of
from tests.core.making import Auditor, verdict_log

SMALL = Plan(kinds=("uniform", "clustered"), rates=(0.2,), methods=("neighbors", "deep-knn"))


def everything(audit):
    """The state of an audit: rows of every table and bytes of every file."""
    store = audit.store
    tables = {
        "items": store.input_rows(),
        "ranking": store.ranking(),
        "verdicts": verdict_log(store),
        "classes": store.class_names(),
        "export": csv_of(store),
        "prints": [store.fingerprint(n) for n in ("embeddings", "neighbors", "evidence", "map")],
        "revision": store.revision(),
    }
    files = {
        path.relative_to(audit.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(audit.folder.rglob("*"))
        if path.is_file() and not path.name.startswith(("audit.db", "bakeoff.json"))
    }
    return json.dumps([tables, files], default=str)


def test_real_labels_scores_verdicts_and_export_stay_as_they_are(short):
    Auditor(short.store).judge("12.jpg", "relabel", ["emu"])
    before = everything(short)
    bakeoff.run(short, SMALL)
    assert everything(short) == before


def test_every_trial_is_scored_and_kept(short):
    outcome = bakeoff.run(short, SMALL)
    assert set(outcome.results.scores) == set(outcome.trials)
    assert len(outcome.trials) == 4
    stored = load(short.bakeoff_file)
    assert set(stored.scores) == set(outcome.trials)
    assert stored.is_current(short)
    assert short.store.latest_run("bakeoff")["state"] == "done"
    assert short.store.latest_run("audit")["state"] == "done"


def test_trials_that_are_done_are_not_done_again(short, monkeypatch):
    bakeoff.run(short, SMALL)
    ranked_with = []

    def counting(method, *rest):
        ranked_with.append(method.name)
        return rank_copy(method, *rest)

    monkeypatch.setattr(bakeoff, "rank_copy", counting)
    bakeoff.run(short, SMALL)
    assert ranked_with == []
    (step,) = short.store.latest_run("bakeoff")["steps"]
    assert step["state"] == "skipped"
    more = Plan(kinds=("uniform",), rates=(0.2,), methods=("neighbors", "deep-knn", "selfclean"))
    outcome = bakeoff.run(short, more)
    assert ranked_with == ["selfclean"]
    assert len(outcome.results.scores) == 5


def test_progress_is_reported_within_a_trial(short, monkeypatch):
    reports = []
    monkeypatch.setattr(StepProgress, "update", lambda self, *counts: reports.append(counts))
    bakeoff.run(short, Plan(kinds=("uniform",), rates=(0.2,), methods=("pool", "neighbors")))
    done = [count for count, _ in reports]
    assert {total for _, total in reports} == {20}
    assert done == sorted(done)
    assert len({count for count in done if 0 < count < 10}) > 3
    assert (done[0], done[-1]) == (0, 20)


def test_an_interrupted_run_keeps_its_results(short, monkeypatch):
    def failing(method, *rest):
        if method.name == "deep-knn":
            raise KeyboardInterrupt
        return rank_copy(method, *rest)

    monkeypatch.setattr(bakeoff, "rank_copy", failing)
    with pytest.raises(KeyboardInterrupt):
        bakeoff.run(short, SMALL)
    assert [trial.method for trial in load(short.bakeoff_file).scores] == ["neighbors"]
    assert short.store.latest_run("bakeoff")["state"] == "failed"
    monkeypatch.setattr(bakeoff, "rank_copy", rank_copy)
    resumed = bakeoff.run(short, SMALL).results
    short.bakeoff_file.unlink()
    fresh = bakeoff.run(short, SMALL).results
    for trial, scores in fresh.scores.items():
        assert resumed.scores[trial].curve == pytest.approx(scores.curve, abs=1e-5)


def test_results_of_other_labels_are_discarded(short):
    bakeoff.run(short, SMALL)
    content = json.loads(short.bakeoff_file.read_text())
    short.bakeoff_file.write_text(json.dumps(content | {"made_from": "others"}))
    fewer = Plan(kinds=("uniform",), rates=(0.2,), methods=("deep-knn",))
    assert len(bakeoff.run(short, fewer).results.scores) == 1


def test_one_class_is_refused_and_shows_as_failed(short):
    rows = short.store.input_rows()
    short.store.replace_listing(
        {"id": r["id"], "path": r["path"], "label": "emu", "fields": {}, "position": n}
        for n, r in enumerate(rows)
    )
    with pytest.raises(NoiseError, match="all items have the same label"):
        bakeoff.run(short, SMALL)
    run = short.store.latest_run("bakeoff")
    assert (run["state"], run["message"]) == (
        "failed",
        "Label noise needs at least two classes: all items have the same label.",
    )


def test_other_embeddings_are_judged_on_the_same_errors(short, tmp_path):
    paths = [row["path"] for row in short.store.input_rows()]
    truth = np.array([[int(path[:2]) < 9, int(path[:2]) >= 9] for path in paths], float)
    vectors = truth + 0.01 * np.random.default_rng(0).standard_normal(truth.shape)
    np.savez(tmp_path / "oracle.npz", path=np.array(paths), embeddings=vectors)
    plan = Plan(
        kinds=("uniform",), rates=(0.2,), methods=("neighbors",),
        embeddings={"oracle": str(tmp_path / "oracle.npz")},
    )  # fmt: skip
    results = bakeoff.run(short, plan).results
    assert {trial.embeddings for trial in results.scores} == {"efficientnet_lite0", "oracle"}
    assert len(set(results.n_errors.values())) == 1
    oracle = next(s for t, s in results.scores.items() if t.embeddings == "oracle")
    assert oracle.recall[-1].value > 0


@pytest.mark.parametrize("name", CONTENDERS)
def test_every_method_ranks_a_copy_in_which_a_class_has_vanished(noisy, name):
    labels = noisy.given.copy()
    labels[labels == 2] = 3
    labels[labels == 0] = 1
    ranking = rank_copy(CONTENDERS[name], noisy.features, labels)
    assert np.isfinite(ranking.suspicion).all()
    if ranking.suggested is not None:
        assert set(ranking.suggested.tolist()) <= {1, 3, 4}


def test_titles_are_unique():
    assert len(CONTENDERS) == len({method.title for method in CONTENDERS.values()})
    assert DEFAULT == "pool"
    assert CONTENDERS[DEFAULT].selectable
