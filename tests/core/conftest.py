"""A store of six items, and a computed audit of eighteen photographs."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.audit import Audit
from core.ingest.readers import source_of
from core.store import Store
from core.structure.projections import umap_layout
from tests.conftest import copied
from tests.core.making import Auditor, records

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path):
    """Six items: two cats, two dogs, an emu and one without a label."""
    store = Store(tmp_path / "audit.db")
    labels = ("cat", "cat", "dog", "dog", "emu", None)
    store.replace_listing(records({f"{n}.jpg": label for n, label in enumerate(labels)}))
    yield store
    store.close()


@pytest.fixture
def ana(store):
    return Auditor(store, "Ana")


@pytest.fixture
def ben(store):
    return Auditor(store, "Ben")


@pytest.fixture
def ranked(computed_pictures, tmp_path):
    """A computed audit of the test's own; its photographs are everybody's, only to be read."""
    audit = Audit(copied(computed_pictures, tmp_path / "ranked"))
    source = computed_pictures.with_name("source")
    audit.move_source(source_of(source, source.with_name("labels.csv")))
    yield audit
    audit.store.close()


@pytest.fixture
def map_without_umap(monkeypatch):
    """The map of the first two components in place of UMAP's, whose import takes seconds."""
    monkeypatch.setattr(umap_layout, "FEWEST_FOR_UMAP", 10**9)


class Outcome:
    """What a command left: its exit status and what it wrote."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err


@pytest.fixture
def command():
    """Run ``python -m core`` in this process; return its `Outcome`."""

    def run(*arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([str(argument) for argument in arguments])
        return Outcome(status, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def shell_command():
    """Run ``python -m core`` as a process; return its `Outcome`."""

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "core", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run
