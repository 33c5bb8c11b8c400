"""The pipeline seen from the dashboard: started, cut off, taken up again, and its server gone."""

import os
import shutil
import signal
import time

from core.audit import Audit
from core.ingest.readers import source_of
from core.jobs import watch
from tests.browser.server import Server


def wait_for(condition, seconds=60):
    for _ in range(seconds * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def test_a_job_that_was_cut_off_goes_on_and_outlives_its_server(page, picture_folder, tmp_path):
    folder = tmp_path / "home" / "pictures"
    audit = Audit.create(folder, source_of(picture_folder))
    with Server(home=folder.parent) as server:
        page.goto(server.address)
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("heading", name="Analyzing images").wait_for()
        wait_for(lambda: audit.store.latest_run())
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("was interrupted").wait_for()
        stopped = audit.store.latest_run()["id"]
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("heading", name="Analyzing images").wait_for()
        # The second run, not the row of the first, which is open until another process looks.
        wait_for(lambda: audit.store.latest_run()["id"] != stopped)
        os.kill(audit.store.latest_run()["pid"], signal.SIGKILL)
        page.get_by_text("was interrupted").wait_for()
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("heading", name="Analyzing images").wait_for()
    # The server is gone, the job is not.
    wait_for(lambda: audit.store.fingerprint("map") is not None, seconds=120)
    wait_for(lambda: watch(audit).state == "done")
    with Server(home=folder.parent) as server:
        page.goto(server.address)
        page.get_by_role("heading", name="of 18 labels").wait_for()


def test_a_job_that_failed_says_why(page, server, picture_folder, tmp_path):
    folder = tmp_path / "home" / "pictures"
    Audit.create(folder, source_of(picture_folder)).store.close()
    shutil.rmtree(picture_folder)
    page.goto(server.show(folder))
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("There is no folder").wait_for()
    assert page.get_by_role("button", name="Resume").count() == 1


def test_a_page_that_needs_the_ranking_opens_by_itself_when_it_is_there(page, small):
    address, store = small
    made_from = store.fingerprint("evidence")
    with store.transaction() as db:
        db.execute("delete from artifacts where name = 'evidence'")
    page.goto(f"{address}/review")
    page.get_by_role("heading", name="Not yet").wait_for()
    store.set_fingerprint("evidence", made_from)
    page.get_by_role("heading", name="Who is reviewing?").wait_for()
