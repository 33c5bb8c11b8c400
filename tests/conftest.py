"""Shared fixtures: the demo audit and a small one, computed with the real backbone."""

import csv
import gc
import itertools
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Tests are small: threads inside one of them would wait for each other most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# The fastest network, but where a test is about which one is taken.
os.environ.setdefault("SECOND_LOOK_BACKBONE", "efficientnet_lite0")

from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from core.store import Store
from tests import computed_audits, fresh_stores

# How long an example takes says how busy the machine is; in CI hypothesis sees to this itself.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
if not os.environ.get("CI"):
    settings.load_profile("any machine")

MEMORY = Path("/dev/shm")
LEAST_FREE = 4 << 30
WHILE_BROWSERS_RUN = 0.6
"""The share of the other files that is begun before the last file of the browser's."""


def pytest_configure(config):
    """Let tests write to memory where there is enough: a disk that is waited for proves nothing."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_FREE:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
        tempfile.tempdir = os.environ.setdefault("TMPDIR", str(MEMORY))
    fresh_stores.copy_from_now_on()
    # Tests start some hundred processes, each of which would compile all of the code anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_unconfigure(config):
    fresh_stores.remove_template()


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers(config):
    """Run what one worker would run alone, the tests of one file, without any worker."""
    files = {argument.partition("::")[0] for argument in config.args}
    return 0 if len(files) == 1 and Path(*files).is_file() else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Mix files that wait, of which browsers have most, with those that compute."""
    files = [list(tests) for _, tests in itertools.groupby(items, key=lambda item: item.path)]
    waiting = [tests for tests in files if tests[0].get_closest_marker("browser")]
    computing = [tests for tests in files if not tests[0].get_closest_marker("browser")]
    # Long files end early, so that at the end no worker waits for another.
    waiting.sort(key=len, reverse=True)
    places = [index / max(len(waiting), 1) * WHILE_BROWSERS_RUN for index in range(len(waiting))]
    others = [index / max(len(computing), 1) for index in range(len(computing))]
    mixed = sorted(
        [*zip(places, waiting, strict=True), *zip(others, computing, strict=True)],
        key=lambda pair: pair[0],
    )
    items[:] = itertools.chain.from_iterable(tests for _, tests in mixed)


def pytest_collection_finish():
    """Take what is imported now from the garbage collector, or every rerun of a page walks it.

    TensorFlow is among it: with it, Streamlit's harness takes four times as long.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def audit_cache(pytestconfig):
    """The folder of computed audits, which stays between runs."""
    return pytestconfig.cache.mkdir("audits")


@pytest.fixture(scope="session")
def computed_demo(audit_cache):
    """The folder of a computed demo audit; copy it before writing to it."""
    return computed_audits.cached(audit_cache, computed_audits.demo) / "demo"


@pytest.fixture
def demo_folder(computed_demo, tmp_path):
    """A computed demo audit of the test's own, in a home folder of its own."""
    folder = copied(computed_demo, tmp_path / "home" / "demo", without="thumbs")
    # 1,573 small files that are named after their content, so that all copies may share them.
    (folder / "thumbs").symlink_to(computed_demo / "thumbs")
    return folder


@pytest.fixture
def demo(demo_folder):
    audit = Audit(demo_folder)
    yield audit
    audit.store.close()


@pytest.fixture
def picture_folder(tmp_path):
    """A tiny data set of real photographs: three classes, six images each."""
    source = tmp_path / "pictures"
    missing = {"ketch": 6, "lotus": 6, "emu": 6}
    with (DEMO / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            if missing.get(row["label"], 0) > 0:
                missing[row["label"]] -= 1
                target = source / row["label"] / Path(row["path"]).name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(DEMO / row["path"], target)
    return source


@pytest.fixture(scope="session")
def computed_pictures(audit_cache):
    """The folder of a computed audit of eighteen photographs; copy it before writing to it."""
    return computed_audits.cached(audit_cache, computed_audits.pictures) / "audit"


@pytest.fixture
def computed(computed_pictures, tmp_path):
    """A computed audit of eighteen photographs of the test's own, source and table included."""
    home = tmp_path / "home"
    shutil.copytree(computed_pictures.parent / "source", home / "source")  # keeps the files' times
    shutil.copy2(computed_pictures.parent / "labels.csv", home)
    audit = Audit(copied(computed_pictures, home / "audit"))
    audit.move_source(source_of(home / "source", home / "labels.csv"))
    yield audit
    audit.store.close()


@pytest.fixture
def crop_audit(audit_cache, tmp_path):
    """A computed audit of eighteen boxes in three pictures of the test's own, source included."""
    made = computed_audits.cached(audit_cache, computed_audits.crops)
    shutil.copytree(made / "source", tmp_path / "home" / "source")
    audit = Audit(copied(made / "audit", tmp_path / "home" / "audit"))
    audit.move_source(source_of(tmp_path / "home" / "source"))
    yield audit
    audit.store.close()


def copied(folder, to, without=""):
    """Copy an audit, under an id of its own: by it servers tell audits apart, and jobs theirs."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns(without))
    store = Store(to / "audit.db")
    store.set_settings({"id": secrets.token_hex(6)})
    store.close()
    return to
