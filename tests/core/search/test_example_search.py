"""Search in an audit."""

import json

import pytest
from click.testing import CliRunner

from core.__main__ import cli
from core.audit import AuditError, item_id
from core.search.example_search import ExampleSearch

SUSPECT = item_id("12.jpg")
"""Labeled lotus, and an emu."""


@pytest.fixture
def search(ranked):
    return ExampleSearch(ranked)


def given_of(audit, hits):
    items = audit.store.items([hit.id for hit in hits])
    return [items[hit.id]["given"] for hit in hits]


def test_what_is_found_looks_like_the_example(ranked, search):
    hits = search.find([SUSPECT], count=5)
    assert given_of(ranked, hits) == ["emu"] * 5
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] < 1


def test_examples_and_counterexamples_are_not_found(ranked, search):
    everything = {row["id"] for row in ranked.store.ranking()}
    plus = search.find([SUSPECT], count=2)
    examples, counterexample = [SUSPECT, plus[0].id], plus[1].id
    found = {hit.id for hit in search.find(examples, [counterexample], count=100)}
    assert found == everything - {*examples, counterexample}


def test_a_query_narrows_the_search(ranked, search):
    query = ranked.store.parse_query("given:lotus")
    hits = search.find([SUSPECT], query=query)
    assert set(given_of(ranked, hits)) == {"lotus"}
    assert len(hits) == 9


def test_candidates_are_searched_again_with_other_examples(ranked, search):
    query = ranked.store.parse_query("given:lotus")
    candidates = search.candidates(query)
    first = search.find_among(candidates, [SUSPECT])
    second = search.find_among(candidates, [SUSPECT], [first[0].id])
    assert first == search.find([SUSPECT], query=query)
    assert second == search.find([SUSPECT], [first[0].id], query=query)


def test_unlabeled_items_are_found(ranked, search):
    with ranked.store.transaction() as db:
        db.execute(
            "update labels set class_id = null where item_id = ?",
            [item_id("00.jpg")],
        )
    hits = search.find([SUSPECT], query=ranked.store.parse_query("is:unlabeled"))
    assert [hit.id for hit in hits] == [item_id("00.jpg")]


def test_only_embedded_items_can_be_examples(search):
    assert SUSPECT in search
    assert "nothing" not in search


@pytest.mark.parametrize(
    ("plus", "message"),
    [([], "needs an example"), (["nothing"], "no embedded item"), ([SUSPECT] * 501, "at most 500")],
)
def test_what_cannot_be_searched_for_is_said(search, plus, message):
    with pytest.raises(AuditError, match=message):
        search.find(plus)


def test_an_audit_that_is_not_embedded_cannot_be_searched(ranked):
    for file in ranked.neighbors_folder.iterdir():
        file.unlink()
    with pytest.raises(AuditError, match="cannot be searched"):
        ExampleSearch(ranked)


def test_command_prints_what_was_found(ranked):
    arguments = ["search", str(ranked.folder), "--like", SUSPECT, "--count", "3"]
    result = CliRunner().invoke(cli, [*arguments, "--format", "json"], catch_exceptions=False)
    rows = json.loads(result.output)
    assert [row["given"] for row in rows] == ["emu"] * 3
    assert rows[0]["score"] >= rows[1]["score"]
