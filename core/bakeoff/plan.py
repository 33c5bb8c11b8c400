"""The trials of a bake-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.bakeoff.contenders import USUAL
from core.bakeoff.kinds import USUAL_KINDS
from core.bakeoff.results import Trial


@dataclass(frozen=True)
class Plan:
    """Settings of a bake-off.

    Attributes
    ----------
    kinds : tuple of str
        Names of `KINDS`.
    rates : tuple of float
        Noise rates.
    seeds : int
        Repetitions of each with another seed.
    methods : tuple of str
        Names of `core.bakeoff.contenders.CONTENDERS`.
    sample : int
        Maximum number of items.
    embeddings : mapping of str to str
        Further embeddings by name: a file, or the folder of another audit.
    """

    kinds: tuple[str, ...] = USUAL_KINDS
    rates: tuple[float, ...] = (0.1,)
    seeds: int = 1
    methods: tuple[str, ...] = USUAL
    sample: int = 20_000
    embeddings: Mapping[str, str] = field(default_factory=dict)

    def trials(self, views: Sequence[str]) -> list[Trial]:
        """Return every trial in these embeddings, grouped by the errors they share."""
        return [
            Trial(view, kind, rate, seed, method)
            for kind in self.kinds
            for rate in self.rates
            for seed in range(self.seeds)
            for view in views
            for method in self.methods
        ]
