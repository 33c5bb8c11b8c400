"""Annotation formats are given back as they came, with nothing but the labels changed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.core.export.annotation_making import (
    MAKERS,
    WITH_BOXES,
    Item,
    Round,
    Style,
    labels,
    paths,
    write_pictures,
)

PLAIN = ("cat", "dog", "emu")
names = st.text(st.sampled_from("ab|/\\\"'<&>#:,[]{}é\u0301 \n😀"), min_size=1, max_size=6).filter(
    lambda name: name == name.strip()
)
WITH_MARKS = ("utf-8", "utf-8-sig", "utf-16")
ENCODINGS = {
    **dict.fromkeys(("tasks", "rows"), WITH_MARKS),
    **dict.fromkeys(("coco", "voc", "cvat", "label-map"), WITH_MARKS[:2]),
    "yolo": WITH_MARKS[:1],
}
FILES = ("train/1.png", "val/1.png", "train/b 2.png", "val/3.png")


@st.composite
def data_sets(draw, kind):
    classes = draw(st.lists(names, min_size=2, max_size=4, unique=True))
    is_yolo = kind == "yolo"
    folder = {"yolo": "images/"}.get(kind, "")
    files = [file.replace("/", f"/{folder}") for file in FILES]
    if kind == "coco" and draw(st.booleans()):
        boxes = [None]
    else:
        boxes = range(draw(st.integers(1, 3))) if kind in WITH_BOXES else [None]
    label = st.sampled_from([*classes, None])
    items = [Item(file, box, draw(label)) for file in files for box in boxes]
    items[0] = items[0]._replace(label=classes[0])
    style = Style(
        draw(st.sampled_from([None, 2])) if not is_yolo else draw(st.sampled_from([None, 1])),
        draw(st.booleans()),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.sampled_from(ENCODINGS[kind])),
    )
    return classes, items, style


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_labels_change_and_nothing_else(kind, data):
    classes, items, style = data.draw(data_sets(kind))
    with TemporaryDirectory() as name:
        folder = Path(name) / "set"
        folder.mkdir()
        write_pictures(folder, items)
        first = Round(folder, MAKERS[kind](folder, items, classes, style))
        before = labels(first.source)
        assert len(before) == len(items)
        given_labels = paths(first.source)
        expected = dict(given_labels)
        known = sorted({label for label in given_labels.values() if label})
        for path in given_labels:
            new = data.draw(st.sampled_from([None, *known]))
            if new is not None:
                first.auditor.judge(path, "relabel", [new])
                expected[path] = new
        files = first.given_back()
        second = first.next(files)
        assert paths(second.source) == expected
        after = labels(second.source)
        assert {key: split for key, (_, split) in after.items()} == {
            key: split for key, (_, split) in before.items()
        }
        changed = [path for path in expected if expected[path] != given_labels[path]]
        if not changed:
            assert all(first.before[name] == found for name, found in files.items())
        # Changed back, every byte is as it was; an item that had no label keeps the one it got.
        there = {label for label, _ in after.values()} - {None}
        if {given_labels[path] for path in changed} <= there:
            for path in changed:
                second.auditor.judge(path, "relabel", [given_labels[path]])
            again = second.given_back()
            assert again == {name: first.before[name] for name in again}
        else:
            second.audit.store.close()
