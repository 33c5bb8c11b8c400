"""Two audits of the same images: two networks, two labeled versions, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from core.audit.folder import Audit, AuditError
from core.store import Row

MOST_ITEMS = 200_000


class Pair(NamedTuple):
    """What two audits hold of one image; None where one does not have it."""

    left: Row | None
    right: Row | None

    @property
    def item(self) -> Row:
        """The image, in the first audit that has it."""
        item = self.left or self.right
        assert item is not None
        return item


@dataclass(frozen=True)
class Difference:
    """One way in which images differ between two audits.

    Attributes
    ----------
    title : str
        What people read; ``{left}`` and ``{right}`` stand for the audits' names.
    holds : callable
        Tells of a pair whether it differs in this way.
    before, after : callable
        Of a pair, the two labels to be shown beside each other.
    in_right : bool
        Whether it is to be looked at in the right audit.
    """

    title: str
    holds: Callable[[Row, Row], bool]
    before: Callable[[Row, Row], str | None]
    after: Callable[[Row, Row], str | None]
    in_right: bool = False


def _is_suspect(item: Row) -> bool:
    return item["suggested"] is not None and item["given"] is not None


DIFFERENCES = {
    "labeled": Difference(
        "labeled otherwise",
        holds=lambda a, b: a["given"] != b["given"],
        before=lambda a, b: a["given"],
        after=lambda a, b: b["given"],
    ),
    "left_suspect": Difference(
        "suspect in {left} only",
        holds=lambda a, b: _is_suspect(a) and not _is_suspect(b),
        before=lambda a, b: a["given"],
        after=lambda a, b: a["suggested"],
    ),
    "right_suspect": Difference(
        "suspect in {right} only",
        holds=lambda a, b: _is_suspect(b) and not _is_suspect(a),
        before=lambda a, b: b["given"],
        after=lambda a, b: b["suggested"],
        in_right=True,
    ),
    "suggested": Difference(
        "suspect in both, with another class suggested",
        holds=lambda a, b: _is_suspect(a) and _is_suspect(b) and a["suggested"] != b["suggested"],
        before=lambda a, b: a["suggested"],
        after=lambda a, b: b["suggested"],
    ),
    "decided": Difference(
        "decided otherwise",
        holds=lambda a, b: bool(a["verdict"] and b["verdict"]) and a["final"] != b["final"],
        before=lambda a, b: a["final"] or a["verdict"],
        after=lambda a, b: b["final"] or b["verdict"],
    ),
}
"""Every way in which an image of both audits may differ, in the order of the page."""


@dataclass
class AuditComparison:
    """What differs between two audits.

    Attributes
    ----------
    both : int
        Images of both, recognized by content.
    suspect_in_both : int
    only_left, only_right : list of Pair
        Images that one audit does not have.
    different : dict of str to list of Pair
        By the name of a difference, the most suspect first.
    """

    both: int = 0
    suspect_in_both: int = 0
    only_left: list[Pair] = field(default_factory=list)
    only_right: list[Pair] = field(default_factory=list)
    different: dict[str, list[Pair]] = field(
        default_factory=lambda: {name: [] for name in DIFFERENCES}
    )


def compare_audits(left: Audit, right: Audit, auditor: str | None) -> AuditComparison:
    """Compare two audits image by image.

    An image is recognized by its content; of several with the same content,
    those with the same path belong together first.

    Parameters
    ----------
    left, right : Audit
    auditor : str or None
        Who looks: verdicts on what waits for their blind second review are left
        out. None for the owner of the data.

    Raises
    ------
    AuditError
        When one of them is too large.
    """
    found = AuditComparison()
    for pair in _pairs(_rows(left, auditor), _rows(right, auditor)):
        if pair.right is None:
            found.only_left.append(pair)
        elif pair.left is None:
            found.only_right.append(pair)
        else:
            found.both += 1
            found.suspect_in_both += _is_suspect(pair.left) and _is_suspect(pair.right)
            for name, difference in DIFFERENCES.items():
                if difference.holds(pair.left, pair.right):
                    found.different[name].append(pair)
    return found


def _rows(audit: Audit, auditor: str | None) -> list[Row]:
    count = audit.store.counts()["items"]
    if count > MOST_ITEMS:
        raise AuditError(
            f"{audit.name} has {count:,} images; up to {MOST_ITEMS:,} can be compared."
        )
    hidden = set(audit.store.blind_ids(auditor))
    unseen: Row = {"verdict": None, "final": None}
    return [row | (unseen if row["id"] in hidden else {}) for row in audit.store.compared_rows()]


def _pairs(left: Iterable[Row], right: Iterable[Row]) -> list[Pair]:
    """Return all images of both sides, each with the one that it is on the other."""
    waiting: dict[str, dict[str, Row]] = defaultdict(dict)
    unread = []
    for row in right:
        if row["content_hash"] is None:
            unread.append(Pair(None, row))
        else:
            waiting[row["content_hash"]][row["path"]] = row
    by_content: list[Row] = []
    pairs = []
    for row in left:
        same = waiting.get(row["content_hash"] or "", {})
        if row["path"] in same:
            pairs.append(Pair(row, same.pop(row["path"])))
        else:
            by_content.append(row)
    for row in by_content:
        same = waiting.get(row["content_hash"] or "", {})
        pairs.append(Pair(row, same.pop(min(same)) if same else None))
    rest = (Pair(None, row) for same in waiting.values() for row in same.values())
    return [*sorted(pairs, key=_suspicion, reverse=True), *rest, *unread]


def _suspicion(pair: Pair) -> float:
    """Return how suspect the image is in the audit that suspects it more."""
    return max(row["suspicion"] or 0.0 for row in pair if row is not None)
