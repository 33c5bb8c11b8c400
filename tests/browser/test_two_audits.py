"""Two audits on one server stay apart, and a visitor's name stays with the browser."""

import shutil

from core.audit import Audit
from tests.browser.desk_driver import sign_in, wait_for_image, wait_until_saved
from tests.conftest import copied


def test_two_audits_on_one_server_stay_apart(page, server, computed):
    twin = Audit(copied(computed.folder, computed.folder.with_name("twin")))
    address = server.show(computed.folder, twin.folder)
    first = sign_in(page, address, path="review?everything=1&audit=twin")
    page.keyboard.press("k")
    wait_for_image(page, other_than=first)
    wait_until_saved(page)
    page.goto(f"{address}/review?everything=1&audit=audit")
    assert wait_for_image(page) == first
    assert list(twin.store.judged_ids()) == [first]
    assert computed.store.judged_ids() == {}


def test_way_back_through_pages_is_not_cut_off_by_the_address_of_the_audit(page, small):
    address, _ = small
    page.goto(f"{address}/browse")
    page.get_by_role("heading", name="Browse").wait_for()
    page.get_by_role("link", name="Map").click()
    page.get_by_role("heading", name="Map").wait_for()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name="is suspect").wait_for()

    def return_to(shown):
        # A page may take two steps: as it was opened, and with the audit in its address.
        for _ in range(3):
            page.go_back()
            page.wait_for_timeout(1000)
            if shown.count():
                return
        shown.wait_for()

    return_to(page.get_by_role("heading", name="Map"))
    return_to(page.get_by_role("heading", name="Browse"))


def test_desk_of_an_audit_that_is_deleted_says_so_and_keeps_what_was_not_saved(
    page, server, computed
):
    twin = Audit(copied(computed.folder, computed.folder.with_name("twin")))
    address = server.show(computed.folder, twin.folder)
    sign_in(page, address, path=f"review?everything=1&audit={twin.id}")
    twin.store.close()
    # At once, whatever the server is writing there just now.
    shutil.rmtree(twin.folder.rename(computed.folder.with_name(".gone")), ignore_errors=True)
    page.keyboard.press("k")
    page.locator(".trouble", has_text="was deleted, moved or replaced").wait_for()
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.includes('look:'))")
    assert [key.split(":")[1] for key in kept] == [twin.id]
    page.reload()
    page.get_by_role("heading", name="This audit is not here").wait_for()
    assert computed.store.judged_ids() == {}
