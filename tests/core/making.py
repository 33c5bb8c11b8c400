"""Small things that many tests of the core are made of."""

import csv

from core.audit import item_id


def records(labels):
    """The records of `Store.replace_listing` from a dict of path and label."""
    return [
        {
            "id": item_id(path),
            "path": path,
            "label": label,
            "fields": {"path": path, "label": label or ""},
            "position": position,
        }
        for position, (path, label) in enumerate(labels.items())
    ]


def file_found(path, content="00"):
    """What `Store.record_files` takes of a file that was read."""
    return {
        "id": item_id(path),
        "size": 1,
        "mtime_ns": 1,
        "content_hash": content,
        "format": "JPEG",
        "width": 2,
        "height": 2,
    }


class Auditor:
    """Decides on items of a store by path, each action with the next number."""

    def __init__(self, store, name="Ana", session=None):
        self.store = store
        self.name = name
        self.session = session or f"session of {name}"
        self.seq = 0

    def judge(self, path, verdict="keep", labels=(), **more):
        self.seq += 1
        return self.store.add_verdict(
            session=self.session,
            seq=self.seq,
            item_id=item_id(path),
            auditor=self.name,
            verdict=verdict,
            labels=labels,
            **more,
        )

    def undo(self, path):
        self.seq += 1
        return self.store.add_undo(
            session=self.session, seq=self.seq, item_id=item_id(path), auditor=self.name
        )


def write_table(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read_table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdict_of(store, path):
    return store.judged_ids().get(item_id(path))


def snapshot(store):
    """What is current, by item: verdict, labels, auditor."""
    return {
        item: (row["verdict"], row["labels"], row["auditor"])
        for item, row in store.current_verdicts().items()
    }
