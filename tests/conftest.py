"""Shared fixtures: the demo audit and a smaller one, computed once with the real backbone."""

import csv
import os
import shutil
from pathlib import Path

import pytest

# Tests are small: threads inside one of them would wait for each other most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from core import pipeline
from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of


@pytest.fixture(scope="session")
def computed_demo(tmp_path_factory):
    """The folder of a computed demo audit; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("computed") / "demo"
    audit = Audit.create(folder, source_of(DEMO, DEMO / "labels.csv"))
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


@pytest.fixture(scope="session")
def computed_pictures(tmp_path_factory):
    """The folder of a computed audit: lotus and emu, one emu labeled lotus, two more columns."""
    home = tmp_path_factory.mktemp("pictures")
    with (DEMO / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    chosen = [
        row
        for name in ("lotus", "emu")
        for row in [row for row in truth if row["label"] == name][:9]
    ]
    (home / "source").mkdir()
    with (home / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["note", "path", "label", "größe"])
        for number, row in enumerate(chosen):
            shutil.copy(DEMO / row["path"], home / "source" / f"{number:02}.jpg")
            label = "lotus" if number == 12 else row["label"]
            writer.writerow([f"seen, {number}", f"{number:02}.jpg", label, f"{number} m"])
    audit = Audit.create(home / "audit", source_of(home / "source", home / "labels.csv"))
    pipeline.run(audit)
    audit.store.close()
    return home / "audit"


@pytest.fixture
def computed(computed_pictures, tmp_path):
    """A computed audit of eighteen photographs of the test's own, source and table included."""
    home = tmp_path / "home"
    shutil.copytree(computed_pictures.parent, home)  # keeps the files' times
    audit = Audit(home / "audit")
    audit.move_source(source_of(home / "source", home / "labels.csv"))
    yield audit
    audit.store.close()
