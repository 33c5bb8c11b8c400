"""What a bake-off is to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.bakeoff.contenders import CONTENDERS
from core.bakeoff.kinds import USUAL_KINDS
from core.bakeoff.results import Trial


@dataclass(frozen=True)
class Plan:
    """What to try.

    Attributes
    ----------
    kinds : tuple of str
        Names of `KINDS`.
    rates : tuple of float
        Shares of the labels to plant errors on.
    seeds : int
        Times that each is planted anew.
    methods : tuple of str
        Names of `CONTENDERS`.
    sample : int
        Items at most.
    embeddings : mapping of str to str
        Further embeddings by name: a file, or the folder of another audit.
    """

    kinds: tuple[str, ...] = USUAL_KINDS
    rates: tuple[float, ...] = (0.1,)
    seeds: int = 1
    methods: tuple[str, ...] = tuple(CONTENDERS)
    sample: int = 20_000
    embeddings: Mapping[str, str] = field(default_factory=dict)

    def trials(self, views: Sequence[str]) -> list[Trial]:
        """Return every trial in these embeddings; those on the same errors lie together."""
        return [
            Trial(view, kind, rate, seed, method)
            for kind in self.kinds
            for rate in self.rates
            for seed in range(self.seeds)
            for view in views
            for method in self.methods
        ]
