"""Twelve items of every kind, and their facts."""

from core.audit import item_id
from tests.core.making import Auditor, file_found

CLASSES = ("cat", "dog", "maine coon", "c*t")
LABELS = ("cat", "cat", "dog", "dog", "maine coon", "c*t", None, "cat", "dog", "cat", "cat", "dog")
SITES = ("north", "North", "a%b", "a_b", "a\\b", "", "any", "ü x", "a,b", 'say "so"', "1", "2")
YEARS = (
    "1990",
    "2000",
    "02000",
    "1990.5",
    "n/a",
    "",
    "2026-11-24",
    "2026-11",
    "5",
    "-3",
    "0",
    " 7",
)
VERDICTS = (
    ("0", "keep", ()),
    ("1", "relabel", ("dog",)),
    ("2", "ambiguous", ("dog", "cat")),
    ("3", "none", ()),
    ("4", "bad image", ()),
    ("5", "unsure", ()),
)


def path(number):
    return f"{'abx'[number % 3]}/Bild {number}.{'PNG' if number % 2 else 'jpg'}"


def fields(number):
    return {"path": path(number), "label": LABELS[number] or "", "site": SITES[number],
            "year": YEARS[number], "my column": SITES[-number], "note": "noted"}  # fmt: skip


def another_class(number):
    others = [name for name in CLASSES if name != LABELS[number]]
    return others[number % len(others)]


def score(number, suspicion, suggested_id, **more):
    p_given = 1 - suspicion
    return {"item_id": item_id(path(number)), "suspicion": suspicion, "p_given": p_given,
            "suggested_id": suggested_id, "p_suggested": 0.4,
            "is_suspect": suspicion > 0.6} | more  # fmt: skip


def fill(store):
    """Twelve items, most of them scored, half of them judged, one changed since."""
    store.set_settings({"columns": list(fields(0))})
    store.replace_listing(
        {"id": item_id(path(n)), "path": path(n), "label": LABELS[n], "position": n,
         "fields": fields(n)}
        for n in range(12)
    )  # fmt: skip
    store.record_files(
        [
            file_found(path(n), f"{n:02}")
            | {"width": 10 * (n % 3), "note": "Ünter 1.jpg" if n % 4 == 1 else None}
            for n in range(11)
        ],
        {item_id(path(11)): "it is a web page"},
    )
    ids = {name: key for key, name in store.class_names().items()}
    suspicions = (0.0, 0.25, 0.5, 0.5, 0.5, 1.0, None, 0.9, 0.9, 0.75, 0.8)
    store.replace_scores(
        score(n, suspicion, ids[another_class(n)])
        for n, suspicion in enumerate(suspicions)
        if suspicion is not None
    )
    ana, ben = Auditor(store, "Ana"), Auditor(store, "Ben")
    for auditor, (number, verdict, labels) in zip(
        [ana, ana, ben, ben, ana, ben], VERDICTS, strict=1
    ):
        auditor.judge(path(int(number)), verdict, labels)
    ana.judge(path(7), "relabel", ["dog"])
    ben.judge(path(7), "keep")
    ana.judge(path(8))
    ana.undo(path(8))
    ana.judge(path(9))
    store.record_files([file_found(path(9), "another")], {})
    store.pass_over("Ana", [item_id(path(10))])
    store.replace_findings(
        {"kind": kind, "position": position, "group_id": item_id(path(number)), "score": 1.0,
         "item_id": item_id(path(number)), "exact": None}
        for kind, numbers in (("duplicates", (0, 1, 5)), ("conflicts", (1,)), ("outliers", (6,)))
        for position, number in enumerate(numbers)
    )  # fmt: skip


FLAGS = {
    "suspect": {7, 8, 9, 10, 5},
    "judged": {0, 1, 2, 3, 4, 5, 7},
    "copy": {0, 1, 5},
    "conflict": {1},
    "leak": set(),
    "outlier": {6},
    "outdated": {9},
    "unlabeled": {6},
    "unreadable": {11},
    "disputed": {7},
    "skipped": {10},
}

FINAL = {0: ["cat"], 1: ["dog"], 2: ["cat", "dog"], 3: [], 4: []}


def facts(store):
    """What is known of the items, from the queries that other pages ask."""
    known = store.items([item_id(path(n)) for n in range(12)])
    current = store.current_verdicts()
    items = []
    for n in range(12):
        item = known[item_id(path(n))]
        decided = current.get(item["id"], {"verdict": None, "at": None, "auditor": None})
        suspect = item["is_suspect"]
        given = [item["given"]] if item["given"] else []
        items.append(
            item
            | {key: decided[key] for key in ("verdict", "auditor")}
            | {"judged": decided["at"], "fields": fields(n)}
            | {"suggested": item["suggested"] if suspect else None}
            | {"final": FINAL.get(n, given)}
            | {"flags": {flag for flag, numbers in FLAGS.items() if n in numbers}}
        )
    return items


SORTS = (
    "suspicion", "path", "given", "suggested", "final", "verdict", "auditor", "judged", "width",
    "height", "meta.site", "meta.year",
)  # fmt: skip


def value_of(item, field):
    if field == "final":
        return "|".join(item["final"]) or None
    if not field.startswith("meta."):
        return item[field]
    value = item["fields"][field.removeprefix("meta.")] or None
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
