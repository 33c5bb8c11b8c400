from tests.benchmarks.kill_loop import kill_loop, write_source


def test_killed_runs_resume_to_byte_identical_output(tmp_path):
    """The short form of ``python -m tests.benchmarks.kill_loop``."""
    tally = kill_loop(write_source(tmp_path / "source", 120), tmp_path, audits=1, seed=1)
    assert sum(tally.kills.values()) == 2
    assert tally.same
