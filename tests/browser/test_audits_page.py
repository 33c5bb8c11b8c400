"""The page Audits in a real browser: from a folder to a reviewed audit by clicking only."""

import re
import shutil

import pytest

from core.audit import Audit
from core.audit.library import Library
from core.jobs import stop, watch
from tests.browser.desk_driver import press, wait_for_image, wait_until_saved
from tests.browser.server import Server
from tests.browser.test_job import wait_for
from tests.conftest import copied
from tests.core.making import write_table


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory):
    """A server that shows audits of a home of its own, and folders below a root of its own."""
    base = tmp_path_factory.mktemp("dashboard")
    (base / "home").mkdir()
    (base / "home" / ".no-demo").touch()
    (base / "shown").mkdir()
    (base / "secret" / "within").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECOND_LOOK_ROOTS", str(base / "shown"))
        with Server(home=base / "home") as server:
            yield server


@pytest.fixture
def home(dashboard):
    """The home of the audits, without any."""
    yield dashboard.home
    for place in dashboard.home.iterdir():
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        elif place.name != ".no-demo":
            place.unlink()


@pytest.fixture
def address(dashboard, home):
    return dashboard.address


@pytest.fixture
def files(picture_folder, dashboard):
    """Folders below the root, one of them with a table beside it."""
    shown = dashboard.home.parent / "shown"
    shutil.move(picture_folder, shown / "by folder")
    flat = shown / "by table" / "images"
    flat.mkdir(parents=True)
    rows = []
    for image in sorted((shown / "by folder").rglob("*.jpg")):
        shutil.copy(image, flat / f"{image.parent.name} {image.name}")
        rows.append([f"{image.parent.name} {image.name}", image.parent.name])
    write_table(shown / "by table" / "labels.csv", ["path", "label"], *rows)
    yield shown
    for folder in shown.iterdir():
        shutil.rmtree(folder)


def choose(page, *folders):
    for name in folders:
        page.locator(".folders button", has_text=name).click()
        page.locator(".crumbs button", has_text=name).wait_for()


def start(page, title):
    """Confirm what was understood, and start with what is proposed."""
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name=title).wait_for(timeout=60_000)
    page.locator("figcaption").nth(5).wait_for()
    assert page.locator("figcaption").count() == 6
    page.get_by_role("button", name="This is right").click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("heading", name="Analyzing images").wait_for(timeout=60_000)


def test_folder_and_zip_with_a_table_become_reviewed_audits_by_clicking_only(
    page, files, home, address
):
    archive = shutil.make_archive(files.parent / "pets", "zip", files / "by table")
    page.goto(address)
    page.get_by_role("heading", name="Audits", exact=True).wait_for()
    page.get_by_role("button", name="New audit").click()
    choose(page, "by folder")
    start(page, "18 images in 3 classes")
    (first,) = Library(home).audits()
    assert (first.name, first.folder.name) == ("by folder", "by-folder")
    assert first.source.path == files / "by folder"
    # The next one is made while the first is computed.
    page.get_by_role("link", name="Audits", exact=True).click()
    page.get_by_role("button", name="New audit").click()
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_text("pets.zip is unpacked.").wait_for()
    choose(page, "images")
    labels = page.get_by_role("combobox", name="Where are the labels?")
    assert labels.input_value() == "labels.csv (beside the folder)"
    start(page, "18 images in 3 classes")
    (second,) = [one for one in Library(home).audits() if one.name == "pets"]
    assert second.source.path == second.folder / "uploaded" / "images"
    assert second.source.labels == second.folder / "uploaded" / "labels.csv"
    assert list((home / ".uploads").iterdir()) == []
    wait_for(lambda: first.is_ranked and second.is_ranked, seconds=150)
    for audit in (first, second):
        page.goto(f"{address}/review?audit={audit.id}&everything=1")
        if audit is first:
            page.get_by_label("Your name").fill("Ana")
            page.keyboard.press("Enter")
        item = wait_for_image(page)
        press(page, "k", item)
        wait_until_saved(page)
        assert list(audit.store.judged_ids()) == [item]
    # The maps are still being drawn: that is stopped, and can be resumed.
    for audit in (first, second):
        stop(audit)
        wait_for(lambda audit=audit: not watch(audit).is_active)


def test_table_beside_a_folder_is_read_and_confirmed(page, files, address):
    page.goto(address)
    page.get_by_role("button", name="New audit").click()
    choose(page, "by table")
    page.locator(".folders .file button", has_text="labels.csv").click()
    page.get_by_text("labels.csv, with the images in by table").wait_for()
    choose(page, "images")
    page.get_by_text("labels.csv, with the images in images").wait_for()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="18 images in 3 classes").wait_for(timeout=60_000)
    page.get_by_text(re.compile(r"with .*labels\.csv")).wait_for()
    page.get_by_role("combobox", name="Column of the labels").click()
    page.get_by_role("option", name="path").click()
    page.get_by_role("heading", name="18 images in 18 classes").wait_for(timeout=60_000)
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("There is no audit yet").wait_for()


def act(page, name, action):
    page.get_by_role("button", name="⋯").nth(card_number(page, name)).click()
    page.get_by_role("menuitem", name=action).or_(
        page.get_by_text(action, exact=True)
    ).first.click()


def card_number(page, name):
    cards = page.get_by_test_id("stPageLink").all_inner_texts()
    return [text.strip() for text in cards].index(name)


def test_audit_is_renamed_archived_restored_and_deleted(page, computed, home, address):
    (home / "audit").symlink_to(computed.folder)
    other = copied(computed.folder, home / "other")
    page.goto(address)
    page.get_by_role("heading", name="Audits", exact=True).wait_for()
    page.get_by_role("link", name="other", exact=True).wait_for()

    act(page, "other", "Rename")
    page.get_by_label("Name", exact=True).fill("audit")
    page.get_by_role("button", name="Rename", exact=True).last.click()
    page.get_by_text("There is an audit called").wait_for()
    page.get_by_label("Name", exact=True).fill("lotus, <b>round</b> 2")
    page.get_by_role("button", name="Rename", exact=True).last.click()
    page.get_by_role("link", name="lotus, <b>round</b> 2").wait_for()
    assert other.is_dir()

    act(page, "lotus, <b>round</b> 2", "Archive")
    page.get_by_role("button", name="Archive", exact=True).last.click()
    page.get_by_text("1 archived audit").click()
    assert page.get_by_test_id("stPageLink").count() == 1
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("link", name="lotus, <b>round</b> 2").wait_for()

    act(page, "lotus, <b>round</b> 2", "Delete")
    field = page.get_by_label("To confirm, type the name")
    field.fill("lotus")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("Type the name of the audit,").wait_for()
    assert (other / "audit.db").exists()
    field.fill("lotus, <b>round</b> 2")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text("was deleted").wait_for()
    assert not other.exists()
    assert (computed.folder / "audit.db").exists()
    assert (computed.source.path / "00.jpg").exists()
    page.get_by_role("link", name="audit", exact=True).wait_for()


def test_two_audits_are_compared_and_a_picture_opens_on_the_desk(page, computed, home, address):
    (home / "audit").symlink_to(computed.folder)
    other = Audit(copied(computed.folder, home / "other"))
    with other.store.transaction() as db:
        db.execute("update scores set is_suspect = 1")
    other.store.set_fingerprint("evidence", "another network")
    differ = other.store.counts()["suspects"] - computed.store.counts()["suspects"]
    page.goto(address)
    for title, name in (("One", "audit"), ("The other", "other")):
        page.get_by_role("combobox", name=title, exact=True).click()
        page.get_by_role("option", name=name, exact=True).click()
    page.get_by_text(f"{differ:,} suspect in other only").wait_for()
    page.locator(".gallery button").first.click()
    page.get_by_label("Your name").wait_for()
    assert f"audit={other.id}" in page.url
    assert "item=" in page.url
    other.store.close()


def test_forged_message_opens_no_folder_outside_of_the_roots(page, files, address):
    """The names that the browser sends are changed on the wire, as a hostile client would."""
    forged = []

    def between(socket):
        server = socket.connect_to_server()

        def to_server(message):
            if isinstance(message, bytes) and b"by folder" in message and forged:
                message = message.replace(b"by folder", forged[0])
            server.send(message)

        socket.on_message(to_server)

    page.route_web_socket("**/_stcore/stream", between)
    assert len(b"../secret") == len(b"by folder")
    page.goto(address)
    page.get_by_role("button", name="New audit").click()
    page.locator(".folders button", has_text="by folder").wait_for()
    for names, reason in ((b"../secret", "no names of folders"), (b"missing!!", "no folder")):
        forged[:] = [names]
        page.locator(".folders button", has_text="by folder").click()
        page.get_by_text(reason).wait_for()
        assert page.locator(".crumbs button").all_inner_texts() == ["shown"]
        assert page.get_by_text("within", exact=True).count() == 0
    forged.clear()
    choose(page, "by folder")
