"""Audits that exchange their logs in any order come to the same, whoever sends to whom."""

import random

import pytest

from core.audit import item_id
from core.store import StoreError
from core.terms import Role, Verdict
from tests.core.making import Auditor

CONTENTS = {str(n): label for n, label in enumerate(["ant", "bee", "cat", "ant", "bee"])}
CLASSES = ("ant", "bee", "cat")


class Team:
    """An audit, and the people who decide in it."""

    def __init__(self, audit, number):
        self.audit, self.number = audit, number
        names = ("Ana", "Ben", "Cleo")
        self.people = [Auditor(audit.store, name, f"{name} at {number}") for name in names]

    def path(self, content):
        return f"{self.number}/{content}.jpg"

    def act(self, rng):
        """Let somebody decide, take back or decide again; what cannot be done is not."""
        who, path = rng.choice(self.people), self.path(rng.choice(sorted(CONTENTS)))
        action = rng.choice(["judge"] * 5 + ["undo", "undo", "redo", "undo all"])
        try:
            if action == "judge":
                verdict = rng.choice(list(Verdict))
                count = {Verdict.RELABEL: 1, Verdict.AMBIGUOUS: 2}.get(verdict, 0)
                role = rng.choice([Role.REVIEW, Role.REVIEW, Role.SECOND, Role.ADJUDICATION])
                who.judge(path, verdict, rng.sample(CLASSES, count), role=role)
            elif action == "undo":
                who.undo(path)
            else:
                who.seq += 1
                key = {"session": who.session, "seq": who.seq, "auditor": who.name}
                if action == "redo":
                    self.audit.store.add_redo(item_id=item_id(path), **key)
                else:
                    self.audit.store.undo_action(**key)
        except StoreError:
            pass

    def state(self):
        """What counts of everybody, and the final label, by content."""
        final = {row["content_hash"]: row["final"] for row in self.audit.store.input_rows()}
        counting = self.audit.store.annotations([item_id(self.path(one)) for one in CONTENTS])
        return {
            one: (
                [
                    (row["auditor"], row["role"], row["verdict"], row["labels"], row["at"])
                    for row in counting.get(item_id(self.path(one)), [])
                ],
                final[one],
            )
            for one in CONTENTS
        }


@pytest.mark.parametrize("seed", range(6))
def test_after_every_exchange_all_audits_say_the_same(make, send, monkeypatch, seed):
    rng = random.Random(seed)
    teams = [
        Team(make(**{f"{n}/{one}.jpg": (label, one) for one, label in CONTENTS.items()}), n)
        for n in range(3)
    ]
    minute = 0
    for _ in range(4):
        for _ in range(12):
            minute += 1
            at = f"2026-11-30T{minute // 60:02}:{minute % 60:02}:00.000+00:00"
            for module in ("core.store.verdict_log", "core.store.connection"):
                monkeypatch.setattr(f"{module}.now", lambda at=at: at)
            rng.choice(teams).act(rng)
        one, other = rng.sample(teams, 2)
        send(one.audit, other.audit)
    for _ in range(2):
        ways = [(one, other) for one in teams for other in teams if one is not other]
        rng.shuffle(ways)
        for one, other in ways:
            assert send(one.audit, other.audit).unplaced == []
    states = [team.state() for team in teams]
    assert states[0] == states[1] == states[2]
    sizes = {team.audit.store.log_size(team.audit.store.log_id()) for team in teams}
    assert len(sizes) == 1
    assert all(send(one.audit, two.audit).stored == 0 for one in teams for two in teams)
