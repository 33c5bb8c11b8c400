"""Audits of made-up images, between which logs travel."""

import pytest

from core.audit import Audit, Source, item_id
from core.review.travel.log_files import merge_log, write_log
from tests.core.making import file_found, records


@pytest.fixture
def make(tmp_path):
    """Make an audit of images, each a path with its label and its content."""
    opened = []

    def run(**images):
        folder = tmp_path / f"audit {len(opened)}"
        audit = Audit.create(folder, Source("class-folders", tmp_path / "images"))
        opened.append(audit)
        relist(audit, images)
        return audit

    yield run
    for audit in opened:
        audit.store.close()


def relist(audit, images):
    """Let the data set of an audit be these images."""
    listed = {path: label for path, (label, _) in images.items()}
    audit.store.replace_listing(records(listed))
    found = [file_found(path, content) for path, (_, content) in images.items()]
    audit.store.record_files(found, {})
    audit.store.place_verdicts()


@pytest.fixture
def send(tmp_path):
    """Send the log of one audit to another one."""

    def run(audit, other, adds=True):
        file = tmp_path / "travels.log.jsonl"
        write_log(audit, file)
        return merge_log(other, file, lambda names: adds)

    return run


def finals(audit):
    return {row["path"]: row["final"] for row in audit.store.input_rows()}


def verdicts(audit, path):
    """Who has a verdict that counts on an image, and which."""
    found = audit.store.annotations([item_id(path)]).get(item_id(path), [])
    return {one["auditor"]: (one["verdict"], *one["labels"]) for one in found}
