"""Images with several labels: one label is audited against the rest, or they are unlabeled."""

import io
import json
import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.audit import Audit
from core.export.writers import WRITERS
from core.ingest.inspection import inspect
from core.ingest.readers import SourceError, read_source, source_of
from core.ingest.records import Listing, Record, UnansweredQuestion
from core.ingest.several_labels import with_one_label
from core.pipeline import list_items
from tests.core.ingest.boxes_making import write_coco
from tests.core.ingest.packing import picture, pictures, put

CAT, BOTH = ("cat",), ("cat", "dog")
ROWS = {"1.jpg": CAT, "2.jpg": BOTH, "3.jpg": ("dog",), "4.jpg": ("bird", "dog")}
AS_CAT = {"1.jpg": "cat", "2.jpg": "cat", "3.jpg": "not cat", "4.jpg": "not cat"}
UNLABELED = {"1.jpg": "cat", "2.jpg": None, "3.jpg": "dog", "4.jpg": None}


def one_hot(folder):
    names = ("cat", "dog", "bird")
    lines = [f"{path},{','.join(str(int(n in row)) for n in names)}" for path, row in ROWS.items()]
    return "a.csv", "\n".join(["filename,cat,dog,bird", *lines]), {}


def a_row_each(folder):
    lines = [f"{path},{label}" for path, row in ROWS.items() for label in row]
    return "a.csv", "\n".join(["path,label", *lines]), {}


def joined(folder):
    lines = [f"{path},{'|'.join(row)}" for path, row in ROWS.items()]
    return "a.csv", "\n".join(["path,label", *lines]), {"label_separator": "|"}


def json_lines(folder):
    return "a.jsonl", "\n".join(json.dumps({"path": p, "labels": r}) for p, r in ROWS.items()), {}


def label_map(folder):
    return "labels.json", json.dumps(ROWS), {}


def label_studio(folder):
    tasks = [
        {
            "id": n, "data": {"image": path},
            "annotations": [
                {"result": [{"from_name": "x", "type": "choices", "value": {"choices": row}}]}
            ],
        }
        for n, (path, row) in enumerate(ROWS.items())
    ]  # fmt: skip
    return "tasks.json", json.dumps(tasks), {}


def label_studio_min(folder):
    rows = [
        {"image": path, "annotator": 1, "annotation_id": n, "choice": {"choices": row}}
        for n, (path, row) in enumerate(ROWS.items())
    ]
    return "tasks.json", json.dumps(rows), {}


def label_studio_csv(folder):
    cells = {
        path: json.dumps({"choices": row}, separators=(",", ":")) for path, row in ROWS.items()
    }
    cells = {path: text if len(ROWS[path]) > 1 else ROWS[path][0] for path, text in cells.items()}
    lines = ['"{}","{}"'.format(path, text.replace('"', '""')) for path, text in cells.items()]
    return "a.csv", "\n".join(['"image","choice"', *lines]), {}


def cvat(folder):
    images = "".join(
        f'<image id="{n}" name="{path}">{"".join(f"<tag label={label!r}/>" for label in row)}'
        "</image>"
        for n, (path, row) in enumerate(ROWS.items())
    )
    return "a.xml", f"<annotations>{images}</annotations>", {}


def boxless_rows(folder):
    lines = [f"{path},{label},,,," for path, row in ROWS.items() for label in row]
    return "a.csv", "\n".join(["filename,class,xmin,ymin,xmax,ymax", *lines]), {}


def in_a_table(folder, written):
    name, text, answers = written(folder)
    put(folder, pictures(*ROWS) | {name: text.encode()})
    return source_of(folder, folder / name, answers=answers), answers


@pytest.mark.parametrize(
    "written",
    [one_hot, a_row_each, joined, json_lines, label_map, label_studio, label_studio_min,
     label_studio_csv, cvat, boxless_rows],
)  # fmt: skip
def test_every_table_hands_over_all_labels(tmp_path, written):
    source, answers = in_a_table(tmp_path, written)
    found = inspect(source)
    assert found.unlabeled == 2
    question = found.questions[-1]
    assert (question.option, question.proposed) == ("--one-label", "")
    assert {*question.answers} == {"", "cat", "dog", "bird"}
    assert {r.path: r.label for r in read_source(source).records} == UNLABELED
    chosen = source_of(tmp_path, source.labels, answers=answers | {"one_label": "cat"})
    assert {r.path: r.label for r in read_source(chosen).records} == AS_CAT
    assert "one_label" not in {one.name for one in inspect(chosen).questions}


def test_categories_of_coco_images_are_handed_over(tmp_path):
    put(tmp_path, pictures("1.jpg", "2.jpg", "3.jpg"))
    images = {n: f"{n}.jpg" for n in (1, 2, 3)}
    write_coco(tmp_path, "a.json", images, [(1, 1, 1, None), (2, 2, 1, None), (3, 2, 2, None)])
    assert [r.label for r in read_source(source_of(tmp_path)).records] == ["cat", None, None]
    chosen = source_of(tmp_path, answers={"one_label": "dog"})
    listing = read_source(chosen)
    assert [r.label for r in listing.records] == ["not dog", "dog", None]
    assert listing.classes == ["dog", "not dog"]


def packed_parquet(folder):
    table = pa.table(
        {"image": [picture(n) for n in range(4)], "labels": [*map(list, ROWS.values())]}
    )
    pq.write_table(table, folder / "a.parquet")
    return folder / "a.parquet"


def packed_shard(folder):
    with tarfile.open(folder / "a.tar", "w") as tar:
        for n, row in enumerate(ROWS.values()):
            for name, data in (
                (f"{n}.jpg", picture(n)),
                (f"{n}.json", json.dumps({"labels": row})),
            ):
                data = data if isinstance(data, bytes) else data.encode()
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return folder / "a.tar"


def packed_arrays(folder):
    names = ["cat", "dog", "bird"]
    rows = np.array([[int(name in row) for name in names] for row in ROWS.values()])
    pixels = np.random.default_rng(1).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    np.savez(folder / "a.npz", x_train=pixels, y_train=rows, class_names=names)
    return folder / "a.npz"


@pytest.mark.parametrize("packed", [packed_parquet, packed_shard, packed_arrays])
def test_what_is_unpacked_hands_over_all_labels(tmp_path, packed):
    path = packed(tmp_path)
    found = inspect(source_of(path))
    assert (found.unlabeled, found.classes) == (2, {"cat": 1, "dog": 1})
    assert found.questions[-1].name == "one_label"
    audit = Audit.create(tmp_path / "audit", source_of(path, answers={"one_label": "cat"}))
    assert [r.label for r in list_items(audit).records] == [*AS_CAT.values()]
    assert audit.source.options == {"one_label": "cat"}
    own = [one.why_not(audit) for one in WRITERS.values() if audit.source.format in one.own_of]
    assert own == ["One label is audited against the rest, which the input says nowhere."]
    audit.store.close()


def test_label_that_no_image_has_is_refused_with_those_there_are(tmp_path):
    source, _ = in_a_table(tmp_path, label_map)
    with pytest.raises(SourceError, match="No image has the label 'ant'; there are dog, cat, bird"):
        read_source(source_of(tmp_path, source.labels, answers={"one_label": "ant"}))


def test_data_set_in_which_every_image_has_several_labels_waits_for_one(tmp_path):
    put(tmp_path, pictures("1.jpg") | {"a.json": b'{"1.jpg": ["a b", "c"]}'})
    with pytest.raises(UnansweredQuestion) as refused:
        read_source(source_of(tmp_path, tmp_path / "a.json"))
    assert str(refused.value) == (
        "Every labeled image has several labels, first 1.jpg: a b, c; one at a time is audited."
        " Answer with --one-label 'a b' or --one-label c."
    )
    assert [(q.name, q.needed) for q in refused.value.questions] == [("one_label", True)]


def test_image_of_which_it_is_said_that_no_class_fits_counts_against_the_label():
    listing = Listing(
        [],
        [
            Record("0.jpg", None, {}, labels=BOTH),
            Record("1.jpg", None, {}, labels=()),
            Record("2.jpg", None, {}),
        ],
    )
    found = with_one_label(listing, {"one_label": "cat"})
    assert [r.label for r in found.records] == ["cat", "not cat", None]


def test_nobody_is_asked_who_has_answered_that_none_is_audited():
    listing = Listing([], [Record("0.jpg", None, {}, labels=BOTH), Record("1.jpg", "cat", {})])
    found = with_one_label(listing, {"one_label": ""})
    assert (found.questions, len(found.doubts)) == ([], 1)
    assert [r.label for r in found.records] == [None, "cat"]


def test_labels_called_so_are_not_taken_apart_where_nobody_says_so():
    rows = [Record(f"{n}.jpg", label, {}) for n, label in enumerate(["a", "b", "a+b", "c+d"])]
    found = with_one_label(Listing([], rows), {})
    assert [r.label for r in found.records] == ["a", "b", "a+b", "c+d"]
    (question,) = found.questions
    assert (question.answers, question.proposed) == (["", "+"], "")
    apart = with_one_label(Listing([], rows), {"label_separator": "+", "one_label": "a"})
    assert [r.label for r in apart.records] == ["a", "not a", "a", "not a"]


def test_command_line_answers_and_remembers(tmp_path, command):
    source, _ = in_a_table(tmp_path, joined)
    given = ["inspect", tmp_path, "--labels", source.labels]
    said = command(*given).out
    assert "Is 'cat|dog' one label, or several?" in said
    answered = command(*given, "--label-separator", "|", "--one-label", "dog", "--format", "json")
    assert json.loads(answered.out)["classes"] == {"dog": 3, "not dog": 1}
