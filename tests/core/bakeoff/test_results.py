"""Results that are stored, averaged and compared."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bakeoff.results import Results, Trial, compare, load, summary
from core.bakeoff.scoring import score


def scores(strength, seed=0):
    rng = np.random.default_rng(seed)
    wrong = rng.random(400) < 0.15
    suspicion = strength * wrong + rng.standard_normal(400)
    labels = np.zeros(400, np.int64)
    return score(wrong, suspicion, labels, labels), int(wrong.sum())


def results_of(**strengths):
    """Results on one noise with three seeds, by method."""
    results = Results("items", "neighbors", 400, 900)
    results.set_key("net", "v1")
    for method, strength in strengths.items():
        for seed in range(3):
            found, n_errors = scores(strength, seed)
            results.add(Trial("net", "uniform", 0.15, seed, method), n_errors, found)
    return results


def test_results_round_trip(tmp_path):
    results = results_of(pool=1.0)
    results.save(tmp_path / "bakeoff.json")
    again = load(tmp_path / "bakeoff.json")
    assert (again.made_from, again.neighbors, again.keys) == ("items", "neighbors", {"net": "v1"})
    assert again.n_errors == results.n_errors
    trial = Trial("net", "uniform", 0.15, 1, "pool")
    assert again.scores[trial].average_precision == pytest.approx(
        results.scores[trial].average_precision, abs=1e-5
    )
    assert again.scores[trial].resampled == pytest.approx(results.scores[trial].resampled, abs=1e-5)
    assert [file.name for file in tmp_path.iterdir()] == ["bakeoff.json"]


def test_nan_survives_json(tmp_path):
    results = Results("items", "neighbors", 3, 3)
    trial = Trial("net", "uniform", 0.15, 0, "pool")
    results.add(trial, 0, score(np.zeros(3, bool), np.arange(3.0)))
    results.save(tmp_path / "bakeoff.json")
    json.loads((tmp_path / "bakeoff.json").read_text(), parse_constant=pytest.fail)
    assert np.isnan(load(tmp_path / "bakeoff.json").scores[trial].auroc.value)
    assert summary(results)[0]["auroc"] is None


@given(st.text(max_size=20) | st.sampled_from(['{"trials": [{}]}', "[]", "4", '{"trials": 1}']))
def test_a_damaged_file_is_ignored(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("damaged") / "bakeoff.json"
    file.write_text(text, encoding="utf-8")
    assert load(file) is None


def test_a_missing_file_is_ignored(tmp_path):
    assert load(tmp_path / "bakeoff.json") is None


def test_other_vectors_under_the_same_name_are_another_embedding():
    results = results_of(pool=1.0)
    results.set_key("net", "v1")
    assert len(results.scores) == 3
    results.set_key("net", "v2")
    assert results.scores == {}
    assert results.n_errors == {}


def test_seeds_are_averaged():
    results = results_of(pool=1.0, probe=0.5)
    pool, probe = summary(results)
    assert (pool["method"], probe["method"]) == ("pool", "probe")
    assert pool["seeds"] == 3
    each = [s.average_precision for t, s in results.scores.items() if t.method == "pool"]
    assert pool["ap"] == pytest.approx(np.mean([estimate.value for estimate in each]))
    assert pool["ap_low"] < pool["ap"] < pool["ap_high"]
    narrower = pool["ap_high"] - pool["ap_low"]
    assert narrower < np.mean([estimate.high - estimate.low for estimate in each])
    assert pool["r1"] < pool["r2"] < pool["r5"] < pool["r10"]


def test_summary_of_some_trials_leaves_out_the_others():
    results = results_of(pool=1.0, probe=0.5)
    requested = [Trial("net", "uniform", 0.15, 0, "probe"), Trial("net", "pair", 0.15, 0, "probe")]
    (row,) = summary(results, requested)
    assert (row["method"], row["seeds"]) == ("probe", 1)


def test_method_that_is_better_is_clearly_ahead():
    found = compare(results_of(pool=0.5, probe=2.0), ["pool", "probe"], "pool", "net")
    assert (found.best, found.is_clear) == ("probe", True)
    assert found.lead.low <= found.lead.value <= found.lead.high


def test_method_that_does_as_well_is_not_ahead():
    found = compare(results_of(pool=1.0, probe=1.0), ["pool", "probe"], "pool", "net")
    assert (found.best, found.is_clear) == ("pool", False)
    assert found.lead == (0, 0, 0)


def test_only_trials_that_all_share_are_compared():
    results = results_of(pool=0.5, probe=0.5)
    found, n_errors = scores(5.0)
    results.add(Trial("net", "pair", 0.15, 0, "probe"), n_errors, found)
    assert compare(results, ["pool", "probe"], "pool", "net").lead.value == 0


def test_nothing_is_compared_with_a_reference_that_was_not_tried():
    assert compare(results_of(probe=1.0), ["pool", "probe"], "pool", "net") is None
    assert compare(results_of(pool=1.0), ["pool"], "pool", "another net") is None


def test_results_in_an_earlier_spelling_are_read(tmp_path):
    results = results_of(neighbors=1.0)
    results.save(tmp_path / "bakeoff.json")
    text = (tmp_path / "bakeoff.json").read_text()
    earlier = text.replace("n_labeled", "n_labelled").replace(
        '"method": "neighbors"', '"method": "neighbours"'
    )
    assert earlier != text
    (tmp_path / "bakeoff.json").write_text(earlier)
    again = load(tmp_path / "bakeoff.json")
    assert again.n_labeled == results.n_labeled
    assert again.n_errors == results.n_errors
