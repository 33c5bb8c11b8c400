"""``python -m core bakeoff``."""

import json

import numpy as np
import pytest

from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.report import named
from core.jobs import run_lock

FEW = ("--kinds", "uniform", "--rates", "0.2", "--methods", "neighbors,deep-knn")


def test_table_has_a_line_for_each_method(command, short):
    outcome = command("bakeoff", short.folder, *FEW)
    assert outcome.status == 0
    head, *lines = outcome.out.splitlines()
    assert head.split()[:5] == ["errors", "rate", "method", "AP", "P@100"]
    assert [line.split()[:3] for line in lines] == [
        ["uniform", "20%", "neighbors"],
        ["uniform", "20%", "deep-knn"],
    ]


def test_the_sample_is_described_beside_the_table(command, short):
    outcome = command("bakeoff", short.folder, *FEW)
    assert "Measured on all 18 labeled images." in outcome.err
    assert "these figures are lower bounds" in outcome.err


def test_json_has_every_figure_with_its_interval(command, short):
    rows = json.loads(command("bakeoff", short.folder, *FEW, "--format", "json").out)
    assert [row["method"] for row in rows] == ["neighbors", "deep-knn"]
    for row in rows:
        assert row["planted"] == 4
        for name in ("ap", "p100", "r1", "r2", "r5", "r10", "auroc"):
            assert row[f"{name}_low"] <= row[f"{name}_high"]


def test_leader_is_named_when_the_default_was_tried(command, short):
    outcome = command("bakeoff", short.folder, "--kinds", "uniform", "--methods", "pool")
    assert "None finds more than the recommended detector." in outcome.err


def test_other_embeddings_have_a_column(command, short, tmp_path):
    paths = [row["path"] for row in short.store.input_rows()]
    np.savez(tmp_path / "mine.npz", path=np.array(paths), embeddings=np.eye(18) + 1)
    outcome = command("bakeoff", short.folder, *FEW, "--embeddings", tmp_path / "mine.npz")
    assert outcome.out.splitlines()[0].split()[2] == "embeddings"
    assert sum("mine" in line for line in outcome.out.splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--kinds", "unifrom"), "'unifrom' is none of uniform, confused"),
        (("--methods", "poool"), "'poool' is none of pool, two-pass"),
        (("--rates", "ten"), "'ten' is no list of numbers"),
        (("--rates", "10"), "Rates lie between 0 and 1"),
        (("--embeddings", "no/such.npz"), "There is no file or audit no/such.npz."),
    ],
)
def test_mistakes_are_reported_in_one_line(command, short, options, sentence):
    outcome = command("bakeoff", short.folder, *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert sentence in outcome.err
    assert short.store.latest_run("bakeoff") is None


def test_it_is_refused_while_another_job_runs(command, short):
    with run_lock(short):
        outcome = command("bakeoff", short.folder, *FEW)
    assert outcome.status == 2
    assert "is being computed already" in outcome.err


def test_embeddings_go_by_their_file_or_the_name_given(tmp_path):
    (tmp_path / "clip.npz").touch()
    file = str(tmp_path / "clip.npz")
    assert named([file, f"other={file}"]) == {"clip": file, "other": file}
    with pytest.raises(ValueError, match="Two embeddings have the name clip"):
        named([file, file])


def test_names_of_methods_can_be_typed():
    for name in CONTENDERS:
        assert name == name.lower()
        assert "," not in name
