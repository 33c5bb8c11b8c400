"""What the review has found, counted by the database and by a plain model."""

import random
from collections import Counter

import pytest

from core.audit import item_id
from core.terms import VERDICTS, Verdict
from tests.core.export.report.making import audit_of_rows
from tests.core.making import Auditor

NAMES = ("cat", "dog", "emu", "a|b")
WITH_NONE = (*NAMES, None)


def shuffled_review(folder, seed):
    """An audit after a random review by three, undos, second reviews and adjudications included."""
    audit, paths = audit_of_rows(folder, WITH_NONE, items=60)
    rng = random.Random(seed)
    people = [Auditor(audit.store, name) for name in ("Ana", "Ben", "Cleo")]
    order = []
    for _ in range(90):
        who, path = rng.choice(people), rng.choice(paths)
        verdict = rng.choice(list(Verdict))
        least = VERDICTS[verdict].classes[0]
        if rng.random() < 0.15 and audit.store.own_verdicts(who.name, "review").get(item_id(path)):
            who.undo(path)
            continue
        role = rng.choice(["review", "review", "second", "adjudication"])
        who.judge(path, str(verdict), rng.sample(NAMES, least), role=role)
        order.append(item_id(path))
    return audit, list(dict.fromkeys(order))


@pytest.mark.parametrize("seed", range(6))
def test_counts_are_those_of_a_plain_model(tmp_path, seed):
    audit, order = shuffled_review(tmp_path, seed)
    store = audit.store
    verdicts, items = store.current_verdicts(), {row["id"]: row for row in store.input_rows()}
    wrong = {
        one for one, row in verdicts.items()
        if VERDICTS[Verdict(row["verdict"])].is_error and items[one]["given"] is not None
    }  # fmt: skip
    corrected = [
        (items[one]["given"], row["labels"][0])
        for one, row in verdicts.items()
        if row["verdict"] == Verdict.RELABEL and items[one]["given"] not in (None, row["labels"][0])
    ]
    assert store.outcome()["errors"] == len(wrong)
    assert store.errors_by_class() == Counter(items[one]["given"] for one in wrong)
    assert store.corrections() == Counter(corrected)

    reviewed = [one for one in order if one in verdicts]
    found, expected = 0, []
    for at, one in enumerate(reviewed, start=1):
        found += one in wrong
        expected.append({"reviewed": at, "errors": found})
    assert store.discovery(100, 10) == expected

    bands = store.reviewed_by_suspicion((0.25, 0.5))
    labeled = {one for one, item in items.items() if item["given"] is not None}
    assert sum(row["images"] for row in bands) == len(labeled)
    assert sum(row["reviewed"] for row in bands) == len(labeled & set(verdicts))
    assert sum(row["errors"] for row in bands) == len(wrong)


def test_examples_are_the_most_suspect_of_a_pair(tmp_path):
    audit, paths = audit_of_rows(tmp_path, NAMES, items=48)
    ana = Auditor(audit.store)
    cats = paths[::4]
    for path in cats[:3]:
        ana.judge(path, "relabel", ["dog"])
    ana.judge(cats[3], "relabel", ["emu"])
    ana.judge(cats[4], "none")
    ana.judge(cats[5], "keep")
    store = audit.store
    ids = [item_id(path) for path in cats]
    assert store.examples("cat", limit=9) == [ids[at] for at in (4, 3, 2, 1, 0)]
    assert store.examples("cat", "dog", limit=2) == [ids[2], ids[1]]
    left = store.unreviewed_examples("cat", "dog", limit=99)
    suspects = store.queue_ids(given="cat", suggested="dog", suspects_only=True)
    assert left == [one for one in suspects if one not in ids[:6]]


def test_long_curve_has_few_points_and_the_last_one(tmp_path):
    audit, paths = audit_of_rows(tmp_path, NAMES, items=60)
    for path in paths:
        Auditor(audit.store, session=path).judge(path, "none")
    rows = audit.store.discovery(10, 25)
    assert {1, 35, 60} <= {row["reviewed"] for row in rows}
    assert len(rows) <= 20
    assert all(row["errors"] == row["reviewed"] for row in rows)


def test_reasons_and_notes_are_counted_with_an_example(store):
    ids = [item_id(f"{at}.jpg") for at in range(4)]
    store.record_files([{"id": one, "note": "odd"} for one in ids[:2]], {})
    store.record_files([], dict.fromkeys(ids[2:], "it is no image"))
    assert store.file_notes(5) == [{"text": "odd", "count": 2, "path": "0.jpg"}]
    assert store.unread_reasons(5) == [{"text": "it is no image", "count": 2, "path": "2.jpg"}]
    assert store.unread_reasons(0) == []


def test_verdicts_by_auditor_leave_out_what_was_undone(store, ana, ben):
    ana.judge("0.jpg")
    ana.judge("1.jpg", "none")
    ana.undo("1.jpg")
    ben.judge("0.jpg", "none", role="second")
    ben.judge("0.jpg", "none", role="adjudication")
    assert store.verdicts_by_auditor() == [
        {"auditor": "Ben", "verdicts": 2, "second_reviews": 1, "adjudications": 1},
        {"auditor": "Ana", "verdicts": 1, "second_reviews": 0, "adjudications": 0},
    ]
