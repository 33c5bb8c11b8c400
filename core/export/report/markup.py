"""Elements of HTML that escape whatever is put into them.

A text is data unless this module has made it: `tag` escapes every child and every
attribute that is not `Html`, and knows only addresses within the page and pictures
of its own. What comes out is well-formed, as HTML and as XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.text import LONGEST_SENTENCE, sentence

LONGEST_NAME = 72
"""Characters of a name in the report; the middle of longer ones is left out."""

VOID = frozenset(("br", "hr", "img", "meta", "circle", "line", "path", "polyline", "rect"))
"""Elements without content."""

ADDRESS = re.compile(r"#[a-z0-9-]+|data:image/jpeg;base64,[A-Za-z0-9+/=]+")
ADDRESSES = frozenset(("href", "src"))
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
NUMBER = re.compile(r"–|(under )?[\d,.]+(\u00a0%)?")
# What no XML may hold, halves of characters included.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Html(str):
    """Text that is markup already; whatever is joined to it is plain text again."""

    __slots__ = ()


Content = str | int | None | Iterable["Content"]
"""What may stand in an element; None is nothing."""

NOTHING = Html("")


def escaped(text: str) -> Html:
    """Return a text as it stands in an element or in an attribute.

    Examples
    --------
    >>> escaped('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    if isinstance(text, Html):
        return text
    text = _UNWRITABLE.sub("\ufffd", text)
    for sign, entity in (
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"),
    ):  # fmt: skip
        text = text.replace(sign, entity)
    return Html(text)


def joined(*children: Content) -> Html:
    """Return contents one after the other, each escaped unless it is markup."""
    return Html("".join(_pieces(children)))


def _pieces(children: Iterable[Content]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            yield escaped(child)
        elif isinstance(child, int):
            yield f"{child:,}"
        else:
            yield from _pieces(child)


def tag(element: str, *children: Content, **attributes: str | float | None) -> Html:
    """Return an element.

    Parameters
    ----------
    element : str
        Its name.
    *children : str, int, None or iterables of them
        What stands in it; numbers with commas.
    **attributes : str, float or None
        A low line at the end is left off, others are hyphens; None is no attribute.

    Raises
    ------
    ValueError
        When an address leads out of the page, or a name is none of an attribute:
        that is a mistake of this program.

    Examples
    --------
    >>> tag("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    written = [element]
    for name, value in attributes.items():
        if value is None:
            continue
        name = name.rstrip("_").replace("_", "-")
        if not NAME.fullmatch(name) or name.startswith("on"):
            raise ValueError(f"{name!r} is no attribute that the report may have.")
        text = value if isinstance(value, str) else f"{value:g}"
        if name in ADDRESSES and not ADDRESS.fullmatch(text):
            raise ValueError("The report leads to no other place.")
        written.append(f'{name}="{escaped(text)}"')
    opening = " ".join(written)
    if element in VOID:
        return Html(f"<{opening} />")
    return Html(f"<{opening}>{joined(*children)}</{element}>")


def name(text: str, kind: str | None = None) -> Html:
    """Return a name from the data: on one line, no longer than fits, apart from its surroundings.

    Its own direction of writing ends with it.

    Parameters
    ----------
    text : str
        Of a class, a file, a person.
    kind : str or None
        ``given`` or ``final``: the color of its label.
    """
    shown = sentence(text, LONGEST_NAME)
    whole = None if shown == text else sentence(text, LONGEST_SENTENCE)
    return tag("bdi", shown or "(empty)", class_=kind, title=whole)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Content]], caption: Content = None
) -> Html:
    """Return a table; what is a number stands to the right.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequences
        The first cell of each is its heading.
    caption : str or None
    """
    rows = list(rows)
    first, *others = columns
    numeric = [all(_is_number(row[at]) for row in rows) for at in range(1, len(columns))]
    sides = ["number" if is_number else None for is_number in numeric]
    head = [tag("th", first, scope="col")]
    head += [
        tag("th", column, scope="col", class_=side)
        for column, side in zip(others, sides, strict=True)
    ]
    return tag(
        "table",
        tag("caption", caption) if caption else None,
        tag("thead", tag("tr", head)),
        tag("tbody", [_row(row, sides) for row in rows]),
    )


def with_examples(title: str, unit: str, rows: Sequence[Mapping[str, Any]]) -> Html | None:
    """Return a table of sentences, how often each holds, and where for one; None without any.

    Parameters
    ----------
    title, unit : str
        Of the sentences, and of what is counted.
    rows : sequence of dict
        ``text``, ``count``, ``path``.
    """
    if not rows:
        return None
    cells = [[sentence(row["text"]), row["count"], name(row["path"])] for row in rows]
    return table([title, unit, "Such as"], cells)


def _is_number(cell: Content) -> bool:
    return isinstance(cell, int) or (isinstance(cell, str) and bool(NUMBER.fullmatch(cell)))


def _row(row: Sequence[Content], sides: Sequence[str | None]) -> Html:
    heading, *cells = row
    return tag(
        "tr",
        tag("th", heading, scope="row"),
        [tag("td", cell, class_=side) for cell, side in zip(cells, sides, strict=True)],
    )


def numbers(of: str, content: Html) -> Html:
    """Return the numbers of a chart: folded on a screen until asked for, all there in print.

    They follow the fold instead of lying in it, as browsers print nothing of a closed one.
    """
    return joined(
        tag("details", tag("summary", "Numbers", tag("span", f" of {of}", class_="unseen"))),
        tag("div", content, class_="numbers"),
    )


def paragraph(*children: Content, kind: str | None = None) -> Html:
    """Return a paragraph."""
    return tag("p", *children, class_=kind)


def share(part: int, whole: int) -> str:
    r"""Return a part in percent; of nothing, a dash. What is not all is never 100 %.

    Examples
    --------
    >>> share(1, 8), share(0, 0), share(999, 1000), share(1, 1000)
    ('12\xa0%', '–', '99\xa0%', 'under 1\xa0%')
    """
    if not whole:
        return "–"
    rounded = round(100 * part / whole)
    if rounded == 0 and part:
        return f"under {percent(0.01)}"
    return percent((min(rounded, 99) if part < whole else rounded) / 100)


def percent(value: float) -> str:
    """Return a share, 0..1, in whole percent; the sign stays on the number's line."""
    return f"{100 * value:.0f}\u00a0%"
