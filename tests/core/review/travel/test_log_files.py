"""A log that travels: each verdict once, on its content, by whom and when it was given."""

import json
import random
import shutil

import pytest

from core.audit import Audit, item_id
from core.review import class_changes
from core.review.history import story
from core.review.travel.log_files import merge_log, merged_sentences, write_log
from core.store import now
from tests.core.making import Auditor, records, verdict_log
from tests.core.review.travel.conftest import finals, relist, verdicts

ANTS = {"a.jpg": ("ant", "1"), "b.jpg": ("bee", "2"), "c.jpg": ("cat", "3")}
ELSEWHERE = {"x/1.png": ("ant", "1"), "x/2.png": ("bee", "2"), "x/3.png": ("cat", "3")}


@pytest.fixture
def here(make):
    return make(**ANTS)


@pytest.fixture
def there(make):
    """The same images under other paths."""
    return make(**ELSEWHERE)


def clock(monkeypatch, time):
    """Let what is decided from now on be decided at a time of one day."""
    at = f"2026-11-30T{time}:00.000+00:00"
    for module in ("core.store.verdict_log", "core.store.undo"):
        monkeypatch.setattr(f"{module}.now", lambda: at, raising=False)
    return at


def test_verdicts_go_to_the_images_of_the_same_content(here, there, send):
    ana = Auditor(here.store)
    ana.judge("a.jpg", "relabel", ["bee"])
    ana.judge("b.jpg", "ambiguous", ["cat", "bee"])
    ana.judge("c.jpg", "bad image")
    merge = send(here, there)
    assert (merge.stored, merge.known, merge.unplaced) == (3, 0, [])
    assert finals(there) == {"x/1.png": "bee", "x/2.png": "bee|cat", "x/3.png": None}


def test_who_and_when_and_in_which_role_and_stream_stay(here, there, send):
    Auditor(here.store).judge("a.jpg", "keep", stream="check")
    Auditor(here.store, "Ben").judge("a.jpg", "none", role="second")
    send(here, there)
    kept = ("auditor", "at", "role", "stream", "verdict", "given")
    assert [[row[key] for key in kept] for row in here.store.log()] == [
        [row[key] for key in kept] for row in there.store.log()
    ]


def test_imported_twice_is_stored_once(here, there, send):
    ana = Auditor(here.store)
    ana.judge("a.jpg", "keep")
    ana.undo("a.jpg")
    ana.judge("b.jpg", "none")
    send(here, there)
    before = verdict_log(there.store)
    merge = send(here, there)
    assert (merge.stored, merge.known) == (0, 3)
    assert verdict_log(there.store) == before
    ana.judge("a.jpg", "none")
    assert send(here, there).stored == 1
    assert finals(there)["x/1.png"] is None


def test_verdict_that_came_by_two_ways_is_one(here, there, make, send):
    Auditor(here.store).judge("a.jpg", "none")
    third = make(**ANTS)
    send(here, there)
    send(there, third)
    assert (send(here, third).known, send(third, here).known) == (1, 1)
    assert len(verdict_log(third.store)) == len(verdict_log(here.store)) == 1


def test_copy_of_the_audit_itself_gives_back_only_what_is_new(here, send, tmp_path):
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    ana.judge("b.jpg", "keep")
    here.store.close()
    shutil.copytree(here.folder, tmp_path / "laptop")
    here, laptop = Audit(here.folder), Audit(tmp_path / "laptop")
    away = Auditor(laptop.store, session="on the train")
    away.undo("a.jpg")
    away.judge("c.jpg", "none")
    merge = send(laptop, here)
    assert (merge.stored, merge.known, merge.unplaced) == (2, 2, [])
    assert finals(here) == finals(laptop) == {"a.jpg": "ant", "b.jpg": "bee", "c.jpg": None}
    for audit in (here, laptop):
        audit.store.close()


def test_undo_that_follows_takes_the_imported_verdict_back(here, there, send):
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    send(here, there)
    ana.undo("a.jpg")
    assert send(here, there).stored == 1
    assert finals(there)["x/1.png"] == "ant"


def test_verdict_that_was_undone_in_both_is_undone_once(here, there, send):
    ana, other = Auditor(here.store), Auditor(there.store, session="there")
    ana.judge("a.jpg", "none")
    send(here, there)
    ana.undo("a.jpg")
    other.undo("x/1.png")
    merge = send(here, there)
    assert (merge.stored, merge.known) == (0, 2)
    assert merge.unplaced == []


def test_redone_verdicts_travel(here, there, send):
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    ana.undo("a.jpg")
    here.store.add_redo(session="again", seq=1, item_id=item_id("a.jpg"), auditor="Ana")
    assert send(here, there).stored == 3
    assert finals(there)["x/1.png"] is None
    rows = verdict_log(there.store)
    assert rows[2]["redoes"] == rows[0]["id"]


# -- conflicts -----------------------------------------------------------------------------------


def test_verdicts_of_two_teams_that_differ_wait_for_adjudication(here, there, send):
    Auditor(here.store, "Ana").judge("a.jpg", "relabel", ["bee"])
    Auditor(there.store, "Ben").judge("x/1.png", "keep")
    merge = send(here, there)
    assert merge.disputed == 1
    assert there.store.disputed_ids() == [item_id("x/1.png")]
    assert "1 image more waits for adjudication: auditors disagree." in merged_sentences(merge)
    Auditor(there.store, "Cleo").judge("x/1.png", "none", role="adjudication")
    assert finals(there)["x/1.png"] is None


def test_adjudication_that_travels_decides_and_is_told(here, there, send):
    Auditor(here.store, "Ana").judge("a.jpg", "relabel", ["bee"])
    Auditor(here.store, "Cleo").judge("a.jpg", "relabel", ["cat"], role="adjudication")
    Auditor(there.store, "Ben").judge("x/1.png", "keep")
    merge = send(here, there)
    assert (merge.disputed, merge.settled) == (0, 1)
    assert finals(there)["x/1.png"] == "cat"
    assert (
        "1 image more on which auditors disagree had an adjudication already, which decides."
        in merged_sentences(merge)
    )


def test_latest_verdict_is_the_latest_in_time_not_the_last_to_arrive(
    here, there, send, monkeypatch
):
    clock(monkeypatch, "10:00")
    Auditor(here.store).judge("a.jpg", "none")
    clock(monkeypatch, "11:00")
    Auditor(there.store, session="there").judge("x/1.png", "relabel", ["bee"])
    clock(monkeypatch, "12:00")
    send(here, there)
    assert verdicts(there, "x/1.png") == {"Ana": ("relabel", "bee")}
    assert finals(there)["x/1.png"] == "bee"
    send(there, here)
    assert finals(here)["a.jpg"] == "bee"


def test_three_audits_agree_on_the_order_whatever_arrives_first(make, send, monkeypatch):
    """One auditor decides the same image in three audits; the logs go round in any order."""
    rng = random.Random(5)
    audits = [make(**ANTS) for _ in range(3)]
    everyone = [Auditor(audit.store, session=f"session {n}") for n, audit in enumerate(audits)]
    last = {}
    for minute in range(24):
        clock(monkeypatch, f"09:{minute:02}")
        path, verdict = rng.choice(sorted(ANTS)), rng.choice(["keep", "none", "bad image"])
        rng.choice(everyone).judge(path, verdict)
        last[path] = verdict
    for _ in range(2):
        ways = [(one, other) for one in audits for other in audits if one is not other]
        rng.shuffle(ways)
        for one, other in ways:
            send(one, other)
    for audit in audits:
        assert {path: verdicts(audit, path)["Ana"][0] for path in last} == last
        assert len(verdict_log(audit.store)) == 24


def test_undo_button_takes_back_what_was_done_here(here, there, send):
    Auditor(there.store, session="there").judge("x/2.png", "keep")
    Auditor(here.store).judge("a.jpg", "none")
    send(here, there)
    assert there.store.latest_action("Ana")["verdict"] == "keep"
    assert there.store.recent_items("Ana") == [item_id("x/2.png")]
    assert there.store.undo_action(session="z", seq=1, auditor="Ana") == [item_id("x/2.png")]
    assert there.store.redo_action(session="z", seq=2, auditor="Ana") == [item_id("x/2.png")]


def test_other_spelling_of_a_name_is_the_same_auditor(here, there, send):
    Auditor(here.store, "ana ").judge("a.jpg", "none")
    Auditor(there.store, "Ana").judge("x/2.png", "none")
    send(here, there)
    assert there.store.auditor_names() == ["Ana"]


def test_who_has_seen_a_verdict_is_not_asked_to_review_it_blind(here, there, send):
    for store in (here.store, there.store):
        store.set_second_share(1)
    Auditor(here.store).judge("a.jpg", "none")
    send(here, there)
    assert there.store.second_review_ids("Ben") == [item_id("x/1.png")]
    here.store.reveal("Ben", [item_id("a.jpg")])
    for _ in range(2):
        send(here, there)
        assert there.store.second_review_ids("Ben") == []
        assert there.store.second_review_ids("Cleo") == [item_id("x/1.png")]
    kept = ("auditor", "at")
    assert [[row[key] for key in kept] for row in there.store.unblinded()] == [
        [row[key] for key in kept] for row in here.store.unblinded()
    ]


# -- what its author saw -------------------------------------------------------------------------


def test_keep_of_another_label_says_nothing_of_the_label_here(here, make, send):
    there = make(**{"a.jpg": ("bee", "1"), "b.jpg": ("bee", "2")})
    Auditor(here.store).judge("a.jpg", "keep")
    merge = send(here, there)
    assert (merge.stored, merge.outdated) == (1, 1)
    assert there.store.current_verdicts() == {}
    assert finals(there)["a.jpg"] == "bee"
    (outdated,) = there.store.outdated_verdicts([item_id("a.jpg")]).values()
    assert (outdated.given, outdated.changed) == ("ant", "label")
    relist(there, {"a.jpg": ("ant", "1"), "b.jpg": ("bee", "2")})
    assert there.store.current_verdicts()[item_id("a.jpg")]["verdict"] == "keep"


def test_new_label_holds_whatever_the_label_here_is(here, make, send):
    there = make(**{"a.jpg": ("cat", "1"), "b.jpg": ("bee", "2")})
    Auditor(here.store).judge("a.jpg", "relabel", ["bee"])
    assert send(here, there).outdated == 0
    assert finals(there)["a.jpg"] == "bee"


def test_verdict_on_an_earlier_picture_is_not_placed_on_the_new_one(here, make, send):
    there = make(**{"a.jpg": ("ant", "changed"), "b.jpg": ("bee", "2")})
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    ana.judge("b.jpg", "keep")
    (missing,) = send(here, there).unplaced
    assert (missing.path, missing.verdict) == ("a.jpg", "none")
    assert missing.reason == "no image here has that content"


def test_row_that_was_not_placed_comes_when_its_image_does(here, make, send):
    there = make(**{"b.jpg": ("bee", "2")})
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    ana.undo("a.jpg")
    ana.judge("a.jpg", "bad image")
    assert [one.reason for one in send(here, there).unplaced] == [
        "no image here has that content", "what it undoes is not here",
        "no image here has that content",
    ]  # fmt: skip
    assert there.store._query("select * from imports") == []
    relist(there, {"new.jpg": ("bee", "1"), "b.jpg": ("bee", "2")})
    assert (send(here, there).stored, finals(there)["new.jpg"]) == (3, None)


def test_images_that_were_not_read_yet_are_told(here, make, send):
    there = make(**{"b.jpg": ("bee", "2")})
    there.store.replace_listing(records({"a.jpg": "ant", "b.jpg": "bee"}))
    Auditor(here.store).judge("a.jpg", "none")
    sentences = merged_sentences(send(here, there))
    assert "1 image here not read yet: run `audit`, then import again." in sentences


def test_copies_keep_their_own_verdicts(make, send):
    here = make(**{"a.jpg": ("ant", "1"), "b.jpg": ("bee", "1"), "c.jpg": ("ant", "1")})
    there = make(**{"q.jpg": ("bee", "1"), "c.jpg": ("ant", "1"), "r.jpg": ("ant", "1")})
    ana = Auditor(here.store)
    ana.judge("a.jpg", "none")
    ana.judge("b.jpg", "keep")
    ana.judge("c.jpg", "bad image")
    send(here, there)
    # By path, then by label.
    assert verdicts(there, "c.jpg") == {"Ana": ("bad image",)}
    assert verdicts(there, "q.jpg") == {"Ana": ("keep",)}
    assert verdicts(there, "r.jpg") == {"Ana": ("none",)}
    ana.judge("a.jpg", "keep")
    send(here, there)
    assert verdicts(there, "r.jpg") == {"Ana": ("keep",)}


def test_copy_more_than_here_is_named(make, send):
    here = make(**{"a.jpg": ("ant", "1"), "b.jpg": ("bee", "1")})
    there = make(**{"q.jpg": ("bee", "1")})
    for path in ("a.jpg", "b.jpg"):
        Auditor(here.store, session=path).judge(path, "keep")
    merge = send(here, there)
    assert [(one.path, one.reason) for one in merge.unplaced] == [
        ("a.jpg", "fewer copies of the image are here")
    ]
    assert "Not placed, 1 row: fewer copies of the image are here (a.jpg)." in merged_sentences(
        merge
    )


# -- classes -------------------------------------------------------------------------------------


def test_renamed_class_is_recognized_by_how_the_input_spells_it(here, there, send):
    class_changes.rename(here.store, "bee", "honey bee", auditor="Ana")
    class_changes.rename(there.store, "bee", "bumblebee", auditor="Ben")
    Auditor(here.store).judge("a.jpg", "relabel", ["honey bee"])
    assert send(here, there, adds=False).unplaced == []
    assert finals(there)["x/1.png"] == "bumblebee"


def test_class_that_was_merged_here_follows(here, there, send):
    class_changes.merge(there.store, ["bee"], "ant", auditor="Ben")
    Auditor(here.store).judge("c.jpg", "relabel", ["bee"])
    send(here, there)
    assert finals(there)["x/3.png"] == "ant"
    class_changes.undo(there.store, auditor="Ben")
    assert finals(there)["x/3.png"] == "bee"


def test_class_that_was_merged_there_and_is_not_here_follows(make, send):
    here = make(**ANTS, **{"d.jpg": ("kitten", "4")})
    there = make(**ELSEWHERE)
    Auditor(here.store).judge("a.jpg", "relabel", ["kitten"])
    class_changes.merge(here.store, ["kitten"], "cat", auditor="Ana")
    send(here, there, adds=False)
    assert finals(there)["x/1.png"] == "cat"


def test_unknown_class_is_added_once_and_offered(here, there, send):
    class_changes.add(here.store, "wasp", auditor="Ana")
    Auditor(here.store).judge("a.jpg", "relabel", ["wasp"])
    send(here, there)
    assert finals(there)["x/1.png"] == "wasp"
    assert "wasp" in there.store.offered_classes()
    class_changes.rename(here.store, "wasp", "hornet", auditor="Ana")
    Auditor(here.store, session="later").judge("b.jpg", "relabel", ["hornet"])
    send(here, there)
    assert finals(there)["x/2.png"] == "wasp"
    class_changes.rename(there.store, "wasp", "yellowjacket", auditor="Ben")
    assert finals(there)["x/1.png"] == "yellowjacket"


def test_verdicts_of_unknown_classes_can_be_left_out(here, there, send, tmp_path):
    class_changes.add(here.store, "wasp", auditor="Ana")
    ana = Auditor(here.store)
    ana.judge("a.jpg", "relabel", ["wasp"])
    ana.judge("b.jpg", "none")
    asked = []
    write_log(here, tmp_path / "log")
    merge = merge_log(there, tmp_path / "log", lambda names: asked.append(names))
    assert asked == [["wasp"]]
    assert [one.reason for one in merge.unplaced] == ["there is no class 'wasp' here"]
    assert "wasp" not in there.store.class_names().values()
    assert merge.stored == 1


def test_undone_split_takes_its_verdicts_back_there_too(here, there, send):
    ids = [item_id("a.jpg"), item_id("b.jpg")]
    class_changes.split(here.store, ids, "wasp", auditor="Ana", session="split", seq=1)
    send(here, there)
    assert finals(there)["x/1.png"] == "wasp"
    class_changes.undo(here.store, auditor="Ana")
    # Another audit has undone a split of its own under the same number.
    class_changes.split(
        there.store, [item_id("x/3.png")], "hornet", auditor="Ben", session="there", seq=1
    )
    class_changes.undo(there.store, auditor="Ben")
    assert send(here, there).unplaced == []
    assert finals(there) == {"x/1.png": "ant", "x/2.png": "bee", "x/3.png": "cat"}
    assert send(here, there).stored == 0
    assert send(there, here).stored == 2
    assert finals(here) == {"a.jpg": "ant", "b.jpg": "bee", "c.jpg": "cat"}
    assert send(here, here).known == len(verdict_log(here.store)) == 6


# -- files that are none -------------------------------------------------------------------------


@pytest.fixture
def file(here, tmp_path):
    """A good file of two rows."""
    ana = Auditor(here.store)
    ana.judge("a.jpg", "relabel", ["bee"])
    ana.judge("b.jpg", "none")
    write_log(here, tmp_path / "log.jsonl")
    return tmp_path / "log.jsonl"


def edited(file, number, **changes):
    """Change fields of a line; what is None is left out."""
    lines = file.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[number - 1]) | changes
    lines[number - 1] = json.dumps({key: value for key, value in row.items() if value != "gone"})
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_last_line_that_is_none_lets_nothing_in(file, there):
    edited(file, 3, verdict="maybe")
    with pytest.raises(ValueError, match="Line 3"):
        merge_log(there, file, lambda names: True)
    assert verdict_log(there.store) == []
    edited(file, 3, verdict="none")
    assert merge_log(there, file, lambda names: True).stored == 2


def test_file_that_was_cut_off_is_refused(file, there):
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:2]), encoding="utf-8")
    with pytest.raises(ValueError, match="ends after 1 of 2 rows"):
        merge_log(there, file, lambda names: True)
    assert verdict_log(there.store) == []


def test_row_that_comes_twice_is_refused(file, there):
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([lines[0], lines[1], lines[1]]), encoding="utf-8")
    with pytest.raises(ValueError, match="Line 3 is a row that came before"):
        merge_log(there, file, lambda names: True)


def test_number_that_another_verdict_has_here_is_not_overwritten(file, there):
    Auditor(there.store).judge("x/3.png", "keep")  # with the session and number of the first row
    merge = merge_log(there, file, lambda names: True)
    assert [one.reason for one in merge.unplaced] == ["another verdict has its number here"]
    assert verdicts(there, "x/3.png") == {"Ana": ("keep",)}


def test_failure_in_the_middle_stores_nothing(file, there, monkeypatch):
    from core.store import log_merging

    append, calls = log_merging.append_row, []

    def fail(*arguments, **values):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("the disk is gone")
        return append(*arguments, **values)

    monkeypatch.setattr(log_merging, "append_row", fail)
    with pytest.raises(OSError, match="gone"):
        merge_log(there, file, lambda names: True)
    assert verdict_log(there.store) == []
    assert there.store._query("select * from imports") == []


def test_hostile_names_travel_as_they_are(make, send):
    names = {"a'b\"\n|`.jpg": ("cat|dog", "1"), "b.jpg": ("two\nlines", "2")}
    here, there = make(**names), make(**names)
    Auditor(here.store, "O'Neil; drop").judge("b.jpg", "relabel", ["cat|dog"])
    Auditor(here.store, "Émile 🐝").judge("a'b\"\n|`.jpg", "keep")
    assert send(here, there).stored == 2
    assert finals(there) == finals(here)


def test_imports_are_recorded(here, there, send):
    Auditor(here.store).judge("a.jpg", "none")
    before = now()
    send(here, there)
    (recorded,) = there.store._query("select * from imports")
    assert recorded["audit"] == here.id
    assert before <= recorded["exported"] <= recorded["at"]
    (row,) = there.store.item_log(item_id("x/1.png"))
    assert row["imported"] == recorded["at"]
    (event,) = story(there.store, item_id("x/1.png")).events
    assert event.details[0].startswith("It came from another audit, imported on ")


def test_story_is_told_in_the_order_of_time(here, there, send, monkeypatch):
    clock(monkeypatch, "10:00")
    Auditor(here.store).judge("a.jpg", "none")
    clock(monkeypatch, "11:00")
    Auditor(there.store, session="there").judge("x/1.png", "keep")
    send(here, there)
    first, second = story(there.store, item_id("x/1.png")).events
    assert (first.text, second.text) == ("none fits", "kept ant")
    assert "It replaced their verdict of 30 Nov 2026, 10:00 UTC: none fits." in second.details
