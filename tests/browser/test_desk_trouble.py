"""What the desk says while nothing can be stored, and that all of it is stored afterward."""

import shutil

import pytest

from core.audit import item_id
from core.review.queues.queue import Queue
from core.store import Store
from tests.browser.desk_driver import press, sign_in, wait_for_image, wait_until_saved
from tests.core.making import Auditor, verdict_log

EVERYTHING = "review?everything=1"


def stored_in(folder):
    store = Store(folder / "audit.db")
    found = [(row["item_id"], row["verdict"]) for row in verdict_log(store)]
    store.close()
    return found


def wait_for_trouble(page, text):
    page.locator(".trouble", has_text=text).wait_for(timeout=15_000)


def wait_until_over(page):
    wait_until_saved(page)
    page.locator(".trouble:empty").wait_for(state="attached", timeout=15_000)


def test_a_verdict_in_a_folder_that_was_moved_away_is_not_called_saved(page, small, computed):
    address, _ = small
    folder, away = computed.folder, computed.folder.with_name("away")
    first = sign_in(page, address, path=EVERYTHING)
    page.wait_for_load_state("networkidle")  # the next images are here
    folder.rename(away)
    second = press(page, "k", first)
    wait_for_trouble(page, "was deleted, moved or replaced")
    third = press(page, "n", second)
    page.locator(".saved", has_text="2 saving").wait_for()
    assert not folder.exists(), "the server has made the folder anew"
    assert stored_in(away) == []
    away.rename(folder)
    wait_until_over(page)
    assert stored_in(folder) == [(first, "keep"), (second, "none")]
    # The same audit in other files: a copy, or what was restored from one.
    folder.rename(away)
    shutil.copytree(away, folder)
    press(page, "u", third)
    wait_until_over(page)
    assert stored_in(folder)[2:] == [(third, "unsure")]
    assert len(stored_in(away)) == 2


def test_another_audit_in_the_place_of_the_folder_gets_no_verdict_of_it(
    page, small, computed, computed_pictures
):
    address, _ = small
    folder, away = computed.folder, computed.folder.with_name("away")
    first = sign_in(page, address, path=EVERYTHING)
    page.wait_for_load_state("networkidle")  # the next images are here
    folder.rename(away)
    shutil.copytree(computed_pictures, folder)
    press(page, "k", first)
    wait_for_trouble(page, "was deleted, moved or replaced")
    assert stored_in(folder) == stored_in(away) == []
    folder.rename(folder.with_name("gone"))
    away.rename(folder)
    wait_until_over(page)
    assert stored_in(folder) == [(first, "keep")]


def test_a_page_on_a_vanished_audit_says_so_until_it_is_back(page, small, computed):
    address, _ = small
    folder, away = computed.folder, computed.folder.with_name("away")
    page.goto(address)
    page.get_by_text("suspect").first.wait_for()
    folder.rename(away)
    page.get_by_role("link", name="Detectors").click()
    page.get_by_role("heading", name="This audit is not here").wait_for()
    assert not folder.exists(), "the server has made the folder anew"
    away.rename(folder)
    page.get_by_role("heading", name="Detectors").wait_for(timeout=20_000)
    assert page.get_by_text("This audit is not here").count() == 0


def test_on_a_full_disk_the_desk_goes_on_and_stores_everything_when_there_is_room(
    page, small, server
):
    address, store = small
    first = sign_in(page, address, path=EVERYTHING)
    page.wait_for_timeout(500)
    with server.full_disk():
        second = press(page, "k", first)
        wait_for_trouble(page, "cannot be used now")
        third = press(page, "ArrowRight", second)  # a place, and a skip
        fourth = press(page, "n", third)
        page.keyboard.press("?")  # a preference
        page.get_by_label("Hide the suggestion").check()
        page.keyboard.press("Escape")
        page.wait_for_timeout(1500)
        page.locator(".saved", has_text="2 saving").wait_for()
        assert verdict_log(store) == []
    wait_until_over(page)
    assert store.judged_ids() == {first: "keep", third: "none"}
    for _ in range(50):
        if store.place("Ana", Queue(everything=True).key) == fourth:
            break
        page.wait_for_timeout(100)
    assert store.place("Ana", Queue(everything=True).key) == fourth
    assert store.passed_ids("Ana") == {second}
    assert store.preferences("Ana") == {"blind": True}


def test_a_desk_that_is_opened_on_a_full_disk_begins_when_there_is_room(page, small, server):
    address, store = small
    page.goto(f"{address}/{EVERYTHING}")
    with server.full_disk():
        page.get_by_label("Your name").fill("Ana")
        page.keyboard.press("Enter")
        wait_for_trouble(page, "cannot be used now")
    first = wait_for_image(page)
    press(page, "k", first)
    wait_until_over(page)
    assert store.judged_ids() == {first: "keep"}


def test_after_a_refusal_the_card_shows_what_the_other_decided_and_the_next_key_counts(page, small):
    """Keys at 250 ms: never has the desk time to tell where it is."""
    address, store = small
    store.set_second_share(0.0)
    queue = Queue(everything=True).ids(store)
    assert sign_in(page, address, path=EVERYTHING) == queue[0] == item_id("12.jpg")
    page.wait_for_timeout(800)
    Auditor(store, "Ben").judge("12.jpg", "none")
    page.keyboard.press("k")
    page.locator(".decided", has_text="Ben decided this a moment ago: none fits").wait_for()
    page.locator(".notice", has_text="Not saved: Ben has decided this image").wait_for()
    shown = []
    for _ in range(6):
        shown.append(wait_for_image(page))
        page.keyboard.press("k")
        page.wait_for_timeout(250)
    wait_until_saved(page)
    assert shown == [queue[0], *queue[1:6]]
    assert [row["item_id"] for row in verdict_log(store)] == [queue[0], *shown]
    assert {store.current_verdicts()[item]["auditor"] for item in shown} == {"Ana"}


@pytest.fixture
def few(small):
    """Three images that are left: Ana's desk holds them all."""
    address, store = small
    rest = Queue(everything=True).ids(store)[:-3]
    for item in rest:
        Auditor(store, "Before", item).judge(store.file_of(item)["path"])
    return address, store


def test_whoever_finds_the_rest_on_other_desks_is_told_so_and_goes_on_by_themselves(
    page, few, visitor
):
    address, store = few
    first = sign_in(page, address, path=EVERYTHING)
    other = visitor()
    other.goto(f"{address}/{EVERYTHING}")
    other.get_by_label("Your name").or_(other.get_by_text("Who is reviewing?")).first.wait_for()
    other.get_by_label("Your name").fill("Ben")
    other.keyboard.press("Enter")
    other.get_by_text("Others have the rest.").wait_for()
    other.get_by_text("3 images are on the desks of other auditors").wait_for()
    assert other.get_by_text("That was the last one here.").count() == 0
    page.goto("about:blank")
    store.lease("Ana", [], holder=leaseholder(store))
    assert wait_for_image(other) == first


def leaseholder(store):
    (row,) = store._query("select distinct holder from leases")
    return row["holder"]
