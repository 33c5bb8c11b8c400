"""Random histories of a few people and items, against the log in plain Python."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.audit import item_id
from core.review.verdicts import give_verdicts
from core.store import Decision, Store, StoreError
from tests.core.making import file_found, records, verdict_log
from tests.core.review.plain_log import PlainLog, Refused, final_label

GIVEN = {"0.jpg": "cat", "1.jpg": "cat", "2.jpg": "dog", "3.jpg": None}
PATHS = {item_id(path): path for path in GIVEN}
CLASSES = ("cat", "dog", "emu")
PEOPLE = ("Ana", "Ben", "Cleo")

items = st.sampled_from(sorted(PATHS))
people = st.sampled_from(PEOPLE)
roles = st.sampled_from(["review", "review", "second", "adjudication"])
verdicts = st.sampled_from(["keep", "none", "bad image", "unsure"]).map(lambda v: (v, ())) | (
    st.lists(st.sampled_from(CLASSES), min_size=1, max_size=2, unique=True).map(
        lambda labels: ("relabel" if len(labels) == 1 else "ambiguous", tuple(labels))
    )
)


def decision(item, verdict, labels):
    """What the desk sends: the given label is kept, not given anew."""
    if verdict == "relabel" and labels[0] == GIVEN[PATHS[item]]:
        return item, "keep", ()
    return item, verdict, labels


class History(RuleBasedStateMachine):
    """Does the same to a store and to the plain log, and compares."""

    empty: Path

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "audit.db"
        shutil.copy(self.empty, path)
        self.store = Store(path)
        given = {item: GIVEN[path] for item, path in PATHS.items()}
        self.plain = PlainLog(given, dict.fromkeys(PATHS))
        self.sent = []

    @initialize(contents=st.lists(st.sampled_from([None, "a"]), min_size=4, max_size=4))
    def read(self, contents):
        for item, content in zip(PATHS, contents, strict=True):
            if content:
                self.change(item, content)

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def both(self, plainly, method, **arguments):
        """Do it plainly and in the store, which must refuse the same; tell if it was done."""
        action = {"session": f"of {arguments['auditor']}", "seq": len(self.sent), **arguments}
        try:
            plainly()
        except Refused:
            with pytest.raises(StoreError):
                method(**action)
            return False
        self.sent.append((method, action, method(**action)))
        return True

    @rule(auditor=people, item=items, word=verdicts, role=roles)
    def judge(self, auditor, item, word, role):
        self.decide(auditor, [(item, *word)], role)

    @rule(
        auditor=people,
        chosen=st.lists(items, min_size=2, unique=True),
        word=verdicts,
        ago=st.none() | st.integers(0, 4),
    )
    def judge_many(self, auditor, chosen, word, ago):
        seen = None if ago is None else max(0, len(self.plain.log) - ago)
        self.decide(auditor, [(item, *word) for item in chosen], seen=seen)

    def decide(self, auditor, decisions, role="review", seen=None):
        decisions = [decision(*one) for one in decisions]
        self.both(
            lambda: self.plain.decide(auditor, decisions, role, seen),
            lambda **action: give_verdicts(self.store, **action),
            decisions=[Decision(*one) for one in decisions],
            auditor=auditor,
            role=role,
            seen=seen,
        )

    def undo(self, auditor):
        return self.both(lambda: self.plain.undo(auditor), self.store.undo_action, auditor=auditor)

    def redo(self, auditor):
        return self.both(lambda: self.plain.redo(auditor), self.store.redo_action, auditor=auditor)

    @rule(auditor=people)
    def undo_latest(self, auditor):
        self.undo(auditor)

    @rule(auditor=people)
    def redo_latest(self, auditor):
        self.redo(auditor)

    @rule(auditor=people, item=items)
    def undo_one(self, auditor, item):
        self.both(
            lambda: self.plain.undo_item(auditor, item),
            self.store.add_undo,
            auditor=auditor,
            item_id=item,
        )

    @rule(auditor=people, item=items)
    def redo_one(self, auditor, item):
        self.both(
            lambda: self.plain.redo_item(auditor, item),
            self.store.add_redo,
            auditor=auditor,
            item_id=item,
        )

    @rule(auditor=people, depth=st.integers(1, 4))
    def there_and_back(self, auditor, depth):
        """All that is undone can be redone, and what the auditor says is as it was."""
        before = self.own_words(auditor)
        undone = 0
        while undone < depth and self.undo(auditor):
            undone += 1
        for _ in range(undone):
            if not self.redo(auditor):  # a picture has changed since it was judged
                return
        assert self.own_words(auditor) == before

    def own_words(self, auditor):
        return {
            (item, word["verdict"], *word["labels"], word["role"])
            for item, words in self.store.annotations(list(PATHS)).items()
            for word in words
            if word["auditor"] == auditor
        }

    @rule(item=items, content=st.sampled_from("ab"))
    def change(self, item, content):
        self.plain.contents[item] = content
        self.store.record_files([file_found(PATHS[item], content)], {})

    @rule(chosen=st.sampled_from(["adjudicated", "latest", "majority"]))
    def choose_rule(self, chosen):
        self.plain.rule = chosen
        self.store.set_final_rule(chosen)

    @rule(data=st.data())
    def send_again(self, data):
        """A browser that did not hear the answer asks once more."""
        if self.sent:
            method, action, answer = data.draw(st.sampled_from(self.sent))
            assert method(**action) == answer

    @invariant()
    def the_log_is_the_same(self):
        assert [
            (row["id"], row["item_id"], row["verdict"], row["role"], row["undoes"], row["redoes"])
            for row in verdict_log(self.store)
        ] == [(e.id, e.item, e.verdict, e.role, e.undoes, e.redoes) for e in self.plain.log]

    @invariant()
    def the_same_decides(self):
        current = self.plain.current()
        assert self.store.judged_ids() == {item: e.verdict for item, e in current.items()}
        stored = self.store.current_verdicts()
        assert {
            item: (row["id"], row["auditor"], tuple(row["labels"])) for item, row in stored.items()
        } == {item: (e.id, e.auditor, e.labels) for item, e in current.items()}
        for row in self.store.input_rows():
            entry = current.get(row["id"])
            verdict = (entry.verdict, entry.labels, row["given"]) if entry else (None,)
            assert (row["final"] or "") == final_label(row["given"], *verdict)

    @invariant()
    def the_same_can_be_undone_and_redone(self):
        kept = self.plain.kept()
        for person in PEOPLE:
            own = [entry for entry in kept if entry.auditor == person]
            assert self.store.recent_items(person) == [entry.item for entry in reversed(own)]
            action = self.store.latest_action(person)
            count = sum(entry.action == own[-1].action for entry in own) if own else 0
            assert (action["count"] if action else 0) == count
            undone = [entry.item for entry in reversed(self.plain.redoable(person))]
            assert self.store.undone_items(person) == undone

    @invariant()
    def the_same_waits_for_others(self):
        assert set(self.store.disputed_ids()) == self.plain.disputed()
        unsure = {entry.item for entry in self.plain.standing() if entry.verdict == "unsure"}
        assert set(self.store.unsure_ids()) == unsure
        for person in PEOPLE:
            waiting = self.plain.for_second_look(person)
            assert set(self.store.second_review_ids(person)) == waiting


@pytest.fixture(scope="module", autouse=True)
def empty(tmp_path_factory):
    """A database with the items and nothing decided, to be copied."""
    History.empty = tmp_path_factory.mktemp("empty") / "audit.db"
    store = Store(History.empty)
    store.replace_listing(records(GIVEN | {"4.jpg": "emu"}))
    store.set_second_share(1)
    store.close()


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
