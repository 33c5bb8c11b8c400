"""The command `report`."""

import pytest

from tests.core.commands.conftest import SUSPECT


def test_report_is_written_and_written_again(command, folder, decide, tmp_path):
    decide(SUSPECT, "relabel", "emu")
    for file in (tmp_path / "report.html", folder / "report.html"):
        for _ in range(2):
            outcome = command("report", folder, "--to", file)
            assert (outcome.status, outcome.out) == (0, "")
            assert outcome.err == f"Wrote the report to {file}.\n"
        assert "1 label error found in 1 reviewed image" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["audit.db", "other.html"])
def test_report_is_written_over_nothing_but_a_report(command, folder, tmp_path, place):
    file = folder / place if place == "audit.db" else tmp_path / place
    if not file.exists():
        file.write_text("<!DOCTYPE html><html></html>")
    before = file.read_bytes()
    outcome = command("report", folder, "--to", file)
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert file.read_bytes() == before


def test_report_needs_a_folder_that_is_there(command, folder, tmp_path):
    outcome = command("report", folder, "--to", tmp_path / "no" / "report.html")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert not (tmp_path / "no").exists()
