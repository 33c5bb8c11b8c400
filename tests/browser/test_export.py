"""The export page in a real browser: as the input came, with its proof, and as folders."""

import csv
import io
import json
import zipfile

import pytest

from tests.browser.desk_driver import choose, downloaded
from tests.core.making import Auditor


@pytest.fixture
def judged(page, small, computed):
    """The page Export of an audit in which one label was corrected and one image is bad."""
    address, store = small
    ana = Auditor(store, "Ana")
    ana.judge("12.jpg", "relabel", ["emu"])
    ana.judge("03.jpg", "bad image")
    page.context.add_cookies([{"name": "second_look_auditor", "value": "Ana", "url": address}])
    page.goto(f"{address}/export")
    page.get_by_role("heading", name="2 labels change").wait_for()
    return page


def test_input_is_given_back_with_nothing_but_labels_changed_then_proved_and_as_folders(
    judged, computed
):
    page, table = judged, computed.source.labels.read_bytes()
    corrected = table.replace(b"12.jpg,lotus", b"12.jpg,emu").replace(b"03.jpg,lotus", b"03.jpg,")
    assert downloaded(page) == corrected

    page.get_by_text("What becomes of 1 image without one sure label").click()
    choose(page, "Bad image: 1 image", "leave out")
    page.get_by_text("17 of 18 images written: 1 with a changed label, 1 left out.").wait_for()
    archive = zipfile.ZipFile(io.BytesIO(downloaded(page, "With manifest and changes (ZIP)")))
    name, changes, manifest = sorted(archive.namelist())
    assert b"03.jpg" not in archive.read(name)
    written = json.loads(archive.read(manifest))
    assert (written["who"], written["counts"]["left_out"]) == ("Ana", 1)
    rows = csv.DictReader(io.StringIO(archive.read(changes).decode()))
    assert {row["path"]: (row["old"], row["new"]) for row in rows} == {
        "12.jpg": ("lotus", "emu"), "03.jpg": ("lotus", ""),
    }  # fmt: skip

    choose(page, "Format", "Class folders")
    page.get_by_role("button", name="Write corrected labels").click()
    page.get_by_text("Written here").wait_for(timeout=60_000)
    folder = computed.folder / "exports" / "audit-folders"
    assert (folder / "emu" / "12.jpg").read_bytes() == (
        computed.source.path / "12.jpg"
    ).read_bytes()
    page.get_by_text(str(folder)).wait_for()

    with computed.source.labels.open("ab") as file:
        file.write(b"x,99.jpg,lotus,1 m\r\n")
    choose(page, "Format", "As it came in: The input's table")
    page.get_by_role("button", name="Download corrected labels").click()
    page.get_by_text("The data set has changed since it was audited").wait_for()
