"""What an export will write, counted and shown before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.audit import Audit
from core.export.choices import UNREVIEWED, ExportChoices
from core.export.corrected import AuditDecisions, CorrectedItem, chosen
from core.export.unblinding import check_unblinded


@dataclass
class Preview:
    """What an export will write, by the choices.

    Attributes
    ----------
    counts : Counter
        Of items: ``items``, ``changed``, ``left_out``, ``unlabeled``, ``several``,
        as the manifest of the export will have them.
    verdicts : Counter
        Items by verdict, those without one as ``unreviewed``.
    decided : list of CorrectedItem
        Those that have a verdict, the latest first.
    """

    counts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    decided: list[CorrectedItem] = field(default_factory=list)

    def add(self, item: CorrectedItem, times: int = 1) -> None:
        """Count an item, or as many as leave just like it."""
        verdict = item.verdict or UNREVIEWED
        self.verdicts[verdict] += times
        self.counts.update(
            {
                "items": times,
                "changed": times * (item.is_changed and not item.is_left_out),
                "left_out": times * item.is_left_out,
                "unlabeled": times * (not item.labels and not item.is_left_out),
                "several": times * (len(item.labels) > 1 and not item.is_left_out),
            }
        )

    @property
    def written(self) -> int:
        """How many items the export will hold."""
        return self.counts["items"] - self.counts["left_out"]


@dataclass(frozen=True)
class Considered:
    """What an export will be made of, read once for whatever is chosen.

    Attributes
    ----------
    touched : list of CorrectedItem
        As they were decided, before any choice: those that have a verdict or
        whose class has changed, the latest verdict first.
    untouched : tuple of (int, int)
        How many others have a given label, and how many have none.
    spellings : dict of str to str
        How the input spells each class, by its name now.
    """

    touched: list[CorrectedItem]
    untouched: tuple[int, int]
    spellings: dict[str, str]

    @classmethod
    def of(cls, audit: Audit, auditor: str | None = None) -> Considered:
        """Read an audit as it is now, for an auditor or (None) the owner of the data.

        Only what was decided is looked at item by item; the time that it takes does
        not grow with what nobody has reviewed.

        Raises
        ------
        StillBlind
            When the auditor has blind second reviews to do.
        """
        check_unblinded(audit.store, auditor)
        with audit.store.snapshot() as snapshot:
            touched = list(AuditDecisions(snapshot).touched())
            return cls(touched, snapshot.untouched(), snapshot.spellings)

    def preview(self, choices: ExportChoices) -> Preview:
        """Return what an export will write by the choices."""
        found = Preview()
        for item in chosen(self.touched, choices, self.spellings):
            found.add(item)
            if item.verdict:
                found.decided.append(item)
        for item, times in _untouched(self.untouched):
            for one in chosen([item], choices, {}):
                found.add(one, times)
        return found


def _untouched(counts: tuple[int, int]) -> Iterator[tuple[CorrectedItem, int]]:
    """Yield an item that stands for those with a given label, and one for those without."""
    for times, label in zip(counts, ("given", None), strict=True):
        labels = () if label is None else (label,)
        yield CorrectedItem("", "", None, None, None, {}, label, label, labels, ()), times
