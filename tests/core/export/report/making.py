"""Audits to report on: rows without files, with any names; and a reader of what came out."""

import secrets
from html.parser import HTMLParser
from xml.etree import ElementTree

from core.audit import Audit, item_id
from core.audit.source import Source
from tests.core.making import Auditor

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' onload='alert(1)",
    "</style></title></svg><base href=https://evil.example/>",
    "&lt;b&gt; &amp; ]]> --> <!--",
    "exe.\u202egnp\u2066\u200f",
    "two\nlines\tand\ra bell\x07\x1b[31m\ufffe",
    "javascript:alert(1)//https://evil.example/x.png",
    "=1+1|cmd {{7*7}} ${x} %s {0}",
    "שלום עולם",
    "x" * 4000,
)
"""Names that would be more than names where they are not escaped."""


def audit_of_rows(folder, names, items=60, is_hostile=False):
    """A ranked audit of items without files, two thirds of them suspect; as many of each class.

    The second and third of three look like the next class; a name may be None. Where it
    `is_hostile`, so are its paths, splits, fields, notes and its own name.
    """
    audit = Audit.create(folder / "audit", Source("csv", folder / "images"))
    odd = list(HOSTILE) if is_hostile else [""]
    paths = [f"{odd[at % len(odd)][:300]}{at:03}.jpg" for at in range(items)]
    audit.store.replace_listing(
        {
            "id": item_id(path),
            "path": path,
            "label": names[at % len(names)],
            "fields": {"path": path, "remark": odd[at % len(odd)]},
            "position": at,
            "split": odd[at % len(odd)][:40] if is_hostile else None,
        }
        for at, path in enumerate(paths)
    )
    ids = {name: class_id for class_id, name in audit.store.class_names().items()}
    audit.store.replace_scores(
        {
            "item_id": item_id(path),
            "suspicion": (at + 1) / (items + 1),
            "p_given": 0.3,
            "suggested_id": ids.get(names[(at + 1) % len(names)]),
            "p_suggested": 0.5 if at % 3 else 0.1,
            "is_suspect": at % 3 > 0,
        }
        for at, path in enumerate(paths)
    )
    for artifact in ("evidence", "findings", "embeddings"):
        audit.store.set_fingerprint(artifact, "test")
    if is_hostile:
        audit.store.set_settings({"name": HOSTILE[0]})
        for path, name in zip(paths, HOSTILE, strict=False):
            found = {"id": item_id(path), "note": name, "size": 1, "mtime_ns": 1}
            audit.store.record_files([found], {item_id(paths[-1]): HOSTILE[0]})
    return audit, paths


def judge(audit, paths, verdicts, name="Ana", role="review"):
    """Let an auditor judge items by path, of a dict of verdict or (verdict, labels)."""
    auditor = Auditor(audit.store, name, session=secrets.token_hex(4))
    for path, verdict in verdicts.items():
        what, labels = verdict if isinstance(verdict, tuple) else (verdict, ())
        auditor.judge(path, what, labels, role=role)


def parsed(page):
    """The report as a tree, which it is only when it is well-formed."""
    return ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))


class Elements(HTMLParser):
    """What a browser would make of a page: every element with its attributes, and all text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)
