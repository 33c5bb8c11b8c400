"""The desk in a real browser: nothing lost, nothing on the wrong image."""

import csv
import io

import pytest

from core.audit import Audit
from core.review.queues.queue import Queue
from tests.browser.desk_driver import (
    STATE,
    choose,
    downloaded,
    press,
    sign_in,
    wait_for_image,
    wait_until_place_is_kept,
    wait_until_saved,
)
from tests.browser.server import Server
from tests.core.making import records, verdict_log

EVERYTHING = "review?everything=1"


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory):
    """A server that takes a second for every rerun of the desk."""
    home = tmp_path_factory.mktemp("slow")
    with Server(script="tests/browser/slow_dashboard.py", home=home) as server:
        yield server


def test_ten_by_keyboard_then_undo_reload_and_export(page, address, demo_folder):
    store = Audit(demo_folder).store
    queue = Queue().ids(store)
    item = sign_in(page, address)
    assert item == queue[0]
    seen = []
    for key in ["Space", "k", "Space", "n", "x", "u", "b", "Space", "k", "Space"]:
        seen.append(item)
        item = press(page, key, item)
    assert seen == queue[:10]

    page.keyboard.press("z")
    assert wait_for_image(page, other_than=item) == seen[-1]
    wait_until_saved(page)
    verdicts = store.current_verdicts()
    assert [verdicts[i]["verdict"] for i in seen[:9]] == [
        "relabel", "keep", "relabel", "none", "bad image", "unsure", "ambiguous", "relabel", "keep",
    ]  # fmt: skip
    assert seen[9] not in verdicts
    assert all(verdict["auditor"] == "Ana" for verdict in verdicts.values())

    page.reload()
    assert wait_for_image(page) == seen[-1]

    page.goto(f"{address}/export")
    choose(page, "Format", "CSV")
    rows = list(csv.DictReader(io.StringIO(downloaded(page).decode())))
    added = ["final_label", "verdict", "auditor", "time", "rule"]
    assert list(rows[0]) == ["path", "label", *added]
    assert len(rows) == 1573
    items = store.items(seen)
    by_path = {row["path"]: row for row in rows}
    for item_id in seen:
        row, verdict = by_path[items[item_id]["path"]], verdicts.get(item_id)
        assert row["verdict"] == (verdict["verdict"] if verdict else "")
        assert row["time"] == (verdict["at"] if verdict else "")
    assert by_path[items[seen[0]]["path"]]["final_label"] == items[seen[0]]["suggested"]
    assert by_path[items[seen[3]]["path"]]["final_label"] == ""
    assert sum(row["verdict"] != "" for row in rows) == 9


def test_twenty_keys_while_every_rerun_takes_a_second(page, slow_server, demo_folder):
    store = Audit(demo_folder).store
    queue = Queue().ids(store)
    keys = ["k", "Space"] * 10
    first = sign_in(page, slow_server.show(demo_folder))
    # At once: the form of signing in is still on the page, and must not have the key.
    press(page, keys[0], first)
    page.wait_for_load_state("networkidle")
    for key in keys[1:]:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    wait_until_saved(page)
    verdicts = store.current_verdicts()
    expected = {"k": "keep", "Space": "relabel"}
    assert {i: v["verdict"] for i, v in verdicts.items()} == {
        item: expected[key] for item, key in zip(queue, keys, strict=False)
    }
    assert [row["item_id"] for row in verdict_log(store)] == queue[:20]
    items = store.items(queue[:20])
    for item_id, key in zip(queue, keys, strict=False):
        assert verdicts[item_id]["labels"] == ([items[item_id]["suggested"]] if key != "k" else [])


def test_verdicts_on_their_way_survive_a_reload(page, slow_server, computed):
    store = computed.store
    queue = Queue(everything=True).ids(store)
    sign_in(page, slow_server.show(computed.folder), path=EVERYTHING)
    page.wait_for_load_state("networkidle")
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("k")
    page.wait_for_timeout(80)
    page.keyboard.press("k")
    page.reload()
    assert wait_for_image(page) == queue[2]
    wait_until_saved(page)
    assert list(store.judged_ids()) == queue[:2]


def test_a_key_held_down_decides_once(page, small):
    address, store = small
    first = sign_in(page, address, path=EVERYTHING)
    page.keyboard.down("k")
    second = wait_for_image(page, other_than=first)
    for _ in range(5):
        page.keyboard.down("k")  # a repeat, as the browser sends it
    page.keyboard.up("k")
    wait_until_saved(page)
    assert list(store.judged_ids()) == [first]
    assert wait_for_image(page) == second


def test_another_class_by_typing_and_keys_do_not_fire_in_the_field(page, small):
    address, store = small
    with store.transaction() as db:
        db.table("classes").insert({"name": "okapi", "spelling": "okapi", "is_named": 1})
    item = sign_in(page, address, path=EVERYTHING)
    page.keyboard.press("/")
    page.get_by_placeholder("Which class is it?").wait_for()
    page.keyboard.type("okap")
    page.keyboard.press("Enter")
    wait_for_image(page, other_than=item)
    wait_until_saved(page)
    assert store.current_verdicts()[item]["labels"] == ["okapi"]
    assert len(verdict_log(store)) == 1


def test_deep_link_opens_that_item_and_undo_works_after_it(page, small):
    address, store = small
    wanted = Queue(everything=True).ids(store)[12]
    assert sign_in(page, address, path=f"{EVERYTHING}&item={wanted}") == wanted
    press(page, "k", wanted)
    wait_until_saved(page)
    assert list(store.judged_ids()) == [wanted]
    page.keyboard.press("z")
    page.locator(".notice", has_text="Undone").wait_for()
    wait_until_saved(page)
    assert store.judged_ids() == {}


def test_a_reload_after_a_deep_link_goes_on_where_the_auditor_is(page, small):
    address, store = small
    queue = Queue(everything=True).ids(store)
    assert sign_in(page, address, path=f"{EVERYTHING}&item={queue[12]}") == queue[12]
    assert press(page, "k", queue[12]) == queue[13]
    wait_until_saved(page)
    page.wait_for_timeout(500)
    page.reload()
    assert wait_for_image(page) == queue[13]


def test_a_refused_verdict_comes_back_with_the_reason(page, small):
    address, store = small
    item = sign_in(page, address, path=EVERYTHING)
    wait_until_place_is_kept(page, store, Queue(everything=True), item)
    with store.transaction() as db:
        db.table("items").update(item, {"content_hash": "0" * 32})
    page.keyboard.press("k")
    page.locator(".notice", has_text="has changed since it was shown").wait_for()
    assert store.judged_ids() == {}
    # What the image is now is asked for, and it is not what lies there.
    page.locator(".missing p", has_text="was replaced since it was analyzed").wait_for()


def test_verdict_on_a_stale_card_is_refused_and_the_card_drawn_anew(page, small):
    address, store = small
    item = sign_in(page, address, path=EVERYTHING)
    rows = store.input_rows()
    (shown,) = (row for row in rows if row["id"] == item)
    other = next(row["given"] for row in rows if row["given"] != shown["given"])
    wait_until_place_is_kept(page, store, Queue(everything=True), item)
    labels = {row["path"]: other if row["id"] == item else row["given"] for row in rows}
    store.replace_listing(records(labels))
    page.keyboard.press("k")
    page.locator(".notice", has_text=f"from '{shown['given']}' to '{other}'").wait_for()
    assert store.judged_ids() == {}
    page.locator(".given", has_text=other).first.wait_for()
    wait_for_image(page)
    page.keyboard.press("k")
    wait_until_saved(page)
    assert store.current_verdicts()[item]["given"] == other


def test_copies_with_different_labels_come_one_after_the_other(page, address, demo_folder):
    store = Audit(demo_folder).store
    first, second, *_ = store.finding_ids("conflicts")
    assert sign_in(page, address, path="review?finding=conflicts") == first
    (other,) = store.conflicting_copies([first])[first]["labels"]
    page.locator(".why", has_text=f"A near-duplicate is labeled {other}").wait_for()
    assert press(page, "k", first) == second


def test_twenty_verdicts_start_a_new_order(page, address, demo_folder):
    store = Audit(demo_folder).store
    queue, item = Queue().ids(store), sign_in(page, address)
    for number in range(20):
        assert item == queue[number], f"after {number} verdicts: {page.evaluate(STATE)}"
        item = press(page, "Space", item)
    for _ in range(300):
        if store.order().log_size:
            break
        page.wait_for_timeout(100)
    assert store.order() == (store.fingerprint("evidence"), 20)


def test_new_order_takes_hold_behind_what_is_loaded(page, small):
    address, store = small
    before = Queue(everything=True).ids(store)
    shown = [sign_in(page, address, path=EVERYTHING)]
    page.wait_for_timeout(500)
    # As another server does that has heard of other verdicts.
    store.set_priorities({item: 0.1 + n / 10_000 for n, item in enumerate(before)})
    store.set_order("evidence", 1)
    for _ in range(14):
        shown.append(press(page, "k", shown[-1]))
        page.wait_for_timeout(300)  # longer than the desk takes to hear of the new order
    assert shown[:7] == before[:7]
    assert shown[9:] == [item for item in reversed(before) if item not in shown[:9]][:6]
    page.reload()
    assert wait_for_image(page) == shown[-1]


def test_skipped_image_comes_again_at_the_end_also_after_a_reload(page, small):
    address, store = small
    queue = Queue(everything=True).ids(store)
    assert press(page, "ArrowRight", sign_in(page, address, path=EVERYTHING)) == queue[1]
    assert press(page, "k", queue[1]) == queue[2]
    wait_until_saved(page)
    page.wait_for_timeout(500)
    page.reload()
    assert wait_for_image(page) == queue[2]
    assert press(page, "k", queue[2]) == queue[3]
