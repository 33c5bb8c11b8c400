"""The short form of ``python -m tests.benchmarks.box_listing``."""

import pytest

from core.audit import Audit
from tests.benchmarks.box_listing import WRITERS, make, measured


@pytest.fixture(scope="module")
def regions(tmp_path_factory):
    """What each format says of the same boxes: paths, regions and labels."""

    def read(name):
        scratch = tmp_path_factory.mktemp(name)
        make(scratch / "source", name, 400)
        found = measured(scratch)
        audit = Audit(scratch / "audit")
        files = {(one["path"], one["given"]) for one in audit.store.known_files()}
        audit.store.close()
        return found, files

    return {name: read(name) for name in WRITERS}


@pytest.mark.parametrize("name", WRITERS)
def test_every_box_of_every_format_is_the_same_item(regions, name):
    found, files = regions[name]
    assert found["reader"] == name
    assert found["items"] == len(files) == 400
    assert files == regions["coco"][1]
