"""Every page in Streamlit's own test harness, on a real audit."""

import subprocess
import sys
import textwrap

import pytest

from core import jobs
from core.audit import item_id
from core.export.writers import WRITERS
from core.ingest.files import OUTSIDE
from core.ingest.readers import source_of
from pages.parts.app import context
from tests.core.jobs.test_jobs import wait_until
from tests.core.making import Auditor, add_verdict, verdict_log
from tests.pages.conftest import ROOT, SHELL, opened


@pytest.fixture
def app(small_app):
    return small_app


@pytest.fixture
def demo_app(app_over, demo):
    return app_over(demo.folder.parent)


@pytest.fixture
def found(computed):
    """Two copies with different labels and three outliers were found; return their ids."""
    kinds = {"conflicts": ["12.jpg", "14.jpg"], "outliers": ["03.jpg", "04.jpg", "05.jpg"]}
    ids = {kind: [item_id(path) for path in paths] for kind, paths in kinds.items()}
    computed.store.replace_findings(
        {
            "kind": kind, "position": position, "item_id": one, "score": 1.0, "exact": False,
            "group_id": ids[kind][0] if kind == "conflicts" else one,
        }
        for kind, found in ids.items() for position, one in enumerate(found)
    )  # fmt: skip
    return ids


def review_one(audit, item_id, verdict="keep", labels=()):
    add_verdict(
        audit.store, session="test", seq=len(verdict_log(audit.store)), item_id=item_id,
        auditor="Ana", verdict=verdict, labels=labels,
    )  # fmt: skip


def test_overview_counts_what_is_in_the_audit(demo_app, demo):
    demo_app.run()
    assert not demo_app.exception
    counts = demo.store.counts()
    assert demo_app.title[0].value == f"{counts['suspects']:,} of 1,573 labels are suspect"
    assert any("1,573 images in 27 classes" in text.value for text in demo_app.markdown)


def test_overview_shows_the_review_so_far_and_the_demo_score(demo_app, demo):
    import csv

    from core.demo import DEMO

    with (DEMO / "truth.csv").open() as file:
        truth = {row["path"]: row["label"] for row in csv.DictReader(file)}
    wrong = next(i for i in demo.store.input_rows() if i["given"] != truth[i["path"]])
    review_one(demo, wrong["id"], "relabel", [truth[wrong["path"]]])
    demo_app.run()
    assert any("1 image reviewed" in text.value for text in demo_app.markdown)
    assert any("Corrected to the true label: **1**" in text.value for text in demo_app.markdown)


def test_overview_lists_images_that_could_not_be_read(app, computed):
    item = computed.store.ranking(1)[0]
    computed.store.record_files([], {item["id"]: "the file is empty"})
    app.run()
    assert any("1 image could not be read" in expander.label for expander in app.expander)


def test_overview_lists_files_that_are_odd_but_were_used(app, computed):
    item = computed.store.ranking(1)[0]
    note = "it is a PNG file, though its name ends in .jpg"
    found = computed.store.items([item["id"]])[item["id"]]
    computed.store.record_files([found | {"note": note}], {})
    app.run()
    (table,) = [
        expander.dataframe[0].value
        for expander in app.expander
        if expander.label == "Notes on 1 unusual file"
    ]
    assert table.to_dict("records") == [{"path": item["path"], "note": note}]


def test_overview_reports_images_that_changed_after_their_review(app, computed):
    item = computed.store.ranking(1)[0]
    Auditor(computed.store).judge(item["path"], "none")
    found = computed.store.items([item["id"]])[item["id"]]
    computed.store.record_files([found | {"content_hash": "another"}], {})
    app.run()
    assert "since review: **1**" in app.warning[0].value
    next(button for button in app.button if button.label == "Review these").click().run()
    assert not app.exception
    assert app.query_params["outdated"] == "1"


def test_a_click_in_the_confusion_map_opens_that_queue(app, computed):
    pair = computed.store.confusions()[0]
    app.run()
    point = {"given": pair["given"], "suggested": pair["suggested"]}
    app.session_state["confusion_chart"] = {"selection": {"click": [point]}}
    app.run()
    assert not app.exception
    assert app.query_params["given"] == pair["given"]
    assert app.query_params["suggested"] == pair["suggested"]


def button(app, text):
    return next(button for button in app.button if text in button.label.replace("\\", ""))


def test_overview_lists_the_findings(app, found):
    app.run()
    assert "Also worth a look" in [header.value for header in app.header]
    label = button(app, "duplicates with other").label
    assert f"{len(found['conflicts'])} images have duplicates" in label
    button(app, "outlier").click().run()
    assert not app.exception
    assert app.query_params["finding"] == "outliers"


def test_overview_counts_what_is_reviewed_of_the_findings_and_hides_what_is_done(
    app, computed, found
):
    for one in [*found["conflicts"][:1], *found["outliers"]]:
        review_one(computed, one)
    app.run()
    assert "1 of them reviewed" in button(app, "duplicates with other labels").label
    assert not any("outlier" in button.label for button in app.button)


def test_overview_has_no_findings_where_there_are_none(app, computed):
    computed.store.replace_findings([])
    app.run()
    assert not app.exception
    assert "Also worth a look" not in [header.value for header in app.header]


def test_review_offers_the_findings_there_are(app, found):
    app.session_state["auditor"] = "Ana"
    opened(app, "review.py")
    assert (
        f"Duplicates with conflicting labels ({len(found['conflicts'])})"
        in app.selectbox[0].options
    )
    assert not any("across" in option for option in app.selectbox[0].options)


def test_waiting_images_open_as_a_queue(app, computed):
    (first,) = computed.store.ranking(1)
    computed.store.set_second_share(0)
    review_one(computed, first["id"], "unsure")
    app.run()
    texts = [one.label for one in app.button]
    assert "1 image waiting for a blind second review" in texts
    assert "1 image marked unsure" in texts
    assert not any("disagreement" in text for text in texts)
    button(app, "marked unsure").click().run()
    assert app.query_params["unsure"] == "1"


def test_review_asks_for_a_name_once(app):
    opened(app, "review.py")
    assert app.title[0].value == "Who is reviewing?"
    app.text_input[0].set_value("Ana")
    app.button[0].click().run()
    assert not app.exception
    assert not app.title
    assert app.session_state["auditor"] == "Ana"


def test_review_offers_queues_with_their_sizes(app, computed):
    app.session_state["auditor"] = "Ana"
    opened(app, "review.py")
    suspects = computed.store.counts()["suspects"]
    assert app.selectbox[0].options[0] == f"Most suspect ({suspects:,})"
    assert "Every image, most suspect first (18)" in app.selectbox[0].options


def test_review_reports_a_failed_re_ranking_once(app):
    app.session_state["auditor"] = "Ana"
    opened(app, "review.py")
    assert not app.toast
    context.live_ranking(app.session_state["open_audit"]).trouble = "It stays as it was."
    app.run()
    assert [toast.value for toast in app.toast] == ["It stays as it was."]
    app.run()
    assert not app.toast


def test_review_reports_an_empty_queue(app):
    app.session_state["auditor"] = "Ana"
    app.query_params["given"] = "no such class"
    opened(app, "review.py")
    assert app.title[0].value == "Nothing in this queue"


def test_export_shows_an_empty_state_before_anything_is_reviewed(app):
    opened(app, "export.py")
    assert app.title[0].value == "Nothing to export yet"


def test_export_previews_only_what_changes(app, computed):
    first, second = computed.store.ranking(2)
    review_one(computed, first["id"], "relabel", [first["suggested"]])
    review_one(computed, second["id"], "keep")
    app.session_state["auditor"] = "Ana"
    opened(app, "export.py")
    assert app.title[0].value == "1 label changes"
    table = app.dataframe[0].value
    assert list(table["path"]) == [first["path"]]
    assert list(table["final label"]) == [first["suggested"]]
    app.toggle[0].set_value(False).run()
    assert len(app.dataframe[0].value) == 2


def test_export_of_folders_asks_for_links_or_copies_and_remembers(app, computed):
    review_one(computed, computed.store.ranking(1)[0]["id"], "keep")
    app.session_state["auditor"] = "Ana"
    opened(app, "export.py")
    app.selectbox[0].select("folders").run()
    files = app.radio[0]
    assert (files.label, files.value) == ("Files in the folder", "link")
    files.set_value("copy").run()
    assert not app.exception
    assert WRITERS["folders"].choices_of(computed).files == "copy"


@pytest.mark.parametrize(
    "page",
    [
        f"{name}.py"
        for name in "overview review browse map search detectors agreement export".split()
    ],
)
def test_a_page_without_a_ranking_shows_an_empty_state(app, computed, page):
    with computed.store.transaction() as db:
        db.table("artifacts").delete_where()
    opened(app, page)
    assert app.title[0].value in ("Not yet", "Ready to begin")


def test_no_page_imports_tensorflow_keras_or_umap(computed):
    script = textwrap.dedent(f"""
        import os, sys
        os.environ["SECOND_LOOK_HOME"] = {str(computed.folder.parent)!r}
        sys.path.insert(0, {str(ROOT)!r})
        import dashboard
        dashboard.warm_up()
        from streamlit.testing.v1 import AppTest
        app = AppTest.from_file({SHELL!r}, default_timeout=60)
        app.session_state["auditor"] = "Ana"
        app.run()
        for page in "review browse map search detectors agreement export overview".split():
            app.switch_page(f"{{page}}.py").run()
            assert not app.exception, page
        heavy = {{"tensorflow", "keras", "umap", "faiss", "sklearn", "numba"}} & set(sys.modules)
        assert not heavy, heavy
    """)
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]


def test_overview_lists_many_notes_on_the_source_in_one_place(app, computed):
    notes = ["One *note*.", "Two.", "Three."]
    computed.store.set_settings({"source_notes": notes})
    app.run()
    assert not app.info
    (listed,) = [one for one in app.expander if one.label == "How the data set was read: 3 notes"]
    assert listed.markdown[0].value == "- One \\*note\\*\\.\n- Two\\.\n- Three\\."


def test_overview_says_how_the_source_was_read_and_what_lies_outside_it(app, computed):
    computed.store.set_settings({"source_notes": ["This is an export of *ours*."]})
    computed.store.record_files([], {item_id("03.jpg"): OUTSIDE})
    app.run()
    notes = [info.value for info in app.info]
    assert notes[0] == r"This is an export of \*ours\*\."
    assert notes[1].startswith("1 image leads out of the source folder and could not be read")


def test_overview_of_what_was_not_fetched_yet_misses_nothing(app, computed):
    computed.move_source(source_of("s3://bucket/pets"))
    app.run()
    assert not app.exception
    assert not any("not where it was" in warning.value for warning in app.warning)


def test_overview_moves_an_audit_whose_data_set_is_missing(app, computed, monkeypatch):
    home = computed.folder.parent
    monkeypatch.setenv("SECOND_LOOK_ROOTS", str(home))
    (home / "source").rename(home / "elsewhere")

    def click(label):
        next(button for button in app.button if button.label == label).click().run()
        assert not app.exception

    app.run()
    assert any("not where it was" in warning.value for warning in app.warning)
    app.text_input[0].set_value(str(home / "nowhere"))
    click("Look there")
    assert any("There is no folder nowhere" in warning.value for warning in app.warning)
    app.text_input[0].set_value(str(home.parent))
    click("Look there")
    assert any("outside of the folders" in warning.value for warning in app.warning)
    assert jobs.watch(computed, "move").state == "none"
    app.text_input[0].set_value(str(home / "elsewhere"))
    click("Look there")
    wait_until(lambda: jobs.watch(computed, "move").state == "done")
    assert computed.source.path == home / "source"
    app.run()
    assert any("18 of 18 images recognized" in text.value for text in app.markdown)
    click("Move the audit there")
    wait_until(lambda: computed.source.path == home / "elsewhere")
    wait_until(lambda: not jobs.watch(computed, "move").is_active)
    app.run()
    assert [button.label for button in app.button if button.label == "Read what has changed"]
    assert not any("not where it was" in warning.value for warning in app.warning)
