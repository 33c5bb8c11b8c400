"""The page Audits in Streamlit's own test harness: its states, and what it refuses."""

import shutil
from dataclasses import asdict
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st

from core import lifecycle
from core.audit import Audit
from core.audit.library import Library
from core.ingest.allowed_roots import OutsideRoots, RootedFolders
from core.ingest.readers import source_of
from core.ingest.records import Question
from pages.parts.audits.folder_picker import file_sent, folder_sent
from tests.conftest import copied
from tests.core.ingest.packing import hugging_face, picture, serving
from tests.core.jobs.test_jobs import wait_until
from tests.pages.conftest import opened
from tests.pages.test_sign_in import AUTH


@pytest.fixture
def home(computed):
    return computed.folder.parent


@pytest.fixture
def app(small_app, home, monkeypatch):
    """The app with one audit; the folders that pages may show are those of the test."""
    monkeypatch.setenv("SECOND_LOOK_ROOTS", str(home))
    return small_app


def unfinished(home, name, source):
    audit = Audit.create(home / name, source_of(source))
    audit.store.close()
    return audit


def texts(app):
    every = [*app.title, *app.header, *app.markdown, *app.caption, *app.error, *app.warning]
    return " ".join(each.value for each in [*every, *app.success]).replace("\\", "")


def click(app, label):
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


# -- the list ------------------------------------------------------------------------------------


def test_every_audit_has_a_card_and_one_that_cannot_be_opened_its_reason(app, computed, home):
    unfinished(home, "later", computed.source.path.parent / "source")
    (home / "rotten").mkdir()
    (home / "rotten" / "audit.db").write_bytes(b"this is no database at all")
    opened(app, "audits.py")
    assert app.title[0].value == "Audits"
    labels = [link.proto.label for link in app.get("page_link")]
    assert labels == ["**audit**", "**later**"]
    assert "18 images in 2 classes" in texts(app)
    assert "**rotten**" in texts(app)
    assert "it is not a database" in texts(app)


def test_cards_say_how_far_the_review_is(app, computed):
    opened(app, "audits.py")
    suspects = computed.store.counts()["suspects"]
    (bar,) = app.get("progress")
    assert bar.proto.text.startswith(f"0 of {suspects} suspect")


def test_home_folder_without_audits_offers_a_new_one_and_the_demo(app_over, tmp_path):
    (tmp_path / ".no-demo").touch()
    app = app_over(tmp_path).run()
    assert not app.exception
    assert app.title[0].value == "Audits"
    assert "There is no audit yet" in texts(app)
    assert app.button[0].label == "New audit"
    assert any(each.label.startswith("Add the demo") for each in app.button)


def test_archived_audit_is_out_of_the_list_and_comes_back(app, computed, home):
    copied(computed.folder, home / "other")
    lifecycle.archive(computed)
    opened(app, "audits.py")
    assert [link.proto.label for link in app.get("page_link")] == ["**other**"]
    assert not app.selectbox
    click(app, "Restore")
    assert len(app.get("page_link")) == 2
    assert "audit is in the list again" in texts(app)


# -- which one is opened by itself ---------------------------------------------------------------


def test_unfinished_audit_is_not_opened_by_itself_beside_a_finished_one(app, computed, home):
    unfinished(home, "aardvark", home / "source")
    opened(app, "browse.py")
    assert app.query_params["audit"] == computed.id


def test_audit_that_was_opened_last_is_opened_again(app, computed, home):
    other = Audit(copied(computed.folder, home / "other"))
    lifecycle.note_opened(other)
    opened(app, "browse.py")
    assert app.query_params["audit"] == other.id


def test_archived_audit_is_not_opened_by_itself(app, computed, home):
    other = Audit(copied(computed.folder, home / "other"))
    lifecycle.archive(computed)
    opened(app, "browse.py")
    assert app.query_params["audit"] == other.id


def test_visit_without_an_address_begins_at_the_list_where_there_is_a_choice(app, computed, home):
    copied(computed.folder, home / "other")
    app.run()
    assert app.title[0].value == "Audits"


def test_visit_with_one_audit_begins_there(app):
    app.run()
    assert "suspect" in app.title[0].value


# -- a new one -----------------------------------------------------------------------------------


def typed(app, path):
    next(each for each in app.text_input if each.label == "Or paste its path").set_value(
        str(path)
    ).run()
    assert not app.exception


def answered(app, home):
    """Wait until it is understood what the data set is."""
    wait_until(lambda: not app.session_state["new_audit"].inquiry.is_active)
    app.run()
    assert not app.exception


def test_folder_and_table_become_an_audit(app, home):
    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, home / "source")
    labels = next(each for each in app.selectbox if each.label == "Where are the labels?")
    # Images beside each other have no label but that of a table, so it is proposed.
    assert labels.value == "labels.csv (beside the folder)"
    click(app, "Continue")
    answered(app, home)
    assert "18 images in 2 classes" in [each.value for each in app.header]
    click(app, "This is right")
    name = next(each for each in app.text_input if each.label == "Name of the audit")
    assert name.value == "source"
    name.set_value("Audit")
    click(app, "Start")
    assert "There is an audit called 'Audit'" in texts(app)
    next(each for each in app.text_input if each.label == "Name of the audit").set_value("mine")
    click(app, "Start")
    (entry,) = [one for one in Library(home).listing() if one.name == "mine"]
    assert entry.audit.source.labels == home / "labels.csv"
    assert app.query_params["audit"] == entry.known_id
    wait_until(lambda: entry.audit.store.latest_run() is not None)


def test_what_looks_wrong_is_no_plain_success(app, home):
    (home / "one" / "cat").mkdir(parents=True)
    shutil.copy(home / "source" / "00.jpg", home / "one" / "cat" / "1.jpg")
    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, home / "one")
    click(app, "Continue")
    answered(app, home)
    assert "There is one class only" in texts(app)
    labels = [each.label for each in app.button]
    assert "It is right all the same" in labels
    assert "This is right" not in labels


def test_data_set_that_cannot_be_read_says_why_and_lets_go_back(app, home):
    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, home / "source")
    next(each for each in app.selectbox if each.label == "Where are the labels?").set_value(
        "The names of the folders"
    ).run()
    click(app, "Continue")
    answered(app, home)
    assert "so they have no labels" in texts(app)
    assert "--labels" not in texts(app)
    click(app, "Back")
    assert any(each.label == "Or paste its path" for each in app.text_input)


@pytest.mark.parametrize("path", ["/etc", "{}/..", "{}/source/../..", "relative", "{}/.hidden"])
def test_typed_path_outside_of_the_roots_is_refused(app, home, path):
    (home / ".hidden").mkdir()
    opened(app, "audits.py")
    click(app, "New audit")
    before = app.session_state["new_audit"].folder
    typed(app, path.replace("{}", str(home)))
    assert app.warning
    assert app.session_state["new_audit"].folder == before == home


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "source",
        {},
        {"root": 0},
        {"root": 0, "names": ["..", ".."]},
        {"root": 0, "names": ["/etc"]},
        {"root": 7, "names": []},
        {"root": "0", "names": ["source"]},
        {"root": 0.5, "names": ["source"]},
        {"root": 0, "names": "source"},
    ],
)
def test_forged_message_of_the_picker_names_no_folder(home, sent):
    with pytest.raises(OutsideRoots):
        folder_sent(RootedFolders([home]), sent)


def test_message_of_the_picker_names_a_folder_below_a_root(home):
    assert folder_sent(RootedFolders([home]), {"root": 0.0, "names": ["source"]}) == home / "source"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {"root": 0, "names": ["source"]},
        {"root": 0, "names": [], "name": "../labels.csv"},
        {"root": 0, "names": [".."], "name": "labels.csv"},
        {"root": 0, "names": [], "name": "/etc/passwd"},
    ],
)
def test_forged_message_of_the_picker_names_no_file(home, sent):
    with pytest.raises(OutsideRoots):
        file_sent(RootedFolders([home]), sent)


def test_chosen_table_stays_while_the_folder_of_its_images_is_looked_for(app, home):
    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, home / "labels.csv")
    made = app.session_state["new_audit"]
    assert (made.folder, made.table) == (home, home / "labels.csv")
    assert "**labels.csv**, with the images in" in texts(app)
    typed(app, home / "source")
    assert (made.folder, made.table) == (home / "source", home / "labels.csv")
    click(app, "Continue")
    answered(app, home)
    assert "18 images in 2 classes" in [each.value for each in app.header]
    click(app, "Back")
    click(app, "Without this table")
    assert not made.is_by_table


def test_archives_arrays_and_tables_are_chosen_as_files_and_others_refused(app, home):
    for name in ("pets.zip", "pets.npz", "notes.pdf"):
        (home / name).write_bytes(b"x")
    pq.write_table(pa.table({"path": ["1.jpg"], "label": ["cat"]}), home / "labels.parquet")
    hugging_face(home / "train.parquet", [(picture(), "1.jpg", 0)])
    opened(app, "audits.py")
    click(app, "New audit")
    made = app.session_state["new_audit"]
    for name in ("pets.zip", "pets.npz", "train.parquet"):
        typed(app, home / name)
        assert (made.chosen, made.table) == (home / name, None)
        assert f"**{name}**" in texts(app)
    typed(app, home / "labels.parquet")
    assert (made.chosen, made.table) == (home, home / "labels.parquet")
    typed(app, home / "notes.pdf")
    assert "notes.pdf is no archive, no arrays and no table of labels." in texts(app)


def asked_for_url(app):
    return [each for each in app.text_input if each.label == "Or a URL"]


def test_url_is_fetched_confirmed_and_becomes_an_audit(app, home, monkeypatch):
    monkeypatch.setenv("no_proxy", "localhost")
    folder = home / "web" / "pets"
    for name in ("cat/1.jpg", "dog/1.jpg"):
        (folder / name).parent.mkdir(parents=True)
        shutil.copy(home / "source" / "00.jpg", folder / name)
    with serving(folder.parent) as address:
        opened(app, "audits.py")
        click(app, "New audit")
        for url, sentence in (
            ("https://ana:x@example.org/a.zip", "credentials are taken from the environment"),
            ("ftp://example.org/a.zip", "begins with one of"),
            ("memory://bucket/a", "no URL that can be read"),
            ("file:///etc", "outside of the folders"),
            ("pets", "no URL that can be read"),
            (str(home), "no URL that can be read"),
        ):
            asked_for_url(app)[0].set_value(url).run()
            assert sentence in texts(app)
        asked_for_url(app)[0].set_value(f"{address}/pets/").run()
        assert "**pets**" in texts(app)
        click(app, "Continue")
        answered(app, home)
        assert "2 images in 2 classes" in [each.value for each in app.header]
        click(app, "It is right all the same")
        click(app, "Start")
        (entry,) = [one for one in Library(home).listing() if one.name == "pets"]
        assert entry.audit.source.url == f"{address}/pets/"
        wait_until(lambda: entry.audit.store.latest_run() is not None)
        wait_until(lambda: (entry.audit.unpacked_folder / "cat" / "1.jpg").exists())


def test_url_is_asked_for_only_where_nobody_else_can_see_the_page(app, home, monkeypatch):
    monkeypatch.setattr("pages.parts.audits.url_choice.takes_urls", lambda: False)
    opened(app, "audits.py")
    click(app, "New audit")
    assert not asked_for_url(app)


class Answered:
    """An inquiry that has ended, about a data set of which something is asked."""

    asked: ClassVar = []

    def __init__(self, *arguments):
        self.asked.append(arguments)
        self.is_active = False

    def stop(self):
        pass

    def answer(self):
        question = Question(
            "masks", "--masks", "Are these *masks*?", "leave-out", ["read", "leave-out"]
        )
        is_answered = "masks" in self.asked[-1]
        return {
            "source": "there", "reader": "class-folders", "items": 1, "unlabeled": 0,
            "classes": {"cat": 1}, "splits": {}, "left_out": {}, "doubts": [], "notes": [],
            "samples": [], "questions": [] if is_answered else [asdict(question)],
        }  # fmt: skip


@pytest.mark.parametrize("answer", [None, "read"])
def test_question_is_a_control_and_its_answer_is_remembered(app, home, monkeypatch, answer):
    monkeypatch.setattr("pages.parts.audits.draft.Inquiry", Answered)
    (home / "one" / "cat").mkdir(parents=True)
    shutil.copy(home / "source" / "00.jpg", home / "one" / "cat" / "1.jpg")
    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, home / "one")
    click(app, "Continue")
    box = next(each for each in app.selectbox if "masks" in each.label)
    assert box.value == "leave-out"
    if answer:
        box.set_value(answer).run()
        asked = Answered.asked[-1]
        assert asked[asked.index("--answer") + 1 :][:2] == ("masks", answer)
        assert next(each for each in app.selectbox if "masks" in each.label).value == answer
    click(app, "This is right")
    click(app, "Start")
    (entry,) = [one for one in Library(home).listing() if one.name == "one"]
    assert entry.audit.source.options["masks"] == (answer or "leave-out")
    wait_until(lambda: entry.audit.store.latest_run() is not None)


def test_questions_about_a_table_are_answered_by_clicking_and_remembered(app, home):
    folder = home / "set" / "images"
    folder.mkdir(parents=True)
    rows = ["bild;notiz;sorte"]
    for n, label in enumerate(["Käfer", "Biene", "Käfer|Biene", "Biene"]):
        shutil.copy(home / "source" / f"{n:02}.jpg", folder / f"{n}.jpg")
        rows.append(f"{n}.jpg;gut {n % 2};{label}")
    (home / "set" / "labels.csv").write_bytes("\n".join(rows).encode("latin-1"))

    def box(text):
        return next(each for each in app.selectbox if text in each.label)

    def choose(text, value):
        box(text).set_value(value).run()
        answered(app, home)

    opened(app, "audits.py")
    click(app, "New audit")
    typed(app, folder)
    click(app, "Continue")
    answered(app, home)
    assert "no column that is called like a label" in texts(app)
    assert "This is right" not in [each.label for each in app.button]
    assert box("Which column holds the labels?").value == ""
    choose("Which column holds the labels?", "sorte")
    assert "4 images in 3 classes" in texts(app)
    assert "Käfer" in box("How does the text of").options[0]
    assert box("Which column holds the paths").options == ["bild", "notiz", "sorte"]
    choose("one label, or several?", "|")
    choose("Which one to audit?", "Käfer")
    assert "4 images in 2 classes" in texts(app)
    click(app, "This is right")
    click(app, "Start")
    (entry,) = [one for one in Library(home).listing() if one.name == "images"]
    assert entry.audit.source.options == {
        "labels": str(home / "set" / "labels.csv"), "encoding": "cp1252", "header": "yes",
        "path_column": "bild", "label_column": "sorte", "label_separator": "|",
        "one_label": "Käfer",
    }  # fmt: skip
    wait_until(lambda: entry.audit.store.latest_run() is not None)


# -- a server that others can see ----------------------------------------------------------------


@pytest.fixture(params=["login", "address", "proxy"])
def shared(request, app, monkeypatch):
    """A server that others can see, for each reason, and whose owner has named no folders."""
    monkeypatch.delenv("SECOND_LOOK_ROOTS")
    if request.param == "login":
        app.user = {"is_logged_in": True, "name": "Ana"}
        app.secrets["auth"] = AUTH
        return app
    options = {
        "address": {"server.address": "0.0.0.0"},
        "proxy": {"server.allowedHosts": ["audits.example"]},
    }[request.param]
    known = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: options.get(name, known(name)))
    return app


def test_shared_server_shows_none_of_its_folders(shared):
    opened(shared, "audits.py")
    click(shared, "New audit")
    assert "shows none of its folders" in texts(shared)
    assert not shared.text_input
    assert not [each for each in shared.button if each.label == "Continue"]


def test_shared_server_shows_the_folders_that_its_owner_names(shared, home, monkeypatch):
    monkeypatch.setenv("SECOND_LOOK_ROOTS", str(home / "source"))
    opened(shared, "audits.py")
    click(shared, "New audit")
    typed(shared, home)
    assert shared.warning
    assert shared.session_state["new_audit"].folder == home / "source"
    assert not asked_for_url(shared)


def test_home_folder_is_shown_where_only_its_owner_can_see_it(app, home, monkeypatch):
    monkeypatch.delenv("SECOND_LOOK_ROOTS")
    monkeypatch.setenv("HOME", str(home))
    opened(app, "audits.py")
    click(app, "New audit")
    assert app.session_state["new_audit"].folder == home


# -- two compared --------------------------------------------------------------------------------


def compare(app, left, right):
    opened(app, "audits.py")
    for title, audit in (("One", left), ("The other", right)):
        next(each for each in app.selectbox if each.label == title).set_value(audit.id).run()
        assert not app.exception


def test_same_audits_do_not_differ(app, computed, home):
    other = Audit(copied(computed.folder, home / "other"))
    compare(app, computed, other)
    assert "**18 images** in both" in texts(app)
    assert "Nothing differs between them." in texts(app)
    other.store.close()


def test_what_differs_is_counted_and_opens_as_a_queue(app, computed, home):
    other = Audit(copied(computed.folder, home / "other"))
    with other.store.transaction() as db:
        db.execute("update scores set is_suspect = 0")
        db.execute("update browse set suggested = null")
    other.store.set_fingerprint("evidence", "another network")
    suspects = computed.store.counts()["suspects"]
    compare(app, other, computed)
    (pills,) = [
        each for each in app.get("button_group") if "suspect in audit only" in str(each.proto)
    ]
    assert f"{suspects} suspect in audit only" in str(pills.proto)
    review = next(each for each in app.button if each.label.startswith("Review th"))
    review.click().run()
    assert app.query_params["audit"] == computed.id
    assert app.query_params["selection"]
    other.store.close()


def test_one_audit_is_compared_with_nothing(app):
    opened(app, "audits.py")
    assert "Compare two audits" not in texts(app)
