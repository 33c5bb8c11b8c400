"""A hunt for wrong rows: shuffled, filtered, edited, undone, audited again, exported.

`python -m tests.core.export.wrong_rows` plays it with 10,000 items; the suite with few.
"""

import csv
import io
import json
import random
import tempfile
import time
from pathlib import Path

import pyarrow as pa
from defusedxml import ElementTree
from pyarrow import parquet

from core.audit import Audit, item_id
from core.export.exporting import content
from core.export.writers import WRITERS, offered_writers
from core.export.writers.label_studio_tasks import SERVED
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.store import Decision
from tests.core.making import Auditor, file_found

CLASSES = [f"class {n}" for n in range(8)] + ["a|b", "ü, é"]


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, ["note", "path", "label"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows):
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), buffer, row_group_size=64)
    return buffer.getvalue()


def as_tasks(rows):
    return json.dumps([task_of(n, row) for n, row in enumerate(rows)]).encode()


def task_of(number, row):
    result = {"from_name": "kind", "to_name": "image", "value": {"choices": [row["label"]]}}
    data = {"image": row["path"], "note": row["note"]}
    return {"id": number, "data": data, "annotations": [{"result": [result]}]}


def as_cvat(rows):
    images = (
        f"<image id='{n}' name='{row['path']}'><tag label='{row['label']}'/></image>\n"
        for n, row in enumerate(rows)
    )
    return f"<annotations>\n{''.join(images)}</annotations>".encode()


MAKE = {
    ".csv": as_csv,
    ".json": as_tasks,
    ".xml": as_cvat,
    ".jsonl": lambda rows: "".join(json.dumps(row) + "\n" for row in rows).encode(),
    ".parquet": as_parquet,
}


OWN = {
    ".csv": "table", ".jsonl": "json", ".parquet": "parquet", ".json": "label-studio",
    ".xml": "cvat",
}  # fmt: skip
COMPARED = ("csv", "tsv", "jsonl", "parquet", "soft-labels", "label-studio", "cvat")


def table_in(data, suffix, delimiter=","):
    if suffix == ".parquet":
        return parquet.read_table(io.BytesIO(data)).to_pylist()
    if suffix == ".jsonl":
        return [json.loads(line) for line in data.splitlines()]
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))


def labels_in(data, name, suffix):
    """The label of each path, as an export has it; the order of the rows is that of the file."""
    if name == "soft-labels":
        rows = table_in(data, ".csv")
        classes = [one for one in rows[0] if one not in ("path", "split")]
        return {
            row["path"]: next((one for one in classes if row[one] == "1"), None) for row in rows
        }
    if name.endswith("label-studio"):
        return dict(map(answer_of, json.loads(data)))
    if name.endswith("cvat"):
        return dict(map(tag_of, ElementTree.fromstring(data).iter("image")))
    ours = {"csv": ".csv", "tsv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"}
    rows = table_in(data, ours.get(name, suffix), "\t" if name == "tsv" else ",")
    column = "final_label" if name in ours else "label"
    path = "path" if "path" in rows[0] else "image"
    return {row[path]: row[column] or None for row in rows}


def answer_of(task):
    chosen = [
        one
        for annotation in task["annotations"]
        for result in annotation["result"]
        for one in result["value"]["choices"]
    ]
    assert len(chosen) < 2
    return task["data"]["image"].removeprefix(SERVED), next(iter(chosen), None)


def tag_of(image):
    found = [tag.get("label") for tag in image.iter("tag")]
    assert len(found) < 2
    return image.get("name"), next(iter(found), None)


class Model:
    """What each item is labeled, kept in the plainest way."""

    def __init__(self, rng, count):
        self.rng = rng
        self.given = {f"{n:05}.jpg": rng.choice(CLASSES) for n in range(count)}
        self.verdicts = {path: [] for path in self.given}
        self.listed = list(self.given)

    def final(self, path):
        return self.verdicts[path][-1] if self.verdicts[path] else self.given[path]

    def rows(self):
        return [{"note": f"of {p}", "path": p, "label": self.given[p]} for p in self.listed]


def hunt(folder, suffix, count=10_000, rounds=3):
    """Play it in an empty folder, with a table of a kind; return how many labels were compared."""
    rng = random.Random(suffix)
    model = Model(rng, count)
    (folder / "images").mkdir()
    table, compared = folder / f"labels{suffix}", 0
    table.write_bytes(MAKE[suffix](model.rows()))
    audit = Audit.create(folder / "audit", source_of(folder / "images", table))
    ana = Auditor(audit.store)
    for number in range(rounds):
        rng.shuffle(model.listed)
        gone = [model.listed.pop() for _ in range(count // 15 if number else 0)]
        table.write_bytes(MAKE[suffix](model.rows()))
        list_items(audit)
        audit.store.record_files([file_found(path, f"{path:>032}") for path in model.listed], {})
        audit.store.place_verdicts()
        decide_in_bulk(audit.store, model, ana)
        decide_one_by_one(model, ana, count // 5)
        expected = {path: model.final(path) for path in model.listed}
        written = [
            name
            for name in offered_writers(audit)
            if name in COMPARED or name == f"own-{OWN[suffix]}"
        ]
        assert f"own-{OWN[suffix]}" in written
        for name in written:
            found = labels_in(content(audit, WRITERS[name]), name, suffix)
            assert found == expected, name
            assert [*found] == model.listed, name
            compared += len(found)
        model.listed += gone
    audit.store.close()
    return compared


def decide_one_by_one(model, ana, count):
    """Relabel, rule out every class, or undo what was decided last."""
    rng = model.rng
    for path in rng.sample(model.listed, count):
        if model.verdicts[path] and rng.random() < 0.4:
            ana.undo(path)
            model.verdicts[path].pop()
        else:
            label = rng.choice([*CLASSES, None])
            ana.judge(path, *(("none",) if label is None else ("relabel", [label])))
            model.verdicts[path].append(label)


def decide_in_bulk(store, model, ana):
    """Relabel at once what a filter finds, in an order of its own."""
    label = model.rng.choice(CLASSES)
    found = [row["path"] for row in store.match_rows(store.parse_query(f'given:"{label}"'))]
    model.rng.shuffle(found)
    new = model.rng.choice(CLASSES)
    ana.seq += 1
    store.add_action(
        session=ana.session,
        seq=ana.seq,
        auditor=ana.name,
        decisions=[Decision(item_id(path), "relabel", (new,)) for path in found],
    )
    assert {*found} == {path for path in model.listed if model.given[path] == label}
    for path in found:
        model.verdicts[path].append(new)


def main():
    """Play it with each kind of table."""
    for suffix in MAKE:
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            compared = hunt(Path(folder), suffix)
        seconds = time.perf_counter() - begun
        print(f"{suffix}: {compared:,} labels compared, each at its item ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
