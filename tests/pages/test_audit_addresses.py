"""The address of an audit opens that audit or nothing, and says why."""

import shutil
import sqlite3

import pytest

from core.audit import Audit
from tests.conftest import copied
from tests.pages.conftest import opened

PAGES = [
    "overview.py", "review.py", "browse.py", "map.py", "detectors.py", "agreement.py", "export.py",
]  # fmt: skip


@pytest.fixture
def app(small_app):
    """The app, opened by an address of the visitor's own."""
    small_app.session_state["auditor"] = "Ana"
    return small_app


def asked(app, address, page="overview.py"):
    app.query_params["audit"] = address
    return opened(app, page)


def texts(app):
    return " ".join(each.value for each in [*app.title, *app.markdown, *app.header])


@pytest.fixture(params=PAGES)
def page(request):
    return request.param


def test_address_of_an_audit_that_is_gone_opens_nothing(app, page):
    asked(app, "0123456789ab", page)
    assert [title.value for title in app.title] == ["This audit is not here"]
    assert "'0123456789ab'" in texts(app).replace("\\", "")
    assert not app.button
    assert "open_audit" not in app.session_state
    assert "Ana" not in " ".join(caption.value for caption in app.caption)


def test_audits_there_are_are_listed_instead(app, computed):
    asked(app, "gone")
    assert app.get("page_link")[0].proto.label == "audit"
    assert app.get("page_link")[0].proto.query_string == f"audit={computed.id}"


def test_address_holds_the_id_of_the_audit_that_is_open(app, computed):
    app.run()
    assert app.query_params["audit"] == computed.id
    opened(app, "browse.py")
    assert app.query_params["audit"] == computed.id


def test_audit_that_is_deleted_during_a_visit_is_not_followed_by_another(app, computed):
    copied(computed.folder, computed.folder.with_name("other"))
    asked(app, computed.id)
    assert "suspect" in app.title[0].value
    shutil.rmtree(computed.folder)
    app.run()
    assert app.title[0].value == "This audit is not here"
    opened(app, "export.py")
    assert app.title[0].value == "This audit is not here"


def test_address_of_the_only_audit_that_is_gone_makes_no_demo(app, computed):
    app.run()
    shutil.rmtree(computed.folder)
    app.run()
    assert not app.exception
    assert app.title[0].value == "This audit is not here"
    assert not (computed.folder.parent / "demo").exists()


def test_damaged_audit_is_in_the_list_and_says_why(app, computed):
    other = computed.folder.with_name("other")
    other.mkdir()
    (other / "audit.db").write_bytes(b"this is no database at all")
    app.run()
    assert app.selectbox(key="audit_choice").options == ["audit", "other (cannot be opened)"]
    asked(app, "other")
    assert app.title[0].value == "other cannot be opened"
    assert "it is not a database" in texts(app)
    assert "open_audit" not in app.session_state


def test_only_audit_that_is_damaged_makes_no_demo_in_its_place(app, computed):
    computed.store.close()
    with (computed.folder / "audit.db").open("r+b") as file:
        file.write(b"this is no database at all")
    app.run()
    assert not app.exception
    assert app.title[0].value == "audit cannot be opened"
    assert not (computed.folder.parent / "demo").exists()


def test_moved_audit_is_found_by_its_address(app, computed):
    computed.folder.rename(computed.folder.with_name("moved"))
    asked(app, computed.id)
    assert "suspect" in app.title[0].value
    assert any(caption.value.startswith("moved") for caption in app.caption)


def test_address_of_an_image_that_the_audit_does_not_have_says_so(app, computed):
    app.query_params["item"] = "0123456789abcdef"
    asked(app, computed.id, "review.py")
    assert "does not have the image of this address" in app.warning[0].value


@pytest.mark.parametrize(
    ("page", "reads"), [("review.py", "desk_part.desk_data"), ("browse.py", "grid_part._pages")]
)
def test_part_that_cannot_read_the_audit_says_so_in_a_sentence(
    app, computed, monkeypatch, page, reads
):
    def fail(*args, **kwargs):
        raise sqlite3.DatabaseError("database disk image is malformed")

    part = {"desk_part": "desk", "grid_part": "grid"}[reads.split(".")[0]]
    monkeypatch.setattr(f"pages.parts.{part}.{reads}", fail)
    asked(app, computed.id, page)
    assert "cannot be read: database disk image is malformed." in app.error[0].value


def test_choice_of_another_audit_leaves_queue_and_item_behind(app, computed):
    other = Audit(copied(computed.folder, computed.folder.with_name("other")))
    app.query_params["given"] = "lotus"
    asked(app, computed.id, "review.py")
    app.selectbox(key="audit_choice").set_value(other.id).run()
    assert not app.exception
    assert dict(app.query_params).get("given") is None
    assert app.session_state["open_audit"].id == other.id
