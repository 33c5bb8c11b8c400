"""The examples in docstrings give what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

from core.notebook import Audit
from core.review.verdicts import give_verdict
from core.terms import Verdict

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = doctest.NORMALIZE_WHITESPACE  # pandas pads its lines
FRONT_DOOR = "core.notebook"
SOURCES = sorted((ROOT / "core").rglob("*.py"))


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def examples():
    """Every docstring with examples, of the modules that have any."""
    for path in SOURCES:
        if ">>>" in path.read_text(encoding="utf-8"):
            module = importlib.import_module(dotted(path))
            found = doctest.DocTestFinder(exclude_empty=True).find(module)
            yield from (test for test in found if test.examples)


EXAMPLES = list(examples())


def failures(test):
    report = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    runner.run(test, out=report.append)
    return "".join(report)


@pytest.fixture
def reviewed(computed):
    """The audit of the notebook's examples: two of eighteen photographs are judged."""
    ids = {row["path"]: row["id"] for row in computed.store.input_rows()}
    for seq, (path, verdict, labels) in enumerate(
        [("12.jpg", Verdict.RELABEL, ["emu"]), ("00.jpg", Verdict.KEEP, [])]
    ):
        give_verdict(
            computed.store, verdict, labels,
            session="examples", seq=seq, item_id=ids[path], auditor="Ana",
        )  # fmt: skip
    return computed


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_examples_in_docstrings_give_what_they_say(test, request, monkeypatch, tmp_path):
    if test.name.startswith(f"{FRONT_DOOR}."):
        folder = request.getfixturevalue("reviewed").folder
        home = folder.parent
        audit = Audit.open(folder)
        request.addfinalizer(audit.store.close)
        test.globs |= {
            "Audit": Audit,
            "audit": audit,
            "folder": folder,
            "images": home / "source",
            "labels": home / "labels.csv",
        }
    monkeypatch.chdir(tmp_path)
    assert not failures(test)


def test_every_method_of_the_front_door_has_examples():
    classes = [one for one in Audit.__mro__ if one.__module__.startswith(FRONT_DOOR)]
    methods = {name for one in classes for name in vars(one) if not name.startswith("_")}
    examples = {test.name for test in EXAMPLES if test.name.startswith(FRONT_DOOR)}
    assert len(methods) >= 10
    assert methods <= {name.rpartition(".")[2] for name in examples}


def test_the_notebook_section_of_the_readme_runs(reviewed, monkeypatch, tmp_path):
    section = README.split("## From a notebook")[1].split("```python")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    names = {"folder": reviewed.folder}
    exec(section, names)
    try:
        assert list(names["audit"].suspects()["path"]) == ["12.jpg"]
        assert (tmp_path / "corrected.csv").read_text().startswith("note,path,label")
    finally:
        names["audit"].store.close()
