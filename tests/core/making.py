"""Small things that many tests of the core are made of."""

import csv

import numpy as np

from core.audit import Audit, item_id
from core.demo import DEMO
from core.embedding import runner
from core.embedding.choice import EmbeddingChoice
from core.ingest.readers import read_source, source_of
from core.store import Decision


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


def add_verdict(store, *, item_id, verdict, labels=(), content_hash=None, **action):
    """Append one verdict to the log, as an action of its own; return its id."""
    decision = Decision(item_id, verdict, tuple(labels), content_hash)
    return store.add_action(decisions=[decision], **action)[0]


def verdict_log(store):
    """Every row of the log, oldest first."""
    return store._query("select * from verdicts order by id")


def contents_of(store, ids):
    """The hash of what each of these items holds now, by id."""
    return {item_id: shown.content_hash for item_id, shown in store.shown(ids).items()}


def gates(store):
    """Every random sample that was judged before a bulk verdict, oldest first."""
    return store._query("select * from gates order by at, action")


class Auditor:
    """Decides on items of a store by path, each action with the next number."""

    def __init__(self, store, name="Ana", session=None):
        self.store = store
        self.name = name
        self.session = session or f"session of {name}"
        self.seq = 0

    def judge(self, path, verdict="keep", labels=(), **more):
        self.seq += 1
        return add_verdict(
            self.store,
            session=self.session,
            seq=self.seq,
            item_id=item_id(path),
            auditor=self.name,
            verdict=verdict,
            labels=labels,
            **more,
        )

    def undo(self, path, **more):
        self.seq += 1
        return self.store.add_undo(
            session=self.session, seq=self.seq, item_id=item_id(path), auditor=self.name, **more
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


ANOTHER = DEMO / "images" / "0000.jpg"
"""A photograph that is not among those of the computed audit."""


def add_image(audit, name, content=None):
    """Add a file and its row; return the file."""
    content = ANOTHER.read_bytes() if content is None else content
    with audit.source.labels.open("a", encoding="utf-8") as table:
        table.write(f",{name},emu,\n")
    (audit.source.path / name).write_bytes(content)
    return audit.source.path / name


def read_images(audit, update=lambda done, total: None, choice=None):
    """Do the first two steps only: list and embed."""
    audit.store.replace_listing(
        {"id": item_id(r.path), "path": r.path, "label": r.label, "fields": {}, "position": n}
        for n, r in enumerate(read_source(audit.source).records)
    )
    return runner.embed_images(audit, choice or EmbeddingChoice.of(audit), update)


def embedded_paths(audit):
    known = {item.id for item in audit.store.embedded_items()}
    return {file["path"] for file in audit.store.listed_files() if file["id"] in known}


def steps(audit):
    return {step["name"]: step["state"] for step in audit.store.latest_run()["steps"]}


def rows_by_path(audit):
    embeddings = np.load(audit.embeddings_file)
    return {file["path"]: embeddings[file["row"]].tobytes() for file in audit.store.listed_files()}


def write_texts(folder):
    """Make an audit of forty texts, the embeddings in vectors.npz and two probabilities each.

    The fifth is labeled wrong, and the file of the last is missing.
    """
    rng = np.random.default_rng(0)
    (folder / "texts").mkdir()
    paths = [f"{number:02}.txt" for number in range(40)]
    kinds = ["joy" if number % 2 else "woe" for number in range(40)]
    given = ["joy" if number == 4 else kind for number, kind in enumerate(kinds)]
    for path in paths[:39]:
        (folder / "texts" / path).write_text(f"the words of {path}")
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = zip(paths, given, [f"the words of {path}" for path in paths], strict=True)
        csv.writer(file).writerows([("path", "label", "text"), *rows])
    centers = {kind: rng.normal(size=16) for kind in ("joy", "woe")}
    vectors = np.stack([centers[kind] + rng.normal(0, 0.2, 16) for kind in kinds])
    np.savez(folder / "vectors.npz", paths=np.array(paths), embeddings=vectors)
    joy = np.array([0.9 if kind == "joy" else 0.2 for kind in kinds])
    np.savez(
        folder / "probabilities.npz",
        paths=np.array(paths),
        probabilities=np.stack([joy, 1 - joy], axis=1),
        classes=np.array(["joy", "woe"]),
    )
    return Audit.create(folder / "audit", source_of(folder / "texts", folder / "labels.csv"))
