from core import pipeline
from core.audit import Audit
from core.ingest.readers import source_of
from tests.benchmarks.kill_loop import kill_in, same_results, write_source


def compute(source, folder):
    audit = Audit.create(folder, source_of(source))
    pipeline.run(audit)
    audit.store.close()


def test_killed_runs_resume_to_byte_identical_output(tmp_path, map_without_umap):
    """The short form of ``python -m tests.benchmarks.kill_loop``."""
    source = write_source(tmp_path / "source", 60)
    compute(source, tmp_path / "clean")
    for step in ("embed", "evidence"):
        assert kill_in(step, source, tmp_path / "killed") == step
    compute(source, tmp_path / "killed")
    assert same_results(tmp_path / "clean", tmp_path / "killed")
