"""A baseline is read whole or not at all."""

import pytest

from core.audit import AuditError
from core.gate.baseline import read_baseline, write_baseline

KEYS = {("00", "cat"), ("11", "two\nlines"), ("22", "é|\"'")}


def test_what_was_written_is_read(tmp_path):
    write_baseline(tmp_path / "base", KEYS)
    assert read_baseline(tmp_path / "base") == KEYS
    write_baseline(tmp_path / "none", [])
    assert read_baseline(tmp_path / "none") == set()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]\n",
        "{}\n",
        '{"second_look_baseline": 2, "labels": 0}\n',
        '{"second_look_baseline": 1, "labels": 2}\n["00", "cat"]\n',
        '{"second_look_baseline": 1, "labels": 1}\n["00", 7]\n',
        '{"second_look_baseline": 1, "labels": 1}\n["00"]\n',
        '{"second_look_baseline": 1, "labels": 1}\n7\n',
        '{"second_look_baseline": 1, "labels": 1}\n["00", "c\n',
        "[" * 100_000,
        "\x00\x01",
    ],
)
def test_what_is_none_gets_a_sentence(tmp_path, content):
    (tmp_path / "base").write_text(content, encoding="utf-8")
    with pytest.raises(AuditError, match="base is no whole baseline"):
        read_baseline(tmp_path / "base")


def test_file_that_is_missing_gets_a_sentence(tmp_path):
    with pytest.raises(AuditError, match="There is no baseline"):
        read_baseline(tmp_path / "base")
