"""Search in an audit by examples, over what is labeled, what is not, or both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.arrays.blocks import some_rows
from core.audit import Audit, AuditError
from core.query.tree import Query
from core.search.best_rows import best_rows
from core.search.example_probe import ExampleProbe
from core.text import counted

BACKGROUND = 2000
"""Items of the sample that examples are told apart from."""
MOST_EXAMPLES = 500


class Hit(NamedTuple):
    """An item that was found.

    Attributes
    ----------
    id : str
    score : float
        1 is as a positive example, 0 as an average item.
    """

    id: str
    score: float


class ExampleSearch:
    """Finds the items of an audit that look like examples and not like counterexamples.

    Holds the map of the audit's vectors; make another when its neighbors were made anew.

    Parameters
    ----------
    audit : Audit

    Raises
    ------
    AuditError
        When nothing is embedded yet.
    """

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        try:
            table = audit.neighbors()
        except FileNotFoundError:
            raise AuditError(
                f"The images of the audit in {audit.folder} are not compared yet, so that it"
                " cannot be searched; compute it first."
            ) from None
        self.ids, self.vectors = table.ids, table.vectors
        self._row = {item_id: row for row, item_id in enumerate(self.ids.tolist())}
        n = len(self.ids)
        chosen = np.random.default_rng(0).choice(n, min(BACKGROUND, n), replace=False)
        self._probe = ExampleProbe(some_rows(self.vectors, np.sort(chosen)))

    def __contains__(self, item_id: object) -> bool:
        """Tell whether the item of that id is embedded, so that it can be an example."""
        return item_id in self._row

    def find(
        self,
        plus: Sequence[str],
        minus: Sequence[str] = (),
        count: int = 50,
        query: Query = Query.ALL,
        auditor: str | None = None,
    ) -> list[Hit]:
        """Return the items that match best; examples and counterexamples are not among them.

        Parameters
        ----------
        plus, minus : sequence of str
            Ids of examples and counterexamples.
        count : int
            At most so many.
        query : Query
            Only items that meet it, see README, *Browse*: ``is:unlabeled`` is
            the unlabeled pool.
        auditor : str, optional
            What a blind second review hides from them is not searched for either.

        Raises
        ------
        AuditError
            Without an example, with too many, or with one that is not embedded.
        """
        return self.find_among(self.candidates(query, auditor), plus, minus, count)

    def find_among(
        self,
        candidates: NDArray[np.bool_],
        plus: Sequence[str],
        minus: Sequence[str] = (),
        count: int = 50,
    ) -> list[Hit]:
        """Return the best of `candidates`, bool (n,), otherwise as `find`.

        Which items a query finds takes longer than the search: who changes only the
        examples asks for it once.
        """
        if not plus:
            raise AuditError("A search needs an example of what it is to find.")
        if len(plus) + len(minus) > MOST_EXAMPLES:
            examples = counted(len(plus) + len(minus), "example")
            raise AuditError(f"A search takes at most {MOST_EXAMPLES} examples, not {examples}.")
        rows, others = self._rows(plus), self._rows(minus)
        direction = self._probe.direction(self._examples(rows), self._examples(others))
        among = candidates.copy()
        among[[*rows, *others]] = False
        found = best_rows(self.vectors, direction, count, among)
        scale = self._scale(direction, rows)
        offset = float(self._probe.mean @ direction)
        return [
            Hit(str(self.ids[row]), (score - offset) / scale)
            for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True)
        ]

    def _rows(self, ids: Sequence[str]) -> list[int]:
        missing = [one for one in ids if one not in self._row]
        if missing:
            raise AuditError(f"There is no embedded item with the id {missing[0][:60]!r}.")
        return sorted({self._row[one] for one in ids})

    def _examples(self, rows: list[int]) -> NDArray[np.float32]:
        return some_rows(self.vectors, np.array(rows, np.intp))

    def candidates(self, query: Query = Query.ALL, auditor: str | None = None) -> NDArray[np.bool_]:
        """Return which rows are listed and meet `query`, bool (n,); see `find`."""
        matching = self.audit.store.match_ids(query, auditor=auditor)
        among = np.zeros(len(self.ids), np.bool_)
        among[[self._row[one] for one in matching if one in self._row]] = True
        return among

    def _scale(self, direction: NDArray[np.float32], rows: list[int]) -> float:
        products = (self._examples(rows) - self._probe.mean) @ direction
        return max(float(products.mean()), 1e-9)
