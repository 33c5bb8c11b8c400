"""The result of a check for other programs: JUnit's XML, and Markdown such as GitHub shows.

Names of images and classes are whatever a data set has; here they are text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from core.gate.counting import HONESTLY, NOT_READ, Count, DoubtfulLabel, Ruling, Status, overall
from core.text import counted, one_line, shortened

SUITE = "second-look"
JUNIT_MARK = f'<testsuite name="{SUITE}"'
MARKDOWN_MARK = f"<!-- {SUITE} -->"

MOST_CASES = 1000
"""Labels in an XML file; those that show test results give up on many thousands."""
MOST_LINES = 200
"""Labels in a table of Markdown; GitHub shows no summary of more than a megabyte."""
LONGEST_NAME = 300

TITLES = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.UNKNOWN: "cannot be told",
}

_NOT_XML = re.compile("[\ufffe\uffff]")
_MARKUP = re.compile(r"[^\w\s./,-]|_", re.ASCII)


def junit(count: Count, rulings: Sequence[Ruling]) -> bytes:
    """Return the XML of a test suite: a test for each limit, and one for each doubtful label.

    A label's test fails where the check does; within the limit it is skipped.
    """
    shown = count.rows[:MOST_CASES]
    suite = ElementTree.Element("testsuite", name=SUITE)
    for ruling in rulings:
        case = _case(suite, "limit", ruling.limit.name)
        if ruling.status is not Status.PASSED:
            kind = "failure" if ruling.status is Status.FAILED else "error"
            message = f"{ruling.sentence} {count.sentence}"
            ElementTree.SubElement(case, kind, message=message).text = HONESTLY
    is_failed = overall(rulings) is Status.FAILED
    for row in shown:
        case = _case(suite, "label", xml_text(_short(row.path)))
        kind = "failure" if is_failed and row.state != NOT_READ else "skipped"
        ElementTree.SubElement(case, kind, message=xml_text(_what(row)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    if len(count.rows) > len(shown):
        out = ElementTree.SubElement(suite, "system-out")
        out.text = f"{counted(len(count.rows) - len(shown), 'label')} more are not listed."
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _case(suite: ElementTree.Element, of: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{SUITE}.{of}", name=name)


def _what(row: DoubtfulLabel) -> str:
    looks_like = f", rather {_short(row.suggested)}" if row.suggested is not None else ""
    return f"{row.state}: labeled {_short(row.given)}{looks_like}"


def _short(name: str) -> str:
    return shortened(name, LONGEST_NAME)


def xml_text(text: str) -> str:
    r"""Return a text on one line, without the characters that XML cannot hold.

    Examples
    --------
    >>> print(xml_text("a\x00b\uffff"))
    a\x00b\uffff
    """
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", one_line(text))


def markdown(count: Count, rulings: Sequence[Ruling]) -> str:
    """Return the result with a table of the doubtful labels."""
    lines = [
        MARKDOWN_MARK,
        f"### Label check: {TITLES[overall(rulings)]}",
        "",
        *(f"- {ruling.sentence}" for ruling in rulings),
        "",
        count.sentence,
        "",
    ]
    if count.rows:
        lines += [
            "| image | given label | suggested | suspicion | |",
            "|---|---|---|---:|---|",
            *map(_line, count.rows[:MOST_LINES]),
            "",
        ]
    if (left := len(count.rows) - MOST_LINES) > 0:
        lines += [f"{counted(left, 'label')} more are not listed.", ""]
    return "\n".join([*lines, HONESTLY, ""])


def _line(row: DoubtfulLabel) -> str:
    cells = [
        markdown_text(_short(row.path)),
        markdown_text(_short(row.given)),
        markdown_text(_short(row.suggested or "")),
        "" if row.suspicion is None else f"{row.suspicion:.2f}",
        row.state,
    ]
    return f"| {' | '.join(cells)} |"


def markdown_text(text: str) -> str:
    r"""Return a text on one line in which nothing is markup: each such sign is an HTML entity.

    Examples
    --------
    >>> markdown_text("a|b`<i>\n/1.jpg")
    'a&#124;b&#96;&#60;i&#62;&#92;n/1.jpg'
    """
    return _MARKUP.sub(_entity, one_line(text))


def _entity(found: re.Match[str]) -> str:
    sign = found[0]
    return f"&#{ord(sign)};" if sign.isascii() else sign
