"""The agreement page and the choice of a rule, in Streamlit's own test harness."""

import pytest

from core.audit import fingerprint, item_id
from core.charts.agreement_charts import answers_map, class_agreement
from core.review.agreement.measures import confusion, report
from pages.parts.agreement.agreement_frames import answers_frame, answers_order, classes_frame
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


def test_before_anybody_has_reviewed_the_page_tells_how_to_begin(small_app):
    opened(small_app, "agreement.py")
    assert small_app.title[0].value == "Nobody has looked twice yet"
    assert any("before a second person, who sees neither" in text for text in texts(small_app))
    assert "No image waits for one." in texts(small_app)
    assert not {"Look at", "Decide"} & {label.split(" ")[0] for label in labels(small_app)}


def test_what_one_person_has_reviewed_waits_for_another(small_app, computed, people, paths):
    computed.store.set_second_share(1)
    for path in paths[:3]:
        people[0].judge(path)
    opened(small_app, "agreement.py")
    assert any("**3** images wait for somebody other than Ana" in t for t in texts(small_app))
    assert not any(label.startswith("Look at") for label in labels(small_app))


def test_another_person_is_offered_what_waits(small_app, judged):
    small_app.session_state["auditor"] = "ben"
    opened(small_app, "agreement.py")
    assert any("**5** images wait for one" in text for text in texts(small_app))
    press(small_app, "Look at 5 blind")
    assert small_app.query_params["second"] == "1"


def test_agreement_is_told_with_its_interval(small_app, judged):
    opened(small_app, "agreement.py")
    whole = report(judged.second_log()).whole
    assert (whole.items, whole.agreed) == (5, 3)
    assert small_app.title[0].value.startswith("Two people agree on 3 of 5 images: kappa .")
    assert any("Cohen's kappa: ." in text and "they agree on 3 of 5" in text
               for text in texts(small_app))  # fmt: skip
    assert "Between whom" not in [header.value for header in small_app.header]


def test_disputed_images_can_be_decided(small_app, judged, people, paths):
    opened(small_app, "agreement.py")
    assert any("disagree about 2 images." in text for text in texts(small_app))
    people[2].judge(paths[0], "none", role="adjudication")
    small_app.run()
    assert any("disagree about 2 images, 1 of them decided." in text for text in texts(small_app))
    press(small_app, "Decide 1")
    assert small_app.query_params["disputed"] == "1"


def test_with_three_people_each_pair_has_a_row(small_app, judged, people, paths):
    for path in paths[5:8]:
        people[2].judge(path, role="second")
    opened(small_app, "agreement.py")
    assert "alpha" in small_app.title[0].value
    table = small_app.dataframe[0].value
    assert list(table["who"]) == ["Ana and Ben", "Ana and Cleo"]
    assert list(table["images"]) == [5, 3]
    small_app.selectbox[0].set_value(("Ana", "Cleo")).run()
    assert not small_app.exception


def test_without_a_click_the_images_are_those_in_dispute(small_app, judged):
    opened(small_app, "agreement.py")
    assert "**Ana and Ben differ**: 2 images" in texts(small_app)


def test_click_in_the_chart_shows_the_images_of_that_square(small_app, judged):
    opened(small_app, "agreement.py")
    names = judged.class_names()
    frame = answers_frame_of(judged)
    square = next(row for row in frame.to_dict("records") if row["outcome"] == "the same")
    point = {"one": square["one"], "other": square["other"]}
    key = f"answers_{fingerprint('Ana', 'Ben')[:8]}"
    small_app.session_state[key] = {"selection": {"click": [point]}}
    small_app.run()
    assert not small_app.exception
    said = f"**Ana said {square['one']}, Ben said {square['one']}**"
    assert any(text.startswith(said) for text in texts(small_app))
    assert square["one"] in names.values()


def answers_frame_of(store):
    cells = confusion(report(store.second_log()).units, "Ana", "Ben")
    return answers_frame(cells, store.class_names())


def test_who_has_second_looks_to_give_sees_no_image_of_them(small_app, judged, paths):
    """Pictures are shown of what two have judged, never of what still waits for a second."""
    small_app.session_state["auditor"] = "Cleo"
    opened(small_app, "agreement.py")
    waiting = set(judged.second_review_ids("Cleo"))
    assert waiting == {item_id(path) for path in paths[5:10]}
    assert not waiting & set(report(judged.second_log()).units)


def test_share_is_chosen_and_kept(small_app, computed):
    opened(small_app, "agreement.py")
    small_app.select_slider[0].set_value(0.2).run()
    assert not small_app.exception
    assert computed.store.second_share() == 0.2


def test_export_offers_no_rule_where_nobody_has_judged_twice(small_app, computed, people, paths):
    people[0].judge(paths[0], "none")
    opened(small_app, "export.py")
    assert not small_app.radio


def test_export_follows_the_rule_that_is_chosen(small_app, judged, people, paths):
    people[2].judge(paths[0], "keep", role="adjudication")
    opened(small_app, "export.py")
    assert any("Of 5 images with several verdicts: **3** agreed, **1** adjudicated, **1** by the"
               in text for text in texts(small_app))  # fmt: skip
    assert small_app.title[0].value == "1 labels change"
    people[1].judge(paths[0], "none", role="second")
    small_app.run()
    rule = small_app.radio[0]
    assert rule.value == "adjudicated"
    assert "1 label would change." in rule.proto.captions[1]
    rule.set_value("latest").run()
    assert not small_app.exception
    assert judged.final_rule() == "latest"
    assert small_app.title[0].value == "2 labels change"
    assert set(small_app.dataframe[0].value["how"]) == {"latest of 2", "latest of 3"}


@pytest.mark.parametrize("dark", [False, True])
def test_charts_draw_every_answer_and_class(judged, dark):
    frame = answers_frame_of(judged)
    order = answers_order(frame, judged.class_names())
    assert order[-1] == "none fits"
    chart = answers_map(frame, order, "Ana", "Ben", dark).to_dict()
    for axis in ("x", "y"):
        assert chart["layer"][0]["encoding"][axis]["scale"]["domain"] == order
    assert sum(frame["count"]) == 5
    classes = classes_frame(report(judged.second_log()).classes)
    assert list(classes["share"]) == sorted(classes["share"])
    assert class_agreement(classes, dark).to_dict()["layer"]
