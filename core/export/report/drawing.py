"""Charts of a report: vector graphics within the page, which takes their colors.

A color never stands alone: what it means is written beside it, with the number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.export.report.markup import Content, Html, joined, tag

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 36, 48
GAP = 3
"""Between two parts of a bar, of a thousand."""


@dataclass(frozen=True)
class Part:
    """A part of a bar.

    Attributes
    ----------
    title : str
        What is counted.
    count : int
    color : str
        One of the page's (``error``, ``right``, ``open``), or in hexadecimals.
    """

    title: str
    count: int
    color: str


class Bar(NamedTuple):
    """A bar with what stands to its left and right."""

    label: Content
    parts: Sequence[Part]
    text: Content


class Interval(NamedTuple):
    """A share with its interval, 0..1, and what stands to its left and right."""

    label: Content
    low: float
    value: float
    high: float
    text: Content


def _fill(color: str) -> dict[str, str]:
    return {"fill": color} if color.startswith("#") else {"class_": f"fill-{color}"}


def _swatch(color: str) -> Html:
    square = tag("rect", x=0.5, y=0.5, width=11, height=11, rx=2, **_fill(color))
    return tag(
        "svg", square, viewBox="0 0 12 12", width=12, height=12, class_="swatch", aria_hidden="true"
    )


def legend(parts: Sequence[Part], with_counts: bool = True) -> Html:
    """Return what the colors of bars mean."""
    return tag(
        "ul",
        [
            tag(
                "li", _swatch(part.color), " ", part.title,
                [" ", tag("b", part.count)] if with_counts else None,
            )
            for part in parts
        ],
        class_="legend",
    )  # fmt: skip


def _line_of(parts: Sequence[Part], whole: int) -> Html:
    """Return the parts beside each other, of a thousand where they are the `whole`."""
    left, drawn = 0.0, []
    for part in parts:
        width = 1000 * part.count / whole if whole else 0
        if width:
            # The least part is still seen.
            shape = tag(
                "rect", x=left, y=0, width=max(width - GAP, 2), height=20, **_fill(part.color)
            )
            drawn.append(shape)
        left += width
    return tag(
        "svg", drawn, viewBox="0 0 1000 20", preserveAspectRatio="none", class_="bar",
        aria_hidden="true",
    )  # fmt: skip


def stacked(parts: Sequence[Part]) -> Html:
    """Return one bar of all parts, with a legend."""
    whole = sum(part.count for part in parts)
    return tag("div", _line_of(parts, whole), legend(parts), class_="stacked")


def bars(rows: Sequence[Bar], whole: int | None = None) -> Html:
    """Return bars below each other.

    Parameters
    ----------
    rows : sequence of Bar
    whole : int or None
        What the full width stands for; None for the sum of each bar.
    """
    return _rows(
        (bar.label, _line_of(bar.parts, whole or sum(p.count for p in bar.parts)), bar.text)
        for bar in rows
    )


def intervals(rows: Sequence[Interval]) -> Html:
    """Return shares with their intervals below each other, on a scale from 0 to 100 %."""
    return _rows((row.label, _interval(row), row.text) for row in rows)


def _rows(rows: Iterable[tuple[Content, Html, Content]]) -> Html:
    cells = [
        joined(tag("div", label, class_="bar-label"), drawn, tag("div", text, class_="bar-text"))
        for label, drawn, text in rows
    ]
    return tag("div", [tag("div", cell, class_="bar-row") for cell in cells], class_="bars")


def _interval(row: Interval) -> Html:
    return tag(
        "svg",
        tag("rect", x=0, y=7, width=1000, height=6, class_="fill-track"),
        tag("rect", x=1000 * row.low, y=5, width=max(1000 * (row.high - row.low), 2), height=10,
            class_="fill-interval"),
        tag("rect", x=min(max(1000 * row.value - 3, 0), 994), y=0, width=6, height=20,
            class_="fill-mark"),
        viewBox="0 0 1000 20", preserveAspectRatio="none", class_="bar", aria_hidden="true",
    )  # fmt: skip


def ticks(most: int, about: int = 5) -> list[int]:
    """Return round numbers from 0 up to the first that is not below `most`.

    Examples
    --------
    >>> ticks(60), ticks(1234), ticks(1)
    ([0, 20, 40, 60], [0, 500, 1000, 1500], [0, 1])
    """
    step = 1
    while step * about < most:
        # 1, 2, 5, 10, 20, 50 …
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [step * number for number in range(-(-max(most, 1) // step) + 1)]


def curve(
    points: Sequence[tuple[int, int]], *, x_title: str, y_title: str, found: Content, best: Content
) -> Html:
    """Return a line through points that never fall, and where it would be at best: y as large as x.

    Parameters
    ----------
    points : sequence of (x, y)
        At least one, beside the origin.
    x_title, y_title : str
        Of the axes.
    found, best : str
        What the two lines are.
    """
    ys = ticks(points[-1][1])
    width, height = points[-1][0], ys[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            round(LEFT + (WIDTH - LEFT - RIGHT) * x / width, 1),
            round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / height, 1),
        )

    (left, base), (right, last) = place(0, 0), place(*points[-1])
    line = " ".join(f"{x},{y}" for x, y in [(left, base), *(place(*point) for point in points)])
    end = place(min(width, height), min(width, height))
    grid = [
        joined(
            tag("line", x1=left, x2=right, y1=place(0, y)[1], y2=place(0, y)[1], class_="grid"),
            tag("text", y, x=left - 8, y=place(0, y)[1] + 4, text_anchor="end"),
        )
        for y in ys
    ]
    axis = [
        tag("text", x, x=place(x, 0)[0], y=base + 20, text_anchor="middle")
        for x in ticks(width)
        if x <= width
    ]
    drawn = tag(
        "svg",
        tag("title", f"{y_title} by {x_title}"),
        grid,
        axis,
        tag("text", x_title, x=(left + right) / 2, y=HEIGHT - 6, text_anchor="middle"),
        tag("text", y_title, x=0, y=18),
        tag("line", x1=left, y1=base, x2=end[0], y2=end[1], class_="best"),
        tag("polyline", points=line, class_="curve"),
        tag("circle", cx=right, cy=last, r=4, class_="fill-error"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="chart",
    )  # fmt: skip
    lines = [("curve", found), ("best", best)]
    return joined(
        tag("ul", [tag("li", _stroke(kind), " ", text) for kind, text in lines], class_="legend"),
        drawn,
    )


def _stroke(kind: str) -> Html:
    drawn = tag("line", x1=0, y1=6, x2=26, y2=6, class_=kind)
    return tag(
        "svg", drawn, viewBox="0 0 26 12", width=26, height=12, class_="swatch", aria_hidden="true"
    )
