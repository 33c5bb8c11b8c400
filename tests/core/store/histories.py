"""Histories of a data set whose files and labels move between runs, against a plain model.

A history is drawn from a seed: verdicts and undos on what the input holds, and between runs files
that are renamed, swapped, copied, deleted, brought back, replaced and labeled anew. The model knows
nothing of items: for it a verdict belongs to a picture.

`python -m tests.core.store.histories` plays many and prints what was checked.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from core.audit import item_id
from core.store import Decision, Store
from tests.core.making import file_found, records, verdict_log

CLASSES = ("ant", "bee", "cat")
NAMES = tuple(f"{letter}.jpg" for letter in "abcdefgh")


@dataclass
class Given:
    """A verdict as its author gave it."""

    item: str
    content: str
    given: str
    verdict: str
    labels: tuple[str, ...]
    is_undone: bool = False


@dataclass
class History:
    """A data set, the store of its audit, and what was decided so far.

    Attributes
    ----------
    files : dict of str to (str, str)
        Content and label by path.
    had_copies : set of str
        Contents that lay at two paths at once, ever: of those it is only known
        that one of the paths has the verdict.
    """

    store: Store
    rng: random.Random
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    had_copies: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    seq: int = 0
    contents: int = 0

    def begin(self) -> None:
        for name in NAMES[:5]:
            self.files[name] = (self._new_content(), self.rng.choice(CLASSES))
        # A class stays known when nothing carries it for a while.
        self.store.replace_listing(records({f"{name}.jpg": name for name in CLASSES}))
        self.run()

    def _new_content(self) -> str:
        self.contents += 1
        return f"content {self.contents}"

    # -- what people do ----------------------------------------------------------------------

    def judge(self) -> None:
        path = self.rng.choice(sorted(self.files))
        content, label = self.files[path]
        verdict = self.rng.choice(["keep", "keep", "relabel", "none"])
        others = [name for name in CLASSES if name != label]
        labels = (self.rng.choice(others),) if verdict == "relabel" else ()
        self.seq += 1
        self.store.add_action(
            session="s", seq=self.seq, auditor="Ana",
            decisions=[Decision(item_id(path), verdict, labels, content, label)],
        )  # fmt: skip
        self.given.append(Given(item_id(path), content, label, verdict, labels))

    def undo(self) -> None:
        """Undo the last verdict on a picture that has always been at one path alone."""
        paths = [p for p, (content, _) in sorted(self.files.items()) if self._standing(content)]
        paths = [path for path in paths if self.files[path][0] not in self.had_copies]
        if not paths:
            return
        path = self.rng.choice(paths)
        self.seq += 1
        self.store.add_undo(session="s", seq=self.seq, item_id=item_id(path), auditor="Ana")
        self._standing(self.files[path][0])[-1].is_undone = True

    def _standing(self, content: str) -> list[Given]:
        return [one for one in self.given if one.content == content and not one.is_undone]

    # -- what becomes of the data ------------------------------------------------------------

    def change(self) -> None:
        kind = self.rng.choice(
            ["rename", "rename", "swap", "rotate", "copy", "delete", "return", "replace", "relabel"]
        )
        getattr(self, f"_{kind}")()
        self.counts[kind] += 1

    def _paths(self, count: int) -> list[str]:
        return self.rng.sample(sorted(self.files), min(count, len(self.files)))

    def _free_name(self) -> str | None:
        free = [name for name in NAMES if name not in self.files]
        return self.rng.choice(free) if free else None

    def _rename(self) -> None:
        name = self._free_name()
        if name and self.files:
            self.files[name] = self.files.pop(self._paths(1)[0])

    def _swap(self) -> None:
        self._turn(self._paths(2))

    def _rotate(self) -> None:
        """Number all files anew, as after the first of them was taken out."""
        self._turn(sorted(self.files))

    def _turn(self, paths: list[str]) -> None:
        # By half, the labels stay where they are: the class is the folder's.
        held = [self.files[path] for path in paths]
        keeps_labels = self.rng.random() < 0.5
        for path, (content, label) in zip(paths, held[1:] + held[:1], strict=True):
            self.files[path] = (content, label if keeps_labels else self.files[path][1])

    def _copy(self) -> None:
        name = self._free_name()
        if name and self.files:
            self.files[name] = self.files[self._paths(1)[0]]

    def _delete(self) -> None:
        if len(self.files) > 2:
            self.deleted.append(self.files.pop(self._paths(1)[0]))

    def _return(self) -> None:
        name = self._free_name()
        if name and self.deleted:
            self.files[name] = self.deleted.pop(self.rng.randrange(len(self.deleted)))

    def _replace(self) -> None:
        for path in self._paths(1):
            self.deleted.append(self.files[path])
            self.files[path] = (self._new_content(), self.files[path][1])

    def _relabel(self) -> None:
        for path in self._paths(1):
            self.files[path] = (self.files[path][0], self.rng.choice(CLASSES))

    def run(self) -> None:
        """Do what a run of the audit does to the store."""
        self.store.replace_listing(
            records({path: label for path, (_, label) in self.files.items()})
        )
        self.store.record_files(
            [file_found(path, content) for path, (content, _) in self.files.items()], {}
        )
        self.store.place_verdicts()
        at = Counter(content for content, _ in self.files.values())
        self.had_copies |= {content for content, count in at.items() if count > 1}
        self.counts["runs"] += 1

    # -- what must be true -------------------------------------------------------------------

    def check(self) -> None:
        self.check_log()
        self.check_places()
        self.check_copies()

    def check_log(self) -> None:
        """Every verdict is in the log once, on the content and the label that its author saw."""
        names = {row["id"]: row["name"] for row in self.store._query("select * from classes")}
        stored = [
            (row["item_id"], row["content_hash"], names[row["given_id"]], row["verdict"])
            for row in verdict_log(self.store)
            if row["verdict"] != "undo"
        ]
        assert stored == [(one.item, one.content, one.given, one.verdict) for one in self.given]

    def expected(self, content: str, label: str) -> tuple[str, tuple[str, ...]] | None:
        """What decides a picture with that label: the last verdict, unless it kept another."""
        holding = [
            one for one in self._standing(content) if one.verdict != "keep" or one.given == label
        ]
        return (holding[-1].verdict, holding[-1].labels) if holding else None

    def check_places(self) -> None:
        """A picture that was never doubled has its verdict, wherever it is."""
        current = self.store.current_verdicts()
        for path, (content, label) in self.files.items():
            found = current.get(item_id(path))
            if content in self.had_copies:
                continue
            decided = found and (found["verdict"], tuple(found["labels"]))
            assert decided == self.expected(content, label), (path, content, label)
            self.counts["verdicts found with their picture"] += found is not None

    def check_copies(self) -> None:
        """No verdict is on another picture, at two places, or lost while there is room for it."""
        paths, places = defaultdict(set), defaultdict(set)
        for path, (content, _) in self.files.items():
            paths[content].add(item_id(path))
        rows = [row for row in verdict_log(self.store) if row["verdict"] != "undo"]
        for row in rows:
            places[row["content_hash"]].add(row["place_id"])
        for content, items in paths.items():
            held = places[content] & items
            assert len(held) == min(len(places[content]), len(items)), content
        contents = {row["id"]: row["content_hash"] for row in rows}
        at = {item_id(path): content for path, (content, _) in self.files.items()}
        for item, found in self.store.current_verdicts().items():
            if item in at:
                assert contents[found["id"]] == at[item]


def play(seed: int, runs: int = 6) -> Counter[str]:
    """Play one history and check it after every run; return what was done."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "audit.db")
        store._writer.conn.execute("pragma synchronous = off")  # for speed
        history = History(store, random.Random(seed))
        history.begin()
        for _ in range(runs):
            for _ in range(history.rng.randint(0, 4)):
                history.judge()
            if history.rng.random() < 0.4:
                history.undo()
            history.check()
            for _ in range(history.rng.randint(1, 4)):
                history.change()
            history.run()
            history.check()
        store.close()
        history.counts["verdicts"] = len(history.given)
        return history.counts


def main() -> None:
    """Play histories and print what was done in them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    options = parser.parse_args()
    counts = Counter[str]()
    for seed in range(options.first, options.first + options.histories):
        try:
            counts += play(seed)
        except AssertionError:
            print(f"history {seed} went wrong")
            raise
    print(f"{options.histories:,} histories, each checked after every run: nothing amiss")
    for name, count in counts.most_common():
        print(f"{count:>9,} {name}")


if __name__ == "__main__":
    main()
