"""Texts that every room needs: numbers before a noun, what fits a line, CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

# Line ends of every kind, what steers a terminal or the direction of writing, halves of characters.
_CONTROLS = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


def one_line(text: str) -> str:
    r"""Return a text with its control characters escaped, so that it stays on one line.

    Examples
    --------
    >>> print(one_line("two\nlines"))
    two\nlines
    """
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)


def shortened(text: str, length: int) -> str:
    """Return a text of at most `length` characters, its end left out where it is longer.

    Examples
    --------
    >>> shortened("a long name", 7)
    'a long…'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


LONGEST_SENTENCE = 300
"""Characters of an error or a note; names in it may be as long as they like."""


def sentence(text: str, longest: int = LONGEST_SENTENCE) -> str:
    """Return a text of one line that is not too long to be read: its middle is left out.

    What happened stands at the beginning, what to do at the end.

    Examples
    --------
    >>> sentence("There is no file aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; give another.", 40)
    'There is no file aaaaaaa … give another.'
    """
    line = one_line(text)
    if len(line) <= longest:
        return line
    end = longest // 3
    return f"{line[: longest - end - 3]} … {line[-end:]}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with the noun that it counts, in the singular for 1 alone.

    Parameters
    ----------
    count : int
    noun : str
        In the singular.
    plural : str
        Where it is not the noun with an s.

    Examples
    --------
    >>> counted(1, "image")
    '1 image'
    >>> counted(1234, "image")
    '1,234 images'
    >>> counted(2, "class", "classes")
    '2 classes'
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def csv_lines(rows: Iterable[Sequence[object]], delimiter: str = ",") -> Iterator[str]:
    r"""Yield the lines of a CSV table, each ended by a line feed.

    Examples
    --------
    >>> list(csv_lines([["path", "label"], ["a.jpg", "two\nlines"]]))
    ['path,label\n', 'a.jpg,"two\nlines"\n']
    """
    line = _Line()
    writer = csv.writer(line, delimiter=delimiter)
    for row in rows:
        writer.writerow(row)
        yield line.text


class _Line:
    """Takes a line of a `csv.writer` that ends it by CR LF; keeps it ended by LF.

    A writer quotes only the line ends that it writes, and a lone CR in a
    value has to be quoted too.
    """

    text = ""

    def write(self, line: str) -> None:
        self.text = line.removesuffix("\r\n") + "\n"
