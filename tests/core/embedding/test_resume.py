import shutil
import signal
import subprocess
import sys
import time

import pytest

from core.audit import Audit
from core.demo import DEMO
from core.ingest.readers import source_of
from tests.core.conftest import ROOT
from tests.core.making import read_images, steps


@pytest.fixture(scope="module")
def many_pictures(tmp_path_factory):
    """240 photographs with one that is damaged in between: three commits."""
    source = tmp_path_factory.mktemp("many") / "source"
    for number in range(240):
        target = source / "ab"[number % 2] / f"{number:04}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEMO / "images" / f"{number:04}.jpg", target)
    (source / "b" / "0005.jpg").write_bytes(b"damaged")
    return source


@pytest.fixture(scope="module")
def uninterrupted(many_pictures, tmp_path_factory):
    audit = Audit.create(tmp_path_factory.mktemp("whole") / "audit", source_of(many_pictures))
    read_images(audit)
    return audit.embeddings_file.read_bytes()


def test_an_interrupted_embedding_resumes_to_byte_identical_output(
    many_pictures, uninterrupted, tmp_path
):
    audit = Audit.create(tmp_path / "audit", source_of(many_pictures))
    counts = []

    def stop(done, total):
        counts.append(done)
        if 0 < done < total:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            read_images(audit, stop)
    read_images(audit, lambda done, total: counts.append(done))
    assert max(counts[:3]) < counts[-1] == 240
    assert len(audit.store.quarantined()) == 1
    assert audit.embeddings_file.read_bytes() == uninterrupted


def test_a_killed_run_resumes_to_byte_identical_output(many_pictures, uninterrupted, tmp_path):
    audit = Audit.create(tmp_path / "audit", source_of(many_pictures))
    command = [sys.executable, "-m", "core", "audit", many_pictures, "--into", audit.folder]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not audit.store.embedded_items() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = len(audit.store.embedded_items())
    assert 0 < done < 239, "killed too early or too late to mean anything"
    assert steps(audit)["embed"] == "running"
    read_images(audit)
    assert audit.embeddings_file.read_bytes() == uninterrupted
