"""The log of verdicts in plain Python: what the database must come to, said the slow way."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A row of the log."""

    id: int
    item: str
    auditor: str
    verdict: str
    labels: tuple[str, ...]
    content: str | None
    role: str
    action: int
    undoes: int | None = None
    redoes: int | None = None


def final_label(given, verdict, labels=(), kept=None):
    """The label that an item leaves the audit with; `kept` was given when it was judged."""
    if verdict == "keep":
        return kept or given or ""
    if verdict in ("relabel", "ambiguous"):
        return "|".join(sorted(labels))
    if verdict in ("none", "bad image"):
        return ""
    return given or ""


class Refused(Exception):
    """What the store refuses with a sentence."""


class PlainLog:
    """Items with a given label and a content, and the log of what people decided on them.

    Each method that changes something is an action of its own, with the next number.
    """

    def __init__(self, given, contents):
        self.given = given
        self.contents = contents
        self.rule = "adjudicated"
        self.log = []
        self.actions = 0

    # -- what people do ------------------------------------------------------------------

    def decide(self, auditor, decisions, role="review", seen=None):
        wanted = {item for item, _, _ in decisions}
        if seen is not None and any(
            e.item in wanted and e.id > seen and e.auditor != auditor for e in self.kept()
        ):
            raise Refused
        self.actions += 1
        for item, verdict, labels in decisions:
            self._append(item, auditor, verdict, labels, self.contents[item], role)

    def undo(self, auditor):
        kept = [entry for entry in self.kept() if entry.auditor == auditor]
        if not kept:
            raise Refused
        self._take_back([entry for entry in kept if entry.action == kept[-1].action])

    def undo_item(self, auditor, item):
        kept = [e for e in self.kept() if (e.auditor, e.item) == (auditor, item)]
        if not kept:
            raise Refused
        self._take_back(kept[-1:])

    def redo(self, auditor):
        undos = self.redoable(auditor)
        if not undos:
            raise Refused
        latest = [undo for undo in undos if undo.action == undos[-1].action]
        self._give_again([self._entry(undo.undoes) for undo in latest])

    def redo_item(self, auditor, item):
        own = [e for e in self.log if (e.auditor, e.item) == (auditor, item)]
        if not own or own[-1].verdict != "undo":
            raise Refused
        self._give_again([self._entry(own[-1].undoes)])

    def _append(self, item, auditor, verdict, labels, content, role, **more):
        entry = Entry(
            len(self.log) + 1, item, auditor, verdict, labels, content, role, self.actions, **more
        )
        self.log.append(entry)

    def _take_back(self, entries):
        self.actions += 1
        for e in entries:
            self._append(e.item, e.auditor, "undo", (), None, e.role, undoes=e.id)

    def _give_again(self, entries):
        entries = sorted(entries, key=lambda entry: entry.id)
        if any(e.content not in (None, self.contents[e.item]) for e in entries):
            raise Refused
        self.actions += 1
        for e in entries:
            self._append(e.item, e.auditor, e.verdict, e.labels, e.content, e.role, redoes=e.id)

    def _entry(self, entry_id):
        return self.log[entry_id - 1]

    # -- what it comes to ----------------------------------------------------------------

    def kept(self):
        """Verdicts that nobody has undone."""
        undone = {entry.undoes for entry in self.log}
        return [e for e in self.log if e.verdict != "undo" and e.id not in undone]

    def standing(self):
        """Those that were given on what the item shows now."""
        return [e for e in self.kept() if e.content in (None, self.contents[e.item])]

    def redoable(self, auditor):
        """Undos that were not redone, and after which the auditor has decided nothing new."""
        redone = {entry.redoes for entry in self.log}
        own = [entry for entry in self.log if entry.auditor == auditor]
        new = max((e.id for e in own if e.verdict != "undo" and e.redoes is None), default=0)
        return [e for e in own if e.verdict == "undo" and e.undoes not in redone and e.id > new]

    def words(self, item):
        """The last standing word of each person, and of each adjudicator as such."""
        last = {}
        for e in self.standing():
            if e.item == item:
                last[e.auditor, e.role == "adjudication"] = e
        return sorted(last.values(), key=lambda entry: entry.id)

    def choice(self, entry):
        """What a verdict comes to."""
        if entry.verdict == "keep" and self.given[entry.item]:
            return frozenset([self.given[entry.item]])
        return frozenset(entry.labels) or entry.verdict

    def deciding(self, item):
        """The word that decides by the rule, or None."""
        words = self.words(item)
        sure = [word for word in words if word.verdict != "unsure"]
        if self.rule == "latest" or not sure:
            return words[-1] if words else None
        if self.rule == "adjudicated":
            return ([word for word in sure if word.role == "adjudication"] or sure)[-1]

        def votes(word):
            return sum(
                other.role != "adjudication" and self.choice(other) == self.choice(word)
                for other in words
            )

        most = max(votes(word) for word in sure)
        best = [word for word in sure if votes(word) == most]
        return ([word for word in best if word.role == "adjudication"] or best)[-1]

    def current(self):
        decided = {item: self.deciding(item) for item in self.given}
        return {item: word for item, word in decided.items() if word is not None}

    def disputed(self):
        """Items on which people who are sure disagree."""
        return {item for item in self.given if len(self._choices(item)) > 1}

    def _choices(self, item):
        return {
            self.choice(word)
            for word in self.words(item)
            if word.verdict != "unsure" and word.role != "adjudication"
        }

    def for_second_look(self, auditor):
        """Items for a blind second look where all judged items get one."""
        return {
            item
            for item in self.current()
            if all((w.auditor == auditor) == (w.role == "second") for w in self.words(item))
        }
