"""Tables of JSON Lines and Parquet (layout 13): columns as of a CSV, damaged rows counted."""

import json
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from core.ingest.json_objects import json_head
from core.ingest.readers import SourceError, read_source, source_of


@pytest.fixture
def read(tmp_path):
    def listing(content, name="labels.jsonl", **options):
        path = tmp_path / name
        if isinstance(content, pa.Table):
            parquet.write_table(content, path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (tmp_path / "images").mkdir(exist_ok=True)
        source = source_of(tmp_path / "images", path, **options)
        listing.reader = source.format
        return read_source(source)

    return listing


def labels(listing):
    return {record.path: record.label for record in listing.records}


def lines(*objects):
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in objects) + "\n"


def test_each_line_is_a_row_and_keys_are_columns(read):
    listing = read(
        lines(
            {"image": "1.png", "label": "Kätzchen", "size": 3, "ok": True, "tags": ["a", "b"]},
            {"label": "dog", "image": "2.png", "extra": None, "size": 1.5},
        )
    )
    assert read.reader == "jsonl"
    assert labels(listing) == {"1.png": "Kätzchen", "2.png": "dog"}
    assert listing.columns == ["image", "label", "size", "ok", "tags", "extra"]
    assert listing.records[0].fields == {
        "image": "1.png", "label": "Kätzchen", "size": "3", "ok": "true", "tags": '["a", "b"]',
        "extra": "",
    }  # fmt: skip


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["x.jsonl", "x.ndjson", "x.txt"])
def test_lines_are_told_by_content(read, mark, name):
    content = mark + lines({"path": "1", "label": "a"}, {"path": "2", "label": 7}).encode()
    assert labels(read(content, name)) == {"1": "a", "2": "7"}


def test_one_line_is_a_table_where_the_ending_says_so(read):
    assert labels(read(lines({"path": "1.png", "label": "a"}))) == {"1.png": "a"}


def test_list_of_objects_is_a_table(read):
    listing = read(json.dumps([{"file": "1.png", "class": "a"}, 5, {"file": "2.png"}]), "x.json")
    assert labels(listing) == {"1.png": "a", "2.png": None}
    assert "1 row cannot be used and is left out, first object 2: it is no object, but 5." in (
        listing.doubts
    )


def test_damaged_lines_are_counted_and_the_rest_goes_on(read):
    good = lines({"path": "1", "label": "a"}, {"path": "2", "label": "b"})
    listing = read(good + '{"path": \n[1]\n' + lines({"path": "3", "label": "a"}))
    assert labels(listing) == {"1": "a", "2": "b", "3": "a"}
    assert "2 rows cannot be used and are left out, first line 3: it is no JSON." in listing.doubts


def test_several_labels_of_a_row_are_refused_and_one_in_a_list_is_read(read):
    listing = read(lines({"path": "1", "labels": ["a"]}, {"path": "2", "labels": ["a", "b"]}))
    assert labels(listing) == {"1": "a", "2": None}
    (question,) = listing.questions
    assert question.because.startswith("1 image has several labels and will be unlabeled, first 2:")


def test_lines_that_are_not_utf8_are_refused(read):
    with pytest.raises(SourceError, match="is not UTF-8 text"):
        read('{"path": "é", "label": "a"}\n'.encode("latin-1"))


def test_parquet_is_read_with_values_of_every_kind(read):
    table = pa.table(
        {
            "Path": ["1.png", "2.png"], "Label": pa.array(["cat", None]).dictionary_encode(),
            "n": [1, 2], "x": [0.5, None], "day": [date(2026, 1, 2), None],
            "bytes": [b"a", b"b"], "image": [{"bytes": b"a", "path": "x"}] * 2,
        }
    )  # fmt: skip
    listing = read(table, "labels.parquet")
    assert read.reader == "parquet"
    assert labels(listing) == {"1.png": "cat", "2.png": None}
    assert listing.records[0].fields == {
        "Path": "1.png", "Label": "cat", "n": "1", "x": "0.5", "day": "2026-01-02",
    }  # fmt: skip
    assert listing.records[1].fields["x"] == ""
    assert "2 columns of bytes are left out." in listing.notes


def test_parquet_is_told_by_content_and_a_damaged_one_is_refused(read, tmp_path):
    table = pa.table({"path": ["1"], "label": ["a"]})
    assert labels(read(table, "labels.csv")) == {"1": "a"}
    data = (tmp_path / "labels.csv").read_bytes()
    with pytest.raises(SourceError, match="cannot be read as Parquet") as error:
        read(data[:-4] + b"oops", "x.parquet")
    assert len(str(error.value)) <= 300
    wide = pa.table({f"c{n}": [1] for n in range(6000)})
    with pytest.raises(SourceError, match="has 6,000 columns; a table of labels has 5,000"):
        read(wide, "wide.parquet")


@pytest.mark.parametrize(
    ("text", "kind", "keys"),
    [
        ('{"a": 1, "b": {"c": 2}}\n{"a": 2}\n', "lines", ("a", "b")),
        ('[ {"a": "x: {", "b": [1]}, {}]', "list", ("a", "b")),
        ('{"a\\"b": "c"', "object", ('a"b',)),
        ('{"a": "cut of', "object", ("a",)),
        ("[]", "", ()), ("", "", ()), ("path,label", "", ()), ("[1, 2]", "", ()),
    ],
)  # fmt: skip
def test_beginning_of_json_tells_what_it_is(tmp_path, text, kind, keys):
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    head = json_head(tmp_path / "x.json")
    assert (head.kind, head.keys) == (kind, keys)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_texts_come_back_as_they_were_written(tmp_path_factory, values, as_parquet):
    folder = tmp_path_factory.getbasetemp()
    rows = [
        {"path": f"{n}{name.replace('/', '')}.png", "label": f"c{label}", "note": note}
        for n, (name, label, note) in enumerate(values)
    ]
    path = folder / ("any.parquet" if as_parquet else "any.jsonl")
    if as_parquet:
        parquet.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text(lines(*rows), encoding="utf-8", newline="")
    (folder / "none").mkdir(exist_ok=True)
    listing = read_source(source_of(folder / "none", path))
    assert [record.fields for record in listing.records] == rows
    assert [record.label for record in listing.records] == [row["label"].strip() for row in rows]
