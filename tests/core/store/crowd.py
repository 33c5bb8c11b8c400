"""Simulated auditors at one audit: threads that share a store, in processes that share a file.

An auditor does what the desk does: shows the next item that it has ready, sends
the verdict on the one before, tells its place, and takes the answer in. In a
contest all of them decide on the same items, with several presses under way.
"""

import json
import random
import subprocess
import sys
import threading
from collections import Counter, deque
from pathlib import Path
from typing import NamedTuple

from core.audit import Audit
from core.review.desk.card_cache import CachedCards
from core.review.desk.conversation import desk_data, keep_place, store_actions
from core.review.queues.queue import Queue
from core.review.sender import Sender
from tests.core.making import verdict_log

ROOT = Path(__file__).parents[3]
EVERYTHING = Queue(everything=True)
VERDICTS = ("keep", "none", "bad image", "unsure")
SENT_AGAIN = 0.1


class Report(NamedTuple):
    """What one auditor has done.

    Attributes
    ----------
    auditor : str
    given : list of (seq, item id, verdict)
        Confirmed ones.
    shown : list of item ids
        What was on screen, the last one without a verdict.
    refused : list of str
        Reasons.
    retries : int
        Answers that asked for another attempt, as the database was busy.
    """

    auditor: str
    given: list[tuple[int, str, str]]
    shown: list[str]
    refused: list[str]
    retries: int


class Tally(NamedTuple):
    """What became of all verdicts."""

    verdicts: int
    lost: int
    doubled: int
    wrong_item: int
    shown_twice: int
    refused: int
    retries: int


def verdict_on(item):
    """What everybody would decide on an item: a verdict on a wrong one shows."""
    return VERDICTS[int(item[:8], 16) % len(VERDICTS)]


def review(cards, auditor, count, seed):
    """Decide on `count` items of the queue, as fast as answers come."""
    rng = random.Random(seed)
    store, report = cards.audit.store, Report(auditor, [], [], [], 0)
    retries = 0
    data = desk_data(cards, EVERYTHING, auditor, holder="window")
    at, seq = data["at"], 0
    while at is not None:
        report.shown.append(at)
        if len(report.given) == count:
            break
        action = {
            "session": f"desk of {auditor}",
            "seq": seq,
            "item": at,
            "verdict": verdict_on(at),
            "labels": [],
            "content_hash": data["cards"][at]["content_hash"],
            "given": data["cards"][at]["given"],
            "auditor": auditor,
            "seen": data["seen"],
        }
        coming = [item for item in data["order"] if item != at]
        (answer,) = store_actions(store, [action], Sender(auditor))
        while answer.get("retry"):
            retries += 1
            (answer,) = store_actions(store, [action], Sender(auditor))
        if rng.random() < SENT_AGAIN:  # the answer was lost on its way
            assert store_actions(store, [action], Sender(auditor)) == [answer]
        if answer["ok"]:
            report.given.append((seq, at, action["verdict"]))
        else:
            report.refused.append(answer["reason"])
        at, seq = next(iter(coming), None), seq + 1
        place = {"at": at, "next": coming[1:7], "skipped": []}
        at, loaded = keep_place(store, auditor, EVERYTHING, place)
        data = desk_data(cards, EVERYTHING, auditor, at=at, loaded=loaded, holder="window")
    return report._replace(retries=retries)


class Presses(NamedTuple):
    """What became of the keys that were pressed on the same images by everybody.

    Attributes
    ----------
    pressed : int
    stored : int
    refused : Counter
        By reason, without the name in it.
    in_log : int
        Verdicts in the log afterward.
    """

    pressed: int
    stored: int
    refused: Counter
    in_log: int

    @property
    def unaccounted(self):
        """Presses that were neither stored nor refused with a reason, or confirmed and lost."""
        answered = self.stored + self.refused.total()
        return abs(self.pressed - answered) + abs(self.stored - self.in_log)


def contend(cards, auditor, items, ahead):
    """Decide on `items` with `ahead` presses under way at a time, as a desk does on quick keys.

    An image whose verdict was refused is shown again as the answer has it, and decided again.
    """
    store = cards.audit.store
    shown = store.shown(items)
    waiting, under_way, pressed, stored, refused = deque(items), [], 0, 0, Counter()
    data = desk_data(cards, EVERYTHING, auditor, at=items[0], holder="window")
    seen = dict.fromkeys(items, data["seen"])
    while waiting or under_way:
        while waiting and len(under_way) < ahead:
            item = waiting.popleft()
            under_way.append({
                "session": f"quick desk of {auditor}", "seq": pressed, "item": item,
                "verdict": verdict_on(item), "labels": [], **shown[item]._asdict(),
                "auditor": auditor, "seen": seen[item],
            })  # fmt: skip
            pressed += 1
        answers = store_actions(store, under_way, Sender(auditor))
        at = waiting[0] if waiting else items[-1]
        data = desk_data(cards, EVERYTHING, auditor, at=at, results=answers, holder="window")
        again = []
        for action, answer in zip(under_way, answers, strict=False):
            if answer["ok"]:
                stored += 1
            elif not answer["retry"]:
                refused[answer["reason"].partition(" has ")[2] or answer["reason"]] += 1
                assert action["item"] in data["cards"], "what was refused is not shown anew"
                seen[action["item"]] = data["seen"]
                again.append(action["item"])
        answered = {answer["seq"] for answer in answers if answer["ok"] or not answer["retry"]}
        under_way = [action for action in under_way if action["seq"] not in answered]
        waiting.extendleft(reversed(again))
    return pressed, stored, refused


def contest(folder, groups, count, ahead=4):
    """Let everybody decide on the same `count` items, each group with a store of its own."""
    servers = [CachedCards(Audit(folder)) for _ in groups]
    items = EVERYTHING.ids(servers[0].audit.store)[:count]
    before = len(verdict_log(servers[0].audit.store))
    done, troubles = [], []

    def one(cards, auditor):
        try:
            done.append(contend(cards, auditor, items, ahead))
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [
        threading.Thread(target=one, args=[cards, auditor])
        for cards, group in zip(servers, groups, strict=True)
        for auditor in group
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    in_log = len(verdict_log(servers[0].audit.store)) - before
    for cards in servers:
        cards.audit.store.close()
    if troubles:
        raise troubles[0]
    pressed, stored, refused = zip(*done, strict=True)
    return Presses(sum(pressed), sum(stored), sum(refused, Counter()), in_log)


def work(folder, auditors, count):
    """Let auditors of one process work at once, each on a thread."""
    cards = CachedCards(Audit(folder))
    reports, troubles = [], []

    def one(auditor):
        try:
            reports.append(review(cards, auditor, count, auditor))
        except BaseException as trouble:
            troubles.append(trouble)

    print("ready", flush=True)
    sys.stdin.readline()
    threads = [threading.Thread(target=one, args=[auditor]) for auditor in auditors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cards.audit.store.close()
    if troubles:
        raise troubles[0]
    return reports


def crowd(folder, groups, count):
    """Let groups of auditors work at once, each group a process; return their reports."""
    command = [sys.executable, "-m", "tests.core.store.crowd", str(folder), str(count)]
    workers = [
        subprocess.Popen(
            [*command, *group], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for group in groups
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [worker.communicate()[0] for worker in workers]
    assert all(worker.returncode == 0 for worker in workers)
    return [Report(*report) for answer in answers for report in json.loads(answer)]


def tally(store, reports):
    """Compare what was confirmed with what the log holds."""
    log = Counter(
        (row["session"], row["seq"], row["item_id"], row["verdict"]) for row in verdict_log(store)
    )
    given = Counter(
        (f"desk of {report.auditor}", seq, item, verdict)
        for report in reports
        for seq, item, verdict in report.given
    )
    contents = {row["id"]: row["content_hash"] for row in store.input_rows()}
    people = Counter(item for report in reports for item in set(report.shown))
    return Tally(
        verdicts=log.total(),
        lost=(given - log).total(),
        doubled=(log - given).total(),
        wrong_item=sum(
            row["verdict"] != verdict_on(row["item_id"])
            or row["content_hash"] != contents[row["item_id"]]
            for row in verdict_log(store)
        ),
        shown_twice=sum(count > 1 for count in people.values()),
        refused=sum(len(report.refused) for report in reports),
        retries=sum(report.retries for report in reports),
    )


if __name__ == "__main__":
    folder, count, *auditors = sys.argv[1:]
    print(json.dumps(work(Path(folder), auditors, int(count))))
