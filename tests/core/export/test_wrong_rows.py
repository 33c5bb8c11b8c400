"""Whatever is shuffled, filtered, edited and undone on the way, each label is at its own item."""

import csv
import io
import json
import random

import pyarrow as pa
import pytest
from pyarrow import parquet

from core.audit import Audit, item_id
from core.export.exporting import content
from core.export.writers import WRITERS, offered_writers
from core.ingest.readers import source_of
from core.pipeline import list_items
from core.store import Decision
from tests.core.making import Auditor, file_found

CLASSES = [f"class {n}" for n in range(8)] + ["a|b", "ü, é"]
ITEMS = 300


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


MAKE = {
    ".csv": as_csv,
    ".jsonl": lambda rows: "".join(json.dumps(row) + "\n" for row in rows).encode(),
    ".parquet": as_parquet,
}


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
    ours = {"csv": ".csv", "tsv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"}
    rows = table_in(data, ours.get(name, suffix), "\t" if name == "tsv" else ",")
    column = "final_label" if name in ours else "label"
    return {row["path"]: row[column] or None for row in rows}


class Model:
    """What each item is labeled, kept in the plainest way."""

    def __init__(self, rng):
        self.rng = rng
        self.given = {f"{n:03}.jpg": rng.choice(CLASSES) for n in range(ITEMS)}
        self.verdicts = {path: [] for path in self.given}
        self.listed = list(self.given)

    def final(self, path):
        return self.verdicts[path][-1] if self.verdicts[path] else self.given[path]

    def rows(self):
        return [{"note": f"of {p}", "path": p, "label": self.given[p]} for p in self.listed]


@pytest.mark.parametrize("suffix", MAKE)
def test_every_label_is_at_its_own_item(tmp_path, suffix):
    rng = random.Random(suffix)
    model = Model(rng)
    (tmp_path / "images").mkdir()
    table = tmp_path / f"labels{suffix}"
    table.write_bytes(MAKE[suffix](model.rows()))
    audit = Audit.create(tmp_path / "audit", source_of(tmp_path / "images", table))
    ana = Auditor(audit.store)
    for number in range(3):
        rng.shuffle(model.listed)
        gone = [model.listed.pop() for _ in range(20 if number else 0)]
        table.write_bytes(MAKE[suffix](model.rows()))
        list_items(audit)
        audit.store.record_files([file_found(path, f"{path:>032}") for path in model.listed], {})
        audit.store.place_verdicts()
        decide_in_bulk(audit.store, model, ana)
        for path in rng.sample(model.listed, 60):
            if model.verdicts[path] and rng.random() < 0.4:
                ana.undo(path)
                model.verdicts[path].pop()
            else:
                label = rng.choice([*CLASSES, None])
                ana.judge(path, *(("none",) if label is None else ("relabel", [label])))
                model.verdicts[path].append(label)
        expected = {path: model.final(path) for path in model.listed}
        written = offered_writers(audit)
        assert (
            f"own-{dict(zip(MAKE, ('table', 'json', 'parquet'), strict=True))[suffix]}" in written
        )
        for name in written:
            if name.startswith("own-") or name in ("csv", "tsv", "jsonl", "parquet", "soft-labels"):
                found = labels_in(content(audit, WRITERS[name]), name, suffix)
                assert found == expected, name
                assert [*found] == model.listed, name
        model.listed += gone
    audit.store.close()


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
