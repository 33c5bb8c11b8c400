from tests.benchmarks.kill_loop import kill_in, same_results, start, write_source


def test_killed_runs_resume_to_byte_identical_output(tmp_path):
    """The short form of ``tests.benchmarks.kill_loop``, each run in a process of its own."""
    source = write_source(tmp_path / "source", 60)
    assert start(source, tmp_path / "clean").wait() == 0
    for step in ("embed", "evidence"):
        assert kill_in(step, source, tmp_path / "killed") == step
    assert start(source, tmp_path / "killed").wait() == 0
    assert same_results(tmp_path / "clean", tmp_path / "killed")
