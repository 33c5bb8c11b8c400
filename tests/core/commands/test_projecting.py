"""The command `project`: lays out, says what it did, lists."""

import json

import pytest

from core.jobs import run_lock
from core.structure.projections import LAYOUTS, umap_layout


@pytest.fixture(autouse=True)
def plain_map(monkeypatch):
    monkeypatch.setattr(umap_layout, "FEWEST_FOR_UMAP", 10**9)


def test_a_layout_is_made_once_and_listed(command, folder):
    first = command("project", folder, "--layout", "pca", "--seed", "2")
    assert first.status == 0
    assert "The PCA map is made" in first.err + first.out
    assert "PCA, seed 2" in first.out
    again = command("project", folder, "--layout", "pca", "--seed", "2")
    assert "Nothing has changed since the PCA map was made" in again.err + again.out
    assert (folder / "layouts" / "pca-seed2.parquet").exists()


def test_a_class_is_laid_out(command, folder):
    made = command("project", folder, "--layout", "pca", "--class", "lotus", "--format", "json")
    rows = json.loads(made.out[made.out.index("[") :])
    assert [(row["title"], row["images"]) for row in rows] == [("UMAP", 18), ("PCA of lotus", 10)]


def test_listing_computes_nothing(command, folder):
    listed = command("project", folder, "--list")
    assert (listed.status, "UMAP" in listed.out) == (0, True)
    assert not (folder / "layouts").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--layout", "spiral"), "no layout 'spiral'"),
        (("--class", "spiral"), "no class 'spiral'"),
        (("--seed", "-1"), "--seed"),
    ],
)
def test_a_mistake_is_one_line(command, folder, arguments, message):
    outcome = command("project", folder, *arguments)
    assert outcome.status == 2
    assert message in outcome.err.splitlines()[-1]


def test_nothing_is_laid_out_while_the_audit_is_computed(command, folder, ranked):
    with run_lock(ranked):
        outcome = command("project", folder)
    assert outcome.status == 2
    assert "being computed already" in outcome.err


def test_help_names_every_layout(command):
    text = command("project", "--help").out
    assert all(name in text for name in LAYOUTS)
