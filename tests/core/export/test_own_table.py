"""The input's own table is given back with nothing but its labels changed."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.audit import Audit, AuditError
from core.export.choices import ExportChoices
from core.export.delimited_text import cell_spans
from core.export.exporting import export
from core.export.writers import WRITERS, writer_of
from core.ingest.readers import read_source, source_of
from core.ingest.table import SAMPLE
from core.pipeline import list_items
from tests.core.making import Auditor


@pytest.fixture
def begin(listed, tmp_path):
    """Begin an audit of the bytes of a table."""
    (tmp_path / "images").mkdir()

    def make(data, name="labels.csv", **options):
        (tmp_path / name).write_bytes(data)
        return listed(source_of(tmp_path / "images", tmp_path / name, **options))

    return make


def given_back(audit, to, choices=None):
    export(audit, writer_of(audit, "own"), to, choices)
    return to.read_bytes()


TABLES = {
    "plain": (b"path,label\n1.jpg,cat\n2.jpg,dog\n", b"path,label\n1.jpg,dog\n2.jpg,dog\n"),
    "quotes and ends": (
        b'"path","label","note"\r\n"1.jpg","cat","a ""b"", c"\r\n2.jpg,dog,"two\nlines"\r\n',
        b'"path","label","note"\r\n"1.jpg","dog","a ""b"", c"\r\n2.jpg,dog,"two\nlines"\r\n',
    ),
    "mark, blanks, no last end": (
        b"\xef\xbb\xbfpath;label\n\n1.jpg;  cat \n2.jpg;dog",
        b"\xef\xbb\xbfpath;label\n\n1.jpg;  dog \n2.jpg;dog",
    ),
    "mark of Excel": (
        b"sep=;\r\npath;label\r\n1.jpg;cat\r\n2.jpg;dog\r\n",
        b"sep=;\r\npath;label\r\n1.jpg;dog\r\n2.jpg;dog\r\n",
    ),
    "single CR": (b"path;label\r1.jpg;cat\r2.jpg;dog\r", b"path;label\r1.jpg;dog\r2.jpg;dog\r"),
    "repeated, empty and damaged rows": (
        b'path,label,n\n1.jpg,cat,1\n1.jpg,cat,2\n,cat,3\n"4"x.jpg,cat,4\n5.jpg,cat\n2.jpg,dog,6\n',
        b'path,label,n\n1.jpg,dog,1\n1.jpg,dog,2\n,cat,3\n"4"x.jpg,cat,4\n5.jpg,cat\n2.jpg,dog,6\n',
    ),
    "no header, values too many": (
        b"1.jpg,cat\n2.jpg,dog,,\n3.jpg,cat,\n", b"1.jpg,dog\n2.jpg,dog,,\n3.jpg,cat,\n"
    ),
    "columns without names": (
        b"label,path,,,\ncat,1.jpg,,,\ndog,2.jpg,,,\n",
        b"label,path,,,\ndog,1.jpg,,,\ndog,2.jpg,,,\n",
    ),
    "one-hot": (
        b"filename, cat, dog\n1.jpg, 1, 0\n2.jpg, 0, 1\n",
        b"filename, cat, dog\n1.jpg, 0, 1\n2.jpg, 0, 1\n",
    ),
    "one-hot in words": (
        b"filename,cat,dog\n1.jpg,True,False\n2.jpg,False,True\n",
        b"filename,cat,dog\n1.jpg,False,True\n2.jpg,False,True\n",
    ),
    "latin-1": tuple(
        f"path,label,ort\n1.jpg,{label},Köln\n2.jpg,dog,Düren\n3.jpg,dog,Straße\n".encode("cp1252")
        for label in ("cat", "dog")
    ),
    "utf-16": ("path\tlabel\r\n1.jpg\tcat\r\n2.jpg\tdog\r\n".encode("utf-16"),
               "path\tlabel\r\n1.jpg\tdog\r\n2.jpg\tdog\r\n".encode("utf-16")),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
def test_only_the_label_differs(begin, tmp_path, kind):
    before, after = TABLES[kind]
    audit = begin(before)
    assert given_back(audit, tmp_path / "same.csv") == before
    Auditor(audit.store).judge("1.jpg", "relabel", ["dog"])
    assert given_back(audit, tmp_path / "out.csv") == after


def test_row_that_is_left_out_goes_and_one_without_a_class_has_an_empty_label(begin, tmp_path):
    audit = begin(b"path,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog")
    ana = Auditor(audit.store)
    ana.judge("1.jpg", "none")
    ana.judge("2.jpg", "ambiguous", ["cat", "dog"])
    ana.judge("4.jpg", "bad image")
    assert given_back(audit, tmp_path / "1.csv") == (
        b"path,label\n1.jpg,\n2.jpg,dog\n3.jpg,cat\n4.jpg,"
    )
    fates = {"ambiguous": "all", "bad image": "leave-out", "none": "class:a, b"}
    assert given_back(audit, tmp_path / "2.csv", ExportChoices(fates)) == (
        b'path,label\n1.jpg,"a, b"\n2.jpg,cat|dog\n3.jpg,cat\n'
    )


def test_renamed_class_is_called_as_now_or_as_the_input_spells_it(begin, tmp_path):
    table = b"path,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,emu\n"
    audit = begin(table)
    ids = {name: one for one, name in audit.store.class_names().items()}
    audit.store.add_class_change("rename", ids["cat"], auditor="Ana", text="feline")
    audit.store.add_class_change("merge", ids["emu"], auditor="Ana", other_id=ids["dog"])
    Auditor(audit.store).judge("2.jpg", "relabel", ["feline"])
    assert given_back(audit, tmp_path / "1.csv") == (
        b"path,label\n1.jpg,feline\n2.jpg,feline\n3.jpg,dog\n"
    )
    choices = ExportChoices(writer_of(audit, "own").choices.fates, input_names=True)
    assert given_back(audit, tmp_path / "2.csv", choices) == (
        b"path,label\n1.jpg,cat\n2.jpg,cat\n3.jpg,dog\n"
    )


def test_renamed_class_of_a_one_hot_table_is_renamed_in_its_header(begin, tmp_path):
    audit = begin(b"path,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n3.jpg,0,0\n")
    ids = {name: one for one, name in audit.store.class_names().items()}
    audit.store.add_class_change("rename", ids["cat"], auditor="Ana", text="fel,ine")
    ana = Auditor(audit.store)
    ana.judge("2.jpg", "relabel", ["fel,ine"])
    ana.judge("3.jpg", "ambiguous", ["fel,ine", "dog"])
    choices = ExportChoices({"ambiguous": "all"})
    assert given_back(audit, tmp_path / "1.csv", choices) == (
        b'path,"fel,ine",dog\n1.jpg,1,0\n2.jpg,1,0\n3.jpg,1,1\n'
    )
    with pytest.raises(AuditError, match="no column for the class 'odd'"):
        given_back(audit, tmp_path / "2.csv", ExportChoices({"ambiguous": "class:odd"}))
    assert not (tmp_path / "2.csv").exists()


def test_odd_values_of_a_one_hot_row_go_once_it_is_decided(begin, tmp_path):
    rows = b"".join(b"%d.jpg,yes,no\n" % n for n in range(SAMPLE)) + b"c.jpg,no,yes\n"
    audit = begin(b"path,cat,dog\n" + rows + b"a.jpg,?,no\nb.jpg,,2\n")
    Auditor(audit.store).judge("a.jpg", "relabel", ["dog"])
    assert given_back(audit, tmp_path / "out.csv") == (
        b"path,cat,dog\n" + rows + b"a.jpg,no,yes\nb.jpg,,2\n"
    )


def test_table_that_has_changed_since_the_audit_is_refused(begin, tmp_path):
    audit = begin(b"path,label\n1.jpg,cat\n2.jpg,dog\n")
    table = audit.source.labels
    for changed, words in (
        (b"path,label\n1.jpg,cat\n2.jpg,cat\n", "first at item 2, 2.jpg"),
        (b"path,label\n1.jpg,cat\n", "lists fewer items"),
        (b"path,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n", "lists more items"),
    ):
        table.write_bytes(changed)
        with pytest.raises(AuditError, match=words):
            given_back(audit, tmp_path / "out.csv")
    table.unlink()
    with pytest.raises(AuditError, match="cannot be read any more"):
        given_back(audit, tmp_path / "out.csv")
    assert list(tmp_path.glob("out.csv*")) == []


def test_characters_that_an_encoding_would_write_otherwise_keep_their_bytes(begin, tmp_path):
    odd = b"\x87\x90"  # which cp932 writes as other bytes than these
    assert odd.decode("cp932").encode("cp932") != odd
    table = b"note,path,label\n" + odd + b",1.jpg,cat\n" + odd + b",2.jpg,dog\n"
    audit = begin(table, columns={"encoding": "cp932"})
    Auditor(audit.store).judge("1.jpg", "relabel", ["dog"])
    assert given_back(audit, tmp_path / "out.csv") == table.replace(b"cat", b"dog")


def test_label_that_the_encoding_lacks_is_refused(begin, tmp_path):
    audit = begin("path,label\n1.jpg,Käfer\n2.jpg,Möwe\n3.jpg,dog\n".encode("cp1252"))
    audit.store.add_class("Ж", auditor="Ana")
    Auditor(audit.store).judge("1.jpg", "relabel", ["Ж"])
    with pytest.raises(AuditError, match="'Ж' cannot be written in cp1252"):
        given_back(audit, tmp_path / "out.csv")


def test_tables_beside_the_images_are_given_back_as_a_folder(tmp_path):
    folder = tmp_path / "data"
    for split, label in (("train", "cat"), ("test", "dog")):
        (folder / split).mkdir(parents=True)
        (folder / split / "1.jpg").touch()
        (folder / split / "metadata.csv").write_text(f"file_name,label\r\n1.jpg,{label}\r\n")
    audit = Audit.create(tmp_path / "audit", source_of(folder))
    list_items(audit)
    Auditor(audit.store).judge("test/1.jpg", "relabel", ["cat"])
    export(audit, writer_of(audit, "own"), tmp_path / "out")
    found = (path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("out/**/*.*"))
    assert sorted(found) == [
        "out/changes.csv", "out/manifest.json", "out/test/metadata.csv", "out/train/metadata.csv",
    ]  # fmt: skip
    for split in ("train", "test"):
        text = (tmp_path / "out" / split / "metadata.csv").read_bytes()
        assert text == b"file_name,label\r\n1.jpg,cat\r\n"
    audit.store.close()


def test_one_table_beside_the_images_is_given_back_as_a_file(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "1.jpg").touch()
    (tmp_path / "data" / "metadata.csv").write_bytes(b"file_name,label\n1.jpg,cat\n")
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "data"))
    list_items(audit)
    assert writer_of(audit, "own").suffix_of(audit) == ".csv"
    assert given_back(audit, tmp_path / "out") == b"file_name,label\n1.jpg,cat\n"
    audit.store.close()


def test_boxes_of_a_table_get_their_labels(tmp_path):
    (tmp_path / "images").mkdir()
    table = tmp_path / "boxes.csv"
    rows = ["filename,xmin,ymin,xmax,ymax,class"]
    rows += ["1.jpg,0,0,9,9,cat", "1.jpg,0,0,9,9,cat", "1.jpg,5,5,9,9,dog", "2.jpg,,,,,dog", ""]
    table.write_text("\n".join(rows))
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "images", table))
    list_items(audit)
    Auditor(audit.store).judge("1.jpg#0,0,9,9", "relabel", ["dog"])
    out = given_back(audit, tmp_path / "out.csv").decode()
    assert out == "\n".join(rows).replace("9,cat", "9,dog")
    audit.store.close()


def test_export_of_ours_is_not_given_back_as_it_came(begin, tmp_path):
    audit = begin(b"path,label\n1.jpg,cat\n2.jpg,dog\n")
    export(audit, WRITERS["csv"], tmp_path / "round 1.csv")
    second = begin((tmp_path / "round 1.csv").read_bytes(), "round 2.csv")
    with pytest.raises(AuditError, match="cannot be given back as it came; choose one of csv"):
        writer_of(second, "own")


# -- against a model -----------------------------------------------------------------------------

plain = st.text(st.sampled_from("abc ÄЖ😀'=-_.é"), max_size=6)
any_text = st.text(st.sampled_from('ab,;\t"\n\r |Äé😀'), max_size=6)
CLASSES = ("cat", "kö ter", "a/b", "x|y", "two\nlines", 'quo"te', "com,ma", "semi;colon")


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


@st.composite
def tables(draw):
    """A table as pieces: what is before each label, the label, and what is after it."""
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n"]))
    labels = draw(st.lists(st.sampled_from(CLASSES), min_size=2, max_size=8))
    rows = []
    for number, label in enumerate(labels):
        is_bare = draw(st.booleans()) and not set('"\r\n,;\t|') & {*label}
        before = draw(st.one_of(plain, any_text.map(quoted)))
        after = draw(st.one_of(plain, any_text.map(quoted)))
        blanks = draw(st.sampled_from(["", " "])) if is_bare else ""
        rows.append(
            (f"{number}.jpg{delimiter}{before}{delimiter}{blanks}", label, is_bare,
             f"{blanks}{delimiter}{after}{end}")
        )  # fmt: skip
    return delimiter, f"path{delimiter}note{delimiter}label{delimiter}more{end}", rows


def cell(label, is_bare, delimiter):
    needs = not is_bare or any(one in label for one in ('"', "\r", "\n", delimiter))
    return quoted(label) if needs else label


def text_of(table, labels=None):
    delimiter, header, rows = table
    text = header
    for n, (before, label, is_bare, after) in enumerate(rows):
        new = label if labels is None else labels[n]
        written = cell(new, is_bare, delimiter)
        if is_bare and (written != new or not new):  # blanks would be a part of quotes
            before, after = before.rstrip(" "), after.lstrip(" ")
        text += before + written + after
    return text


@given(tables(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.data())
@settings(max_examples=12, deadline=None)
def test_any_table_differs_in_its_labels_only(tmp_path_factory, table, encoding, data):
    folder = tmp_path_factory.mktemp("table")
    (folder / "images").mkdir()
    path = folder / "labels.csv"
    path.write_bytes(text_of(table).encode(encoding))
    source = source_of(folder / "images", path, "label", columns={"path_column": "path"})
    records = read_source(source).records
    labels = [row[1] for row in table[2]]
    assert [record.label for record in records] == labels
    audit = Audit.create(folder / "audit", source)
    list_items(audit)
    ana, expected = Auditor(audit.store), list(labels)
    for number in data.draw(st.lists(st.integers(0, len(labels) - 1), max_size=6)):
        kind = data.draw(st.sampled_from(["relabel", "none", "keep", "undo"]))
        if kind == "undo" and expected[number] != labels[number]:
            ana.undo(f"{number}.jpg")
            break  # what stands then is another test's business
        if kind == "undo":
            continue
        new = data.draw(st.sampled_from(sorted({*labels})))
        ana.judge(f"{number}.jpg", kind, [new] if kind == "relabel" else [])
        expected[number] = {"relabel": new, "none": "", "keep": labels[number]}[kind]
    else:
        out = given_back(audit, folder / "out.csv")
        assert out.decode(encoding) == text_of(table, expected)
    out = given_back(audit, folder / "out.csv")
    audit.store.close()
    (folder / "again.csv").write_bytes(out)
    again = source_of(folder / "images", folder / "again.csv", "label",
                      columns={"path_column": "path"})  # fmt: skip
    if not any(expected):
        return  # nothing to audit
    for before, after in zip(records, read_source(again).records, strict=True):
        assert before.path == after.path
        assert before.fields | {"label": ""} == after.fields | {"label": ""}


@given(st.lists(any_text, min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_cells_are_found_as_csv_finds_them(cells, delimiter):
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(cells)
    text = target.getvalue()
    assert [text[a + 1 : b - 1].replace('""', '"') for a, b in cell_spans(text, delimiter)] == cells
