"""The input's own JSON is given back with nothing but its labels changed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import Audit
from core.export.choices import ExportChoices
from core.export.exporting import export
from core.export.writers import writer_of
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.making import Auditor


@pytest.fixture
def begin(listed, tmp_path):
    """Begin an audit of the text of a file."""
    (tmp_path / "images").mkdir()

    def make(text, name="labels.jsonl"):
        (tmp_path / name).write_bytes(text.encode())
        return listed(source_of(tmp_path / "images", tmp_path / name))

    return make


def given_back(audit, to, choices=None):
    export(audit, writer_of(audit, "own"), to, choices)
    return to.read_bytes().decode()


FILES = {
    "lines": ("labels.jsonl", '{"path": "1.jpg",  "label":"cat" , "n": 1.50}\n\n'
              '{"path": "2.jpg", "label": "dog"}'),
    "escapes and CRLF": ("labels.jsonl", '\ufeff{"label": "cat", "x": "\\u00e9\\/",'
                         ' "path": "1.jpg"}\r\n{"label": "dog", "path": "2.jpg"}\r\n'),
    "list, indented": ("labels.json", '[\n  {"path": "1.jpg",\n   "label": "cat"},\n'
                       '  {"path": "2.jpg", "label": "dog"}\n]\n'),
    "map": ("labels.json", '{\n  "1.jpg": "cat",\n  "2.jpg": "dog"\n}'),
    "doubled key": ("labels.jsonl", '{"path": "1.jpg", "label": "emu", "label": "cat"}\n'
                    '{"path": "2.jpg", "label": "dog"}\n'),
    "NaN": ("labels.jsonl", '{"path": "1.jpg", "label": "cat", "x": [NaN, -Infinity]}\n'
            '{"path": "2.jpg", "label": "dog"}\n'),
    "label in a list": ("labels.jsonl", '{"path": "1.jpg", "label": ["cat"]}\n'
                        '{"path": "2.jpg", "label": ["dog"]}\n'),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_only_the_label_differs(begin, tmp_path, kind):
    name, text = FILES[kind]
    audit = begin(text, name)
    assert given_back(audit, tmp_path / "same") == text
    Auditor(audit.store).judge("1.jpg", "relabel", ["dog"])
    assert given_back(audit, tmp_path / "out") == text.replace('"cat"', '"dog"')


def test_label_is_written_in_the_manner_of_the_file(begin, tmp_path):
    audit = begin('{"path": "1.jpg", "label": 3}\n{"path": "2.jpg", "label": 5}\n'
                  '{"path": "3.jpg"}\n{"path": "4.jpg", "label": null}\n')  # fmt: skip
    ana = Auditor(audit.store)
    for path, label in (("1.jpg", "5"), ("3.jpg", "3"), ("4.jpg", "3")):
        ana.judge(path, "relabel", [label])
    assert given_back(audit, tmp_path / "1") == (
        '{"path": "1.jpg", "label": 5}\n{"path": "2.jpg", "label": 5}\n'
        '{"path": "3.jpg","label": 3}\n{"path": "4.jpg", "label": 3}\n'
    )
    audit.store.add_class("Kä", auditor="Ana")
    ana.judge("1.jpg", "relabel", ["Kä"])
    ana.judge("2.jpg", "none")
    ana.judge("3.jpg", "ambiguous", ["3", "5"])
    ana.judge("4.jpg", "bad image")
    choices = ExportChoices({"ambiguous": "all", "bad image": "leave-out"})
    assert given_back(audit, tmp_path / "2", choices) == (
        '{"path": "1.jpg", "label": "K\\u00e4"}\n{"path": "2.jpg", "label": null}\n'
        '{"path": "3.jpg","label": ["3", "5"]}\n'
    )


def test_object_of_a_list_that_is_left_out_takes_its_comma(begin, tmp_path):
    text = '[{"path": "1.jpg", "label": "cat"}, {"path": "2.jpg", "label": "dog"} ]'
    audit = begin(text, "labels.json")
    ana, leave_out = Auditor(audit.store), ExportChoices({"bad image": "leave-out"})
    ana.judge("2.jpg", "bad image")
    assert given_back(audit, tmp_path / "1", leave_out) == '[{"path": "1.jpg", "label": "cat"} ]'
    ana.judge("1.jpg", "bad image")
    assert given_back(audit, tmp_path / "2", leave_out) == "[ ]"


def test_entry_of_a_map_can_be_left_out(begin, tmp_path):
    audit = begin('{"1.jpg": "cat",\n "2.jpg": "dog", "3.jpg": "dog"}', "labels.json")
    Auditor(audit.store).judge("2.jpg", "bad image")
    out = given_back(audit, tmp_path / "out", ExportChoices({"bad image": "leave-out"}))
    assert out == '{"1.jpg": "cat", "3.jpg": "dog"}'


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
keys = st.text(min_size=1, max_size=4).filter(lambda key: key not in ("path", "label"))
rows = st.lists(st.dictionaries(keys, values, max_size=4), min_size=2, max_size=5)


@given(rows, st.booleans(), st.sampled_from([None, 1, 3]), st.data())
@settings(max_examples=10, deadline=None)
def test_any_objects_keep_everything_but_their_labels(tmp_path_factory, rows, ascii, indent, data):
    folder = tmp_path_factory.mktemp("json")
    (folder / "images").mkdir()
    labels = [data.draw(st.sampled_from(["cat", "dög", "a/b"])) for _ in rows]
    objects = [{**row, "path": f"{n}.jpg", "label": labels[n]} for n, row in enumerate(rows)]
    if indent is None:
        path = folder / "labels.jsonl"
        lines = [json.dumps(one, ensure_ascii=ascii) for one in objects]
        path.write_bytes("\n".join(lines).encode(errors="surrogatepass"))
    else:
        path = folder / "labels.json"
        path.write_bytes(json.dumps(objects, ensure_ascii=ascii, indent=indent).encode())
    source = source_of(folder / "images", path, "label", columns={"path_column": "path"})
    audit = Audit.create(folder / "audit", source)
    list_items(audit)
    ana = Auditor(audit.store)
    for n in data.draw(st.sets(st.integers(0, len(rows) - 1))):
        labels[n] = data.draw(st.sampled_from(sorted({*labels})))
        ana.judge(f"{n}.jpg", "relabel", [labels[n]])
    export(audit, writer_of(audit, "own"), folder / "out.json")
    audit.store.close()
    expected = [{**one, "label": label} for one, label in zip(objects, labels, strict=True)]
    out = (folder / "out.json").read_text(encoding="utf-8")
    is_ascii = path.read_bytes().isascii()
    if indent is None:
        assert out == "\n".join(json.dumps(one, ensure_ascii=is_ascii) for one in expected)
    else:
        assert out == json.dumps(expected, ensure_ascii=is_ascii, indent=indent)
    again = source_of(folder / "images", folder / "out.json", "label",
                      columns={"path_column": "path"})  # fmt: skip
    assert [record.label for record in read_source(again).records] == labels
