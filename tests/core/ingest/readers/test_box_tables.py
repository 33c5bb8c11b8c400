"""Tables with a box in each row."""

import pytest

from core.ingest.readers import SourceError
from tests.core.ingest.boxes_making import boxes, notes_about, read, write_image, write_text

HEADER = "filename,width,height,class,xmin,ymin,xmax,ymax\n"


@pytest.fixture
def table(tmp_path):
    """Images in a folder, and a table as scripts make them of VOC annotations."""
    for name in ("a", "b"):
        write_image(tmp_path, f"images/{name}.jpg")
    rows = [
        "a.jpg,100,80,cat,10,20,30,40",
        "a.jpg,100,80,dog,50,20,90,40",
        "b.jpg,100,80,cat,0,0,5,5",
    ]
    return write_text(tmp_path, "labels.csv", HEADER + "\n".join(rows) + "\n")


def test_rows_are_crops_and_columns_stay_as_they_are(table):
    for options in ({"labels": table}, {}):
        name, listing = read(table.parent, **options)
        assert (name, boxes(listing)) == (
            "box-table",
            [
                ("images/a.jpg", (10, 20, 20, 20), "cat", None),
                ("images/a.jpg", (50, 20, 40, 20), "dog", None),
                ("images/b.jpg", (0, 0, 5, 5), "cat", None),
            ],
        )
    name, listing = read(table.parent, labels=table)
    assert ",".join(listing.columns) == HEADER.strip()
    assert ",".join(listing.records[0].fields.values()) == "a.jpg,100,80,cat,10,20,30,40"


def test_roboflow_lays_a_table_into_each_split(tmp_path):
    for split in ("train", "valid"):
        write_image(tmp_path, f"{split}/a.jpg")
        write_text(tmp_path, f"{split}/_annotations.csv", f"{HEADER}a.jpg,100,80,cat,1,2,30,40\n")
    name, listing = read(tmp_path)
    assert (name, boxes(listing)) == (
        "box-table",
        [
            ("train/a.jpg", (1, 2, 29, 38), "cat", "train"),
            ("valid/a.jpg", (1, 2, 29, 38), "cat", "valid"),
        ],
    )
    assert listing.columns == ["path", *HEADER.strip().split(","), "split"]
    assert listing.records[1].fields["path"] == "valid/a.jpg"


def test_bad_rows_are_counted_and_the_rest_goes_on(table):
    with table.open("a") as file:
        file.write(
            "a.jpg,100,80,cat,10,20,30,40\na.jpg,100,80,cat,x,20,30,40\na.jpg,100,80\n"
            ",100,80,cat,1,2,3,4\na.jpg,100,80,cat,9,9,9,20\ngone.jpg,100,80,cat,1,2,3,4\n"
        )
    listing = read(table.parent, labels=table)[1]
    assert [record.file for record in listing.records][3:] == ["gone.jpg"]
    for sentence in (
        "1 box left out: listed more than once, such as line 5 of labels.csv.",
        "1 box left out: no numbers of pixels, such as line 6 of labels.csv.",
        "1 box left out: 3 values for 8 columns, such as line 7 of labels.csv.",
        "1 box left out: without a file name, such as line 8 of labels.csv.",
        "1 box left out: no width or height, such as line 9 of labels.csv.",
    ):
        assert notes_about(listing, sentence), sentence


def test_a_row_without_a_box_is_the_whole_image(table):
    with table.open("a") as file:
        file.write("b.jpg,100,80,dog,,,,\n")
        file.write("b.jpg,100,80,cat,,,,\n")
    listing = read(table.parent, labels=table)[1]
    assert boxes(listing)[-1] == ("images/b.jpg", None, None, None)
    assert notes_about(listing, "1 image has several labels and will be unlabeled, first images/b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_boxes_are_read_from_text_of_every_kind(table, encoding, delimiter):
    text = table.read_text(encoding="utf-8").replace("cat", "Käfer").replace(",", delimiter)
    table.write_bytes(text.encode(encoding))
    listing = read(table.parent, labels=table)[1]
    assert boxes(listing) == [
        ("images/a.jpg", (10, 20, 20, 20), "Käfer", None),
        ("images/a.jpg", (50, 20, 40, 20), "dog", None),
        ("images/b.jpg", (0, 0, 5, 5), "Käfer", None),
    ]
    assert [one.name for one in listing.questions] == (["encoding"] * (encoding == "latin-1"))


def test_quote_that_never_ends_is_named_and_other_tables_go_on(tmp_path):
    for split, row in (("train", "a.jpg,1,1,cat,1,2,3,4\n"), ("valid", '"b.jpg,1,1,cat,1,2,3,4\n')):
        write_image(tmp_path, f"{split}/{row.strip(chr(34))[:5]}")
        write_text(tmp_path, f"{split}/_annotations.csv", HEADER + row)
    listing = read(tmp_path)[1]
    assert [record.file for record in listing.records] == ["train/a.jpg"]
    assert notes_about(listing, "1 file left out: line 2: a value begins that does")


def test_another_label_column_is_taken_where_it_is_named(table):
    listing = read(table.parent, labels=table, label_column="width")[1]
    assert {record.label for record in listing.records} == {"100"}
    with pytest.raises(SourceError, match="has no column 'breed'"):
        read(table.parent, labels=table, label_column="breed")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER.replace("class", "breed") + "a.jpg,1,1,cat,1,2,3,4", "no column that is its label"),
        (HEADER.replace("width", "height"), "more than one column 'height'"),
        (HEADER, "No box of .* could be read"),
        (HEADER.strip() + "," * 20_000, "columns; a table of labels has 5,000"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_refused_in_a_sentence(table, text, reason):
    table.write_text(text)
    with pytest.raises(SourceError, match=reason) as caught:
        read(table.parent, labels=table)
    assert len(str(caught.value)) <= 300


def test_a_table_of_other_boxes_beside_class_folders_is_left_alone(tmp_path):
    write_image(tmp_path, "cat/a.jpg", (8, 8))
    write_text(tmp_path, "detections.csv", "filename,score,x1,y1,x2,y2\ncat/a.jpg,0.5,1,2,3,4\n")
    assert read(tmp_path)[0] == "class-folders"
