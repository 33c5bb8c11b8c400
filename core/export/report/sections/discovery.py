"""Discovery curve: how many errors were found after how many reviews."""

from __future__ import annotations

from typing import NamedTuple

from core.export.report import drawing
from core.export.report.markup import Html, joined, numbers, paragraph, share, table, tag
from core.export.report.pictures import Pictures
from core.export.report.section import Section, Subject
from core.text import counted

POINTS = 240
ROWS = 10
LATEST = 50
FEWEST = 2
"""Reviews from which on there is a line to draw."""


class Discovery(NamedTuple):
    """Errors found by review effort.

    Attributes
    ----------
    points : list of (reviewed, errors)
    latest, errors_of_latest : int
        The last images that were reviewed, and how many of them are wrong.
    """

    points: list[tuple[int, int]]
    latest: int
    errors_of_latest: int

    @property
    def total(self) -> tuple[int, int]:
        """Reviewed images, and errors found, in all."""
        return self.points[-1]


def facts(subject: Subject) -> Discovery | None:
    """Read the curve; None while it is too short."""
    rows = subject.store.discovery(POINTS, LATEST)
    points = [(row["reviewed"], row["errors"]) for row in rows]
    if not points or points[-1][0] < FEWEST:
        return None
    reviewed, errors = points[-1]
    latest = min(LATEST, reviewed)
    before = dict(points).get(reviewed - latest, 0)
    return Discovery(points, latest, errors - before)


def body(discovery: Discovery, pictures: Pictures) -> Html:
    """Draw the curve, and say what its end means."""
    reviewed, errors = discovery.total
    lead = (
        f"{counted(errors, 'label error')} in {counted(reviewed, 'reviewed image')}"
        f" ({share(errors, reviewed)})."
    )
    if reviewed > discovery.latest:
        lead += (
            f" Of the last {discovery.latest}, {discovery.errors_of_latest:,}"
            f" {'was' if discovery.errors_of_latest == 1 else 'were'} wrong."
        )
    return joined(
        paragraph(
            lead,
            " Auditors see the most suspect images first: a line that still climbs at its end means"
            " that further review would find more errors.",
        ),
        tag(
            "figure",
            drawing.curve(
                discovery.points,
                x_title="images reviewed",
                y_title="label errors found",
                found=["found: ", tag("b", errors), f" of {reviewed:,}"],
                best="if every reviewed label were wrong",
            ),
            class_="wide",
        ),
        numbers(
            "the curve",
            table(
                ["Images reviewed", "Label errors found", "Share wrong"],
                [[f"{x:,}", y, share(y, x)] for x, y in _spread(discovery.points)],
            ),
        ),
    )


def _spread(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return some points, evenly spread, the last included."""
    wanted = [round(points[-1][0] * part / ROWS) for part in range(1, ROWS + 1)]
    near = [min(points, key=lambda point: abs(point[0] - one)) for one in wanted]
    return list(dict.fromkeys(near))


SECTION = Section(
    name="discovery", order=30, title="Errors found by review effort", facts=facts, body=body
)
