"""A server that is killed under an auditor's hands, and what must be there afterward."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.store import Store
from tests.browser.desk_driver import press, wait_for_image, wait_until_saved
from tests.browser.server import Server
from tests.core.making import verdict_log

VERDICT_OF = {"k": "keep", "n": "none", "x": "bad image", "u": "unsure"}
"""Keys that decide without a suggestion."""


class Kill(NamedTuple):
    """One kill.

    Attributes
    ----------
    before : int
        Verdicts given before it, as fast as images are painted.
    after_ms : int
        From the last of them to the kill.
    hanging : int
        Verdicts that are sent while the server hangs, before it dies of it.
    offline : int
        Verdicts given while there is no server.
    reload : bool
        Whether the page is loaded again, or finds the server by itself.
    """

    before: int
    after_ms: int
    hanging: int
    offline: int
    reload: bool


@dataclass
class Sitting:
    """An auditor at the desk whose server is killed now and then.

    Attributes
    ----------
    given : list of (item id, verdict)
        What was decided, in order.
    unsaved : list of int
        For each kill, verdicts that were not on disk when the server died.
    """

    page: Any
    server: Server
    store: Store
    at: str
    given: list[tuple[str, str]] = field(default_factory=list)
    unsaved: list[int] = field(default_factory=list)

    def decide(self, key: str) -> None:
        """Press `key` on the item on screen and wait for the next one."""
        self.given.append((self.at, VERDICT_OF[key]))
        self.at = press(self.page, key, self.at)

    def survive(self, kill: Kill, keys: Callable[[], str]) -> None:
        """Work, lose the server, work on, get it back; then check that nothing is amiss."""
        for _ in range(kill.before):
            self.decide(keys())
        self.page.wait_for_timeout(kill.after_ms)
        if kill.hanging:
            self.server.hang()
        for _ in range(kill.hanging):
            self.decide(keys())
        self.server.kill()
        self.unsaved.append(len(self.given) - len(verdict_log(self.store)))
        for _ in range(kill.offline):
            self.decide(keys())
        self.server.start()
        if kill.reload:
            self.page.reload()
            shown = wait_for_image(self.page)
            assert shown == self.at, f"reloaded at {shown}, not where Ana was, {self.at}"
        # When a page finds its server again is up to Streamlit's client and the machine's load.
        wait_until_saved(self.page, timeout=60_000)
        self.check()

    def check(self) -> None:
        """Assert that the log holds what was given: all of it, once, on the right items."""
        stored = [(row["item_id"], row["verdict"]) for row in verdict_log(self.store)]
        assert sorted(stored) == sorted(self.given)
        assert stored == self.given, "the verdicts were stored in another order"
        assert wait_for_image(self.page) == self.at


def random_kills(count: int, rng: random.Random) -> list[Kill]:
    """Draw `count` kills at moments of every kind."""
    return [
        Kill(
            before=rng.randint(1, 8),
            after_ms=rng.choice([0, 0, 5, 20, 80, 300]),
            hanging=rng.choice([0, 0, 0, 2]),
            offline=rng.choice([0, 0, 1, 3]),
            reload=rng.random() < 0.5,
        )
        for _ in range(count)
    ]


def random_keys(rng: random.Random, among: Sequence[str] = tuple(VERDICT_OF)) -> Callable[[], str]:
    """Return what draws a key that decides."""
    return lambda: rng.choice(among)
