"""`check` says by its exit status whether there are too many doubtful labels."""

import csv
import io
import json

import defusedxml.ElementTree as ElementTree
import pytest

from core.embedding import runner
from core.embedding.runner import _EmbeddingRun
from tests.core.making import ANOTHER, Auditor, add_image


@pytest.fixture
def check(command, computed):
    def run(*options):
        return command("check", computed.folder, *options)

    return run


@pytest.fixture
def embedded(monkeypatch):
    """How many images were embedded since."""
    counts, embed = [], _EmbeddingRun._embed

    def counting(self, pixels):
        counts.append(len(pixels))
        return embed(self, pixels)

    monkeypatch.setattr(runner._EmbeddingRun, "_embed", counting)
    return lambda: sum(counts)


def test_limits_decide_the_exit_status(check, computed, embedded):
    outcome = check("--max-doubtful", "0")
    assert outcome.status == 1
    header, row = outcome.out.splitlines()
    assert header.split() == ["path", "given", "suggested", "suspicion", "state"]
    assert row.split()[:3] == ["12.jpg", "lotus", "emu"]
    assert "1 of 18 labels is doubtful (5.6 %): 0 found wrong by review, 1 suspect" in outcome.err
    assert "Too many: at most 0 doubtful labels." in outcome.err
    assert check("--max-doubtful", "1").status == 0
    assert check("--max-wrong", "5%").status == 1
    assert check("--max-wrong", "5.6 %").status == 0
    assert check("--max-doubtful", "5", "--max-wrong", "1%").status == 1
    assert embedded() == 0
    steps = [step["name"] for step in computed.store.latest_run()["steps"]]
    assert steps == ["list", "embed", "neighbors", "evidence"]


def test_verdicts_decide(check, computed):
    ana = Auditor(computed.store)
    ana.judge("12.jpg", "relabel", ["emu"])
    outcome = check("--max-doubtful", "0", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(outcome.out))
    assert (outcome.status, row["state"], row["suggested"]) == (1, "found wrong", "emu")
    ana.judge("12.jpg", "keep")
    outcome = check("--max-doubtful", "0")
    assert (outcome.status, outcome.out) == (0, "")


def test_only_what_is_new_counts_until_it_passes(check, computed, embedded, map_without_umap):
    assert check("--max-doubtful", "0", "--new-only").status == 0
    add_image(computed, "new.jpg")
    add_image(computed, "copy.jpg", (computed.source.path / "12.jpg").read_bytes())
    for _ in range(2):  # run again, it says the same
        outcome = check("--max-doubtful", "0", "--new-only", "--format", "json")
        assert outcome.status == 1
        assert "new.jpg" in {row["path"] for row in json.loads(outcome.out)}
        assert "of 2 new or changed labels" in outcome.err
        assert embedded() == 1
    assert check("--max-doubtful", "2", "--new-only").status == 0
    assert check("--max-doubtful", "0", "--new-only").status == 0


def test_stated_baseline(check, computed, tmp_path):
    base = tmp_path / "base.jsonl"
    assert check("--max-doubtful", "0", "--save-baseline", base).status == 1
    assert check("--max-doubtful", "0", "--new-only", "--baseline", base).status == 0
    table = computed.source.labels
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("00.jpg,lotus", "00.jpg,emu"), encoding="utf-8")
    outcome = check("--max-doubtful", "0", "--new-only", "--baseline", base)
    assert outcome.status == 1
    assert "1 of 1 new or changed label is doubtful" in outcome.err


def test_unread_image_cannot_be_told(check, computed):
    add_image(computed, "broken.jpg", b"no image")
    outcome = check("--max-doubtful", "1")
    assert outcome.status == 2
    assert (
        "It cannot be told, as 1 image could not be read: at most 1 doubtful label." in outcome.err
    )
    assert check("--max-doubtful", "0").status == 1
    assert check("--max-doubtful", "2").status == 0


def test_source_is_audited_in_a_folder_that_stays(command, computed, tmp_path, embedded):
    source = (computed.source.path, "--labels", computed.source.labels, "--audit", computed.folder)
    assert command("check", *source, "--max-doubtful", "1").status == 0
    (computed.source.path / "00.jpg").write_bytes(ANOTHER.read_bytes())
    outcome = command("check", *source, "--max-wrong", "100%", "--new-only")
    assert outcome.status == 0
    assert "of 1 new or changed label" in outcome.err
    assert embedded() == 1


def test_reports_are_written(check, tmp_path, monkeypatch):
    junit, summary = tmp_path / "labels.xml", tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    summary.write_text("earlier\n", encoding="utf-8")
    options = ("--junit", junit, "--markdown", summary, "--max-doubtful", "0")
    assert check(*options).status == check(*options).status == 1
    (suite,) = ElementTree.parse(junit).getroot()
    assert [case.get("name") for case in suite] == ["at most 0 doubtful labels", "12.jpg"]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("earlier\n<!-- second-look -->")
    assert text.count("### Label check: failed") == 2
    plain = tmp_path / "plain.md"
    assert check("--max-doubtful", "1", "--markdown", plain).status == 0
    assert check("--max-doubtful", "1", "--markdown", plain).status == 0
    assert plain.read_text(encoding="utf-8").count("### Label check: passed") == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Say how many are too many"),
        (("--max-wrong", "2"), "'2' is no share; write one such as 2% or 0.5%."),
        (("--max-wrong", "200%"), "is no share"),
        (("--max-wrong", "nan%"), "is no share"),
        (("--max-doubtful", "-1"), "-1"),
        (("--max-doubtful", "1", "--baseline", "x"), "--baseline goes with --new-only."),
        (("--max-doubtful", "1", "--new-only", "--baseline", "x"), "There is no baseline x"),
        (("--max-doubtful", "1", "--audit", "x"), "is an audit, which knows its source"),
        (("--max-doubtful", "1", "--junit", "{labels}"), "is the table that the labels come from"),
        (("--max-doubtful", "1", "--markdown", "{image}"), "is a file of the data set"),
        (
            ("--max-doubtful", "1", "--save-baseline", "{folder}/audit.db"),
            "file of the audit itself",
        ),
    ],
)
def test_mistake_gets_a_sentence_and_status_two(check, computed, options, sentence):
    places = {
        "labels": computed.source.labels,
        "image": computed.source.path / "00.jpg",
        "folder": computed.folder,
    }
    outcome = check(*(one.format(**places) for one in options))
    assert outcome.status == 2
    assert sentence in outcome.err


def test_source_without_an_audit_is_refused(command, computed):
    outcome = command("check", computed.source.path, "--max-doubtful", "1")
    assert outcome.status == 2
    assert "say with --audit DIR where its audit" in outcome.err
