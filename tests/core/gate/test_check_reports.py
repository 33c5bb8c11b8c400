"""JUnit and Markdown hold hostile names as text."""

import html
import re

import defusedxml.ElementTree as ElementTree
import pytest

from core.gate.check_reports import junit, markdown, markdown_text
from core.gate.counting import Count, DoubtfulLabel, Limit
from core.text import one_line

HOSTILE = [
    "a|b|c.jpg",
    "two\nlines\r\n| x |",
    "`code` ``` ~~~",
    "<script>alert(1)</script><img src=x>",
    "]]><failure/>&amp;&lt;\"'",
    "[link](javascript:alert(1)) ![i](x) **bold** _it_ # @team #1 $x$",
    "\x00\x01\x08\x0b\x0c\x1b[31m\x7f\x85\u2028\u202e\ufffe\uffff",
    "half \ud800 a character",
    "\\| \\\\| back\\slash",
    "Émile 🐝",
    "-->",
    "x" * 5000,
]
ROWS = [DoubtfulLabel(name, name, name, 0.5, "suspect") for name in HOSTILE]
COUNT = Count(100, [*ROWS, DoubtfulLabel("z.jpg", "cat", None, None, "not read")])


def suite(count, *limits):
    (found,) = ElementTree.fromstring(junit(count, [limit.ruling(count) for limit in limits]))
    return found


def test_junit_of_a_failure():
    found = suite(COUNT, Limit(2), Limit(0.5, is_share=True))
    assert (found.tag, found.get("name")) == ("testsuite", "second-look")
    counts = {key: int(found.get(key)) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 15, "failures": 13, "errors": 0, "skipped": 1}
    limits = found.findall("testcase[@classname='second-look.limit']")
    assert [case.get("name") for case in limits] == [
        "at most 2 doubtful labels", "at most 50 % of labels wrong or suspect",
    ]  # fmt: skip
    assert "Too many" in limits[0].find("failure").get("message")
    assert limits[1].find("failure") is None


def test_junit_of_a_pass_and_of_what_cannot_be_told():
    found = suite(COUNT, Limit(50))
    assert (found.get("failures"), found.get("errors"), found.get("skipped")) == ("0", "0", "13")
    found = suite(COUNT, Limit(12))
    assert (found.get("failures"), found.get("errors")) == ("0", "1")
    assert "could not be read" in found.find("testcase/error").get("message")


def test_junit_of_nothing():
    found = suite(Count(10), Limit(0))
    assert (found.get("tests"), found.get("failures")) == ("1", "0")


def test_junit_holds_every_name_as_text():
    found = suite(COUNT, Limit(2))
    names = [case.get("name") for case in found.findall("testcase[@classname='second-look.label']")]
    assert names[0] == HOSTILE[0]
    assert names[3:6] == HOSTILE[3:6]
    assert names[1] == r"two\nlines\r\n| x |"
    assert names[6].startswith(r"\x00\x01\x08\x0b\x0c\x1b[31m")
    assert all(len(name) <= 300 for name in names)


def test_long_lists_are_cut_and_say_so():
    many = Count(10**4, ROWS[:1] * 5000)
    found = suite(many, Limit(2))
    assert len(found.findall("testcase")) == 1001
    assert found.find("system-out").text == "4,000 labels more are not listed."
    text = markdown(many, [Limit(2).ruling(many)])
    assert text.count("\n| ") == 201
    assert "4,800 labels more are not listed." in text


@pytest.mark.parametrize("name", HOSTILE)
def test_markdown_holds_a_name_as_text(name):
    text = markdown_text(name)
    assert not re.search(r"[|`<>\[\]\n\r*_@\\\"'!~$(]", text)
    text.encode()
    assert html.unescape(text) == one_line(name)


def test_table_of_markdown_has_a_line_for_each_label():
    text = markdown(COUNT, [Limit(2).ruling(COUNT)])
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(COUNT.rows)
    assert {line.count("|") for line in lines} == {6}
    assert text.startswith("<!-- second-look -->\n### Label check: failed\n")
    assert "This is no measured error rate." in text


def test_markdown_of_a_pass_has_no_table():
    count = Count(10)
    assert "|" not in markdown(count, [Limit(0).ruling(count)])
