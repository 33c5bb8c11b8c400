"""An audit of boxes: its export comes back as it left, and verdicts follow what they judged."""

import json
import shutil

import pytest

from core import moving
from core.audit import Audit, item_id
from core.ingest.readers import read_source, source_of
from core.pipeline import list_items
from tests.core.export.exports import write_csv
from tests.core.making import Auditor, read_table, steps

WRONG = "train2017/2.jpg#310,30,234,240"
ANNOTATIONS = "annotations/instances_train2017.json"


def labels(source):
    return {record.path: record.label for record in read_source(source).records}


def annotations_of(audit):
    return json.loads((audit.source.path / ANNOTATIONS).read_text(encoding="utf-8"))


def change(audit, found):
    (audit.source.path / ANNOTATIONS).write_text(json.dumps(found), encoding="utf-8")


def refresh(audit):
    """List and embed again, as the first steps of a run do."""
    list_items(audit)
    audit.store.place_verdicts()


def verdicts(audit):
    rows = audit.store.current_verdicts()
    paths = {file["id"]: file["path"] for file in audit.store.listed_files()}
    return {paths.get(item): (row["verdict"], row["labels"]) for item, row in rows.items()}


@pytest.fixture
def judged(crop_audit):
    content = crop_audit.store.file_of(item_id(WRONG))["content_hash"]
    Auditor(crop_audit.store).judge(WRONG, "relabel", ["emu"], content_hash=content)
    return crop_audit


def test_every_step_ran(crop_audit):
    assert set(steps(crop_audit).values()) == {"done"}
    assert [row["path"] for row in crop_audit.store.suspects(1)] == [WRONG]


def test_export_has_a_row_for_each_box_and_comes_back_as_it_left(judged, tmp_path):
    table = tmp_path / "export.csv"
    write_csv(judged.store, table)
    rows = read_table(table)
    assert len(rows) == 18
    assert [rows[13][name] for name in ("path", "label", "final_label", "verdict")] == [
        "train2017/2.jpg", "lotus", "emu", "relabel",
    ]  # fmt: skip
    assert [rows[13][name] for name in ("xmin", "ymin", "xmax", "ymax")] == [
        "310", "30", "544", "270",
    ]  # fmt: skip
    before = labels(judged.source)
    again = source_of(judged.source.path, table)
    assert again.format == "box-table"
    assert labels(again) == before | {WRONG: "emu"}
    splits = {record.split for record in read_source(again).records}
    assert splits == {"train2017"}
    # A second round of the table itself keeps its columns, ours once.
    audit = Audit.create(tmp_path / "second", again)
    list_items(audit)
    write_csv(audit.store, tmp_path / "again.csv")
    second = read_table(tmp_path / "again.csv")
    assert list(second[0]) == list(rows[0])
    assert [row["final_label"] for row in second] == [row["final_label"] for row in rows]
    audit.store.close()


def test_verdict_stays_while_annotations_come_go_and_are_renumbered(judged):
    found = annotations_of(judged)
    left = [one for one in found["annotations"] if one["id"] not in (0, 5, 12)]
    left.append(dict(left[0], bbox=[1, 1, 9, 9]))
    found["annotations"] = [dict(one, id=900 - at) for at, one in enumerate(left)]
    change(judged, found)
    refresh(judged)
    assert verdicts(judged) == {WRONG: ("relabel", ["emu"])}
    assert judged.store.counts()["items"] == 16


def test_verdict_does_not_outlive_the_pixels_it_judged(judged):
    shutil.copy(judged.source.path / "train2017/0.jpg", judged.source.path / "train2017/2.jpg")
    refresh(judged)
    read_again(judged)
    assert verdicts(judged) == {}
    assert list(judged.store.outdated_verdicts([item_id(WRONG)])) == [item_id(WRONG)]


def test_verdict_follows_its_box_into_a_renamed_file(judged):
    (judged.source.path / "train2017/2.jpg").rename(judged.source.path / "train2017/new.jpg")
    found = annotations_of(judged)
    found["images"][2]["file_name"] = "new.jpg"
    change(judged, found)
    list_items(judged)
    read_again(judged)
    judged.store.place_verdicts()
    assert verdicts(judged) == {"train2017/new.jpg#310,30,234,240": ("relabel", ["emu"])}


def read_again(audit):
    from core.embedding.choice import EmbeddingChoice
    from core.embedding.runner import embed_images

    embed_images(audit, EmbeddingChoice(), lambda done, total: None)


def test_moved_data_set_is_recognized_box_by_box(judged, tmp_path):
    shutil.copytree(judged.source.path, tmp_path / "elsewhere")
    (tmp_path / "elsewhere/train2017/0.jpg").rename(tmp_path / "elsewhere/train2017/x.jpg")
    source = moving.source_in(judged, tmp_path / "elsewhere")
    comparison = moving.compare(judged, source, read_source(source))
    assert (len(comparison.same), len(comparison.missing)) == (12, 6)
    assert source.format == "coco"
