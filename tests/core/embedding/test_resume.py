import pytest

from core.audit import Audit
from core.embedding import runner
from core.ingest.readers import source_of
from tests.benchmarks.kill_loop import write_source
from tests.core.making import read_images


def test_an_interrupted_embedding_resumes_to_byte_identical_output(tmp_path, monkeypatch):
    """48 photographs, the last of them damaged, in three commits."""
    monkeypatch.setattr(runner, "IMAGES_PER_COMMIT", runner.IMAGES_IN_FIRST_COMMIT)
    source = source_of(write_source(tmp_path / "source", 48))
    uninterrupted = Audit.create(tmp_path / "uninterrupted", source)
    read_images(uninterrupted)
    audit = Audit.create(tmp_path / "audit", source)
    counts = []

    def stop(done, total):
        counts.append(done)
        if 0 < done < total:
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            read_images(audit, stop)
    read_images(audit, lambda done, total: counts.append(done))
    assert max(counts[:3]) < counts[-1] == 48
    assert len(audit.store.quarantined()) == 1
    assert audit.embeddings_file.read_bytes() == uninterrupted.embeddings_file.read_bytes()
