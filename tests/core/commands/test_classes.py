"""Classes by command."""

import json

import pytest

from tests.core.making import records


@pytest.fixture
def classes(command, folder):
    """Run ``classes`` as Ana."""

    def run(*arguments, auditor="Ana"):
        return command("classes", folder, *arguments, *(["--auditor", auditor] if auditor else []))

    return run


def test_classes_are_listed_with_their_items(classes, ranked):
    outcome = classes("list", "--format", "json", auditor=None)
    listed = {row["name"]: row["items"] for row in json.loads(outcome.out)}
    assert listed == {row["given"]: row["items"] for row in ranked.store.class_summary()}


def test_class_is_renamed_described_retired_and_each_is_undone(classes, ranked):
    assert classes("rename", "emu", "ostrich").err == "emu is called ostrich now.\n"
    assert classes("describe", "ostrich", "a large bird").status == 0
    assert classes("retire", "ostrich").status == 0
    (row,) = (row for row in ranked.store.classes() if row["name"] == "ostrich")
    assert (row["description"], row["is_retired"]) == ("a large bird", 1)
    for message in ("emu retired", "emu described: a large bird", "emu renamed to ostrich"):
        assert classes("undo").err == f"Undone: {message}.\n"
    assert classes("undo").status == 2
    assert ranked.store.offered_classes() == ["emu", "lotus"]


def test_classes_are_merged_and_split_by_a_query(classes, ranked):
    count = len(ranked.store.match_ids(ranked.store.parse_query("given:emu")))
    outcome = classes("split", "ostrich", "--query", "given:emu")
    assert outcome.err.startswith(f"Relabeled {count} images to ostrich;")
    assert classes("merge", "ostrich", "emu").status == 0
    assert ranked.store.offered_classes() == ["emu", "lotus"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rename", "emu"), "Expected: classes DIR rename NAME NEW"),
        (("rename", "yak", "gnu"), "There is no class 'yak' in this audit."),
        (("split", "gnu"), "Say with --query which images the new class takes."),
        (("merge", "emu", "emu"), "'emu' cannot be merged into itself."),
    ],
)
def test_mistake_is_one_sentence_and_changes_nothing(classes, ranked, arguments, message):
    outcome = classes(*arguments)
    assert (outcome.status, outcome.err) == (2, f"Error: {message}\n")
    assert ranked.store.class_log() == []


def test_change_needs_an_auditor(classes):
    outcome = classes("retire", "emu", auditor=None)
    assert outcome.err == "Error: A change of classes needs --auditor NAME.\n"


def test_classes_that_look_like_one_are_proposed(classes, ranked):
    labels = {row["path"]: row["given"] for row in ranked.store.input_rows()}
    first = next(path for path, label in labels.items() if label == "emu")
    ranked.store.replace_listing(records(labels | {first: "EMU"}))
    outcome = classes("list", auditor=None)
    assert "'EMU' and 'emu' differ only in case, blanks or Unicode form." in outcome.err
