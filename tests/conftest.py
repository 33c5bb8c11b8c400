"""Shared fixtures: the demo audit, computed once with the real backbone."""

import shutil
from pathlib import Path

import pytest

from core import pipeline
from core.audit import Audit
from core.demo import DEMO


@pytest.fixture(scope="session")
def computed_demo(tmp_path_factory):
    """The folder of a computed demo audit; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("computed") / "demo"
    audit = Audit.create(folder, DEMO, DEMO / "labels.csv")
    pipeline.run(audit)
    audit.store.close()
    return folder


@pytest.fixture
def demo_folder(computed_demo, tmp_path):
    """A computed demo audit of the test's own, in a home folder of its own."""
    home = tmp_path / "home"
    shutil.copytree(computed_demo, home / "demo")
    return home / "demo"


@pytest.fixture
def demo(demo_folder):
    audit = Audit(demo_folder)
    yield audit
    audit.store.close()


@pytest.fixture
def picture_folder(tmp_path):
    """A tiny data set of real photographs: three classes, six images each."""
    import csv

    source = tmp_path / "pictures"
    wanted = {"ketch": 6, "lotus": 6, "emu": 6}
    with (DEMO / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            if wanted.get(row["label"], 0) > 0:
                wanted[row["label"]] -= 1
                target = source / row["label"] / Path(row["path"]).name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(DEMO / row["path"], target)
    return source
