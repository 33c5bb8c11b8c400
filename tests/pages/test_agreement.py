"""The agreement page and the choice of a rule, in Streamlit's own test harness."""

import pytest

from core.audit import fingerprint, item_id
from core.charts.agreement_charts import annotation_frame
from core.review.agreement.measures import SAME, confusion, report
from tests.core.making import Auditor
from tests.pages.conftest import opened


@pytest.fixture
def paths(computed):
    return [row["path"] for row in computed.store.ranking()]


@pytest.fixture
def people(computed):
    return [Auditor(computed.store, name) for name in ("Ana", "Ben", "Cleo")]


@pytest.fixture
def judged(computed, people, paths):
    """Ana reviewed ten, Ben five of them blind; they differ on two."""
    ana, ben, _ = people
    computed.store.set_second_share(1)
    for path in paths[:10]:
        ana.judge(path)
    for number, path in enumerate(paths[:5]):
        ben.judge(path, "none" if number < 2 else "keep", role="second")
    return computed.store


def texts(app):
    return [text.value.replace("\\", "") for text in (*app.markdown, *app.caption)]


def labels(app):
    return [button.label for button in app.button]


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_page_explains_double_review_before_there_is_any(small_app):
    opened(small_app, "agreement.py")
    assert small_app.title[0].value == "No double review yet"
    assert any("to a second auditor, who sees neither" in text for text in texts(small_app))
    assert "No image waits for a second review." in texts(small_app)
    assert not {"Review", "Adjudicate"} & {label.split(" ")[0] for label in labels(small_app)}


def test_image_of_one_auditor_waits_for_another(small_app, computed, people, paths):
    computed.store.set_second_share(1)
    for path in paths[:3]:
        people[0].judge(path)
    opened(small_app, "agreement.py")
    assert any("**3** images wait for an auditor other than Ana" in t for t in texts(small_app))
    assert not any(label.endswith("blind") for label in labels(small_app))


def test_another_auditor_is_offered_what_waits(small_app, judged):
    small_app.session_state["auditor"] = "ben"
    opened(small_app, "agreement.py")
    assert any("**5** images wait for a second review." in text for text in texts(small_app))
    press(small_app, "Review 5 blind")
    assert small_app.query_params["second"] == "1"


def test_agreement_is_shown_with_its_interval(small_app, judged):
    opened(small_app, "agreement.py")
    whole = report(judged.second_log()).whole
    assert (whole.items, whole.agreed) == (5, 3)
    assert small_app.title[0].value.startswith("Two auditors agree on 3 of 5 images: kappa .")
    assert any("Cohen's kappa: ." in text and "they agree on 3 of 5" in text
               for text in texts(small_app))  # fmt: skip
    assert "Agreement by auditor pair" not in [header.value for header in small_app.header]


def test_disagreements_can_be_adjudicated(small_app, judged, people, paths):
    opened(small_app, "agreement.py")
    assert any("2 disagreements. A third auditor" in text for text in texts(small_app))
    people[2].judge(paths[0], "none", role="adjudication")
    small_app.run()
    assert any("2 disagreements, 1 resolved." in text for text in texts(small_app))
    press(small_app, "Adjudicate 1")
    assert small_app.query_params["disputed"] == "1"


def test_with_three_auditors_each_pair_has_a_row(small_app, judged, people, paths):
    for path in paths[5:8]:
        people[2].judge(path, role="second")
    opened(small_app, "agreement.py")
    assert "alpha" in small_app.title[0].value
    table = small_app.dataframe[0].value
    assert list(table["auditors"]) == ["Ana and Ben", "Ana and Cleo"]
    assert list(table["images"]) == [5, 3]
    small_app.selectbox[0].set_value(("Ana", "Cleo")).run()
    assert not small_app.exception


def test_without_a_click_the_images_are_those_in_dispute(small_app, judged):
    opened(small_app, "agreement.py")
    assert "**Ana and Ben disagree**: 2 images" in texts(small_app)


def test_click_in_the_chart_shows_the_images_of_that_square(small_app, judged):
    opened(small_app, "agreement.py")
    names = judged.class_names()
    frame = annotations_of(judged)
    square = next(row for row in frame.to_dict("records") if row["outcome"] == SAME)
    point = {"one": square["one"], "other": square["other"]}
    key = f"annotations_{fingerprint('Ana', 'Ben')[:8]}"
    small_app.session_state[key] = {"selection": {"click": [point]}}
    small_app.run()
    assert not small_app.exception
    title = f"**Ana: {square['one']}, Ben: {square['one']}**"
    assert any(text.startswith(title) for text in texts(small_app))
    assert square["one"] in names.values()


def annotations_of(store):
    cells = confusion(report(store.second_log()).units, "Ana", "Ben")
    return annotation_frame(cells, store.class_names())


def test_second_auditor_sees_no_image_that_waits_for_them(small_app, judged, paths):
    """Pictures are shown of what two have judged, never of what still waits for a second."""
    small_app.session_state["auditor"] = "Cleo"
    opened(small_app, "agreement.py")
    waiting = set(judged.second_review_ids("Cleo"))
    assert waiting == {item_id(path) for path in paths[5:10]}
    assert not waiting & set(report(judged.second_log()).units)


def test_the_double_review_rate_is_stored(small_app, computed):
    opened(small_app, "agreement.py")
    small_app.select_slider[0].set_value(0.2).run()
    assert not small_app.exception
    assert computed.store.second_share() == 0.2


def test_export_offers_no_rule_without_multiple_verdicts(small_app, computed, people, paths):
    people[0].judge(paths[0], "none")
    opened(small_app, "export.py")
    assert not small_app.radio


def test_export_follows_the_rule_that_is_chosen(small_app, judged, people, paths):
    people[2].judge(paths[0], "keep", role="adjudication")
    small_app.session_state["auditor"] = people[0].name  # others are to judge some blind
    opened(small_app, "export.py")
    assert any("5 images with multiple verdicts: **3** agreed, **1** adjudicated, **1** by the"
               in text for text in texts(small_app))  # fmt: skip
    assert small_app.title[0].value == "1 label changes"
    people[1].judge(paths[0], "none", role="second")
    small_app.run()
    rule = small_app.radio[0]
    assert rule.value == "adjudicated"
    assert "1 label would change." in rule.proto.captions[1]
    rule.set_value("latest").run()
    assert not small_app.exception
    assert judged.final_rule() == "latest"
    assert small_app.title[0].value == "2 labels change"
    assert set(small_app.dataframe[0].value["resolved by"]) == {"latest of 2", "latest of 3"}
