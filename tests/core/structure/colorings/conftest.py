"""An audit of twelve items with scores, verdicts, findings, splits, columns and predictions."""

import numpy as np
import pytest

from core.arrays.row_file import write_rows
from core.audit import item_id
from core.structure.projections import umap_layout
from tests.core.making import file_found, records
from tests.core.structure.drawn_audits import DrawnAudit

LABELS = ["cat"] * 5 + ["dog"] * 4 + ["emu", None, None]
SUGGESTED = {"1.jpg": "dog", "2.jpg": "emu", "6.jpg": "cat"}
PREDICTED = ["cat", "cat", "dog", "dog", None, "dog", "dog", "dog", "cat", "cat", "cat", "dog"]


@pytest.fixture
def audit(tmp_path, monkeypatch):
    monkeypatch.setattr(umap_layout, "FEWEST_FOR_UMAP", 10**9)
    made = DrawnAudit(tmp_path)
    store = made.audit.store
    rows = records({f"{number}.jpg": label for number, label in enumerate(LABELS)})
    for number, row in enumerate(rows):
        row["split"] = "train" if number < 8 else None
        row["fields"] |= {"year": str(1990 + number), "size": str(1.5 * number), "note": "x%"}
        row["fields"]["camera"] = "" if number == 3 else f"camera {number % 2}"
    store.replace_listing(rows)
    store.set_settings({"columns": ["path", "label", "year", "size", "camera", "note"]})
    store.record_files([file_found(row["path"], f"{n:02}") for n, row in enumerate(rows)], {})
    class_of = {name: class_id for class_id, name in store.class_names().items()}
    store.replace_scores(
        {
            "item_id": row["id"],
            "suspicion": number / 10,
            "suggested_id": class_of[SUGGESTED.get(row["path"], row["label"])],
            "is_suspect": row["path"] in SUGGESTED,
            "p_given": 0.1 if row["path"] in SUGGESTED else 0.9,
            "p_suggested": 0.8 if row["path"] in SUGGESTED else 0.9,
        }
        for number, row in enumerate(rows)
        if row["label"]
    )
    yield made.audit
    store.close()


@pytest.fixture
def ids():
    """The points of the map, in an order of their own, one of them unknown to the audit."""
    numbers = [3, 1, 0, 2, 4, 11, 10, 9, 8, 7, 6, 5]
    return np.array([item_id(f"{number}.jpg") for number in numbers] + ["f" * 16], "U16")


@pytest.fixture
def by_path(ids):
    """Read a coloring as a dict of number of the item and name, or value, of its color."""

    def read(coloring):
        numbers = [3, 1, 0, 2, 4, 11, 10, 9, 8, 7, 6, 5, -1]
        if coloring.kind == "numbers":
            return dict(zip(numbers, coloring.values.tolist(), strict=True))
        names = [*coloring.names]
        shown = [names[code] if code < len(names) else None for code in coloring.codes.tolist()]
        return dict(zip(numbers, shown, strict=True))

    return read


@pytest.fixture
def predictions(audit):
    """The user's own model: it does not know emus, and nothing of item 4."""
    classes = ["cat", "dog"]
    values = np.zeros((len(PREDICTED), 2), np.float16)
    for number, name in enumerate(PREDICTED):
        if name:
            values[number, classes.index(name)] = 0.9
    row_of = audit.store.rows_by_id()
    rows = np.array([row_of[item_id(f"{number}.jpg")] for number in range(len(PREDICTED))])
    write_rows(audit.predictions_file, rows, values)
    audit.store.set_settings({"prediction_classes": classes})
