"""Two audits on one server stay apart, and a visitor's name stays with the browser."""

from core.audit import Audit
from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved
from tests.browser.server import Server
from tests.conftest import copied


def test_two_audits_on_one_server_stay_apart(page, computed):
    twin = Audit(copied(computed.folder, computed.folder.with_name("twin")))
    with Server(home=computed.folder.parent) as server:
        first = sign_in(page, server.address, path="review?everything=1&audit=twin")
        page.keyboard.press("k")
        wait_for_image(page, other_than=first)
        wait_until_saved(page)
        page.goto(f"{server.address}/review?everything=1&audit=audit")
        assert wait_for_image(page) == first
    assert list(twin.store.judged_ids()) == [first]
    assert computed.store.judged_ids() == {}
