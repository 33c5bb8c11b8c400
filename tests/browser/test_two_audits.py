"""Two audits on one server stay apart, and a visitor's name stays with the browser."""

import json
import shutil

from core.audit import Audit
from tests.browser.conftest import serving
from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved


def test_two_audits_on_one_server_stay_apart(page, demo_folder):
    twin = shutil.copytree(demo_folder, demo_folder.parent / "twin")
    with Audit(twin).store.transaction() as db:
        db.table("settings").update("id", {"value": json.dumps("twin00")})
    with serving(home=demo_folder.parent) as address:
        first = sign_in(page, address, path="review?audit=twin")
        page.keyboard.press("k")
        wait_for_image(page, other_than=first)
        wait_until_saved(page)
        page.goto(f"{address}/review?audit=demo")
        assert wait_for_image(page) == first
    assert list(Audit(twin).store.judged_ids()) == [first]
    assert Audit(demo_folder).store.judged_ids() == {}
