"""Tables of text of every kind that people have (layouts 8 and 13): what is read, what is said."""

import codecs
import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.audit import Audit
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.records import UnansweredQuestion
from core.text import csv_lines


@pytest.fixture
def images(tmp_path):
    """Make empty files that are called like images."""

    def make(*paths):
        for path in paths or ("cat/1.jpg", "dog/2.jpg", "dog/3.jpg"):
            (tmp_path / "images" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "images" / path).write_bytes(b"x")
        return tmp_path / "images"

    return make


@pytest.fixture
def read(images, tmp_path):
    """Read lines of text, or bytes, as the table of a folder."""

    def listing(*lines, data=None, name="labels.csv", **columns):
        path = tmp_path / name
        path.write_bytes(data if data is not None else "\n".join(lines).encode() + b"\n")
        label = columns.pop("label_column", None)
        answers = columns.pop("answers", None)
        folder = tmp_path / "images" if (tmp_path / "images").exists() else images()
        return read_source(source_of(folder, path, label, columns=columns, answers=answers))

    return listing


def said(listing):
    return [question.because for question in listing.questions]


def labels(listing):
    return {record.path: record.label for record in listing.records}


PETS = {"cat/1.jpg": "cat", "dog/2.jpg": "dog", "dog/3.jpg": "dog"}
ROWS = [list(pair) for pair in PETS.items()]


def lines(delimiter, header=("path", "label"), rows=ROWS):
    return (
        "\n".join(delimiter.join(row) for row in ([list(header)] if header else []) + rows) + "\n"
    )


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["labels.csv", "labels.tsv", "labels.txt"])
def test_delimiter_is_told_by_content(read, delimiter, name):
    assert labels(read(data=lines(delimiter).encode(), name=name)) == PETS


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_that_is_named_in_the_first_line_counts(read, end):
    assert labels(read(data=f"sep=;{end}{lines(';')}".encode("utf-8-sig"))) == PETS
    assert labels(read(data=f"sep=;{end}{lines(';', None)}".encode())) == PETS


@pytest.mark.parametrize(
    "header",
    [("Path", "Label"), ("path", " label"), (" filename ", "CLASS"), ("image", "category"),
     ("file_name", "finding"), ("Image Path", "class name"), ("img", "species")],
)  # fmt: skip
def test_columns_are_known_by_name_whatever_case_blanks_and_separators(read, header):
    listing = read(data=lines(",", header).encode())
    assert labels(listing) == PETS
    assert listing.columns == list(header)
    assert listing.doubts == []


def test_columns_that_are_called_just_so_count_before_others(read):
    listing = read("Path,Label,label,path", "x,a,cat,cat/1.jpg", "y,b,dog,dog/2.jpg")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_table_without_a_header_is_told_by_its_first_line(read, delimiter):
    listing = read(data=lines(delimiter, None).encode())
    assert labels(listing) == PETS
    assert listing.columns == ["path", "label"]
    (question,) = listing.questions
    assert (question.name, question.proposed, question.answers) == ("header", "no", ["yes", "no"])
    assert question.because.startswith("labels.csv has no header; its columns are taken as path, l")


def test_ids_without_a_header_are_told_by_the_files_they_name(read, images):
    images("a/0001.jpg", "b/0002.jpg")
    listing = read("cat,0001", "dog,0002")
    assert labels(listing) == {"a/0001.jpg": "cat", "b/0002.jpg": "dog"}


def test_commas_at_the_ends_of_lines_are_no_columns(read):
    listing = read("path,label,,", "cat/1.jpg,cat,,", "dog/2.jpg,dog,,")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    assert listing.columns == ["path", "label"]
    assert "2 columns without a name and without values are left out." in listing.notes


def test_commas_behind_the_values_alone_are_no_values(read):
    assert labels(read("path,label", "cat/1.jpg,cat,,", "dog/2.jpg,dog")) == {
        "cat/1.jpg": "cat", "dog/2.jpg": "dog",
    }  # fmt: skip


def test_columns_without_a_name_that_hold_values_are_kept(read):
    listing = read("path,label,,", "cat/1.jpg,cat,x,", "dog/2.jpg,dog,,")
    assert listing.columns == ["path", "label", ""]
    assert listing.records[0].fields[""] == "x"


def test_column_of_numbers_in_front_stays(read):
    listing = read(",path,label", "0,cat/1.jpg,cat", "1,dog/2.jpg,dog")
    assert listing.columns == ["", "path", "label"]


# -- encodings ------------------------------------------------------------------------------------

TEXT = "path,label,größe\ncat/1.jpg,Käfer,groß\ndog/2.jpg,Äffchen,klein\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode(), None),
        (codecs.BOM_UTF8 + TEXT.encode(), None),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32"),
    ],
)
def test_unicode_in_every_form_is_read_and_said(read, data, said):
    listing = read(data=data)
    assert labels(listing) == {"cat/1.jpg": "Käfer", "dog/2.jpg": "Äffchen"}
    assert listing.columns == ["path", "label", "größe"]
    notes = [note for note in listing.notes if "read as" in note]
    assert notes == ([f"The table is read as {said}."] if said else [])
    assert listing.doubts == []


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_western_text_is_told_by_evidence_and_said_with_an_example(read, encoding):
    listing = read(data=TEXT.encode(encoding))
    assert labels(listing) == {"cat/1.jpg": "Käfer", "dog/2.jpg": "Äffchen"}
    (question,) = listing.questions
    assert question.because == (
        "labels.csv is not UTF-8 and is read as cp1252, so that a line reads 'path,label,größe';"
        " --encoding NAME reads it otherwise."
    )
    assert question.proposed == question.answers[0] == "cp1252"
    assert question.shown["cp1252"] == "path,label,größe (cp1252)"
    others = {question.shown[name] for name in question.answers}
    assert len(others) == len(question.answers) > 3


def test_few_broken_lines_do_not_make_another_encoding_of_utf8(read):
    rows = [f"x/{n}.jpg,Käfer" for n in range(40)]
    data = "\n".join(["path,label", *rows, "dog/2.jpg,dog"]).encode() + b"\nbad.jpg,K\xe4fer\n"
    listing = read(data=data)
    assert set(labels(listing).values()) == {"Käfer", "dog"}
    assert "bad.jpg" not in labels(listing)
    assert listing.doubts[0] == (
        "1 row cannot be used and is left out, first line 43: it is not UTF-8."
    )


def test_encoding_that_is_named_counts(read):
    text = "path,label\ncat/1.jpg,ñandú\ndog/2.jpg,кот\n"
    data = text.replace("ñandú", "лось").encode("koi8-r")
    assert labels(read(data=data, encoding="koi8-r"))["cat/1.jpg"] == "лось"
    with pytest.raises(SourceError, match="There is no encoding 'klingon'"):
        read(data=data, encoding="klingon")
    with pytest.raises(SourceError, match="is not ascii text; try another --encoding"):
        read(data=data, encoding="ascii")


# -- columns --------------------------------------------------------------------------------------


def test_ids_without_ending_in_a_column_of_another_name_are_found_by_the_files(images, tmp_path):
    """Layout 8: ``images/<id>.jpg`` and a table in latin-1 with patientid and finding."""
    images("images/p-1.jpg", "images/p-2.jpg", "images/p-3.png")
    text = "sex,patientid,finding,note\nM,p-1,pneumonía,x\nF,p-2,normal,y\nF,p-3,normal,z\n"
    (tmp_path / "metadata.csv").write_bytes(text.encode("latin-1"))
    source = source_of(tmp_path / "images", tmp_path / "metadata.csv")
    listing = read_source(source)
    assert labels(listing) == {
        "images/p-1.jpg": "pneumonía", "images/p-2.jpg": "normal", "images/p-3.png": "normal",
    }  # fmt: skip
    assert [record.fields["patientid"] for record in listing.records] == ["p-1", "p-2", "p-3"]
    found = inspect(source)
    assert (found.reader, found.items, found.missing) == ("csv", 3, 0)
    assert found.classes == {"normal": 2, "pneumonía": 1}
    assert [one.name for one in found.questions] == ["encoding", "path_column"]
    assert found.questions[1].answers == ["sex", "patientid", "finding", "note"]
    assert found.questions[1].because == (
        "No column is called like a path; patientid is taken, as its values name images;"
        " --path-column takes another."
    )
    assert found.notes == [
        "3 paths were matched without their ending, such as 'p-1' to images/p-1.jpg.",
        "3 paths were matched in a folder that they do not name, such as 'p-1' to images/p-1.jpg.",
    ]


def test_columns_that_are_named_count(read):
    rows = ("path,shot,label,kind", "x/9.jpg,cat/1.jpg,a,cat", "x/8.jpg,dog/2.jpg,b,dog")
    listing = read(*rows, path_column="shot", label_column="kind")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    with pytest.raises(SourceError, match=r"has no column 'shots'; its columns are path, shot, "):
        read(*rows, path_column="shots")


def test_ids_that_are_named_count_alone_or_where_a_path_is_empty(read):
    rows = ("path,number,label", "x.jpg,1,cat", ",2,dog")
    assert labels(read(*rows, id_column="number")) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    both = labels(read(*rows, id_column="number", path_column="path"))
    assert both == {"x.jpg": "cat", "dog/2.jpg": "dog"}


def test_several_columns_of_paths_are_told_apart_by_the_files(read):
    listing = read("file,image,label", "x9,cat/1.jpg,cat", "x8,dog/2.jpg,dog")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}


def test_several_columns_of_labels_are_a_question_with_a_proposed_answer(read):
    listing = read("path,finding,class", "cat/1.jpg,x,cat", "dog/2.jpg,x,dog")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    (question,) = listing.questions
    assert (question.proposed, question.answers) == ("class", ["class", "finding"])
    assert question.because == (
        "Several columns may hold the labels: class is taken, --label-column finding takes another."
    )


def test_column_of_labels_that_is_called_otherwise_is_taken_if_it_is_the_only_one(read):
    listing = read("path,kind", "cat/1.jpg,cat", "dog/2.jpg,dog")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    assert said(listing)[0].startswith("No column is called like a label; kind is taken")


def test_column_of_labels_that_is_one_of_several_is_proposed_not_guessed(read):
    with pytest.raises(SourceError) as error:
        read("path,note,kind", "cat/1.jpg,n1,cat", "dog/2.jpg,n2,dog", "dog/3.jpg,n3,dog")
    assert "--label-column 'kind' would take one of 2 values" in str(error.value)


def test_labels_that_may_be_several_in_one_are_pointed_out(read):
    listing = read("path,label", "cat/1.jpg,cat|dog", "dog/2.jpg,dog", "dog/3.jpg,cat", "4.jpg,a|b")
    assert labels(listing)["cat/1.jpg"] == "cat|dog"
    (question,) = listing.questions
    assert question.because == (
        "1 label such as 'cat|dog' may be several in one; each is read as a class of its own, since"
        " classes may be called so; --label-separator '|' takes them apart."
    )


def test_first_line_is_what_somebody_says_it_is(read):
    listing = read(
        "cat/1.jpg,cat", "dog/2.jpg,dog", answers={"header": "yes"}, path_column="cat/1.jpg"
    )
    assert labels(listing) == {"dog/2.jpg": "dog"}
    listing = read("cat/1.jpg,cat", "dog/2.jpg,dog", answers={"header": "no"})
    assert (labels(listing), listing.questions) == ({"cat/1.jpg": "cat", "dog/2.jpg": "dog"}, [])


def test_first_line_that_is_called_like_nothing_known_is_asked_about(read):
    listing = read("bild,sorte", "cat/1.jpg,cat", "dog/2.jpg,dog")
    assert [(q.name, q.proposed) for q in listing.questions] == [
        ("header", "yes"), ("path_column", "bild"), ("label_column", "sorte"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (("a,b", "x,y", "z,w"), "path_column"),
        (("path,note,kind", "cat/1.jpg,n1,cat", "dog/2.jpg,n2,dog"), "label_column"),
        ((b"path,label\n1.jpg," + b"\x81\x8d\x8f\x90\x9d\xff\xfe" * 40 + b"\n",), "encoding"),
    ],
)
def test_what_cannot_be_read_without_an_answer_is_asked_with_those_there_are(read, rows, asked):
    data = rows[0] if isinstance(rows[0], bytes) else "\n".join(rows).encode()
    with pytest.raises(UnansweredQuestion) as refused:
        read(data=data)
    question = refused.value.questions[-1]
    assert (question.name, question.needed, question.proposed) == (asked, True, "")


def test_rows_without_a_path_are_found_by_their_id_and_it_is_said(read):
    rows = ("path,image_id,label", "cat/1.jpg,1,cat", ",2,dog")
    listing = read(*rows)
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    (question,) = listing.questions
    assert (question.proposed, question.answers) == ("image_id", ["image_id", "path"])
    assert labels(read(*rows, id_column="path")) == {"cat/1.jpg": "cat"}


@pytest.mark.parametrize("saved", ["cp1252", "utf-8", "utf-8-sig"])
def test_table_that_was_saved_anew_is_read_as_it_is_whatever_was_answered_before(read, saved):
    text = "path,label\ncat/1.jpg,Käfer\ndog/2.jpg,Bär\n"
    listing = read(data=text.encode(saved), encoding="cp1252")
    assert labels(listing) == {"cat/1.jpg": "Käfer", "dog/2.jpg": "Bär"}


# -- a column for each class ----------------------------------------------------------------------

ONE_HOT = ("filename, cat, dog", "cat/1.jpg, 1, 0", "dog/2.jpg, 0, 1", "dog/3.jpg, 0, 0")


def test_columns_of_classes_give_the_label(read):
    listing = read(*ONE_HOT)
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog", "dog/3.jpg": None}
    assert listing.columns == ["filename", " cat", " dog"]
    assert said(listing) == [
        "2 columns of 0 and 1 are taken as the classes: cat, dog; --label-column NAME takes one"
        " column alone."
    ]


def test_several_classes_of_a_row_are_refused_with_advice_never_the_first_taken(read):
    listing = read(*ONE_HOT, "x/4.jpg, 1, 1", "x/5.jpg, 1, 1")
    assert [labels(listing)[f"x/{n}.jpg"] for n in (4, 5)] == [None] * 2
    assert listing.questions[-1].because == (
        "2 images have several labels and will be unlabeled, first x/4.jpg: cat, dog; --one-label"
        " cat audits one label against the rest."
    )


def test_value_that_is_neither_on_nor_off_is_told(read):
    rows = [f"x/{n}.jpg, 1, 0" for n in range(300)]
    listing = read("filename, cat, dog", "y.jpg,0,1", *rows, "z.jpg, 1, maybe")
    assert labels(listing)["z.jpg"] is None
    assert (
        "1 row has other values than 0 and 1 and will be unlabeled, first line 303: maybe."
    ) in listing.doubts


def test_columns_of_classes_count_beside_a_column_of_labels_where_somebody_says_so(read):
    rows = ("filename,class,cat,dog", "cat/1.jpg,x,1,0", "dog/2.jpg,y,0,1")
    assert labels(read(*rows)) == {"cat/1.jpg": "x", "dog/2.jpg": "y"}
    each = read(*rows, label_column="one-hot")
    assert labels(each) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    assert each.questions == []
    with pytest.raises(SourceError, match="has no columns of nothing but 0 and 1"):
        read("path,label", "cat/1.jpg,cat", label_column="one-hot")


def test_one_class_at_a_time_is_audited_by_naming_its_column(read):
    assert labels(read(*ONE_HOT, label_column="dog")) == {
        "cat/1.jpg": "0", "dog/2.jpg": "1", "dog/3.jpg": "0",
    }  # fmt: skip


# -- rows that cannot be used ---------------------------------------------------------------------


def test_damaged_rows_are_counted_and_named_and_the_rest_goes_on(read):
    listing = read(
        "path,label", "cat/1.jpg,cat", "broken", "dog/2.jpg,dog", '"a"b,c', ",cat", "dog/3.jpg,dog"
    )
    assert labels(listing) == PETS
    assert (
        "3 rows cannot be used and are left out, first line 3: 1 value for 2 columns."
    ) in listing.doubts


def test_rows_that_repeat_an_image_are_counted_and_named(read):
    listing = read("path,label", "cat/1.jpg,cat", "./cat/1.jpg,cat", "dog/2.jpg,dog")
    assert labels(listing) == {"cat/1.jpg": "cat", "dog/2.jpg": "dog"}
    assert "1 row repeats an image and is left out, first line 3: cat/1.jpg." in listing.doubts


def test_image_with_rows_of_different_labels_has_none(read):
    listing = read("path,label", "cat/1.jpg,cat", "cat/1.jpg,dog", "dog/2.jpg,dog")
    assert labels(listing) == {"cat/1.jpg": None, "dog/2.jpg": "dog"}
    assert "1 row repeats an image and is left out, first line 3: cat/1.jpg." in listing.doubts
    assert listing.questions[-1].because.startswith(
        "1 image has several labels and will be unlabeled, first cat/1.jpg: cat, dog;"
    )


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (",".join(f"c{n}" for n in range(60_000)).encode(), "The first line of "),
        ((",".join(f"c{n}" for n in range(20_000)) + "\n").encode(), "has 20,000 columns"),
        (b'[{"id": 1, "x": "' + b"y" * 2_000_000 + b'"}]', "is JSON of a kind that no reader"),
        (b'{"info": {}, "images": [' + b"{}," * 500_000, "is JSON of a kind that no reader"),
        (b"PK\x03\x04" + b"\0" * 5000, "is a workbook or an archive"),
        (b'<?xml version="1.0"?>\n<x/>', "is XML of a kind"),
        (b"x" * 2_000_000, "The first line of "),
        (b"\xff\xd8\xff\xe0\0\0\0" * 100, "is no text, so it is no table"),
        (b"a file that names\n<annotations>\n", "no column that is called like a path"),
        (b'path,label\na.jpg,"cat\n' + b"b.jpg,cat\n" * 50_000, "line 2: a value begins that"),
    ],
)
def test_what_is_no_table_of_labels_is_refused_in_one_short_sentence(read, data, sentence):
    with pytest.raises(SourceError) as error:
        read(data=data)
    assert sentence in str(error.value)
    assert len(str(error.value)) <= 300
    assert "\n" not in str(error.value)


def test_long_names_make_no_long_sentence(read):
    with pytest.raises(SourceError) as error:
        read(f"{'x' * 9000},{'y' * 9000}", "a,b", label_column="z" * 9000, path_column="q" * 9000)
    assert len(str(error.value)) <= 300


# -- whatever is in it ----------------------------------------------------------------------------

texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], max_codepoint=0x2FFF), max_size=8
)


@given(
    st.lists(st.tuples(texts, texts), min_size=2, max_size=8),
    st.sampled_from([",", "\t", ";", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.sampled_from([("path", "label"), ("File Name", " Class"), ("image_id", "finding")]),
)
@settings(max_examples=60, deadline=None)
def test_names_and_labels_come_back_from_any_delimiter_and_encoding(
    tmp_path_factory, values, delimiter, encoding, header
):
    assume(any(label.strip() for _, label in values))
    folder = tmp_path_factory.getbasetemp() / "empty"
    folder.mkdir(exist_ok=True)
    rows = [[f"{n}{name.replace('/', '')}.jpg", label] for n, (name, label) in enumerate(values)]
    text = "".join(csv_lines([[*header, "note"], *([*row, "n"] for row in rows)], delimiter))
    path = folder.parent / "any.csv"
    path.write_bytes(text.encode(encoding))
    listing = read_source(source_of(folder, path))
    assert [list(record.fields.values())[:2] for record in listing.records] == rows
    assert [record.label for record in listing.records] == [
        label.strip() or None for _, label in rows
    ]


# -- options -------------------------------------------------------------------------------------


def test_columns_and_encoding_are_remembered(images, tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("shot,nr,kind,label\n,1,кот,a\ndog/2.jpg,2,лось,b\n".encode("koi8-r"))
    columns = {"path_column": "shot", "id_column": "nr", "encoding": "koi8-r"}
    source = source_of(images(), path, "kind", columns=columns)
    Audit.create(tmp_path / "audit", source).store.close()
    again = Audit.create(tmp_path / "audit", source_of(images(), path))
    assert labels(read_source(again.source)) == {"cat/1.jpg": "кот", "dog/2.jpg": "лось"}
    again.store.close()


def test_commands_take_the_columns(command, images, tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes("shot,kind,label\n1,кот,a\n2,лось,b\n".encode("koi8-r"))
    options = ("--label-column", "kind", "--id-column", "shot", "--encoding", "koi8-r")
    found = json.loads(
        command("inspect", images(), "--labels", path, *options, "--format", "json").out
    )
    assert (found["classes"], found["missing"]) == ({"кот": 1, "лось": 1}, 0)
    options = ("--path-column", "kind", "--label-column", "label")
    found = json.loads(
        command("inspect", images(), "--labels", path, *options, "--format", "json").out
    )
    assert (found["missing"], list(found["classes"])) == (2, ["a", "b"])


def test_empty_file_and_folder_as_table_say_what_to_give(read, tmp_path):
    with pytest.raises(SourceError, match="is empty; give a table"):
        read(data=b"")
    with pytest.raises(SourceError, match="is a folder; give the table itself"):
        read_source(source_of(tmp_path / "images", tmp_path / "images"))
