"""A file that is no log, or a line of it that is none, is told in one sentence."""

import json
from dataclasses import replace

import pytest

from core.review.travel.log_format import Header, LogReader, lines
from core.store.log_placing import LogClass

HEADER = Header(
    audit="0123456789ab",
    name="pets",
    exported="2026-11-30T10:00:00.000+00:00",
    rows=1,
    seen=0,
    classes=tuple(LogClass(name, (name,), None) for name in ("ant", "bee")),
)
ROW = {
    "session": "s", "seq": 1, "action": "s:1", "at": "2026-11-30T10:00:00.000+00:00",
    "auditor": "Ana", "path": "a.jpg", "content": "00", "verdict": "relabel", "given": "ant",
    "labels": ["bee"], "role": "review", "stream": "queue", "undoes": None, "redoes": None,
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return tmp_path / "log.jsonl"


def written(file, **changes):
    """Write a log of one row with fields changed; what is "gone" is left out."""
    row = {key: value for key, value in (ROW | changes).items() if value != "gone"}
    head, _ = lines(HEADER, [ROW])
    file.write_text(head + json.dumps(row) + "\n", encoding="utf-8")
    return file


def test_what_was_written_is_read(file):
    (row,) = LogReader(written(file)).rows()
    assert (row.line, row.auditor, row.labels, row.given) == (2, "Ana", ("bee",), "ant")
    assert LogReader(file).header == HEADER


def test_time_of_another_zone_is_told_in_utc(file):
    (row,) = LogReader(written(file, at="2026-11-30T12:00:00+02:00")).rows()
    assert row.at == ROW["at"]


def test_fields_of_a_later_version_are_passed_over(file):
    (row,) = LogReader(written(file, mood="good")).rows()
    assert row.auditor == "Ana"


BAD_ROWS = {
    "verdict": ["maybe", 1, None, ["keep"], "undo", "keep"],
    "at": ["yesterday", "2026-11-30T10:00:00", 12, None, "9999-99-99", "gone"],
    "auditor": ["", " ", "two\nlines", None, "x" * 5000, "\ud800", "gone"],
    "session": ["", None, "a\0b", 7],
    "seq": [-1, 1.5, True, "1", 2**63, None],
    "path": [None, ""],
    "content": [5, "", ["1"]],
    "labels": [None, "bee", [1], [], ["bee", "ant"], ["yak"], "gone"],
    "given": ["yak", 3],
    "role": ["boss", None],
    "stream": ["river", None],
    "undoes": [["x", 1], "x", [1, 2, 3], ["x"]],
    "redoes": [["x"], {"session": "x"}],
}


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in BAD_ROWS.items() for value in values]
)
def test_row_that_is_none_is_named(file, key, value):
    reader = LogReader(written(file, **{key: value}))
    with pytest.raises(ValueError, match=r"^Line 2 of log.jsonl is no row of a log: .*\.$") as told:
        list(reader.rows())
    assert len(str(told.value)) < 300


SEEN = {"seen_by": "Ben", "session": "s", "seq": 1, "content": "00", "at": ROW["at"]}


def test_who_has_seen_what_is_read_after_the_rows(file):
    text = "".join(lines(replace(HEADER, seen=1), [ROW], [SEEN]))
    file.write_text(text, encoding="utf-8")
    reader = LogReader(file)
    assert len(list(reader.rows())) == 1
    assert [one._asdict() for one in reader.seen] == [SEEN]


@pytest.mark.parametrize(
    ("key", "value"), [("seen_by", "\t"), ("session", 1), ("seq", "1"), ("at", "x"), ("content", 1)]
)
def test_line_of_who_has_seen_what_is_checked(file, key, value):
    text = "".join(lines(replace(HEADER, seen=1), [ROW], [SEEN | {key: value}]))
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="Line 3 of "):
        list(LogReader(file).rows())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "log.jsonl is no log of Second Look"),
        (b"path,label\na.jpg,ant\n", "is no log of Second Look"),
        (b"[1]\n", "is no log of Second Look"),
        (b"[" * 100_000, "is no log of Second Look"),
        (b'{"second_look_log": 2}\n', "written by a newer version"),
        (b'{"second_look_log": 1}\n', "Line 1 of log.jsonl is no row of a log: audit is no text"),
        (b"\xff\xfe", "Line 1 of log.jsonl is no row of a log: it is not UTF-8"),
    ],
)
def test_file_that_is_no_log_gets_a_sentence(file, content, sentence):
    file.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        LogReader(file)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"{", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"7", "it is no JSON object"),
        (b"\xff", "it is not UTF-8"),
        (b'{"seq": ' + b"9" * 5000 + b"}", "Exceeds"),
    ],
)
def test_line_that_is_no_json_gets_a_sentence(file, text, why):
    head, _ = lines(HEADER, [ROW])
    file.write_bytes(head.encode() + text)
    with pytest.raises(ValueError, match=f"Line 2 of log.jsonl is no row of a log: {why}"):
        list(LogReader(file).rows())


def test_line_without_an_end_is_not_read_whole(file, monkeypatch):
    monkeypatch.setattr("core.review.travel.log_format.LONGEST_LINE", 1000)
    written(file, path="x" * 2000)
    with pytest.raises(ValueError, match=r"Line 2 of log\.jsonl .*: it is too long"):
        list(LogReader(file).rows())
