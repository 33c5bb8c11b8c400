import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit import item_id
from core.review.desk.cards import Cards
from core.review.queues.course import Course
from core.review.queues.queue import Queue
from core.store import Store
from tests.core.making import Auditor, file_found

IDS = tuple("abcdefghijklmnop")
queues = st.lists(st.sampled_from(IDS), unique=True)
some_ids = st.sets(st.sampled_from(IDS))
places = st.none() | st.sampled_from([*IDS, "not in the queue"])
counts = st.integers(0, 6)


def course_of(ids, judged=()):
    course = Course(list(ids))
    course.mark(dict.fromkeys(judged, "keep"))
    return course


# -- the window ------------------------------------------------------------------------------


@st.composite
def windows(draw):
    """The queue, what is judged, the arguments of a window, and the window."""
    ids, judged = draw(queues), draw(some_ids)
    arguments = {
        "at": draw(places),
        "start": draw(places),
        "loaded": draw(st.lists(st.sampled_from([*IDS, "unknown"]), max_size=6)),
        "passed": draw(some_ids),
        "taken": draw(some_ids),
        "ahead": draw(counts),
    }
    return ids, judged, arguments, course_of(ids, judged).window(**arguments)


@given(windows())
def test_window_begins_with_the_item_on_screen(made):
    _, _, arguments, order = made
    assert arguments["at"] is None or order[0] == arguments["at"]


@given(windows())
def test_window_holds_no_item_twice_and_none_from_elsewhere(made):
    ids, _, arguments, order = made
    assert len(set(order)) == len(order)
    assert set(order) - {arguments["at"]} <= set(ids)


@given(windows())
def test_nothing_judged_or_on_another_desk_is_among_the_coming_items(made):
    _, judged, arguments, order = made
    assert not (judged | arguments["taken"]) & (set(order) - {arguments["at"]})


@given(windows())
def test_window_is_as_long_as_there_are_items_left(made):
    ids, judged, arguments, order = made
    at = arguments["at"]
    left = set(ids) - judged - arguments["taken"] - {at}
    assert len(order) == (at is not None) + min(arguments["ahead"], len(left))


@given(windows())
def test_what_is_loaded_comes_next_and_what_was_skipped_comes_last(made):
    _, _, arguments, order = made
    coming = order if arguments["at"] is None else order[1:]

    def place(item):
        if item in arguments["loaded"]:
            return 0, arguments["loaded"].index(item)
        return 1 + (item in arguments["passed"]), 0

    assert coming == sorted(coming, key=place)


def test_window_follows_the_queue_from_its_start():
    assert course_of("abcd", "b").window("c") == ["c", "a", "d"]


def test_window_goes_on_from_what_an_address_asked_for():
    assert course_of("abcd", "b").window("b", start="b") == ["b", "c", "d", "a"]


def test_skipped_items_come_round_again_from_the_one_on_screen():
    assert course_of("abcd", "a").window("c", passed=set("abcd")) == ["c", "d", "b"]


def test_new_order_takes_hold_behind_what_is_loaded():
    before = course_of("abcdef").window("a")
    after = course_of("afedcb", "a").window("b", loaded=before[2:4])
    assert after == ["b", "c", "d", "f", "e"]


def test_window_of_a_long_queue_looks_as_far_as_it_must():
    ids = [str(number) for number in range(10_000)]
    course = course_of(ids, ids[100:9_998])
    assert course.window("98", start="98", ahead=4) == ["98", "99", "9998", "9999", "0"]


# -- where a visit begins --------------------------------------------------------------------


@given(queues, some_ids, places, some_ids, some_ids)
def test_visit_begins_with_an_item_left_or_none_when_there_is_none(
    ids, judged, place, passed, taken
):
    at = course_of(ids, judged).beginning(place, passed, taken)
    left = set(ids) - judged - taken
    assert at in left if left else at is None


@pytest.mark.parametrize(
    ("judged", "place", "at"),
    [
        ("", None, "a"),
        ("", "c", "c"),
        ("c", "c", "a"),
        ("a", None, "b"),
        ("a", "gone", "b"),
        ("abcd", "c", None),
    ],
)
def test_visit_begins_where_the_auditor_was(judged, place, at):
    assert course_of("abcd", judged).beginning(place) == at


def test_visit_does_not_begin_with_what_is_on_another_desk():
    assert course_of("abcd").beginning("b", taken={"a", "b"}) == "c"


def test_visit_begins_with_what_was_skipped_when_nothing_else_is_left():
    assert course_of("abcd", "a").beginning(None, passed={"a", "b"}) == "c"
    assert course_of("abcd", "ad").beginning("d", passed={"b", "c"}) == "b"
    assert course_of("abcd", "a").beginning("b", passed={"b"}) == "b"


# -- how far it is ---------------------------------------------------------------------------


def test_progress_counts_what_is_in_the_queue():
    course = Course(list("abcd"))
    course.mark({"a": "none", "b": "keep", "c": "unsure", "x": "none"})
    assert course.progress(elsewhere=["a", "d", "x"]) == {
        "judged": 3, "total": 4, "wrong": 1, "elsewhere": 1,
    }  # fmt: skip
    course.mark({"a": None, "b": None})
    assert course.progress() == {"judged": 1, "total": 4, "wrong": 0, "elsewhere": 0}


# -- following what people decide ------------------------------------------------------------

PATHS = [f"{number}.jpg" for number in range(6)]


@st.composite
def doings(draw):
    """What is done to an audit by whom: a verdict, an undo, another picture or another rule."""
    what = draw(st.sampled_from(["judge", "judge", "judge", "undo", "picture", "rule"]))
    return (
        what,
        draw(st.sampled_from(["Ana", "Ben"])),
        draw(st.sampled_from(PATHS)),
        draw(st.sampled_from(["keep", "none", "unsure"])),
        draw(st.sampled_from(["review", "adjudication"])),
    )


def do(what, auditor, path, verdict, role):
    """Do one of `doings`."""
    store = auditor.store
    if what == "judge":
        auditor.judge(path, verdict, role=role)
    elif what == "undo" and store.latest_action(auditor.name):
        auditor.seq += 1
        store.undo_action(session=auditor.session, seq=auditor.seq, auditor=auditor.name)
    elif what == "picture":
        store.record_files([file_found(path, verdict)], {})
    elif what == "rule":
        store.set_final_rule("latest" if verdict == "keep" else "adjudicated")


@given(st.lists(st.tuples(doings(), st.booleans()), max_size=25), st.integers(0, 8))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_followed_is_what_is_there_whoever_decides(tmp_path_factory, store, done, since):
    """Two servers on one file, each with its own people; both see all."""
    ids = [item_id(path) for path in PATHS]
    with_other = Store(store.path)
    people = {"Ana": Auditor(store, "Ana"), "Ben": Auditor(with_other, "Ben")}
    for auditor in people.values():
        auditor.session = f"{tmp_path_factory.mktemp('session')}"  # the file is kept between runs
    courses = [Course(ids, since), Course(ids, since)]
    for (what, who, *more), looked_at in done:
        do(what, people[who], *more)
        if looked_at:
            courses[0].follow(store)
            courses[1].follow(with_other)
    for course in courses:
        course.follow(store)
        fresh = Course(ids)
        fresh.mark(store.judged_ids(since=since))
        assert course.progress() == fresh.progress()
        assert course.window(None) == fresh.window(None)
    with_other.close()


def test_cards_keep_a_course_and_bring_it_up_to_date(ranked):
    cards, queue = Cards(ranked), Queue(everything=True)
    before = cards.course(queue)
    Auditor(ranked.store).judge("12.jpg", "none")
    assert cards.course(queue) is before
    assert not before.is_left(item_id("12.jpg"))
    assert before.progress()["wrong"] == 1


def test_selection_to_be_gone_through_again_counts_what_is_decided_since(ranked):
    cards, ana = Cards(ranked), Auditor(ranked.store)
    ana.judge("12.jpg", "none")
    ranked.store.add_selection("s", "One", [item_id("12.jpg")], again=True)
    queue = Queue(selection="s")
    assert cards.course(queue).progress()["judged"] == 0
    ana.judge("12.jpg", "keep")
    assert cards.course(queue).progress()["judged"] == 1


def test_audit_of_an_earlier_version_is_followed_from_its_beginning(store, ana):
    ana.judge("0.jpg", "none")
    with store.transaction() as db:
        db.execute("delete from verdict_changes")
        db.execute("delete from _sqlite_migrations where name = 'm008_changes'")
        db.execute("drop table verdict_changes")
        for verb in ("insert", "update", "delete"):
            db.execute(f"drop trigger verdict_changes_{verb}")
        db.execute("drop index idx_verdicts_redoes")
    again = Store(store.path)
    course = Course([item_id("0.jpg")])
    course.follow(again)
    assert course.progress()["judged"] == 1
    again.close()
